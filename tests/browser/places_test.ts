/** Where one is: the address, Back, the place in the past that one reads, and other tabs. */

import { assert, assertEquals } from "@std/assert";
import { MemoryLog } from "../../lib/chat/log/memory_log.ts";
import { say } from "../fixtures/facts.ts";
import { CHEAP, LOGIN, logWith } from "../fixtures/guests.ts";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest, Person } from "./browser.ts";
import { signIn } from "./life.ts";

const COUNT = 500;

function longHistory(): MemoryLog {
  const log = new MemoryLog({
    now: () => Date.now(),
    epoch: "an epoch",
    messagesPerRoom: COUNT,
    maxBytes: 8 << 20,
  });
  for (let n = 1; n <= COUNT; n++) {
    const text = `message ${n} ${"and some more words ".repeat(n % 9)}`;
    log.put(say("lobby", text, { from: `p${n % 5}` }));
  }
  return log;
}

/** The message that is first in sight, and how far below the edge it begins. */
function first(person: Person): Promise<{ key: string; top: number }> {
  return person.page.evaluate(`(() => {
    const edge = scroller.getBoundingClientRect().top;
    const row = [...document.querySelectorAll("#list .said")].find((e) => e.getBoundingClientRect().bottom > edge);
    return { key: row?.dataset.key, top: row?.getBoundingClientRect().top - edge };
  })()`);
}

async function stands(person: Person, wanted: { key: string; top: number }): Promise<void> {
  const { key, top } = wanted;
  await person.until(`(() => {
    const row = document.querySelector('[data-key="${key}"]');
    const edge = scroller.getBoundingClientRect().top;
    return row !== null && Math.abs(row.getBoundingClientRect().top - edge - ${top}) <= 2;
  })()`);
}

browserTest(
  "the address is that of the room, of the person and of the message, and Back goes back",
  async (people) => {
    await using web = await startWeb();
    using bob = await joinEvent(web.server, "bob");
    const ann = await people.join(web.door, "ann");
    const hash = (wanted: string): Promise<void> =>
      ann.until(`location.hash === ${JSON.stringify(wanted)}`);
    await hash("#lobby");
    await ann.say("/join dev");
    await hash("#dev");
    await ann.say("see #lobby");
    await ann.hasSent("see #lobby");
    await bob.ask({ type: "direct", to: "ann", text: "psst" });
    await ann.page.locator("#directs button", { hasText: "bob" }).click();
    await hash("#@bob");
    await ann.page.goBack();
    await ann.page.locator("#title", { hasText: "# dev" }).waitFor();
    await ann.page.goBack();
    await ann.page.locator("#title", { hasText: "# lobby" }).waitFor();
    await ann.page.goForward();
    await ann.page.locator("#title", { hasText: "# dev" }).waitFor();
    await ann.page.locator("#list a", { hasText: "#lobby" }).click();
    await ann.page.locator("#title", { hasText: "# lobby" }).waitFor();
    // Out of a room that one has left, Back leads nowhere.
    await ann.say("/leave dev");
    await ann.page.locator("#rooms button", { hasText: "dev" }).waitFor({ state: "detached" });
    await ann.page.goBack();
    await hash("#lobby");
    await becomes(() => ann.page.textContent("#title"), "# lobby");
    // What somebody types is another thing.
    await ann.page.evaluate(`location.hash = "#ops"`);
    await ann.page.locator("#title", { hasText: "# ops" }).waitFor();
  },
);

browserTest("an address that can't be had keeps nobody out", async (people) => {
  await using web = await startWeb();
  for (const hash of ["#%", "#%zz", "#" + "x".repeat(300), "#a%20b/7", "#@", "#no%00room"]) {
    const person = new Person(await people.page(web.door, {}, hash));
    await person.joinAs("ann");
    await person.page.locator("#title", { hasText: "# lobby" }).waitFor();
    await person.say("/quit");
    await person.page.locator("#join").waitFor();
    await person.page.context().close();
  }
});

