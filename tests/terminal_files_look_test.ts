/** How files look at the terminal: the row of a message that brings one, and the bar of one on its way. */

import { assert, assertEquals } from "@std/assert";
import { formatEntry, type PrintedEntry } from "../lib/client/terminal/entry.ts";
import { formatBar, type ShownTransfer } from "../lib/client/terminal/files/bar.ts";
import { ShownFiles } from "../lib/client/terminal/files/shown_files.ts";
import { formatPrompt } from "../lib/client/terminal/prompt.ts";
import type { SentFile } from "../lib/wire/events.ts";
import { fileSentence } from "../lib/words/files.js";

const LOOK = { width: 80, depth: "none", escapes: false } as const;
const AT = new Date("2026-01-02T03:04:05");

function file(id: string, more: Partial<SentFile> = {}): SentFile {
  const type = "application/pdf";
  return { id, name: "plan.pdf", size: 1_234_567, type, sha256: "0".repeat(64), ...more };
}

/** The lines of a message that brings a file. */
function linesOf(sent: SentFile, caption = "", more: Partial<PrintedEntry> = {}): string[] {
  const said = new ShownFiles().said({
    text: fileSentence(sent.name, sent.size, caption),
    file: sent,
    room: "lobby",
    seq: 41,
  });
  const entry = {
    kind: "message",
    from: "ann",
    at: AT,
    number: 41,
    ...said,
    ...more,
  } as PrintedEntry;
  return formatEntry(entry, LOOK);
}

Deno.test("a message with a file shows its number, name, size and type, and only the caption", () => {
  assertEquals(linesOf(file("a")), ["03:04 file 41 <ann> plan.pdf (1.2 MB, application/pdf)"]);
  assertEquals(linesOf(file("a"), "for noon"), [
    "03:04 file 41 <ann> plan.pdf (1.2 MB, application/pdf): for noon",
  ]);
  assertEquals(linesOf(file("a"), "one\ntwo", { room: "dev" }), [
    "03:04 #dev file 41 <ann> plan.pdf (1.2 MB, application/pdf)",
    "        one",
    "        two",
  ]);
  assertEquals(linesOf(file("a"), "", { kind: "direct", to: "me" } as Partial<PrintedEntry>), [
    "03:04 file 41 [ann -> me] plan.pdf (1.2 MB, application/pdf)",
  ]);
});

Deno.test("a file goes by the number of its message, in each room by its own", () => {
  const files = new ShownFiles();
  files.note({ file: file("a"), number: 41, room: "dev" });
  files.note({ file: file("b"), number: 7, room: "dev" });
  files.note({ file: file("c"), number: 41, room: "lobby" });
  assertEquals(files.in("Dev").map((each) => [each.number, each.file.id]), [[41, "a"], [7, "b"]]);
  assertEquals(files.lastWith(41)?.file.id, "c");
  // What is shown once more is what was shown last.
  files.note({ file: file("a"), number: 41, room: "dev" });
  assertEquals(files.lastWith(41)?.file.id, "a");
  assertEquals([files.lastWith(8), files.in("ops")], [undefined, []]);
  files.renumber("dev");
  assertEquals([files.lastWith(41)?.file.id, files.in("dev")], ["c", []]);
});

Deno.test("the first of very many files are forgotten", () => {
  const files = new ShownFiles();
  for (let n = 1; n <= 10_001; n++) files.note({ file: file(`${n}`), number: n, room: "dev" });
  assertEquals([files.lastWith(1), files.lastWith(2)?.file.id], [undefined, "2"]);
  assertEquals(files.in("dev").length, 10_000);
});

Deno.test("names, types and captions of others do nothing to the terminal", () => {
  const hostile = [
    ...["\x1b]0;x\x07.pdf", "a\u202efdp.exe", "../../etc/passwd", "a\nfile 7 <bob> b", "\x9b2J"],
  ];
  for (const text of hostile) {
    for (
      const lines of [
        linesOf(file("a", { name: text })),
        linesOf(file("a", { type: text })),
        linesOf(file("a"), text),
      ]
    ) {
      const [first = "", ...others] = lines;
      assert(first.startsWith("03:04 file 41 <ann> "), first);
      assert(others.every((line) => line.startsWith("        ")), others.join("|"));
      // deno-lint-ignore no-control-regex
      assert(!/[\x00-\x1f\x7f-\x9f\u202e]/.test(lines.join("")), JSON.stringify(lines));
    }
  }
  assertEquals(linesOf(file("a", { name: "../../etc/passwd" })), [
    "03:04 file 41 <ann> passwd (1.2 MB, application/pdf)",
  ]);
});

