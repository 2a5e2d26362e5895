/** The chat as a full-screen view, from keys and events to the screen: what it shows. */

import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { pageOf, sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";

/** What `deno run` writes when it has loaded code: it erases the row of the cursor and all below it. */
const LOADED = "\x1b[0G\x1b[2K\x1b[J";

Deno.test("what is erased on the screen by deno run is there again", async () => {
  using setup = await viewed({ mendsMs: [1] });
  const { io, conversation } = setup;
  await sees(setup, /│lobby>$/);
  // Of a frame of its own only what differs is written, so that the prompt stays away.
  for (const key of ["\t", "/go zzz\r"]) {
    await io.screen.write(LOADED);
    io.type(key);
    await sees(setup, /│lobby>/);
  }
  await io.screen.write(LOADED);
  io.type("\x12");
  await sees(setup, /│sent: >/);
  io.type("\x1b");
  await sees(setup, /│lobby>/);
  io.type("a draft");
  await sees(setup, /lobby> a draft$/);
  await io.screen.write(`\x1b[H${LOADED}`);
  conversation.ready();
  await sees(setup, /lobby> a draft$/);
  await sees(setup, /^1 lobby/);
});

Deno.test("the view shows the rooms, a conversation with its topic, and the editor", async () => {
  using setup = await viewed({ columns: 60, rows: 12 });
  await setup.io.expect("about lobby");
  setup.io.type("a draft");
  await setup.io.expect("a draft");
  assertEquals(shown(setup), [
    "1 lobby     │ lobby  about lobby                     3 here",
    "2 dev       │03:04 <ann> lobby number 4",
    "3 ops       │03:04 <ann> lobby number 5",
    "            │03:04 <ann> lobby number 6",
    "            │03:04 <ann> lobby number 7",
    "            │03:04 <ann> lobby number 8",
    "            │03:04 <ann> lobby number 9",
    "            │03:04 -- You are me in lobby on here:1234.",
    "            │        Type a message and press Enter; F1",
    "            │        shows the keys.",
    "            │─ me · here:1234 · 03:04 ──────────────────────",
    "            │lobby> a draft",
  ]);
  assertEquals(setup.io.screen.cursor, [27, 11]);
});

Deno.test("what is new elsewhere is counted in the list, and what is for the reader marked", async () => {
  using setup = await viewed({ chosen: { mutedRooms: ["ops"] } });
  const { io, conversation } = setup;
  conversation.message("bob", "hi", "dev");
  conversation.message("bob", "me: look here", "dev");
  conversation.message("bob", "noise", "ops");
  await sees(setup, /^3 ops +1 │/);
  await sees(setup, /^2 dev +2 1! │/);
  const [, dev = [], ops = []] = io.screen.cells;
  assert(dev.some(({ text, inverse }) => text === "1" && inverse));
  assert(dev.some(({ text, bold }) => text === "d" && bold));
  assert(ops.some(({ text, dim }) => text === "o" && dim));
  assertFalse(io.screen.text.includes("look here"));
});

Deno.test("a long answer is read on a page over the conversation, a short one stands in it", async () => {
  using setup = await viewed();
  const { io } = setup;
  io.type("/who\r");
  await sees(setup, /-- .*Ann, bob, me/);
  io.type("/help all\r");
  await sees(setup, /more rows: PageDown/);
  assertFalse(shown(setup).some((row) => row.includes("lobby number 9")));
  io.type("\x1b[6~\x1b");
  await sees(setup, /lobby number 9/);
  io.type("/help all\r");
  await sees(setup, /more rows/);
  io.type("text");
  await sees(setup, /lobby> text/);
  await sees(setup, /lobby number 9/);
});

Deno.test("what is sent and what becomes of it is shown where it was said", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  io.type("hello\r");
  await sees(setup, /<me> hello/);
  const seq = conversation.message("bob", "luhch?");
  await sees(setup, /luhch/);
  conversation.about(seq, "bob", { type: "revised", text: "lunch?" });
  await sees(setup, /<bob> lunch\? · edited/);
  conversation.about(seq, "ann", { type: "reacted", key: "👍", count: 2 });
  await sees(setup, /👍 +2/);
  conversation.about(seq, "bob", { type: "removed" });
  await sees(setup, /<bob> removed$/);
  assertFalse(shown(setup).some((row) => /-- .*(removed|changed)/.test(row)));
});

