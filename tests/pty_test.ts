/** What is typed and shown on a real terminal. */

import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { demo, demoCommand, flood, GREETING, ptyTest, sends, upTo } from "./fixtures/on_pty.ts";
import { Pty } from "./pty.ts";

/** The text of the entry that begins with `head`, its lines put together again. */
function entryText(pty: Pty, head: string): string {
  const rows = pty.screen.rows;
  const first = rows.findIndex((row) => row.includes(head));
  let text = rows[first]?.slice(rows[first].indexOf(head) + head.length) ?? "";
  for (let n = first + 1; rows[n]?.startsWith(" ".repeat(8)); n++) text += rows[n]?.trim();
  return text;
}

/** Types one character after the other, each when the one before is on the screen. */
async function typeSlowly(
  pty: Pty,
  text: string,
  ending: (typed: string) => string,
): Promise<void> {
  for (let n = 1; n <= text.length; n++) {
    pty.type(text[n - 1] ?? "");
    const end = ending(text.slice(0, n));
    await pty.until(() => pty.screen.cursorRow.endsWith(end), end);
  }
}

ptyTest(
  "checklist 1: what is typed while messages come is exact, and so are the messages",
  async () => {
    await using pty = await demo();
    const letters = "abcdefghijklmnopqrstuvwxyz";
    pty.type("!flood 300 2\r");
    await pty.expect("flood 3.");
    await typeSlowly(pty, letters, (typed) => `lobby> ${typed}`);
    await sends(pty, "", letters);
    await pty.expect("flood 300.");
    assertEquals(flood(pty), upTo(300));
    assert(pty.screen.rows.some((row) => row.endsWith(`<me> ${letters}`)));
  },
);

ptyTest("checklist 1: a line that is wider than the terminal is as exact", async () => {
  await using pty = await demo();
  const line = upTo(26).map((n) => String(n).padStart(4, "-") + "=").join("");
  assertEquals(line.length, 130);
  pty.type("!flood 300 2\r");
  await pty.expect("flood 3.");
  await typeSlowly(pty, line, (typed) => typed.slice(-10));
  pty.type("\r");
  await pty.expect("flood 300.");
  await pty.expect("<me> ---1=");
  assertEquals(entryText(pty, "<me> ---1"), line.slice(4));
  assertEquals(flood(pty), upTo(300));
  assertFalse(pty.screen.hasWrapped);
});

ptyTest("checklist 2: one Backspace removes one character", async () => {
  await using pty = await demo();
  for (const character of ["👍🏽", "👨‍👩‍👧", "🇫🇷", "❤️", "e\u0301", "각"]) {
    await sends(pty, `a${character}\x7f`, "a");
  }
  await sends(pty, "a👍🏽b\x1b[D\x1b[DX", "aX👍🏽b");
});

ptyTest("checklist 3: the keys edit", async () => {
  await using pty = await demo();
  const keys: Array<[input: string, sent: string]> = [
    ["bc\x01a\x05d", "abcd"],
    ["ac\x02b\x01\x06\x06X", "abXc"],
    ["one two\x02\x02\x02\x0b!", "one !"],
    ["one two\x02\x02\x02\x15", "two"],
    ["one two\x17\x19\x19", "one twotwo"],
    ["ba\x14\x01\x04", "b"],
    ["one two three\x1bb\x1bbX\x1bfY", "one XtwoY three"],
    ["one two\x01\x1bd\x1b[3~2", "2two"],
    ["x y\x1b[1;5D1\x1b[1;5D\x1b[1;5C2", "x 1y2"],
    ["bc\x1b[Ha\x1b[Fd\x1bOH0\x1bOF9", "0abcd9"],
    ["gone\x03kept", "kept"],
    ["x\x0cy", "xy"],
  ];
  for (const [input, sent] of keys) await sends(pty, input, sent);
  pty.type("draft\x1b[A");
  await pty.until(() => pty.screen.cursorRow.endsWith("> xy"), "the last line");
  pty.type("\x1b[B");
  await pty.until(() => pty.screen.cursorRow.endsWith("> draft"), "the draft");
});

