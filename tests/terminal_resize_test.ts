/** The row of a terminal that is resized while something long stands in it. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { breakRow, isBroken } from "../lib/client/terminal/screen.ts";
import { FakeTerminal } from "./fixtures/fake_terminal.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

const DRAFT = Array.from({ length: 40 }, (_, n) => `word${n}`).join(" ");

const SIZES = [[100, 30], [45, 30], [100, 30], [14, 4], [3, 2], [1, 1], [120, 30]] as const;

Deno.test("checklist 6: a terminal that cuts its rows shows one row after each resize", async () => {
  using setup = await Setup.online({}, new FakeTerminal(100, 30));
  const { io, conversation } = setup;
  conversation.message("ann", "hello");
  await io.expect("<ann> hello");
  io.type(DRAFT);
  await io.until(() => io.screen.cursorRow.includes("word39"), "the draft");
  for (const [n, [columns, rows]] of SIZES.entries()) {
    io.resize(columns, rows);
    io.type(`${n}`);
    await io.until(() => io.screen.cursorRow.trimEnd().endsWith(`${n}`), `the row at ${columns}`);
    if (columns < 45) continue;
    const prompts = io.screen.rows.filter((row) => row.includes("lobby>"));
    assertEquals(prompts.length, 1, `at ${columns} × ${rows}:\n${io.screen.text}`);
  }
  assertStringIncludes(io.screen.text, "<ann> hello");
});

/** A chat in 100 columns with a row of 97, on a terminal that is going to break its rows. */
async function onBreaking(report: string): Promise<Setup> {
  const setup = await Setup.online({}, new FakeTerminal(100, 30));
  const { io } = setup;
  io.type(DRAFT);
  await io.until(() => io.screen.cursorRow.includes("word39"), "the draft");
  io.answer = () => report;
  io.resize(45);
  await io.until(() => io.screen.cursorRow.startsWith("lobby> ‹d35"), "the row");
  return setup;
}

Deno.test("a terminal that breaks its rows is told to go up to where the row began", async () => {
  using setup = await onBreaking("\x1b[9;8R");
  assertStringIncludes(setup.io.written, "\x1b[6n\x1b[2A\x1b[?2026h");
});

Deno.test("a cursor elsewhere is where a row was cut, and nothing above it is touched", async () => {
  using setup = await onBreaking("\x1b[9;45R");
  assertStringIncludes(setup.io.written, "\x1b[6n\x1b[?2026h");
});

Deno.test("what of a broken row is above the screen gets no message behind it", async () => {
  using setup = await onBreaking("\x1b[1;8R");
  const { io, conversation } = setup;
  conversation.message("ann", "hello");
  await io.expect("<ann> hello");
  const apart = io.written.split("[J\r\r\n").length;
  assertEquals(apart, 2);
  conversation.message("ann", "again");
  await io.expect("<ann> again");
  assertEquals(io.written.split("[J\r\r\n").length, apart);
});

Deno.test("without escapes the row begins anew below what does not fit any more", async () => {
  using setup = await Setup.online({ plain: true }, new FakeTerminal(100, 30));
  const { io } = setup;
  io.type(DRAFT);
  await io.until(() => io.screen.cursorRow.includes("word39"), "the draft");
  io.resize(45, 30);
  await io.until(() => io.screen.cursorRow.startsWith("lobby> ‹"), "the row");
  assertEquals(io.screen.cursorRow.match(/lobby>/g)?.length, 1);
});

Deno.test("where a broken row has its cursor, and when a terminal has broken it", () => {
  const row = { text: "lobby> ‹" + "x".repeat(80), columns: 100, above: 0 };
  assertEquals(breakRow(row, 45), { rows: 1, column: 44 });
  assertEquals(breakRow(row, 44), { rows: 2, column: 1 });
  assertEquals(breakRow({ ...row, above: 14 }, 14), { rows: 7, column: 5 });
  assertEquals(breakRow({ text: "日".repeat(20), columns: 100, above: 0 }, 7), {
    rows: 6,
    column: 5,
  });
  const at = (column: number): boolean | undefined =>
    isBroken({ rows: 1, column: 44 }, 45, { row: 9, column });
  assertEquals([at(44), at(45), at(1)], [true, false, false]);
  assertEquals(isBroken({ rows: 1, column: 45 }, 45, { row: 9, column: 45 }), undefined);
});
