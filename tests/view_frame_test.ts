/** Frames of the view, and what is written for them to a terminal. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { editorBox } from "../lib/client/view/editor_box.ts";
import { frameDifference, type ScreenFrame } from "../lib/client/view/frame.ts";
import { FramePainter, SHORTEST_FRAME_MS } from "../lib/client/view/frame_painter.ts";
import {
  brokenRows,
  cellText,
  fitCells,
  paintedCells,
  textCells,
} from "../lib/client/view/screen_cells.ts";
import { tries } from "./fixtures/thorough.ts";
import { VirtualScreen } from "./fixtures/virtual_screen.ts";
import { Watch } from "./fixtures/watch.ts";

const [COLUMNS, ROWS] = [20, 4];

/** A frame of these rows. */
function frameOf(rows: readonly string[], style = "", columns = COLUMNS): ScreenFrame {
  const cells = Array.from(
    { length: ROWS },
    (_, n) => fitCells(textCells(rows[n] ?? "", style), columns),
  );
  return { columns, rows: cells, cursor: { x: 0, y: 0 } };
}

Deno.test("a painted line becomes cells with its styles and links", () => {
  const link = "id=abc;https://example.org/";
  const cells = paintedCells(`a\x1b[1mb\x1b[0m\x1b]8;${link}\x1b\\c\x1b]8;;\x1b\\日`);
  assertEquals(
    cells.map(({ text, width, style, link }) => [text, width, style, link]),
    [
      ["a", 1, "", ""],
      ["b", 1, "1", ""],
      ["c", 1, "", link],
      ["日", 2, "", ""],
      ["", 0, "", ""],
    ],
  );
});

Deno.test("a wide character is not cut in two", () => {
  assertEquals(cellText(fitCells(textCells("ab日"), 3)), "ab ");
  assertEquals(brokenRows(textCells("ab日c"), 3).map(cellText), ["ab", "日c"]);
  assertEquals(brokenRows(textCells("abcdefghij"), 8).map(cellText), ["abcdefgh", "  ij"]);
  assertEquals(brokenRows(textCells("abc"), 3).map(cellText), ["abc"]);
  // The terminal is narrower now than what is drawn in it.
  for (let width = 0; width <= 4; width++) {
    const rows = brokenRows(textCells("ab日c"), width, 4).map((row) => cellText(row).trim());
    assertEquals(rows.join(""), "ab日c", `${width} columns`);
  }
});

Deno.test("only the cells that differ are written", () => {
  const before = frameOf(["one", "two", "three"]);
  assertEquals(frameDifference(before, before), "");
  assertEquals(frameDifference(frameOf(["one", "twx", "three"]), before), "\x1b[2;3Hx\x1b[1;1H");
  assertEquals(
    frameDifference(frameOf(["one", "two", "Three!"]), before),
    "\x1b[3;1HT\x1b[6G!\x1b[1;1H",
  );
  const moved = { ...before, cursor: { x: 3, y: 1 } };
  assertEquals(frameDifference(moved, before), "\x1b[2;4H");
});

Deno.test("what is written over a frame shows what is written on an empty screen", async () => {
  const text = fc.array(
    fc.constantFrom(
      ...["a", "b", " ", "日", "é", "e\u0301", "👍", "👍🏽", "👨‍👩‍👧", "🇫🇷", "❤️", "각", "\u0301"],
    ),
    { maxLength: 12 },
  ).map((parts) => parts.join(""));
  const rows = fc.array(text, { maxLength: ROWS });
  const style = fc.constantFrom("", "1", "2", "31");
  const frames = fc.array(fc.tuple(rows, style), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(frames, async (all) => {
      using one = new VirtualScreen(COLUMNS, ROWS);
      using other = new VirtualScreen(COLUMNS, ROWS);
      let before: ScreenFrame | undefined;
      for (const [rows, style] of all) {
        const frame = frameOf(rows, style);
        await one.write("\x1b[?7l" + frameDifference(frame, before));
        before = frame;
      }
      await other.write("\x1b[?7l" + frameDifference(before as ScreenFrame));
      assertEquals(one.cells, other.cells);
    }),
    { numRuns: tries(60, 1_000) },
  );
});

Deno.test("at most thirty frames a second are written, each in one write", async () => {
  let [now, text] = [0, ""];
  const writes: string[] = [];
  const waits: number[] = [];
  const painter = new FramePainter({
    io: {
      size: () => ({ columns: COLUMNS, rows: ROWS }),
      write: async (bytes) => {
        await Promise.resolve();
        writes.push(new TextDecoder().decode(bytes));
      },
    },
    frame: () => frameOf([text]),
    lost: () => {},
    clock: () => now,
    wait: (ms) => {
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    },
  });
  painter.enter();
  await painter.settled();
  for (let n = 1; n <= 1_000; n++) {
    // A message every millisecond.
    [now, text] = [now + 1, `message ${n}`];
    painter.refresh();
    await painter.settled();
  }
  assert(writes.length <= 30 * now / 1_000 + 2, `${writes.length} frames in ${now} ms`);
  assert(waits.every((ms) => ms <= SHORTEST_FRAME_MS));
  for (const write of writes.slice(1)) {
    assert(write.startsWith("\x1b[?2026h") && write.endsWith("\x1b[?2026l"), write);
    assert(write.length < 80, write);
  }
});

