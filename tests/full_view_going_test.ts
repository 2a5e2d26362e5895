/** From one room or person to another in the full-screen view. */

import { assertEquals } from "@std/assert";
import { sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { WITH_ANN } from "./fixtures/terminal_account.ts";

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

Deno.test("Alt-A goes through what is for the reader in the order of the list, people and rooms alike", async () => {
  using setup = await viewed({ ready: { chats: [WITH_ANN] } });
  const { io, conversation } = setup;
  const told = { from: "Ann", to: "me", text: "psst", chat: WITH_ANN.chat, with: "Ann" };
  conversation.tell({ type: "direct", ...told, seq: 10, at: conversation.at });
  conversation.message("bob", "hi", "lobby");
  io.type("/go ops\r");
  await sees(setup, /ops>/);
  conversation.message("bob", "hi", "lobby");
  conversation.message("bob", "me: look", "dev");
  await sees(setup, /dev +1! │/);
  for (const [place, there] of [["dev", /me: look/], ["@Ann", /psst/], ["lobby", /hi/]] as const) {
    io.type("\x1ba");
    await sees(setup, new RegExp(`│${place}>`));
    // Who goes on before it is there has not seen it.
    await sees(setup, there);
  }
});

Deno.test("two people of one name are two in the list and in the switcher, and neither takes the other's place", async () => {
  const earlier = {
    ...WITH_ANN,
    chat: "e".repeat(24),
    gone: true as const,
    at: "2026-01-01T00:00:00.000Z",
  };
  using setup = await viewed({ ready: { chats: [WITH_ANN, earlier] } });
  const { io, conversation } = setup;
  await sees(setup, /@Ann {2,}│/);
  await sees(setup, /@Ann, earlier +│/);
  io.type("\x1bkann");
  await sees(setup, /> @Ann$/);
  await sees(setup, /@Ann, earlier$/);
  io.type("earl\r");
  await sees(setup, /@Ann, earlier>/);
  // What comes from the other one is told in the list.
  const told = { from: "Ann", to: "me", text: "psst", chat: WITH_ANN.chat, with: "Ann" };
  conversation.tell({ type: "direct", ...told, seq: 10, at: conversation.at });
  await sees(setup, /@Ann +1! │/);
  await sees(setup, /@Ann, earlier>/);
  await seesNo(setup, /psst/);
  io.type("\x1ba");
  await sees(setup, /<Ann> psst/);
  io.type("\x1b[1;3D");
  await sees(setup, /@Ann, earlier>/);
  // A third one has the name now.
  conversation.tell({ type: "direct", ...told, chat: "f".repeat(24), seq: 1, at: conversation.at });
  await sees(setup, /@Ann, earlier 2>/);
  io.type("\x1b[1;3C");
  await sees(setup, /@Ann, earlier>/);
  await sees(setup, /<Ann> psst/);
  // Also where the rows are made anew.
  io.resize(100, 24);
  await io.until(() => shown(setup).some((row) => row.length > 90), "the wide screen");
  await sees(setup, /<Ann> psst/);
  await seesNo(setup, /Ann -> me/);
});

Deno.test("a conversation that is closed goes from the list until something new comes there", async () => {
  using setup = await viewed({ ready: { chats: [WITH_ANN] } });
  const { io, conversation } = setup;
  await sees(setup, /^4 @Ann +│/i);
  io.type("/chat ann\r");
  await sees(setup, /@ann>/);
  io.type("/leave\r");
  await sees(setup, /The conversation is closed; \/chat ann opens it again\./i);
  await seesNo(setup, /^4 @ann/i);
  io.type("\x1bkann");
  await sees(setup, /> @ann {2}write/i);
  io.type("\r");
  await sees(setup, /^4 @Ann +│/i);
  io.type("/leave\r");
  await seesNo(setup, /^4 @ann/i);
  const told = { from: "Ann", to: "me", text: "psst", chat: WITH_ANN.chat, with: "Ann" };
  conversation.tell({ type: "direct", ...told, seq: 10, at: conversation.at });
  await sees(setup, /^4 @Ann +1! │/i);
});

Deno.test("the switcher finds rooms and people by letters", async () => {
  using setup = await viewed();
  const { io } = setup;
  for (const open of ["\x1bk", "\x18k", "/go\r"]) {
    io.type(open);
    await sees(setup, /go to>/);
    // Where one was last comes first.
    await sees(setup, /> (?:dev|ops)/);
    io.type("ps");
    await seesNo(setup, / dev *$/);
    io.type("\r");
    await sees(setup, /ops>/);
    io.type("/go lob\r");
    await sees(setup, /lobby>/);
  }
  io.type("\x18kbo");
  await sees(setup, /@bob {2}write/);
  io.type("\x1b");
  await sees(setup, /lobby>/);
  io.type("/go zzz\r");
  await sees(setup, /No room and nobody of yours has "zzz" in its name/);
});

Deno.test("an Escape and a slash that come as one are both, and Alt-A stays a key", async () => {
  using setup = await viewed({ said: 100 });
  const { io } = setup;
  await sees(setup, /lobby number 100/);
  io.type("\x1b[5~");
  await sees(setup, /End returns/);
  io.type("\x1b/msg");
  await sees(setup, /lobby> \/msg$/);
  await sees(setup, /lobby number 100/);
  io.type("\x15\x1ba");
  await sees(setup, /Nothing new anywhere/);
  await sees(setup, /lobby>$/);
});

Deno.test("while the list is hidden, the line below tells where something is new", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  io.type("\x1bOQ");
  await sees(setup, /^lobby>$/);
  conversation.message("ann", "me: look", "ops");
  conversation.message("ann", "more", "dev");
  await sees(setup, /^─ ops 1!, dev 1 · me · 03:04 ─/);
  io.type("\x1bOQ");
  await sees(setup, /^3 ops +1! │/);
  await seesNo(setup, /ops 1!, dev 1/);
});

