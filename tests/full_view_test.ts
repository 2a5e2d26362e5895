/** The chat as a full-screen view, from keys and events to the screen. */

import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import type { Settings } from "../lib/client/settings.ts";
import type { Event, EventOf } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { reads, WITH_ANN } from "./fixtures/terminal_account.ts";
import { pageOf, shown, viewed } from "./fixtures/full_view.ts";
import { Setup } from "./fixtures/terminal_setup.ts";
import { FakeTerminal } from "./fixtures/fake_terminal.ts";

/** Waits until a row of the screen matches. */
async function sees(setup: Setup, pattern: RegExp): Promise<void> {
  await setup.io.until(() => shown(setup).some((row) => pattern.test(row)), `${pattern}`);
}

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
  io.type("a draft");
  await sees(setup, /lobby> a draft$/);
  await io.screen.write(`\x1b[H${LOADED}`);
  conversation.ready();
  await sees(setup, /lobby> a draft$/);
  await sees(setup, /^1 lobby/);
});

/** Waits until none does. */
async function seesNo(setup: Setup, pattern: RegExp): Promise<void> {
  await setup.io.until(() => !shown(setup).some((row) => pattern.test(row)), `no ${pattern}`);
}

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
    "            │        Type a message and press Enter; /help",
    "            │        shows what else there is.",
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
  await sees(setup, /^2 dev +2! │/);
  const [, dev = [], ops = []] = io.screen.cells;
  assert(dev.some(({ text, inverse }) => text === "2" && inverse));
  assert(dev.some(({ text, bold }) => text === "d" && bold));
  assert(ops.some(({ text, dim }) => text === "o" && dim));
  assertFalse(io.screen.text.includes("look here"));
});

Deno.test("each room has its place and its draft, and a line stands above what is new", async () => {
  using setup = await viewed({ said: 200 });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 200/);
  io.type("\x1b[5~\x1b[5~for the lobby");
  await sees(setup, /End returns/);
  await sees(setup, /lobby> for the lobby/);
  const before = shown(setup).slice(2, 20);
  conversation.message("bob", "first news", "dev");
  conversation.message("bob", "second news", "dev");
  await sees(setup, /^2 dev +2 │/);
  io.type("\x1b2");
  await sees(setup, /second news/);
  assertEquals(shown(setup).slice(-6).map((row) => row.slice(13)), [
    "03:04 <ann> dev number 200",
    "---- new ----",
    "03:04 <bob> first news",
    "03:04 <bob> second news",
    "─ me · here:1234 · 03:04 ──────────────────────────────────────────",
    "dev>",
  ]);
  io.type("\x1b1");
  await sees(setup, /lobby> for the lobby/);
  assertEquals(shown(setup).slice(2, 20), before);
  io.type("\x1b2");
  await sees(setup, /dev>/);
  assertFalse(shown(setup).some((row) => row.includes("---- new")));
});

Deno.test("PageUp walks back to the first message, what comes meanwhile is counted, End returns", async () => {
  using setup = await viewed({ said: 700 });
  const { io, conversation } = setup;
  await sees(setup, /number 700/);
  for (let n = 0; !shown(setup).some((row) => row.endsWith("lobby number 1")); n++) {
    assert(n < 200);
    const top = shown(setup)[1];
    io.type("\x1b[5~");
    await io.until(() => shown(setup)[1] !== top, "another page");
  }
  assertEquals(shown(setup)[1]?.slice(13), "---- Friday, 2 January 2026 ----");
  const before = shown(setup).slice(2, 20);
  conversation.message("bob", "meanwhile");
  conversation.message("bob", "and more");
  await sees(setup, /2 new ↓/);
  assertEquals(shown(setup).slice(2, 20), before);
  io.type("\x1b[F");
  await sees(setup, /and more/);
  assertEquals(shown(setup).slice(-5, -2).map((row) => row.slice(13)), [
    "---- new ----",
    "03:04 <bob> meanwhile",
    "03:04 <bob> and more",
  ]);
  assertFalse(shown(setup).some((row) => row.includes("↓")));
});

