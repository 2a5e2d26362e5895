/** From one room or person to another in the full-screen view. */

import { sees, seesNo, viewed } from "./fixtures/full_view.ts";
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
  io.type("\x1bk");
  await sees(setup, /go to>/);
  io.type("bo");
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
