/** What survives: reloads, cut connections, another server in the place of the first. */

import { assertEquals } from "@std/assert";
import { MemoryLog } from "../../lib/chat/log/memory_log.ts";
import type { WebListener } from "../../lib/web/serve_web.ts";
import { joinEvent } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest } from "./browser.ts";

browserTest("a reload keeps the session, what was shown, and what was typed", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  using bob = await joinEvent(web.server, "bob");
  await ann.say("/join dev");
  // What is typed before the answer is the draft of the room that it was typed in.
  await ann.page.locator("#title", { hasText: "# dev" }).waitFor();
  await ann.say("/join lobby");
  await ann.page.locator("#title", { hasText: "# lobby" }).waitFor();
  for (const text of ["one", "two"]) await bob.ask({ type: "say", room: "lobby", text });
  await ann.sees("two");
  await ann.say("mine");
  await ann.hasSent("mine");
  await ann.page.fill("#input", "half a thought");
  // What is said while the page is away comes after it.
  await ann.page.goto("about:blank");
  await bob.ask({ type: "say", room: "lobby", text: "three" });
  await ann.page.goBack();
  await ann.online();
  await ann.sees("three");
  await ann.sees("one");
  await becomes(() => ann.texts(), ["one", "two", "mine", "three"]);
  await becomes(() => ann.page.inputValue("#input"), "half a thought");
  await becomes(() => ann.page.locator("#rooms .label").allTextContents(), ["lobby", "dev"]);
  await bob.ask({ type: "say", room: "lobby", text: "four" });
  await ann.sees("four");
  await ann.page.reload();
  await ann.online();
  await ann.sees("four");
  await ann.sees("one");
  await becomes(() => ann.texts(), ["one", "two", "mine", "three", "four"]);
});

browserTest(
  "what is written without a connection is sent after it, once and in order",
  async (people) => {
    await using web = await startWeb();
    await using proxy = new Proxy(placeOf(web.door));
    const ann = await people.join(proxy, "ann");
    using bob = await joinEvent(web.server, "bob");
    await ann.say("before");
    await bob.takeType("message");
    proxy.refusing = true;
    proxy.cut();
    await ann.offline();
    for (const text of ["first", "second", "third"]) await ann.say(text);
    await becomes(() => ann.page.locator("#list .waiting .text").allTextContents(), [
      "first",
      "second",
      "third",
    ]);
    await ann.page.locator("#banner", { hasText: "3 messages wait to be sent" }).waitFor();
    await bob.ask({ type: "say", room: "lobby", text: "meanwhile" });
    proxy.refusing = false;
    // The page may be quicker by itself.
    await ann.page.locator("#banner-button").click({ timeout: 1_000 }).catch(() => {});
    await ann.hasSent("third");
    await becomes(() => ann.texts(), ["before", "meanwhile", "first", "second", "third"]);
    const heard = [];
    for (let n = 0; n < 3; n++) heard.push((await bob.takeType("message")).text);
    assertEquals(heard, ["first", "second", "third"]);
  },
);

browserTest(
  "a message whose ack was lost is not sent twice, not even after a reload",
  async (people) => {
    await using web = await startWeb();
    await using proxy = new Proxy(placeOf(web.door));
    const ann = await people.join(proxy, "ann");
    using bob = await joinEvent(web.server, "bob");
    await ann.say("/who");
    proxy.hold("answers");
    await ann.say("only once");
    assertEquals((await bob.takeType("message")).text, "only once");
    await becomes(() => ann.page.locator("#list .waiting").count(), 1);
    proxy.cut();
    proxy.release();
    await ann.page.reload();
    await ann.online();
    await ann.hasSent("only once");
    await becomes(() => ann.texts(), ["only once"]);
    assertEquals((await bob.ask({ type: "history", room: "lobby" })).messages.length, 1);
  },
);

browserTest(
  "a server that has its messages and not its sessions: what was unsent is asked about",
  async (people) => {
    const factLog = new MemoryLog({
      now: () => Date.now(),
      epoch: "an epoch",
      messagesPerRoom: 100,
      maxBytes: 100_000,
    });
    const first = await startWeb({}, { factLog });
    await using proxy = new Proxy(placeOf(first.door));
    const ann = await people.join(proxy, "ann");
    await ann.say("before");
    await ann.hasSent("before");
    await first[Symbol.asyncDispose]();
    await ann.page.locator("#banner", { hasText: "The server is shutting down" }).waitFor();
    await ann.say("in between");
    await using second = await startWeb({}, { factLog });
    proxy.retarget(placeOf(second.door));
    const state = ann.page.locator("#list .failed .state");
    await state.filter({ hasText: "does not know this session any more" }).waitFor();
    await state.locator("button", { hasText: "Send" }).click();
    await ann.hasSent("in between");
    await becomes(() => ann.texts(), ["before", "in between"]);
  },
);

browserTest("a server that begins anew is told of, and what was shown stays", async (people) => {
  const first = await startWeb();
  await using proxy = new Proxy(placeOf(first.door));
  const ann = await people.join(proxy, "ann");
  await ann.say("before");
  await ann.hasSent("before");
  await first[Symbol.asyncDispose]();
  await using second = await startWeb();
  proxy.retarget(placeOf(second.door));
  await ann.page.locator("#list .told", { hasText: "has begun a new history" }).waitFor();
  await ann.say("after");
  await ann.hasSent("after");
  await becomes(() => ann.texts(), ["before", "after"]);
});

browserTest(
  "a second tab with the same session takes over, and the first can go on beside it",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann");
    const copy = await ann.page.context().newPage();
    const session = await ann.page.evaluate("({ ...sessionStorage })");
    await copy.addInitScript(
      `for (const [key, value] of Object.entries(${
        JSON.stringify(session)
      })) sessionStorage[key] = value`,
    );
    await copy.goto(ann.page.url());
    await copy.waitForSelector("#chat:not(.offline):not([hidden])");
    await ann.page.locator("#banner", { hasText: "another tab" }).waitFor();
    await ann.page.locator("#banner-button", { hasText: "Go on here" }).click();
    await ann.online();
    await ann.say("from the first");
    await copy.locator("#list .text", { hasText: "from the first" }).waitFor();
    await becomes(() => copy.locator("#banner").isVisible(), false);
    await becomes(() => copy.textContent("#me"), "ann");
  },
);

browserTest(
  "a name that is taken, and a server that is not there, are told in the form",
  async (people) => {
    await using web = await startWeb();
    using _ann = await joinEvent(web.server, "ann");
    await using proxy = new Proxy(placeOf(web.door));
    const page = await people.page(proxy);
    const problem = page.locator("#join-error");
    await page.press("#join-name", "Enter");
    await problem.filter({ hasText: "Write a name" }).waitFor();
    await page.fill("#join-name", "server");
    await page.press("#join-name", "Enter");
    await problem.filter({ hasText: "choose another" }).waitFor();
    proxy.refusing = true;
    await page.fill("#join-name", "bob");
    await page.press("#join-name", "Enter");
    await problem.filter({ hasText: "can't be reached" }).waitFor();
    proxy.refusing = false;
    await page.press("#join-name", "Enter");
    await page.waitForSelector("#chat:not([hidden])");
  },
);

/** The door as a proxy takes it. */
function placeOf({ addr }: WebListener): { addr: Deno.NetAddr } {
  return { addr: { transport: "tcp", ...addr } };
}
