/** Parts of the page that come late: nobody loses what they do before, and nobody is kept out. */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { memoryFiles } from "../fixtures/sent_files.ts";
import { until } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { browserTest, Person } from "./browser.ts";

/** Holds a module of the page back until it is let go. */
async function hold(page: Page, name: string): Promise<() => void> {
  const { promise: mayCome, resolve: letGo } = Promise.withResolvers<void>();
  await page.route(`**/${name}`, async (route) => {
    await mayCome;
    await route.continue();
  });
  return letGo;
}

browserTest("the chat is shown when all is there that keys and buttons do", async (people) => {
  await using web = await startWeb({}, { files: memoryFiles() });
  const ann = new Person(await people.page(web.door));
  const { page } = ann;
  for (const name of ["document_events.js", "life/desk.js", "openers.js"]) {
    const letGo = await hold(page, name);
    await page.reload();
    await page.fill("#join-name", "ann");
    await page.press("#join-name", "Enter");
    await until("ann", () => web.server.host.shared.house.present === 1);
    assertEquals(await page.isVisible("#chat"), false);
    assertEquals(await page.textContent("#join-button"), "Joining…");
    letGo();
    await ann.online();
    await ann.say("/join dev");
    await page.locator("#title", { hasText: "# dev" }).waitFor();
    await page.keyboard.press("Alt+1");
    await page.locator("#title", { hasText: "# lobby" }).waitFor();
    await ann.say(`${name} is here`);
    await ann.hasSent(`${name} is here`);
    await page.press("#input", "ArrowUp");
    await ann.until(`document.querySelector('#input').value === '${name} is here'`);
    await page.click("#settings-open");
    await page.locator("#dialog-title", { hasText: "Settings" }).waitFor();
    await page.keyboard.press("Escape");
    await page.press("#input", "Escape");
    await ann.say("/quit");
    await page.locator("#join").waitFor();
  }
});

browserTest(
  "files that are dropped before what sends them has come are not lost",
  async (people) => {
    await using web = await startWeb({}, { files: memoryFiles() });
    const page = await people.page(web.door);
    const letGo = await hold(page, "files/file_desk.js");
    await page.reload();
    const ann = new Person(page);
    await ann.joinAs("ann");
    await page.evaluate(`(() => {
    const data = new DataTransfer();
    data.items.add(new File(["some text"], "notes.txt", { type: "text/plain" }));
    const event = { dataTransfer: data, bubbles: true, cancelable: true };
    scroller.dispatchEvent(new DragEvent("drop", event));
  })()`);
    letGo();
    await page.locator(".outgoing", { hasText: "notes.txt" }).waitFor();
  },
);

browserTest(
  "a part that does not come, and does not fail either, keeps nobody out",
  async (people) => {
    await using web = await startWeb();
    const page = await people.page(web.door);
    const letGo = await hold(page, "life/desk.js");
    await page.reload();
    const ann = new Person(page);
    await ann.joinAs("ann");
    await ann.say("hello");
    await ann.hasSent("hello");
    letGo();
  },
);
