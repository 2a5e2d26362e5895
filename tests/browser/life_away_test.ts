/** What is done about messages on the page while the connection is away, or is refused. */

import { assertEquals } from "@std/assert";
import { CHEAP, logWith } from "../fixtures/guests.ts";
import { joinEvent } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest } from "./browser.ts";
import { ROOM, rowOf, signIn } from "./life.ts";

browserTest("what is done while the connection is away is done when it is back", async (people) => {
  await using web = await startWeb();
  await using proxy = new Proxy({ addr: { transport: "tcp", ...web.door.addr } });
  using bob = await joinEvent(web.server, "bob", { features: ["people", "life"] });
  const { seq: re } = await bob.ask({ type: "say", ...ROOM, text: "lunch?" });
  const ann = await people.join(proxy, "ann");
  const { page } = ann;
  await ann.say("at noon");
  await ann.hasSent("at noon");
  await ann.sees("lunch?");
  proxy.refusing = true;
  proxy.cut();
  await ann.offline();
  await rowOf(ann, "lunch?").hover();
  await rowOf(ann, "lunch?").locator(".more").click();
  await page.getByRole("menuitemcheckbox").first().click();
  // It shows at once, and what was written waits.
  await rowOf(ann, "lunch?").locator(".chip").first().waitFor();
  await page.focus("#input");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.type(", please");
  await page.keyboard.press("Enter");
  await page.locator("#list .changing .state", { hasText: "Waiting to be sent" }).waitFor();
  proxy.refusing = false;
  // It may have come back by itself by then.
  await page.click("#banner-button", { timeout: 1_000 }).catch(() => {});
  await ann.online();
  await page.locator("#list .edited:not(.changing) .text", { hasText: "at noon, please" })
    .waitFor();
  const { reactions } = await bob.ask({ type: "reactions", ...ROOM, re });
  assertEquals(reactions, [{ key: "👍", names: ["ann"], count: 1 }]);
  await becomes(() => rowOf(ann, "lunch?").locator(".chip .count").textContent(), "1");
});

browserTest(
  "an edit that is refused is shown with why, and nothing of it is lost",
  async (people) => {
    const factLog = await logWith({ ann: "operator" });
    await using web = await startWeb({}, { passwords: CHEAP, factLog });
    const ann = await signIn(people, web.door, "ann");
    const bob = await people.join(web.door, "bob");
    await bob.say("at noon");
    await bob.hasSent("at noon");
    await ann.say("/mute bob");
    await bob.page.waitForSelector(".tools");
    await bob.page.locator("#list .told", { hasText: /mute/i }).first().waitFor();
    await bob.page.focus("#input");
    await bob.page.keyboard.press("ArrowUp");
    await bob.page.keyboard.type(", please");
    await bob.page.keyboard.press("Enter");
    const state = bob.page.locator("#list .failed .state");
    await state.waitFor();
    assertEquals(await ann.page.locator("#list .text", { hasText: "please" }).count(), 0);
    await state.getByRole("button", { name: "Edit", exact: true }).click();
    await becomes(() => bob.page.inputValue("#input"), "at noon, please");
    await becomes(() => bob.texts(), ["at noon"]);
    await bob.page.keyboard.press("Escape");
    await becomes(() => bob.page.inputValue("#input"), "");
  },
);
