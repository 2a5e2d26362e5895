/** What somebody at the page must not lose, nor find in the wrong place. */

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { MemoryLog } from "../../lib/chat/log/memory_log.ts";
import type { WebListener } from "../../lib/web/serve_web.ts";
import { joinEvent } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest, Person } from "./browser.ts";

/** Counts what the browser is asked to notify of, in place of showing it. */
const COUNT_NOTIFICATIONS = `
  localStorage["chatroom.notify"] = "on";
  globalThis.told = [];
  globalThis.Notification = class {
    static permission = "granted";
    constructor(title, options) { told.push({ title, ...options }); }
    close() {}
  };`;

browserTest("a room called @bob is not the conversation with bob", async (people) => {
  await using web = await startWeb();
  using bob = await joinEvent(web.server, "bob");
  using eve = await joinEvent(web.server, "eve");
  await eve.ask({ type: "join", room: "@bob" });
  const ann = await people.join(web.door, "ann");
  await ann.say("/join @bob");
  await ann.page.locator("#title", { hasText: "# @bob" }).waitFor();
  await ann.page.fill("#input", "a draft for all");
  await bob.ask({ type: "direct", to: "ann", text: "for you alone" });
  await ann.page.locator("#directs button", { hasText: "bob" }).click();
  await ann.sees("for you alone");
  await becomes(() => ann.page.inputValue("#input"), "");
  await ann.say("and for you");
  await ann.hasSent("and for you");
  assertEquals((await bob.takeType("direct")).text, "and for you");
  await ann.page.locator("#rooms button", { hasText: "@bob" }).click();
  await ann.page.locator("#title", { hasText: "# @bob" }).waitFor();
  assertEquals(await ann.texts(), []);
  await becomes(() => ann.page.inputValue("#input"), "a draft for all");
  await ann.page.reload();
  await ann.online();
  await ann.page.locator("#title", { hasText: "# @bob" }).waitFor();
  assertEquals((await eve.ask({ type: "history", room: "@bob" })).messages, []);
});

browserTest(
  "what outgrew the server's limit meanwhile fails, and the rest is sent",
  async (people) => {
    const factLog = new MemoryLog({
      now: () => Date.now(),
      epoch: "an epoch",
      messagesPerRoom: 100,
      maxBytes: 1_000_000,
    });
    const first = await startWeb({}, { factLog });
    await using proxy = new Proxy(placeOf(first.door));
    const ann = await people.join(proxy, "ann");
    await first[Symbol.asyncDispose]();
    await ann.offline();
    await ann.say(`long ${"x".repeat(5_000)}`);
    await ann.say("short");
    await using second = await startWeb({}, { factLog, limits: { payloadBytes: 2_000 } });
    proxy.retarget(placeOf(second.door));
    await ann.page.locator("#list .failed .state", { hasText: "the server takes 2,000" }).waitFor();
    // This server has not the session, and so asks.
    await ann.page.locator("#list .failed", { hasText: "short" })
      .locator("button", { hasText: "Send" }).click();
    await ann.hasSent("short");
  },
);

browserTest("what goes nowhere stays in the field: too long, or in no room", async (people) => {
  await using web = await startWeb({}, { limits: { payloadBytes: 2_000 } });
  const ann = await people.join(web.door, "ann");
  const long = `long ${"x".repeat(5_000)}`;
  for (const line of [long, `/me ${long}`, `/msg bob ${long}`, `/topic ${long}`]) {
    await ann.say(line);
    await ann.page.locator("#list .told.error", { hasText: "the server takes 2,000" }).last()
      .waitFor();
    await ann.until(`document.querySelector("#input").value === ${JSON.stringify(line)}`);
  }
  await ann.page.reload();
  await ann.online();
  await becomes(() => ann.page.inputValue("#input"), `/topic ${long}`);
  await ann.say("/leave");
  await ann.page.waitForSelector("#input[placeholder='/join a room']");
  await ann.say("to whom");
  await ann.until('document.querySelector("#input").value === "to whom"');
  await ann.page.fill("#input", "");
  // It takes nothing, or a sentence would make somebody leave.
  await ann.say("/quit now please?");
  await ann.until('document.body.textContent.includes("/quit takes nothing")');
  await ann.say("/quit");
  await ann.page.waitForSelector("#join:not([hidden])");
});

browserTest("what another tab sent is there when one goes on in the first", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  const session = await ann.page.evaluate("({ ...sessionStorage })");
  const other = new Person(await ann.page.context().newPage());
  await other.page.addInitScript(
    `for (const [key, value] of Object.entries(${
      JSON.stringify(session)
    })) sessionStorage[key] = value`,
  );
  await other.page.goto(ann.page.url());
  await other.online();
  for (let n = 1; n <= 5; n++) await other.say(`sent ${n}`);
  await other.hasSent("sent 5");
  await ann.page.locator("#banner-button", { hasText: "Go on here" }).click();
  await ann.sees("sent 5");
  await ann.sees("sent 1");
  await becomes(() => ann.texts(), [1, 2, 3, 4, 5].map((n) => `sent ${n}`));
});