browserTest("a link leads to a message that is not on the page yet", async (people) => {
  const factLog = longHistory();
  await using web = await startWeb({}, { factLog, limits: { scrollback: 50 } });
  const ann = new Person(await people.page(web.door, { reducedMotion: "reduce" }, "#lobby/123"));
  await ann.joinAs("ann");
  await ann.page.locator("#list .pointed .text", { hasText: "message 123" }).waitFor();
  // With reduced motion too, and for who does not see it.
  await ann.until(`getComputedStyle(document.querySelector(".pointed")).boxShadow !== "none"`);
  await ann.until(`document.activeElement?.dataset.key === "0.123.0"`);
  await ann.page.locator("#list .said", { hasText: "message 130 " }).hover();
  assertEquals(
    await ann.page.locator("#list .said", { hasText: "message 130 " }).locator("a.when")
      .getAttribute("href"),
    "#lobby/130",
  );
});

browserTest(
  "what is read stays where it is in another room, another window, and after a reload",
  async (people) => {
    const factLog = longHistory();
    await using web = await startWeb({}, { factLog, limits: { scrollback: 50 } });
    const ann = await people.join(web.door, "ann");
    await ann.say("/join dev");
    await ann.page.locator("#title", { hasText: "# dev" }).waitFor();
    await ann.page.keyboard.press("Alt+1");
    await ann.sees(`message ${COUNT}`);
    for (let n = 0; n < 3; n++) {
      const before = await ann.page.locator("#list .said").count();
      await ann.page.evaluate("scroller.scrollTop = 0");
      await ann.until(`list.querySelectorAll(".said").length > ${before}`);
    }
    await ann.page.evaluate("scroller.scrollTop = 900");
    await ann.settled();
    const place = await first(ann);
    await ann.page.keyboard.press("Alt+2");
    await ann.page.locator("#title", { hasText: "# dev" }).waitFor();
    await ann.page.keyboard.press("Alt+1");
    await stands(ann, place);
    // The lines break elsewhere.
    await ann.page.setViewportSize({ width: 700, height: 500 });
    await ann.settled();
    await becomes(async () => (await first(ann)).key, place.key);
    await ann.page.keyboard.press("Escape");
    await becomes(async () => (await first(ann)).key, place.key);
    const narrow = await first(ann);
    await ann.page.reload();
    await ann.online();
    await stands(ann, narrow);
    await ann.page.keyboard.press("Alt+End");
    await ann.sees(`message ${COUNT}`);
    await ann.until("scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 2");
  },
);

browserTest(
  "a second tab is offered another name, or to go on in place of the first",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann");
    const second = new Person(await ann.page.context().newPage());
    await second.page.goto(ann.page.url());
    await second.page.press("#join-name", "Enter");
    await second.page.locator("#join-error", { hasText: "choose another, such as ann-2." })
      .waitFor();
    await second.page.press("#join-name", "Enter");
    await second.online();
    await becomes(() => second.page.textContent("#me"), "ann-2");
    await second.page.close();
    // ann was here last, as far as this browser knows.
    await ann.page.evaluate(`document.dispatchEvent(new Event("visibilitychange"))`);
    await ann.page.evaluate(`dispatchEvent(new PageTransitionEvent("pagehide"))`);
    const third = new Person(await ann.page.context().newPage());
    await third.page.goto(ann.page.url());
    await third.page.fill("#join-name", "ann");
    await third.page.press("#join-name", "Enter");
    await third.page.locator("#join-mine", { hasText: "go on as ann" }).click();
    await third.online();
    await becomes(() => third.page.textContent("#me"), "ann");
    await ann.page.locator("#banner", { hasText: "another tab" }).waitFor();
    // Somebody else's browser has no such button.
    const eve = new Person(await people.page(web.door));
    await eve.page.fill("#join-name", "ann");
    await eve.page.press("#join-name", "Enter");
    await eve.page.locator("#join-error", { hasText: "choose another, such as ann-2." }).waitFor();
    await becomes(() => eve.page.isVisible("#join-mine"), false);
    assert(
      !(await third.page.evaluate<string>("JSON.stringify(localStorage)")).includes('waiting":[{'),
    );
  },
);