Deno.test("Alt-A goes last to a room of which nothing rings, and /missed says that there is nothing", async () => {
  const settings = { notify: { dev: "none" }, hideSeen: false, blocked: [] };
  using setup = await viewed({
    ready: { settings },
    answer: ({ type }) =>
      type === "missed" ? { type: "page", room: "", messages: [], more: false } : undefined,
  });
  const { io, conversation } = setup;
  conversation.message("bob", "me: hi", "dev");
  conversation.message("bob", "hi", "ops");
  await sees(setup, /^2 dev +1! │/);
  await sees(setup, /^3 ops +1 │/);
  io.type("\x1ba");
  await sees(setup, /ops>/);
  io.type("\x1ba");
  await sees(setup, /dev>/);
  io.type("/missed\r");
  await sees(setup, /You have missed nothing\./);
  io.type("/mute\r");
  await sees(setup, /\/notify none makes/);
});

Deno.test("the list has people in the same order after /chats, so that Alt and a digit mean the same", async () => {
  const chats = ["Cleo", "Ben", "Dora"].map((name, n) => ({
    ...{ ...WITH_ANN, unread: 0 },
    ...{ chat: `c${n}`.padEnd(24, "0"), with: name },
  }));
  using setup = await viewed({
    ready: { chats },
    answer: (request) =>
      request.type === "chats" ? { type: "chats", chats, more: false } : undefined,
  });
  const listed = (): string[] => shown(setup).flatMap((row) => /^\d (@\S+)/.exec(row)?.[1] ?? []);
  await sees(setup, /^6 @Cleo/);
  const before = listed();
  // An older server does not say when they were begun.
  assertEquals(before, ["@Dora", "@Ben", "@Cleo"]);
  setup.io.type("/chats\r");
  await sees(setup, /-- @Cleo/);
  assertEquals(listed(), before);
});