Deno.test("Alt-A goes to what is for the reader, then to what is new; Alt-Left goes back", async () => {
  using setup = await viewed({ chosen: { mutedRooms: ["dev"] }, ready: { chats: [WITH_ANN] } });
  const { io, conversation } = setup;
  conversation.message("bob", "hi", "dev");
  conversation.message("bob", "hi", "ops");
  conversation.tell({
    ...{ type: "direct", from: "Ann", to: "me", text: "psst", chat: WITH_ANN.chat, with: "Ann" },
    ...{ seq: 10, at: conversation.at },
  });
  await sees(setup, /@Ann +1! │/);
  io.type("\x1ba");
  await sees(setup, /@Ann> $|@Ann>$/);
  await sees(setup, /<Ann> psst/);
  io.type("/next\r");
  await sees(setup, /ops>/);
  io.type("\x18a");
  await sees(setup, /dev>/);
  io.type("\x1b[1;3D");
  await sees(setup, /ops>/);
  io.type("\x18\x1b[D");
  await sees(setup, /@Ann>/);
  io.type("\x1b[1;3C");
  await sees(setup, /ops>/);
});

Deno.test("the switcher finds rooms and people by letters", async () => {
  using setup = await viewed();
  const { io } = setup;
  for (const open of ["\x1bk", "\x18k", "/go\r"]) {
    io.type(open);
    await sees(setup, /go to>/);
    await sees(setup, /> dev/);
    io.type("ps");
    await seesNo(setup, / dev *$/);
    io.type("\r");
    await sees(setup, /ops>/);
    io.type("/go lob\r");
    await sees(setup, /lobby>/);
  }
  io.type("\x1bk");
  await sees(setup, /go to>/);
  io.type("bo");
  await sees(setup, /@bob {2}write/);
  io.type("\x1b");
  await sees(setup, /lobby>/);
  io.type("/go zzz\r");
  await sees(setup, /No room and nobody of yours has "zzz" in its name/);
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
  await sees(setup, /Waits for the connection: later/);
  said = 12;
  conversation.ready({ seq: 9, last: 9 });
  await sees(setup, /number 12/);
  await seesNo(setup, /Waits for|offline/);
});

Deno.test("what is on screen counts as read, what is below it does not", async () => {
  using setup = await viewed({ said: 100 });
  const { io, conversation } = setup;
  await sees(setup, /number 100/);
  const seq = conversation.message("bob", "seen");
  await sees(setup, /seen/);
  await io.until(() => reads(setup).at(-1)?.seq === seq, "the mark");
  io.type("\x1b[5~");
  await sees(setup, /End returns/);
  conversation.message("bob", "unseen");
  await sees(setup, /1 new ↓/);
  io.signal("SIGTERM");
  await setup.code;
  assertEquals(reads(setup).map((read) => read.seq), [seq]);
});

Deno.test("what came below the place that was read stays new when another room is looked at", async () => {
  using setup = await viewed({ said: 100, mendsMs: [] });
  const { io, conversation } = setup;
  io.type("\x1b2");
  await sees(setup, /dev number 100/);
  await io.until(() => shown(setup).some((row) => row.startsWith("3 ops")), "the list");
  io.type("\x1b[5~");
  await sees(setup, /End returns/);
  conversation.message("zoe", "me: look", "dev");
  await sees(setup, /1 new ↓/);
  io.type("\x1b1");
  await sees(setup, /^2 dev +1! │/);
  // It is looked at again, and still not seen.
  io.type("\x1b2");
  await sees(setup, /1 new ↓/);
  conversation.message("zoe", "and more", "dev");
  await sees(setup, /2 new ↓/);
  const gone = conversation.message("zoe", "a slip", "dev");
  await sees(setup, /3 new ↓/);
  conversation.about(gone, "zoe", { type: "removed" }, "dev");
  await sees(setup, /2 new ↓/);
  io.type("\x1b1");
  await sees(setup, /^2 dev +2! │/);
  assertEquals(reads(setup).filter(({ room, seq }) => room === "dev" && seq > 100), []);
  io.type("\x1ba");
  await sees(setup, /dev>/);
  await sees(setup, /<zoe> me: look/);
  await sees(setup, /<zoe> and more/);
  await io.until(() => reads(setup).some(({ room, seq }) => room === "dev" && seq > 100), "it");
  io.type("\x1b1");
  await sees(setup, /lobby>/);
  await sees(setup, /^2 dev +│/);
});