Deno.test("the line waits for the connection, and what was missed is there when it is back", async () => {
  let said = 9;
  using setup = await viewed({
    answer: (request) => request.type === "history" ? pageOf(request, said) : undefined,
  });
  const { io, conversation } = setup;
  await sees(setup, /number 9/);
  conversation.lose();
  await sees(setup, /─ offline/);
  io.type("later\r");
  await sees(setup, /<me> later · waits for the connection$/);
  said = 12;
  conversation.skip(12);
  conversation.ready({ seq: 9, last: 9 });
  await sees(setup, /number 12/);
  await sees(setup, /<me> later$/);
  await seesNo(setup, /waits for|offline/);
});

Deno.test("what has no answer for long stands at the end, and becomes the message: once, and in its place", async () => {
  using setup = await viewed({ answer: (r) => r.type === "history" ? pageOf(r, 9) : undefined });
  const { io, conversation } = setup;
  await sees(setup, /number 9/);
  // The line hangs.
  conversation.online = false;
  io.type("am I heard?\r");
  await sees(setup, /<me> am I heard\? · sending$/);
  conversation.skip(9);
  conversation.message("ann", "said before");
  await sees(setup, /<ann> said before/);
  const about = (): string[] => shown(setup).filter((row) => /heard|before/.test(row));
  assertEquals(about().map((row) => /<.*$/.exec(row)?.[0]), [
    "<ann> said before",
    "<me> am I heard? · sending",
  ]);
  conversation.ready();
  await sees(setup, /<me> am I heard\?$/);
  assertEquals(about().map((row) => /<.*$/.exec(row)?.[0]), [
    "<ann> said before",
    "<me> am I heard?",
  ]);
});

Deno.test("what others send can do nothing to the screen", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  const nasty = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e";
  conversation.tell({ type: "topic", room: "lobby", from: "eve", text: nasty });
  conversation.message(`e${nasty}`, nasty);
  conversation.tell({ type: "joined", room: nasty, name: "me", own: true });
  await sees(setup, /<e␛\[2J␛\]0;owned␇<U\+009B>31m<U\+202E>> ␛\[2J/);
  await sees(setup, / lobby {2}␛\[2J/);
  assertEquals(io.screen.acts, []);
});

Deno.test("F2 shows the conversation alone", async () => {
  using setup = await viewed();
  setup.io.type("\x1bOQ");
  await seesNo(setup, /│/);
  assertStringIncludes(shown(setup).join("\n"), "\n03:04 <ann> lobby number 9\n");
  setup.io.type("\x1b[12~");
  await sees(setup, /^1 lobby +│/);
});

Deno.test("the editor grows to a third of the screen, and no more", async () => {
  using setup = await viewed({ rows: 12 });
  setup.io.type("\x1b[200~1\r2\r3\r4\r5\r6\x1b[201~");
  await sees(setup, /│ +6$/);
  assertEquals(shown(setup).slice(-5).map((row) => row.slice(13).trim()), [
    "─ me · here:1234 · 03:04 ──────────────────────────────────────────",
    ...["3", "4", "5", "6"],
  ]);
});

Deno.test("200 resizes under traffic leave what a screen shows that is drawn anew", async () => {
  using setup = await viewed({ said: 300 });
  const { io, conversation } = setup;
  let seed = 7;
  const random = (most: number): number => {
    seed = seed * 1_103_515_245 + 12_345 & 0x7fffffff;
    return seed % most;
  };
  for (let n = 0; n < 200; n++) {
    io.resize(60 + random(100), 12 + random(40));
    conversation.message(
      "bob",
      `live ${n} 👨‍👩‍👧 日本 ❤️ ${"x".repeat(random(200))}`,
      random(3) === 0 ? "dev" : "lobby",
    );
    if (random(4) === 0) io.type(["\x1b[5~", "\x1b[6~", "y", "\x1b[F"][random(4)] ?? "");
    if (random(10) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  io.resize(97, 31);
  io.type("\x1b[F done");
  await sees(setup, /live 199|done/);
  await sees(setup, /done/);
  await io.until(() => io.written.endsWith("\x1b[?2026l"), "a whole frame");
  await new Promise((resolve) => setTimeout(resolve, 200));
  const cells = io.screen.cells;
  const count = io.written.length;
  io.type("\x0c");
  await io.until(() => io.written.length > count && io.written.endsWith("\x1b[?2026l"), "a frame");
  assertEquals(io.screen.cells, cells);
});

Deno.test("Up goes a row up in a draft of several, and what was sent comes beyond the first", async () => {
  using setup = await viewed();
  const { io } = setup;
  io.type("before\r");
  await sees(setup, /<me> before/);
  io.type("one\x1b\rtwo\x1b[A!");
  await sees(setup, /lobby> one!$/);
  await sees(setup, /│ +two$/);
  io.type("\x1b[A");
  await sees(setup, /lobby> before$/);
  io.type("\x1b[B");
  await sees(setup, /lobby> one!$/);
});
