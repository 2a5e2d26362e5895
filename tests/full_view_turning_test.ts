/** The full-screen view takes the terminal and gives it back. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Settings } from "../lib/client/settings.ts";
import { FakeTerminal } from "./fixtures/fake_terminal.ts";
import { pageOf, sees, seesNo, shown, viewed, type ViewSetup } from "./fixtures/full_view.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

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

Deno.test("a room that was left scrolled back when the stream took over hears what comes", async () => {
  using setup = await viewed({ rows: 24, said: 60 });
  const { io, conversation } = setup;
  io.type("\x1b[5~");
  await sees(setup, /───/);
  io.resize(50, 10);
  await io.until(() => !io.screen.isAlternate, "the stream");
  conversation.message("ann", "while it was small");
  io.resize(80, 24);
  await io.until(() => io.screen.isAlternate, "the view");
  io.type("\x1b[F");
  await sees(setup, /while it was small/);
  conversation.message("ann", "after that");
  await sees(setup, /after that/);
});

Deno.test("leaving gives the screen back, with what was told last", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  const before = new FakeTerminal().screen.state;
  conversation.tell(
    { type: "status", status: "ended", text: "You were sent away.", cause: "dismissed" },
  );
  assertEquals(await setup.code, 4);
  // A terminal that takes long is not waited for.
  await io.until(() => !io.screen.isAlternate, "the screen of before");
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

Deno.test("what is said in the stream after Ctrl-Z is there when the view is on again", async () => {
  let said = 9;
  using setup = await viewed({
    answer: (request) => request.type === "history" ? pageOf(request, said) : undefined,
  });
  const { io } = setup;
  await sees(setup, /lobby number 9/);
  io.type("\x1a");
  await io.until(() => io.suspended.length > 0, "the shell");
  io.signal("SIGCONT");
  await io.until(() => io.written.split("\x1b[?1049h").length > 3, "the view");
  io.type("/view\r");
  await io.until(() => !io.screen.isAlternate, "the stream");
  await io.expect("---- earlier in lobby ----");
  io.type("in the stream\r");
  await io.expect("<me> in the stream");
  said = 10;
  io.type("/view\r");
  await sees(setup, /lobby number 10/);
});

Deno.test("what was read in the stream meanwhile is not new again when the view is back", async () => {
  let said = 60;
  using setup = await viewed({
    said,
    mendsMs: [],
    answer: (request) => request.type === "history" ? pageOf(request, said) : undefined,
  });
  const { io, conversation } = setup;
  io.type("\x1b2");
  await sees(setup, /dev number 60/);
  io.type("\x1b[5~\x1b[5~");
  await seesNo(setup, /dev number 60/);
  conversation.message("bob", "one below", "dev");
  conversation.message("bob", "two below", "dev");
  await sees(setup, /2 new ↓/);
  said = 62;
  io.resize(50, 10);
  await io.until(() => !io.screen.isAlternate, "the stream");
  await io.expect("dev number 62");
  io.type("\x1b1");
  await io.until(() => io.screen.cursorRow.startsWith("lobby"), "the lobby");
  io.resize(80, 24);
  await io.until(() => io.screen.isAlternate, "the view");
  io.type("\x1b3");
  await sees(setup, /ops>/);
  await sees(setup, /^2 dev +│/);
});

Deno.test("what is new to a guest is what they have not seen, when the stream takes over and later", async () => {
  const last = { lobby: 60, dev: 60 };
  using setup = await viewed({
    ...{ said: 60, mendsMs: [] },
    ready: { rooms: undefined } as unknown as ViewSetup["ready"] & object,
    answer: (request) =>
      request.type === "history"
        ? pageOf(request, last[request.room as keyof typeof last])
        : undefined,
  });
  const { io, conversation } = setup;
  const say = (room: keyof typeof last): void => {
    conversation.message("bob", "one more", room, { seq: ++last[room] });
  };
  await sees(setup, /lobby number 60/);
  io.type("/join dev\r");
  await sees(setup, /dev>/);
  say("dev");
  await sees(setup, /one more/);
  io.type("/room lobby\r");
  await sees(setup, /lobby>/);
  io.type("\x1b[5~");
  await sees(setup, /End returns/);
  say("dev");
  say("lobby");
  await sees(setup, /1 new ↓/);
  io.resize(50, 24);
  await io.until(() => !io.screen.isAlternate, "the stream");
  await io.expect("lobby number 61");
  io.type("\x0e");
  await io.expect("dev number 62");
  const news = io.screen.rows.filter((row) => / new -/.test(row));
  assertEquals(news, ["---- lobby: 1 new ----", "---- dev: 1 new ----"]);
});

Deno.test("a screen that becomes too small for the view reads nothing that was above it", async () => {
  let said = 60;
  using setup = await viewed({
    ...{ said, mendsMs: [] },
    answer: (request) => request.type === "history" ? pageOf(request, said) : undefined,
  });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 60/);
  io.type("\x1b[O");
  for (let n = 61; n <= 100; n++) conversation.message("bob", `burst ${n}.`);
  await sees(setup, /burst 100/);
  io.type("\x1b[I");
  await sees(setup, /new ↑/);
  io.type("x");
  await sees(setup, /lobby> x/);
  said = 100;
  io.resize(50, 24);
  await io.until(() => !io.screen.isAlternate, "the stream");
  await io.expect("lobby number 100");
  const all = io.screen.rows.filter((row) => /number|new -/.test(row));
  const at = all.findIndex((row) => row.includes("lobby: 40 new"));
  assertEquals(all[at + 1]?.slice(6), "<ann> lobby number 61");
});
