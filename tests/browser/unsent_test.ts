/** What somebody has written that is not there yet, or about what is there no more: it waits, is changed, taken back and kept. */

import { assertEquals } from "@std/assert";
import type { Locator } from "playwright-core";
import { joinEvent } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { startWeb } from "../web_peer.ts";
import { browserTest, type Person } from "./browser.ts";

const ROOM = { room: "lobby" };

/** The row of the message with this text. */
function rowOf({ page }: Person, text: string): Locator {
  return page.locator("#list .said", { has: page.locator(".text", { hasText: text }) });
}

browserTest("what waits is edited where it stands, and taken back", async (people) => {
  await using web = await startWeb();
  await using proxy = new Proxy({ addr: { transport: "tcp", ...web.door.addr } });
  const ann = await people.join(proxy, "ann");
  const { page } = ann;
  await page.waitForSelector(".toast", { state: "attached" });
  proxy.refusing = true;
  proxy.cut();
  await ann.offline();
  for (const line of ["first", "second", "/me waves"]) await ann.say(line);
  await page.fill("#input", "a draft");
  // With a mouse, and then given up: it waits on, and so does the draft.
  await rowOf(ann, "first").hover();
  await rowOf(ann, "first").locator(".more").click();
  await page.getByRole("menuitem", { name: "Edit", exact: true }).click();
  assertEquals(await page.textContent("#mode-text"), "Editing what waits: first");
  await page.keyboard.press("Escape");
  assertEquals(await page.inputValue("#input"), "a draft");
  await rowOf(ann, "first").locator(".state button", { hasText: "Edit" }).click();
  await page.keyboard.type(", better");
  await page.keyboard.press("Enter");
  assertEquals(await page.inputValue("#input"), "a draft");
  assertEquals(await ann.texts(), ["first, better", "second", "ann waves"]);
  // With the keyboard, whose user hears what it is about.
  await page.keyboard.press("Control+ArrowUp");
  await page.keyboard.press("ArrowUp");
  await ann.until(`document.activeElement.ariaLabel?.endsWith("second; waits to be sent")`);
  await page.keyboard.press("Delete");
  await page.locator("#list .told", { hasText: "Taken back, and not sent: second" }).waitFor();
  await page.fill("#input", "");
  await page.focus("#input");
  await page.keyboard.press("ArrowUp");
  assertEquals(await page.inputValue("#input"), "/me waves");
  await page.keyboard.type(" back");
  // What is being edited is not sent when the connection is back.
  proxy.refusing = false;
  await page.click("#banner-button", { timeout: 1_000 }).catch(() => {});
  await ann.online();
  await ann.hasSent("first, better");
  const state = rowOf(ann, "waves").locator(".state");
  await state.filter({ hasText: "Being edited, and sent after that." }).waitFor();
  // That is no failure.
  assertEquals(await page.locator("#list .failed").count(), 0);
  // Whoever asks for it once more goes on with what they have written.
  await state.locator("button", { hasText: "Edit" }).click();
  assertEquals(await page.inputValue("#input"), "/me waves back");
  await page.focus("#input");
  await page.keyboard.press("Enter");
  await ann.hasSent("waves back");
  assertEquals(await ann.texts(), ["first, better", "ann waves back"]);
});

browserTest(
  "what is written about a message that is removed is kept, and nothing of that is seen",
  async (people) => {
    await using web = await startWeb();
    using bob = await joinEvent(web.server, "bob", { features: ["people", "life"] });
    const { seq: re } = await bob.ask({ type: "say", ...ROOM, text: "a secret" });
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    await rowOf(ann, "a secret").hover();
    await rowOf(ann, "a secret").getByRole("button", { name: "Reply" }).click();
    await page.keyboard.type("yes, at noon");
    await bob.ask({ type: "remove", ...ROOM, re });
    await page.locator("#mode", { hasText: "that you were answering was removed" }).waitFor();
    assertEquals(await page.locator("body", { hasText: "a secret" }).count(), 0);
    // Sent all the same it goes nowhere, and stays.
    await page.keyboard.press("Enter");
    await page.locator("#list .told.error", { hasText: "so this was not sent" }).waitFor();
    assertEquals(await page.inputValue("#input"), "yes, at noon");
    const anew = page.getByRole("button", { name: "As a new message" });
    // It looks like something to press, and not like what stands beside a file.
    assertEquals(await anew.evaluate((it) => getComputedStyle(it).borderTopStyle), "solid");
    await anew.click();
    assertEquals(await page.locator("#mode").isVisible(), false);
    await page.keyboard.press("Enter");
    await ann.hasSent("yes, at noon");
    // Where nothing was written there is nothing to keep.
    const { seq } = await bob.ask({ type: "say", ...ROOM, text: "coffee?" });
    await rowOf(ann, "coffee?").hover();
    await rowOf(ann, "coffee?").getByRole("button", { name: "Reply" }).click();
    await bob.ask({ type: "remove", ...ROOM, re: seq });
    await page.locator("#mode").waitFor({ state: "hidden" });
  },
);

browserTest(
  "a link to a message of this page leads there, and any other opens a page of its own",
  async (people) => {
    await using web = await startWeb();
    const { port } = web.door.addr;
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    await ann.say("at noon");
    await ann.hasSent("at noon");
    await ann.say(
      `http://127.0.0.1:${port}/#lobby/1 http://127.0.0.1:${port}/f/1 https://example.org/#a`,
    );
    await ann.hasSent("example.org");
    const links = rowOf(ann, "example.org").locator("a[href]").filter({ hasText: "http" });
    await links.first().waitFor();
    assertEquals(
      await links.evaluateAll((all) => all.map((link) => `${link.getAttribute("target")}`)),
      ["null", "_blank", "_blank"],
    );
    // More than once, though the address stays the same.
    for (let n = 0; n < 2; n++) {
      await links.first().click();
      await page.locator("#list .pointed .text", { hasText: "at noon" }).waitFor();
      await page.evaluate("document.querySelector('.pointed').classList.remove('pointed')");
    }
    assertEquals(page.context().pages().length, 1);
  },
);