browserTest("in no room the address names none, and Back leads into none", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  const { page } = ann;
  const hash = (): Promise<string> => page.evaluate("location.hash");
  await becomes(() => hash(), "#lobby");
  await ann.say("/leave");
  await page.locator("#title", { hasText: "No room" }).waitFor();
  await becomes(() => hash(), "");
  await page.goBack();
  await page.locator("#start", { hasText: "You have left every room." }).waitFor();
  assertEquals(await page.locator("#rooms .label").allTextContents(), []);
});

browserTest("a link that is followed in a tab that goes on leads where it says", async (people) => {
  await using web = await startWeb({}, { factLog: longHistory() });
  const ann = await people.join(web.door, "ann");
  await ann.page.goto("about:blank");
  await ann.page.goto(`http://127.0.0.1:${web.door.addr.port}/#ops`);
  await ann.online();
  await ann.page.locator("#title", { hasText: "# ops" }).waitFor();
  await ann.until('location.hash === "#ops"');
  await ann.page.goto("about:blank");
  await ann.page.goto(`http://127.0.0.1:${web.door.addr.port}/#lobby/77`);
  await ann.page.locator("#list .pointed .speaker .name", { hasText: "p2" }).waitFor();
  await ann.until('location.hash === "#lobby/77"');
  await ann.page.evaluate('location.hash = "#lobby/99999"');
  await ann.page.locator("#list .told.error", {
    hasText: "There is no message 99999 in lobby; the last is 500.",
  }).waitFor();
});

browserTest("a link to a message has nobody read what they have not seen", async (people) => {
  const factLog = await logWith({ ann: "member" });
  await using web = await startWeb({}, { passwords: CHEAP, factLog });
  using bob = await joinEvent(web.server, "bob");
  const say = async (from: number, to: number): Promise<void> => {
    for (let n = from; n <= to; n++) {
      const text = `message ${n} ${"and some more words ".repeat(9)}`;
      await bob.ask({ type: "say", room: "lobby", text });
    }
  };
  const ann = await signIn(people, web.door, "ann");
  const { page } = ann;
  await say(1, 30);
  await ann.sees("message 30");
  /** What the server has to tell another device of the account. */
  using device = await joinEvent(web.server, "ann", { login: LOGIN, features: ["people"] });
  const unread = async (): Promise<unknown> =>
    (await device.ask({ type: "read", room: "lobby", seq: 0 })).unread;
  await becomes(unread, 0);
  await ann.say("/join dev");
  await page.locator("#title", { hasText: "# dev" }).waitFor();
  await say(31, 90);
  const badge = page.locator("#rooms button", { hasText: "lobby" }).locator(".badge");
  await badge.filter({ hasText: "60" }).waitFor();
  // In the past, among what is unread, at the end, and where there is no message.
  for (const seq of [5, 60, 90, 5]) {
    await page.evaluate(`location.hash = "#lobby/${seq}"`);
    await page.locator("#list .pointed .text", { hasText: `message ${seq} ` }).waitFor();
    await ann.settled();
    await page.keyboard.press("Alt+2");
    await page.locator("#title", { hasText: "# dev" }).waitFor();
    await becomes(() => badge.locator("[aria-hidden]").textContent(), "60", `after ${seq}`);
    assertEquals(await unread(), 60, `after ${seq}`);
  }
  await page.evaluate('location.hash = "#lobby/999"');
  await page.locator("#list .told.error", { hasText: "There is no message 999" }).waitFor();
  await ann.settled();
  assertEquals(await unread(), 60);
  // What is counted as unread again stays so, too.
  await page.keyboard.press("Alt+2");
  await page.keyboard.press("Alt+1");
  await page.keyboard.press("Alt+End");
  await ann.sees("message 90");
  await becomes(unread, 0);
  await ann.say("/unread 3");
  await becomes(unread, 3);
  await page.keyboard.press("Alt+2");
  await page.locator("#title", { hasText: "# dev" }).waitFor();
  await page.evaluate('location.hash = "#lobby/89"');
  await page.locator("#list .pointed .text", { hasText: "message 89 " }).waitFor();
  await ann.settled();
  assertEquals(await unread(), 3);
  // Whoever comes back to the room reads it.
  await page.keyboard.press("Alt+2");
  await page.locator("#title", { hasText: "# dev" }).waitFor();
  await page.keyboard.press("Alt+1");
  await becomes(unread, 0);
});

