/** What is kept and shown of a command's output, and how often. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { endText, pauseMs } from "../lib/cli/run.ts";
import { LastLines, RunLog, SHOWN_LINES } from "../lib/cli/run_output.ts";
import { fittingText } from "../lib/cli/run_telling.ts";
import { bytes } from "./helpers.ts";
import { bytesOfLength } from "./fixtures/files.ts";

function shown(...parts: string[]): string[] {
  const lines = new LastLines();
  for (const part of parts) lines.push(bytes(part), "stdout");
  return lines.shown();
}

Deno.test("the last lines are shown, also one that has no end yet", () => {
  const all = Array.from({ length: 100 }, (_, n) => `line ${n}`);
  assertEquals(shown(`${all.join("\n")}\n`), all.slice(-SHOWN_LINES));
  assertEquals(shown(...all.map((line) => `${line}\n`)), all.slice(-SHOWN_LINES));
  assertEquals(shown(all.join("\n"), "!"), [...all.slice(-SHOWN_LINES, -1), "line 99!"]);
  const lines = new LastLines();
  lines.push(bytes("a\nb\nc"), "stdout");
  assertEquals(lines.count, 3);
});

Deno.test("letters that come in two pieces are whole, whatever comes by the other way between them", () => {
  const lines = new LastLines();
  const [first, second] = [bytes("ä").slice(0, 1), bytes("ä").slice(1)];
  lines.push(first, "stdout");
  lines.push(bytes("o"), "stderr");
  lines.push(second, "stdout");
  assertEquals(lines.shown(), ["oä"]);
});

Deno.test("what steers a terminal, hides or ends the message's own marks is not shown", () => {
  assertEquals(shown("\x1b[31mred\x1b[0m\x07 \x1b]0;title\x07x\u202e\n"), ["red x"]);
  assertEquals(shown("a\tb\r\n", "10%\r50%\r100%\n", "20%\r30%"), ["a    b", "100%", "30%"]);
  assertEquals(shown("```\n"), ["'''"]);
  assertEquals(shown("/login secret\n"), ["(left out, as it may hold a password)"]);
});

Deno.test("a line without an end takes no more room than a long one, and is cut", () => {
  const [line = "", ...more] = shown(...Array.from({ length: 100 }, () => "x".repeat(10_000)));
  assertEquals([line, more], [`${"x".repeat(200)}…`, []]);
});

Deno.test("a text is cut to what a server takes, from its first line on", () => {
  const lines = Array.from({ length: 20 }, (_, n) => `line ${n}`);
  assertEquals(fittingText({ head: "h", lines: ["a"] }, 1_000), "h\n```\na\n```");
  const text = fittingText({ head: "h", lines }, 60);
  assert(JSON.stringify(text).length <= 60);
  assertStringIncludes(text, "line 19");
  assertEquals(fittingText({ head: "h", lines }, 5), "h");
});

/** What a log has kept, read in pieces. */
async function read(log: RunLog, most: number): Promise<Uint8Array> {
  using source = log.source("x.log", most);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < (source.size ?? 0);) {
    const part = await source.read(at, 700);
    parts.push(part);
    at += part.length;
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

Deno.test("a log keeps the last part of what comes, in whatever pieces", async () => {
  const all = bytesOfLength(10_000);
  for (const piece of [1, 999, 1_000, 1_001, 2_500, 10_000]) {
    using log = new RunLog(1_000);
    for (let at = 0; at < all.length; at += piece) log.write(all.subarray(at, at + piece));
    assertEquals([log.total, log.kept], [10_000, 1_000]);
    assertEquals(await read(log, 5_000), all.slice(-1_000));
    assertEquals(await read(log, 123), all.slice(-123));
  }
  using whole = new RunLog(20_000);
  whole.write(all);
  assertEquals(await read(whole, 20_000), all);
});

/** A log on a machine that has no place for files. */
function placeless(): RunLog {
  const { makeTempFileSync } = Deno;
  Deno.makeTempFileSync = () => {
    throw new Deno.errors.PermissionDenied("no place");
  };
  try {
    return new RunLog();
  } finally {
    Deno.makeTempFileSync = makeTempFileSync;
  }
}

Deno.test("without a file for it a log keeps the last part in memory", async () => {
  using log = placeless();
  const all = bytesOfLength(1_500_000);
  log.write(all);
  assertEquals(await read(log, 2_000_000), all.slice(-1_048_576));
});

Deno.test("the edits begin with one each 5 s, and reach through most of the day in which they are taken", () => {
  assertEquals([0, 1, 13].map((edits) => pauseMs(5_000, edits)), [5_000, 5_000, 5_000]);
  let sum = 0;
  for (let edits = 0; edits < 90; edits++) sum += pauseMs(5_000, edits);
  assert(sum > 20 * 3_600_000 && sum < 24 * 3_600_000, `${sum / 3_600_000} h`);
});

Deno.test("the end is told with its status and how long it took", () => {
  assertEquals(endText({ code: 0, signal: null }, 1_234), "done in 1.2 s");
  assertEquals(
    endText({ code: 2, signal: null }, 61_400),
    "FAILED with exit code 2 after 1 min 1 s",
  );
  assertEquals(
    endText({ code: 137, signal: "SIGKILL" }, 7_500_000),
    "ended by SIGKILL after 2 h 5 min",
  );
});
