/** Reading in the full-screen view: places, drafts, pages, and what counts as new. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { LIFE, pageOf, sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { AT, CHAT, reads, room, WITH_ANN } from "./fixtures/terminal_account.ts";

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
  await sees(setup, /1 new for you ↓/);
  io.type("\x1b1");
  await sees(setup, /^2 dev +1! │/);
  // It is looked at again, and still not seen.
  io.type("\x1b2");
  await sees(setup, /1 new for you ↓/);
  conversation.message("zoe", "and more", "dev");
  await sees(setup, /2 new, 1 for you ↓/);
  const gone = conversation.message("zoe", "a slip", "dev");
  await sees(setup, /3 new, 1 for you ↓/);
  conversation.about(gone, "zoe", { type: "removed" }, "dev");
  await sees(setup, /2 new, 1 for you ↓/);
  io.type("\x1b1");
  await sees(setup, /^2 dev +2 1! │/);
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

Deno.test("a screen that becomes larger shows what is below when there is nothing more above", async () => {
  using setup = await viewed({ rows: 12, said: 20 });
  const { io } = setup;
  io.type("\x1b[5~\x1b[5~\x1b[5~");
  await sees(setup, /lobby number 1$/);
  io.resize(80, 40);
  await sees(setup, /lobby number 20$/);
  await seesNo(setup, /End returns/);
});

Deno.test("whoever reads further up while the connection comes back sees at the end what is said then", async () => {
  using setup = await viewed({ said: 100, mendsMs: [] });
  const { io, conversation } = setup;
  await sees(setup, /number 100/);
  io.type("\x1b[5~");
  await sees(setup, /End returns/);
  conversation.lose();
  await sees(setup, /─ offline/);
  conversation.ready({ seq: 100, last: 100 });
  await seesNo(setup, /offline/);
  io.type("\x1b[F");
  await seesNo(setup, /End returns/);
  conversation.message("bob", "is anybody here?");
  await sees(setup, /<bob> is anybody here/);
  io.type("yes\r");
  await sees(setup, /<me> yes/);
});

Deno.test("whoever writes while reading back sees that, and what is new, and goes back to where they read", async () => {
  using setup = await viewed({ said: 200, mendsMs: [] });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 200/);
  io.type("\x1b2\x1b1\x1b[5~\x1b[5~");
  await sees(setup, /End returns/);
  const before = shown(setup).slice(1, 22);
  conversation.message("kim", "me: have you seen it?");
  await sees(setup, /1 new for you ↓/);
  io.type("a quick answer\r");
  await sees(setup, /<me> a quick answer/);
  await sees(setup, /Alt-Left: where you read/);
  const rows = shown(setup).map((row) => row.slice(13));
  const at = rows.findIndex((row) => row.includes("have you seen it?"));
  assertEquals(rows[at - 1], "---- new ----");
  io.type("\x1b[1;3D");
  await sees(setup, /End returns/);
  assertEquals(shown(setup).slice(1, 22), before);
  await sees(setup, /lobby>/);
  io.type("\x1b[F");
  await sees(setup, /<me> a quick answer/);
  await seesNo(setup, /Alt-Left/);
  // From there it goes to the room before, as ever.
  io.type("\x1b[1;3D");
  await sees(setup, /dev>/);
});

Deno.test("what one has said from another room is not new where the answer is", async () => {
  using setup = await viewed({ ready: { chats: [WITH_ANN] }, mendsMs: [] });
  const { io, conversation } = setup;
  conversation.directAck = { chat: CHAT, seq: 10 };
  io.type("/msg Ann one more\r");
  await io.until(() => setup.sent.some(({ type }) => type === "direct"), "the message");
  const told = { type: "direct", chat: CHAT, with: "Ann", from: "Ann", to: "me" } as const;
  conversation.tell({ ...told, at: AT, seq: 11, n: 1, text: "got it" });
  await sees(setup, /@Ann +1! │/);
  io.type("\x1ba");
  await sees(setup, /<Ann> got it/);
  await sees(setup, /---- new ----/);
  const rows = shown(setup).map((row) => row.slice(13));
  const at = rows.findIndex((row) => row.includes("<Ann> got it"));
  assertEquals(rows[at - 1], "---- new ----");
  assert(rows.slice(0, at).some((row) => row.includes("<me> one more")));
});

Deno.test("only what is said where the end is on screen has seen what was before it", async () => {
  using setup = await viewed({ said: 100 });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 100/);
  io.type("seen\r/msg ann not seen\r");
  await sees(setup, /<me> seen/);
  const said = (): unknown[] =>
    conversation.sent.flatMap((sent) =>
      sent.type === "say" || sent.type === "direct" ? [[sent.text, sent.unseen]] : []
    );
  await io.until(() => said().length === 2, "both");
  assertEquals(said(), [["seen", undefined], ["not seen", true]]);
});

Deno.test("whoever leaves is told once of the drafts that are lost with that", async () => {
  using setup = await viewed();
  const { io } = setup;
  io.type("\x1b2unfinished\x1b1\x04");
  await sees(setup, /A draft is in dev; leave once more/);
  io.type("\x1b2");
  await sees(setup, /dev> unfinished/);
  io.type("\x1b1/quit\r");
  assertEquals(await setup.code, 0);
});

Deno.test("whoever leaves is told of a draft that stands aside, and again when they have written on", async () => {
  using setup = await viewed({ columns: 100, mendsMs: [] });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  io.type("me too\r");
  await sees(setup, /<me> me too/);
  io.type("a long text");
  await sees(setup, /lobby> a long text/);
  io.type("\x1b[1;3A");
  await sees(setup, /Enter: menu/);
  io.type("e");
  await sees(setup, /lobby> \/edit/);
  io.type("\x15\x1b2");
  await sees(setup, /dev>/);
  io.type("\x04");
  await sees(setup, /A draft is in lobby; leave once more/);
  io.type("more\x1b1");
  await sees(setup, /lobby>/);
  io.type("\x04");
  await sees(setup, /A draft is in dev, lobby; leave once more/);
  io.type("\x1b2");
  await sees(setup, /dev> more/);
  io.type("!\x1b1");
  await sees(setup, /lobby>/);
  io.type("\x04");
  await io.until(
    () =>
      shown(setup).filter((line) => /A draft is in dev, lobby; leave once/.test(line)).length === 2,
    "another word",
  );
  io.type("\x04");
  assertEquals(await setup.code, 0);
});

Deno.test("a mention that was removed counts no more, neither below nor in another room", async () => {
  using setup = await viewed({ mendsMs: [], said: 60 });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  io.type("\x1b[5~\x1b[5~");
  await seesNo(setup, /number 60/);
  for (const room of ["lobby", "dev"]) {
    const seq = conversation.message("bob", "me: look", room);
    conversation.message("bob", "for nobody", room);
    await sees(setup, room === "dev" ? /^2 dev +2 1! │/ : /2 new, 1 for you/);
    conversation.about(seq, "bob", { type: "removed" }, room);
    await sees(setup, room === "dev" ? /^2 dev +1 │/ : /─ 1 new ↓/);
  }
  await seesNo(setup, /for you|\d!/);
});

Deno.test("what is new above is counted in messages, though reactions and edits have numbers, too", async () => {
  const said = 60;
  // Each odd number after 10 is a reaction, which pages do not bring.
  const isMessage = (seq: number): boolean => seq <= 10 || seq % 2 === 0;
  const counts = { seq: said, last: said };
  using setup = await viewed({
    said,
    mendsMs: [],
    ready: {
      rooms: [
        room("lobby", { ...counts, read: said }),
        room("dev", { ...counts, read: 10, unread: 25, mentions: 0 }),
      ],
    },
    answer: (request) => {
      const page = request.type === "history" ? pageOf(request, said) : undefined;
      if (page?.type !== "page") return undefined;
      return { ...page, messages: page.messages.filter(({ seq }) => isMessage(seq)) };
    },
  });
  const { io } = setup;
  io.type("\x1b2");
  await sees(setup, /dev number 60/);
  const shownHere = (): number => shown(setup).filter((line) => /dev number \d+/.test(line)).length;
  await sees(setup, new RegExp(`─ ${25 - shownHere()} new ↑`));
  io.type("\x1b[1;2A");
  await seesNo(setup, /dev number 60/);
  await sees(setup, new RegExp(`─ ${24 - shownHere()} new ↑`));
});

Deno.test("the date of a new day stands above what comes first then, also above what the program tells", async () => {
  for (const isTold of [true, false]) {
    using setup = await viewed({ said: 3, mendsMs: [] });
    const { io, conversation } = setup;
    await sees(setup, /lobby number 3/);
    conversation.at = "2026-01-03T03:05:00.000Z";
    if (isTold) io.type("/dance\r");
    if (isTold) await sees(setup, /no command/);
    conversation.message("bob", "good morning");
    await sees(setup, /good morning/);
    // They were away since yesterday, too.
    const rows = shown(setup).map((row) => row.slice(13)).filter((row) => row !== "---- new ----");
    const day = rows.indexOf("---- Saturday, 3 January 2026 ----");
    const next = rows.findIndex((row) => row.startsWith("03:05 "));
    assertEquals(day, next - 1, rows.join("\n"));
    assertEquals(rows.filter((row) => row.startsWith("---- Sat")).length, 1);
  }
});