Deno.test("whoever goes down line by line sees what is new there, and Alt-A goes to the rest", async () => {
  using setup = await viewed({ said: 100, mendsMs: [] });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 100/);
  // The greeting stands in the last two rows.
  io.type("\x1b[1;2A\x1b[1;2A\x1b[1;2A");
  await sees(setup, /End returns/);
  for (const text of ["first", "second", "third"]) conversation.message("bob", text);
  await sees(setup, /3 new ↓/);
  for (let n = 0; !shown(setup).some((row) => row.includes("<bob> first")); n++) {
    assert(n < 9);
    const before = shown(setup).join();
    io.type("\x1b[1;2B");
    await io.until(() => shown(setup).join() !== before, "another line");
  }
  await sees(setup, /2 new ↓/);
  io.type("\x1b2");
  await sees(setup, /^1 lobby +2 │/);
  io.type("\x1b1");
  await sees(setup, /2 new ↓/);
  io.type("\x1ba");
  await sees(setup, /<bob> third/);
  await seesNo(setup, /new ↓/);
});

Deno.test("where there is no room for it there is the stream, with a sentence", async () => {
  using setup = await viewed({ columns: 59, rows: 12 });
  const { io } = setup;
  await sees(setup, /The view needs a terminal of 60 × 12 at least;$/);
  assertFalse(io.screen.isAlternate);
  io.resize(60, 12);
  io.type("/view\r");
  await sees(setup, /^1 lobby +│/);
  io.resize(60, 11);
  await io.until(() => io.screen.text.includes("It comes back when there is."), "the stream");
  assertFalse(io.screen.isAlternate);
  io.resize(80, 24);
  await sees(setup, /^1 lobby +│/);
});

Deno.test("/view turns to it and back, and is remembered", async () => {
  const saved: Settings[] = [];
  const io = new FakeTerminal();
  using setup = await Setup.online({ save: (settings) => saved.push(settings) }, io);
  const { conversation } = setup;
  conversation.message("ann", "in the stream");
  await io.expect("in the stream");
  io.type("/view\r");
  await sees(setup, /^1 lobby +│/);
  assert(io.screen.isAlternate);
  conversation.message("ann", "in the view");
  await sees(setup, /in the view/);
  io.type("/view\r");
  await io.until(() => !io.screen.isAlternate, "the stream");
  await io.expect("---- lobby ----");
  conversation.message("ann", "in the stream again");
  await io.expect("in the stream again");
  assertEquals(saved.map(({ view }) => view), [true, false]);
});

Deno.test("leaving gives the screen back, with what was told last", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  const before = new FakeTerminal().screen.state;
  conversation.tell(
    { type: "status", status: "ended", text: "You were sent away.", cause: "dismissed" },
  );
  assertEquals(await setup.code, 4);
  assertFalse(io.screen.isAlternate);
  assertEquals(io.screen.rows.map((row) => row.slice(6)), ["!! You were sent away."]);
  const { modes } = io.screen.state as { modes: unknown };
  assertEquals(modes, (before as { modes: unknown }).modes);
  const [keeps, ends] = ["\x1b[?1007s", "\x1b[?1007l"].map((mode) => io.written.indexOf(mode));
  assert(keeps !== undefined && keeps >= 0 && keeps < (ends ?? -1));
  assert(io.written.lastIndexOf("\x1b[?1007r") > io.written.lastIndexOf("\x1b[?1007l"));
});

