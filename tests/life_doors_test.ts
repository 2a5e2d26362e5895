/** What the doors tell of edits, removals, answers, reactions and pins: in full to those who know them. */

import { assertEquals } from "@std/assert";
import { CHEAP, LOGIN, logWith } from "./fixtures/guests.ts";
import { classicFrame, joinClassic, joinEvent, type Json, type RawPeer } from "./helpers.ts";
import { joinWeb, startWeb } from "./web_peer.ts";

const room = "lobby";
const features = ["people", "life"];
const TOLD = new Set([
  ...["message", "direct", "revised", "removed", "reacted", "pinned", "emptied", "notice"],
]);

/** What somebody was told up to the message `end`, without its time. */
async function toldUntil(peer: RawPeer, end: string): Promise<Json[]> {
  const told: Json[] = [];
  for (;;) {
    const { at: _, ...event } = await peer.takeEvent();
    if (event.type === "message" && event.text === end) return told;
    if (TOLD.has(`${event.type}`)) told.push(event);
  }
}

/** Somebody says something, and all is done about it that can be. */
async function live(ann: RawPeer): Promise<void> {
  await ann.ask({ type: "say", id: "1", room, text: "lunch at on?" });
  await ann.ask({ type: "revise", id: "2", room, re: 1, text: "lunch at one?" });
  await ann.ask({ type: "say", id: "3", room, text: "or two", re: 1 });
  await ann.ask({ type: "react", id: "4", room, re: 1, key: "👍" });
  await ann.ask({ type: "remove", id: "5", room, re: 1 });
  await ann.ask({ type: "say", id: "6", room, text: "end" });
}

const KNOWN: readonly Json[] = [
  { type: "message", room, seq: 1, from: "ann", text: "lunch at on?" },
  { type: "revised", room, seq: 2, re: 1, from: "ann", text: "lunch at one?" },
  {
    ...{ type: "message", room, seq: 3, from: "ann", text: "or two", re: 1 },
    quote: { from: "ann", text: "lunch at one?" },
  },
  { type: "reacted", room, seq: 4, re: 1, from: "ann", key: "👍" },
  { type: "removed", room, seq: 5, re: 1, from: "ann" },
];

const NARROW: readonly Json[] = [
  { type: "message", room, seq: 1, from: "ann", text: "lunch at on?" },
  { type: "message", room, seq: 2, from: "ann", text: "* lunch at one?" },
  { type: "message", room, seq: 3, from: "ann", text: "or two" },
];

Deno.test("each door tells those who know it all, and the others what the first version knew", async () => {
  await using web = await startWeb();
  using ann = await joinEvent(web.server, "ann", { features });
  using peers = new DisposableStack();
  const knows = peers.use(await joinEvent(web.server, "knows", { features }));
  const old = peers.use(await joinEvent(web.server, "old"));
  const page = peers.use(await joinWeb(web.door, "page", { features }));
  const oldPage = peers.use(await joinWeb(web.door, "old-page"));
  await live(ann);
  assertEquals(await toldUntil(knows, "end"), KNOWN);
  assertEquals(await toldUntil(page, "end"), KNOWN);
  assertEquals(await toldUntil(old, "end"), NARROW);
  assertEquals(await toldUntil(oldPage, "end"), NARROW);
});

Deno.test("pages, and what was missed, are as each client knows them", async () => {
  await using web = await startWeb();
  using ann = await joinEvent(web.server, "ann", { features });
  await live(ann);
  const { epoch } = ann.welcome;
  const resume = { epoch, seq: { lobby: 0 }, direct: 0 };
  using knows = await joinEvent(web.server, "knows", { features, resume });
  using old = await joinEvent(web.server, "old", { resume });
  assertEquals(await toldUntil(knows, "end"), [
    { type: "message", room, seq: 1, from: "ann", text: "" },
    { type: "emptied", room, from: 2, to: 2 },
    { type: "message", room, seq: 3, from: "ann", text: "or two", re: 1 },
    { type: "emptied", room, from: 4, to: 4 },
    ...KNOWN.slice(4),
  ]);
  assertEquals(await toldUntil(old, "end"), [NARROW[2]]);
  const shown = async (peer: RawPeer): Promise<unknown> => {
    const { messages, upTo } = await peer.ask({ type: "history", id: "h", room });
    return [
      messages.map(({ at: _, removed, ...message }: Json) => ({
        ...message,
        ...(removed === undefined ? {} : { removed: removed.by }),
      })),
      upTo,
    ];
  };
  const end = { room, seq: 6, from: "ann", text: "end" };
  assertEquals(await shown(knows), [
    [
      { room, seq: 1, from: "ann", text: "", removed: "ann" },
      { room, seq: 3, from: "ann", text: "or two", re: 1 },
      end,
    ],
    6,
  ]);
  assertEquals(await shown(old), [[{ room, seq: 3, from: "ann", text: "or two" }, end], undefined]);
});