const MOVING: ShownTransfer = {
  direction: "upload",
  name: "plan.pdf",
  size: 10_000_000,
  done: 4_500_000,
  rate: 1_200_000,
  leftMs: 4_583,
  state: "running",
};

Deno.test("the bar shows as much as there is room for, and the rate and the time left longest", () => {
  const bar = (columns: number, others = 0, more: Partial<ShownTransfer> = {}): string =>
    formatBar({ ...MOVING, ...more }, { columns, others });
  assertEquals(bar(80), "↑ plan.pdf [###-----] 45% 1.2 MB/s 0:05");
  assertEquals(bar(80, 2), "↑ plan.pdf [###-----] 45% 1.2 MB/s 0:05 +2");
  assertEquals(bar(34), "↑ [###-----] 45% 1.2 MB/s 0:05");
  assertEquals(bar(24, 2), "↑ 45% 1.2 MB/s 0:05 +2");
  assertEquals(bar(20, 2), "↑ 45% 1.2 MB/s 0:05");
  assertEquals(bar(12), "↑ 45% 0:05");
  assertEquals(bar(3), "45%");
  assertEquals(
    bar(80, 0, { direction: "download", leftMs: 3_723_000 }),
    [
      "↓ plan.pdf [###-----] 45% 1.2 MB/s 1:02:03",
    ].join(),
  );
  assertEquals(bar(80, 0, { state: "waiting", rate: 0 }), "↑ plan.pdf [###-----] 45%");
  assertEquals(bar(80, 0, { size: 0, done: 0, rate: 0 }), "↑ plan.pdf [########] 100%");
  const piped: Partial<ShownTransfer> = { done: 4_500_000, leftMs: undefined };
  assertEquals(bar(80, 0, { ...piped, size: undefined }), "↑ plan.pdf 4.5 MB 1.2 MB/s");
  assertEquals(bar(80, 0, { name: "\x1b[2J.pdf", state: "waiting" }), "↑ [2J.pdf [###-----] 45%");
  assertEquals(bar(80, 0, { name: "x".repeat(60), state: "waiting" }).length, 2 + 24 + 15);
});

Deno.test("without escapes the bar changes ten times at most", () => {
  const shown = new Set<string>();
  for (let done = 0; done <= 10_000_000; done += 50_000) {
    shown.add(formatBar({ ...MOVING, done }, { columns: 80, others: 1, plain: true }));
  }
  assertEquals(shown.size, 11);
  assert(shown.has("↑ 0%") && shown.has("↑ 40%") && shown.has("↑ 100%"));
});

Deno.test("the prompt shows the bar beside what else it shows", () => {
  const bar = (columns: number): string => formatBar(MOVING, { columns, others: 0 });
  const prompt = (columns: number, status = "", unread = 0): string => {
    const rooms = unread === 0 ? [] : [{ name: "dev", unread, mentions: unread }];
    return formatPrompt({ room: "lobby", unread: rooms, status, bar }, columns);
  };
  // At 80 columns, five eighths of the row.
  assertEquals(prompt(50), "(↑ [###-----] 45% 1.2 MB/s 0:05) lobby> ");
  assertEquals(prompt(60), "(↑ plan.pdf [###-----] 45% 1.2 MB/s 0:05) lobby> ");
  assertEquals(prompt(40), "(↑ 45% 1.2 MB/s 0:05) lobby> ");
  assertEquals(prompt(40, "", 3), "(↑ 45% 0:05) lobby [dev 3!]> ");
  assertEquals(prompt(40, "offline"), "(offline, ↑ 45% 1.2 MB/s 0:05) lobby> ");
  assertEquals(formatPrompt({ room: "lobby", unread: [], status: "" }, 40), "lobby> ");
});