Deno.test("a flood that changes nothing on screen has fewer frames made than one that does", async () => {
  let [now, made, last] = [0, 0, 0];
  const painter = new FramePainter({
    io: { size: () => ({ columns: COLUMNS, rows: ROWS }), write: () => Promise.resolve() },
    frame: () => {
      [made, last] = [made + 1, now];
      return frameOf(["999+"]);
    },
    lost: () => {},
    clock: () => now,
    wait: (ms) => {
      now += ms;
      return Promise.resolve();
    },
  });
  painter.enter();
  await painter.settled();
  for (let n = 1; n <= 1_000; n++) {
    now++;
    painter.refresh();
    await painter.settled();
  }
  assert(made <= 10 * now / 1_000 + 5, `${made} frames in ${now} ms`);
  assertEquals(last, now, "the last one has all that was there");
});

Deno.test("a key is shown soon in a flood that changes nothing on screen, and so is what follows", async () => {
  let [now, text] = [0, "999+"];
  const made: number[] = [];
  let pressed: (() => void) | undefined;
  const painter = new FramePainter({
    io: { size: () => ({ columns: COLUMNS, rows: ROWS }), write: () => Promise.resolve() },
    frame: () => {
      made.push(now);
      return frameOf([text]);
    },
    lost: () => {},
    clock: () => now,
    wait: (ms) => {
      now += ms;
      pressed?.();
      return Promise.resolve();
    },
  });
  painter.enter();
  await painter.settled();
  const flood = async (): Promise<void> => {
    painter.refresh();
    await painter.settled();
  };
  for (let n = 0; n < 20; n++) await flood();
  const [before = 0, last = 0] = made.slice(-2);
  assert(last - before > SHORTEST_FRAME_MS);
  pressed = () => {
    pressed = undefined;
    text = "a letter";
    painter.hurry();
    painter.refresh();
  };
  await flood();
  assert(now - last <= 2 * SHORTEST_FRAME_MS, `after ${now - last} ms`);
  text = "another";
  await flood();
  const [one = 0, other = 0] = made.slice(-2);
  assert(other - one <= SHORTEST_FRAME_MS + 1, `after ${other - one} ms`);
});

Deno.test("what something else has written on the screen is mended in the next moments", async () => {
  for (
    const [anywhere, over] of [[true, "\x1b[1;2Hnoise\x1b[2;1H\x1b[J"], [
      false,
      "\x1b[0G\x1b[2K\x1b[J",
    ]] as const
  ) {
    using screen = new VirtualScreen(COLUMNS, ROWS);
    const written = new Watch(() => screen.text, 60_000);
    const painter = new FramePainter({
      io: {
        size: () => ({ columns: COLUMNS, rows: ROWS }),
        write: async (bytes) => {
          await screen.write(bytes);
          written.changed();
        },
      },
      frame: () => ({ ...frameOf(["above", "prompt>", "below"]), cursor: { x: 0, y: 1 } }),
      lost: () => {},
      mendsMs: [1],
    });
    painter.enter();
    await painter.settled();
    await written.until(() => screen.text.includes("below"), "the frame");
    await screen.write(over);
    painter.suspect(anywhere);
    await written.until(() => screen.text.includes("prompt>"), "the row of the cursor");
    await written.until(() => screen.text.includes("below"), "the row below it");
    assertEquals(screen.seen.split("\n").map((row) => row.trimEnd()).slice(0, 3), [
      "above",
      "prompt>",
      "below",
    ]);
    await painter.leave();
  }
});

Deno.test("how the wheel was is kept once, though the screen is taken again", async () => {
  let written = "";
  const painter = new FramePainter({
    io: {
      size: () => ({ columns: COLUMNS, rows: ROWS }),
      write: (bytes) => {
        written += new TextDecoder().decode(bytes);
        return Promise.resolve();
      },
    },
    frame: () => frameOf(["x"]),
    lost: () => {},
  });
  painter.enter();
  await painter.settled();
  // The program was stopped from outside, and goes on.
  painter.enter();
  await painter.settled();
  await painter.leave();
  assertEquals(written.split("\x1b[?1007s").length, 2);
  assertEquals(written.split("\x1b[?1049h").length, 3);
  assert(written.endsWith("\x1b[?1007h\x1b[?1007r\x1b[?25h\x1b[?1049l"));
});

Deno.test("a terminal that takes no output is told of once", async () => {
  let lost = 0;
  const painter = new FramePainter({
    io: {
      size: () => ({ columns: COLUMNS, rows: ROWS }),
      write: () => Promise.reject(new Error("gone")),
    },
    frame: () => frameOf(["x"]),
    lost: () => lost++,
  });
  painter.enter();
  await painter.settled();
  painter.refresh();
  await painter.settled();
  assertEquals(lost, 1);
});

/** The rows of the editor, with `|` where the cursor is. */
function box(text: string, cursor = text.length, most = 4): string[] {
  const { rows, cursor: { x, y } } = editorBox({ prompt: "dev> ", text, cursor }, 20, most);
  return rows.map((row, n) => {
    const shown = cellText(row);
    return n === y ? `${shown.padEnd(x).slice(0, x)}|${shown.slice(x)}` : shown;
  });
}

Deno.test("the editor grows by rows that stand under its first one", () => {
  assertEquals(box(""), ["dev> |"]);
  assertEquals(box("hello", 2), ["dev> he|llo"]);
  assertEquals(box("one\ntwo\n"), ["dev> one", "     two", "     |"]);
  assertEquals(box("abcdefghijklmnopqrst"), ["dev> abcdefghijklmn", "     opqrst|"]);
  assertEquals(box("1\n2\n3\n4\n5\n6", 0), ["dev> |1", "     2", "     3", "     4"]);
  assertEquals(box("1\n2\n3\n4\n5\n6"), ["     3", "     4", "     5", "     6|"]);
  assertEquals(box("a\x1b[2J"), ["dev> a␛[2J|"]);
});