Deno.test("Ctrl-Z gives the screen to the shell and takes it again", async () => {
  using setup = await viewed();
  const { io } = setup;
  io.type("a draft\x1a");
  await io.until(() => io.suspended.length > 0, "the shell");
  assertEquals(io.suspended, [false]);
  await io.until(
    () => io.screen.isAlternate && shown(setup).at(-1)?.includes("a draft") === true,
    "",
  );
  assert(io.written.split("\x1b[?1049l").length === 2);
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

Deno.test("a message is picked by Alt-Up, and something done about it", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  const seq = conversation.message("bob", "see https://example.org/a ❤️");
  await sees(setup, /example/);
  const picked = (): string =>
    io.screen.cells.slice(1, -2).flatMap((row) =>
      row.slice(13).filter(({ inverse }) => inverse).map(({ text }) => text)
    ).join("").trim();
  for (const open of ["\x1b[1;3A", "\x18\x1b[A", "/pick\r"]) {
    io.type(open);
    await io.until(() => picked().includes("example.org"), "the last one");
    io.type("\x1b");
    await io.until(() => picked() === "", "none");
  }
  io.type("\x1b[1;3A\x1b[A");
  await io.until(() => picked().includes("lobby number 9"), "the one before");
  io.type("\x1b[Bc");
  await sees(setup, /Copied, if your terminal/);
  const copied = new TextEncoder().encode("see https://example.org/a ❤️").toBase64();
  assertEquals(io.screen.acts.filter((act) => act.startsWith("osc 52")), [`osc 52;c;${copied}`]);
  io.type("\x1b[1;3Ar");
  await sees(setup, new RegExp(`lobby> /re ${seq}`));
  io.type("yes\r");
  await io.until(() => setup.sent.some((each) => each.type === "say" && each.re === seq), "it");
  await sees(setup, /<me> yes/);
  io.type("\x1b[1;3A\x1b[A\r");
  await sees(setup, /What to do with this message/);
  io.type("reac\r");
  await sees(setup, /react>/);
  io.type("\x1b[B\r");
  await io.until(() => setup.sent.some((each) => each.type === "react" && each.key === "❤️"), "it");
});

/** The features of a server that knows what becomes of messages. */
const LIFE: EventOf<"welcome"> = {
  ...{ type: "welcome", protocol: 1, server: "test/1", epoch: "e", needs: [] },
  ...{ limits: { payload: 65_536 }, features: ["life"] },
};

Deno.test("a draft comes back when the line about a picked message is sent or left", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  const own = conversation.message("me", "mine");
  const seq = conversation.message("bob", "hello");
  await sees(setup, /hello/);
  const reply = new RegExp(`lobby> /re ${seq} my draft$`);
  io.type("my draft");
  for (const leave of ["\x1b", "\x03"]) {
    // The draft may be meant as the answer.
    io.type("\x1b[1;3Ar");
    await sees(setup, reply);
    io.type(leave);
    await sees(setup, /lobby> my draft$/);
  }
  io.type("\x1b[1;3Ad");
  await sees(setup, new RegExp(`lobby> /remove ${seq}$`));
  io.type("\r");
  await sees(setup, /lobby> my draft$/);
  await io.until(() => setup.sent.some(({ type }) => type === "remove"), "the removal");
  // Another answer than the draft was meant.
  io.type("\x1b[1;3Ar");
  await sees(setup, new RegExp(`lobby> /re ${own} my draft$`));
  io.type("\x15/re " + own + " no\r");
  await sees(setup, /lobby> my draft$/);
  await io.until(() => setup.sent.some((each) => each.type === "say" && each.re === own), "it");
  io.type("\x1b[1;3A");
  await sees(setup, /Enter: what to do/);
  io.type("e");
  await sees(setup, /lobby> \/edit \d+ no$/);
  io.type("\x1b");
  await sees(setup, /lobby> my draft$/);
  io.type("\x1b[1;3Ar");
  await sees(setup, /lobby> \/re \d+ my draft$/);
  io.type("\r");
  await sees(setup, /<me> my draft/);
  await sees(setup, /lobby>$/);
});

Deno.test("what only hosts may do about a message is offered to hosts alone", async () => {
  for (
    const [role, hosts, may] of [
      ["member", ["Ann"], false],
      ["member", ["Ann", "Me"], true],
      ["operator", [], true],
    ] as const
  ) {
    const answer = (request: Request): Event | undefined =>
      request.type === "room"
        ? { type: "room", room: request.room, access: "open", hosts: [...hosts] }
        : undefined;
    using setup = await viewed({ mendsMs: [], ready: { role }, answer });
    const { io, conversation } = setup;
    conversation.welcome = LIFE;
    conversation.message("me", "mine");
    conversation.message("bob", "hello");
    await sees(setup, /hello/);
    io.type("\x1b[1;3A\r");
    await sees(setup, /What to do with this message/);
    await sees(setup, /copy the text/);
    const offers = (what: string): boolean => shown(setup).some((row) => row.includes(what));
    assertEquals([offers("pin  P"), offers("remove  D")], [may, may]);
    io.type("\x1b");
    await seesNo(setup, /What to do/);
    io.type("\x1b[1;3A\x1b[A\r");
    await sees(setup, /remove {2}D/);
    assertEquals(offers("pin  P"), may);
  }
});

Deno.test("a screen that becomes larger shows what is below when there is nothing more above", async () => {
  using setup = await viewed({ rows: 12, said: 20 });
  const { io } = setup;
  io.type("\x1b[5~\x1b[5~\x1b[5~");
  await sees(setup, /lobby number 1$/);
  io.resize(80, 40);
  await sees(setup, /lobby number 20$/);
  await seesNo(setup, /End returns/);
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