browserTest(
  "whoever a link led past what is unread reads it on the way, or goes to the end",
  async (people) => {
    await using web = await startWeb();
    using bob = await joinEvent(web.server, "bob");
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    await ann.say("first");
    await ann.hasSent("first");
    await ann.say("/join dev");
    await page.locator("#title", { hasText: "# dev" }).waitFor();
    const badge = page.locator("#rooms button", { hasText: "lobby" }).locator(".badge");
    const fill = async (): Promise<void> => {
      await page.keyboard.press("Alt+2");
      await page.locator("#title", { hasText: "# dev" }).waitFor();
      for (let n = 0; n < 40; n++) {
        await bob.ask({ type: "say", room: "lobby", text: `${n} ${"words ".repeat(60)}` });
      }
      await badge.filter({ hasText: "40" }).waitFor();
      await page.evaluate('location.hash = "#lobby/1"');
      await page.locator("#list .pointed .text", { hasText: "first" }).waitFor();
    };
    await fill();
    // From what was read already one goes on to what was not.
    for (let n = 0; n < 40; n++) await page.keyboard.press("PageDown");
    await badge.waitFor({ state: "detached" });
    await fill();
    await page.keyboard.press("Alt+End");
    await badge.waitFor({ state: "detached" });
    // All of it in sight: nothing is passed over.
    await ann.say("/join ops");
    await page.locator("#title", { hasText: "# ops" }).waitFor();
    await bob.ask({ type: "join", room: "ops" });
    await page.keyboard.press("Alt+2");
    for (const text of ["a", "b"]) await bob.ask({ type: "say", room: "ops", text });
    await page.locator("#rooms button", { hasText: "ops" }).locator(".badge").waitFor();
    await page.evaluate('location.hash = "#ops/1"');
    await page.locator("#list .pointed").waitFor();
    await page.locator("#rooms button", { hasText: "ops" }).locator(".badge").waitFor({
      state: "detached",
    });
  },
);

browserTest(
  "a link to a message makes no room, and tells nobody which rooms there are",
  async (people) => {
    const factLog = await logWith({ eve: "member" });
    await using web = await startWeb({}, { passwords: CHEAP, factLog });
    using eve = await joinEvent(web.server, "eve", { login: LOGIN });
    await eve.ask({ type: "join", room: "den", access: "invite" });
    await eve.ask({ type: "say", room: "den", text: "a secret" });
    await eve.ask({ type: "join", room: "ops" });
    await eve.ask({ type: "say", room: "ops", text: "at noon" });
    const told = (room: string): string => `There is no room ${room}, or none that you may enter`;
    const rooms = async (): Promise<unknown> =>
      ((await eve.ask({ type: "rooms" })).rooms as Array<{ room: string }>)
        .map(({ room }) => room).sort();
    const before = await rooms();
    // For whoever comes by it, and for whoever is here.
    const ann = new Person(await people.page(web.door, {}, "#nowhere/5"));
    await ann.joinAs("ann");
    const error = (text: string): Promise<void> =>
      ann.page.locator("#list .told.error", { hasText: text }).waitFor();
    await error(told("nowhere"));
    await becomes(() => ann.page.evaluate("location.hash"), "#lobby");
    for (const room of ["den", "typo"]) {
      await ann.page.evaluate(`location.hash = "#${room}/1"`);
      await error(told(room));
      await becomes(() => ann.page.textContent("#title"), "# lobby");
    }
    assertEquals(await rooms(), before);
    await ann.page.evaluate('location.hash = "#ops/1"');
    await ann.page.locator("#list .pointed .text", { hasText: "at noon" }).waitFor();
    assertEquals(await rooms(), before);
  },
);