browserTest(
  "whose name was taken meanwhile chooses another, and loses nothing",
  async (people) => {
    await using web = await startWeb({}, { limits: { nameMs: 1 } });
    await using proxy = new Proxy(placeOf(web.door));
    const ann = await people.join(proxy, "ann");
    proxy.refusing = true;
    proxy.cut();
    await ann.offline();
    await ann.say("written meanwhile");
    using bob = await joinEvent(web.server, "bob");
    while ((await bob.ask({ type: "rename", name: "ann" })).type === "error") await delay(20);
    proxy.refusing = false;
    await ann.page.locator("#join-error", { hasText: "ann is in use here" }).waitFor();
    await ann.joinAs("anna");
    await ann.hasSent("written meanwhile");
    await becomes(() => ann.page.textContent("#me"), "anna");
  },
);

browserTest("storage that is nearly full has room for what is unsent", async (people) => {
  await using web = await startWeb();
  await using proxy = new Proxy(placeOf(web.door));
  using bob = await joinEvent(web.server, "bob");
  const ann = await people.join(proxy, "ann");
  for (let n = 0; n < 10; n++) {
    await bob.ask({ type: "direct", to: "ann", text: `${n} ${"x".repeat(60_000)}` });
  }
  await ann.page.locator("#directs .badge", { hasText: "10" }).waitFor();
  await ann.page.evaluate(`dispatchEvent(new PageTransitionEvent("pagehide"))`);
  // Something else takes what room is left but a little, and the conversation is the server's.
  await ann.page.evaluate(`sessionStorage.spare = "x".repeat(30_000);
  for (let size = 4e6; size > 100; size = Math.floor(size / 2)) {
    try { for (let n = 0;; n++) sessionStorage["other " + size + " " + n] = "x".repeat(size); } catch {}
  }
  delete sessionStorage.spare;`);
  proxy.refusing = true;
  proxy.cut();
  await ann.offline();
  const long = "y".repeat(20_000);
  await ann.say(`unsent ${long}`);
  await ann.page.locator("#list .waiting").waitFor();
  proxy.refusing = false;
  await ann.page.reload();
  await ann.hasSent("unsent yyy");
});

browserTest(
  "the past of a room is announced to nobody, and each mention after it is",
  async (people) => {
    await using web = await startWeb();
    using bob = await joinEvent(web.server, "bob");
    for (let n = 0; n < 20; n++) {
      await bob.ask({ type: "say", room: "lobby", text: `@ann old ${n}` });
    }
    const page = await people.page(web.door);
    await page.addInitScript(COUNT_NOTIFICATIONS);
    await page.reload();
    const ann = new Person(page);
    await ann.joinAs("ann");
    await ann.sees("old 19");
    await ann.say("/join dev");
    await page.locator("#title", { hasText: "dev" }).waitFor();
    assertEquals(await page.evaluate("told"), []);
    assertEquals((await page.textContent("#live"))?.includes("old"), false);
    assertEquals(await page.locator("#rooms .badge").count(), 0);
    for (const text of ["@ann one", "@ann two"]) {
      await bob.ask({ type: "say", room: "lobby", text });
    }
    await ann.until("told.length === 2");
    const told = await page.evaluate("told") as Array<{ tag: string; renotify: boolean }>;
    assertEquals(told.map(({ renotify }) => renotify), [true, true]);
    assertEquals(told[0]?.tag, told[1]?.tag);
    await becomes(() => page.locator("#rooms .badge").textContent(), "22 unread, some for you");
  },
);

browserTest("every room has its topic after a reload", async (people) => {
  await using web = await startWeb();
  using bob = await joinEvent(web.server, "bob");
  const ann = await people.join(web.door, "ann");
  await bob.ask({ type: "topic", room: "lobby", text: "the first" });
  for (const room of ["dev", "ops"]) {
    await ann.say(`/join ${room}`);
    await ann.page.locator("#title", { hasText: room }).waitFor();
    await ann.say(`/topic about ${room}`);
    await ann.page.locator("#topic", { hasText: `about ${room}` }).waitFor();
  }
  await ann.page.goto("about:blank");
  // What was set meanwhile is known when one looks.
  await bob.ask({ type: "topic", room: "lobby", text: "the second" });
  await ann.page.goBack();
  await ann.online();
  for (const [key, topic] of [["2", "about dev"], ["1", "the second"], ["3", "about ops"]]) {
    await ann.page.keyboard.press(`Alt+${key}`);
    await ann.page.locator("#topic", { hasText: topic ?? "" }).waitFor();
  }
});

/** The door as a proxy takes it. */
function placeOf({ addr }: WebListener): { addr: Deno.NetAddr } {
  return { addr: { transport: "tcp", ...addr } };
}