ptyTest("checklist 4: Tab completes commands, rooms and names", async () => {
  await using pty = await demo();
  pty.type("/jo\tden\r");
  await pty.expect("den>");
  pty.type("/leave\r");
  await pty.expect("You left den.");
  pty.type("/join d\t");
  await pty.expect("/join den");
  await sends(pty, "\x15AN\thi", "ann: hi");
  pty.type("\x15\t");
  await pty.until(() => pty.screen.cursorRow.includes("> echo: "), "who spoke last");
  pty.type("\t");
  await pty.until(() => /> (ann|bob): /.test(pty.screen.cursorRow), "the next name");
});

ptyTest("checklist 5: a paste of three lines is one draft and one message", async () => {
  await using pty = await demo();
  pty.type("\x1b[200~one\rtwo\rthree\x1b[201~");
  await pty.until(() => pty.screen.cursorRow.endsWith("> one↵two↵three"), "the draft");
  assertFalse(pty.screen.text.includes("<me>"));
  await sends(pty, "\x1b\rfour\nfive", "one\ntwo\nthree\nfour\nfive");
  assertMatch(pty.screen.text, /<me> one\n {8}two\n {8}three\n {8}four\n {8}five\n/);
  assertEquals(pty.screen.text.split("<me>").length, 2);
});

ptyTest("checklist 6: no message is lost while the terminal is resized", async () => {
  await using pty = await demo();
  pty.type("!flood 200 2\r");
  for (const [n, columns] of [[20, 50], [60, 100], [100, 40], [140, 80]] as const) {
    await pty.expect(`flood ${n}.`);
    pty.resize(columns, 24);
  }
  await pty.expect("flood 200.");
  assertEquals(flood(pty), upTo(200));
  await sends(pty, "still here", "still here");
});

ptyTest("checklist 8: what others send is shown and does nothing", async () => {
  await using pty = await demo();
  pty.type("!nasty\r");
  await pty.expect("marks>");
  await pty.until(() => pty.screen.rows.some((row) => / {8}(x )+x$/.test(row)), "the last");
  const rows = pty.screen.rows;
  assert(rows.some((row) => row.includes("hi> ␛[2J␛]0;owned␇ <U+009B>31m C1")));
  assert(
    rows.some((row) => row.includes(" #␛[2J␛]0;owned␇ <U+009B>31m C1 -- eve set the topic: ␛[2J")),
  );
  assert(rows.some((row) => row.includes(" !! ␛[2J␛]0;owned␇ <U+009B>31m C1")));
  assert(rows.some((row) => row.includes(" !! right <U+202E>to left<U+2066>")));
  assert(rows.some((row) => row.includes("right <U+202E>to left<U+2066>")));
  assert(rows.some((row) => row === " ".repeat(8) + "12:00 <bob> lines"));
  for (const row of rows) assertFalse(/^\d\d:\d\d <bob>/.test(row), row);
  assertFalse(pty.screen.hasWrapped);
});

ptyTest("checklist 10: a lost connection shows in the prompt and the draft stays", async () => {
  await using pty = await demo();
  pty.type("!lose 2\r");
  await pty.expect("(offline) lobby>");
  pty.type("wait\rdraft");
  await pty.expect("(offline, 1 unsent) lobby> draft");
  await pty.expect("<me> wait");
  await pty.until(() => pty.screen.cursorRow.endsWith("lobby> draft"), "the draft");
});

ptyTest("checklist 14: a plain terminal gets no escape, and messages wait for Enter", async () => {
  await using pty = new Pty(demoCommand("--plain"));
  await pty.expect(GREETING);
  pty.type("!flood 20 2\rdraft");
  await pty.until(() => pty.screen.cursorRow.startsWith("lobby> draft"), "the draft");
  assertFalse(pty.screen.text.includes("<me>"));
  pty.type("\r");
  await pty.expect("flood 20.");
  await pty.expect("<me> draft");
  assertEquals(flood(pty), upTo(20));
  pty.type("\x04");
  assertEquals(await pty.exitCode(), 0);
  assertFalse(pty.written.includes("\x1b"));
});