Deno.test("in a conversation an edit is a direct message to a client that does not know edits", async () => {
  await using web = await startWeb();
  using ann = await joinEvent(web.server, "ann", { features });
  using bob = await joinEvent(web.server, "bob", { features: ["people"] });
  const { chat } = await ann.ask({ type: "direct", id: "1", to: "bob", text: "hi" });
  await ann.ask({ type: "revise", id: "2", chat, re: 1, text: "hello" });
  await ann.ask({ type: "react", id: "3", chat, re: 1, key: "👍" });
  await ann.ask({ type: "say", id: "4", room, text: "end" });
  const about = { type: "direct", from: "ann", to: "bob", chat, with: "ann" };
  assertEquals((await toldUntil(bob, "end")).map(({ n: _, ...event }) => event), [
    { ...about, seq: 1, text: "hi" },
    { ...about, seq: 2, text: "* hello" },
  ]);
});

Deno.test("a client says what it knows with each hello", async () => {
  await using web = await startWeb();
  using ann = await joinEvent(web.server, "ann", { features });
  await live(ann);
  using bob = await joinEvent(web.server, "ann", { features, exact: true });
  assertEquals(bob.ready.code, "name-taken");
  const resume = { epoch: ann.welcome.epoch, seq: { lobby: 0 } };
  const ready = await bob.ask({ type: "hello", id: "again", name: "bob", resume });
  assertEquals(ready.type, "ready");
  assertEquals(await toldUntil(bob, "end"), [NARROW[2]]);
});

Deno.test("a classic client reads edits and answers, and that something was removed or pinned", async () => {
  await using web = await startWeb();
  using classic = await joinClassic(web.server, "classic");
  using ann = await joinEvent(web.server, "ann", { features });
  await live(ann);
  const pairs: Array<readonly string[]> = [];
  for (let pair = await classic.takePair(); pair[1] !== "end"; pair = await classic.takePair()) {
    pairs.push(pair);
  }
  assertEquals(pairs, [
    ["ann", "lunch at on?"],
    ["ann", "* lunch at one?"],
    ["ann", "> ann: lunch at one? | or two"],
    ["server", "ann removed a message."],
  ]);
});

Deno.test("a classic client reads that a message to it alone was removed, and why", async () => {
  await using web = await startWeb();
  using classic = await joinClassic(web.server, "classic");
  using ann = await joinEvent(web.server, "ann", { features });
  const { chat } = await ann.ask({ type: "direct", id: "1", to: "classic", text: "psst" });
  await ann.ask({ type: "direct", id: "2", chat, text: "no" });
  await ann.ask({ type: "remove", id: "3", chat, re: 1 });
  await ann.ask({ type: "remove", id: "4", chat, re: 2, reason: "wrong person" });
  const pairs: Array<readonly string[]> = [];
  while (pairs.length < 4) pairs.push(await classic.takePair());
  assertEquals(pairs, [
    ...[["ann", "(to you) psst"], ["ann", "(to you) no"]],
    ["server", "ann removed a message to you."],
    ["server", "ann removed a message to you: wrong person."],
  ]);
});

Deno.test("a classic client reads what is pinned, or that nothing is, and is told what else it can't do", async () => {
  await using web = await startWeb({}, {
    factLog: await logWith({ zoe: "owner" }),
    passwords: CHEAP,
  });
  using zoe = await joinEvent(web.server, "zoe", { login: LOGIN, features });
  using old = await joinClassic(web.server, "old");
  const told = async (line: string): Promise<string> => {
    await old.send(classicFrame(line));
    const [name, text] = await old.takePair();
    assertEquals(name, "server");
    return text.replace(/^\[.*?\] /, "");
  };
  assertEquals(await told("/pins"), "Nothing is pinned in lobby.");
  assertEquals(await told("/history"), "lobby has no earlier messages.");
  await zoe.ask({ type: "say", id: "1", room, text: "lunch at one" });
  assertEquals(await old.takePair(), ["zoe", "lunch at one"]);
  await zoe.ask({ type: "pin", id: "2", room, re: 1 });
  assertEquals(await old.takePair(), ["server", "zoe pinned a message; /pins shows it."]);
  assertEquals(await told("/pins"), "zoe: lunch at one");
  await zoe.ask({ type: "pin", id: "3", room, re: 1, off: true });
  assertEquals(await old.takePair(), ["server", "zoe unpinned a message."]);
  assertEquals(await told("/pins"), "Nothing is pinned in lobby.");
  for (const line of ["/reactions 1", "/re 1 yes", "/edit 1 no", "/remove 1", "/react 1 x"]) {
    const [command = ""] = line.split(" ");
    assertEquals(
      (await told(line)).split(";")[0],
      `${command} is for chatroom's own client and its page`,
    );
  }
});
