/** Messages that change while they are on screen: what the terminal shows in the end, and in its scrollback. */

import { assert, assertEquals } from "@std/assert";
import { formatEntry, type PrintedEntry } from "../lib/client/terminal/entry.ts";
import { OnScreen } from "../lib/client/terminal/on_screen.ts";
import { printLines, type Row } from "../lib/client/terminal/screen.ts";
import { Unpainted } from "../lib/client/terminal/unpainted.ts";
import { VirtualScreen } from "./fixtures/virtual_screen.ts";

const AT = new Date(2026, 0, 2, 3, 4, 5);
const ROW: Row = { prompt: "> ", text: "draft", cursor: 5 };
const none = { permissions: "none" } as const;

function message(number: number, text: string): PrintedEntry {
  return { kind: "message", at: AT, from: "ann", text, number, key: `${number}` };
}

/** A terminal that is painted as the chat paints it. */
class Painted implements Disposable {
  readonly look;
  readonly screen: VirtualScreen;
  readonly #height: number;
  readonly #unpainted = new Unpainted(() => AT);
  /** Each entry as it was painted last, by its number. */
  readonly shown = new Map<number, PrintedEntry>();

  constructor(width: number, height: number) {
    this.look = { width, depth: "none", escapes: true } as const;
    this.#height = height;
    this.screen = new VirtualScreen(width, height);
  }

  print(...entries: PrintedEntry[]): void {
    this.#unpainted.add(entries);
    for (const entry of entries) this.shown.set(entry.number ?? 0, entry);
  }

  change(number: number, text: string): void {
    const now = message(number, text);
    this.#unpainted.add([{ kind: "changed", key: `${number}`, now, otherwise: [] }]);
    this.shown.set(number, now);
  }

  async paint(): Promise<void> {
    const { up, lines } = this.#unpainted.take(this.look, this.#height, 100);
    await this.screen.write(printLines(lines, ROW, this.look.width, up));
  }

  [Symbol.dispose](): void {
    this.screen[Symbol.dispose]();
  }
}

/** Numbers that look like chance, and are the same each time. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor(state / 4_294_967_296 * below);
  };
}

for (const [width, height] of [[30, 8], [60, 20], [24, 5]] as const) {
  Deno.test(
    `whatever changes on ${width} × ${height}, the screen is as if printed anew`,
    none,
    async () => {
      using painted = new Painted(width, height);
      const random = randomFrom(width);
      const texts = [
        "short",
        "word ".repeat(12),
        "日本語".repeat(14),
        "a\n\nb",
        "👍🏽 ".repeat(20),
        "x",
      ];
      const kept: number[] = [];
      for (let n = 1; n <= 300; n++) {
        painted.print(message(n, `${n} ${texts[random(texts.length)]}`));
        // Every fifth never changes, so that it can be looked for.
        if (n % 5 === 0) kept.push(n);
        for (let changes = random(4); changes > 0; changes--) {
          const number = Math.max(1, n - random(6));
          if (number % 5 !== 0) painted.change(number, `new ${n} ${texts[random(texts.length)]}`);
        }
        if (random(3) > 0) await painted.paint();
      }
      await painted.paint();
      const linesOf = (n: number): string[] =>
        formatEntry(painted.shown.get(n) as PrintedEntry, { ...painted.look, depth: "none" });
      // deno-lint-ignore no-control-regex
      const bare = (lines: string[]): string[] => lines.map((l) => l.replace(/\x1b\[\d*m/g, ""));
      const rows = painted.screen.rows.map((row) => row.trimEnd());
      assertEquals(rows.pop(), "> draft");
      // What the last entries are now is at the bottom, as many of them as could be reached.
      let last: string[] = [];
      for (let n = 300; last.length < height - 4; n--) last = [...bare(linesOf(n)), ...last];
      const bottom = rows.slice(-Math.min(height - 4, last.length));
      assertEquals(bottom, last.slice(-bottom.length).map((line) => line.trimEnd()));
      // And nothing that did not change was lost, or came into another order.
      let at = 0;
      for (const n of kept) {
        const [line = ""] = bare(linesOf(n));
        const found = rows.indexOf(line.trimEnd(), at);
        assert(found >= 0, `${line} is missing`);
        at = found;
      }
    },
  );
}

Deno.test(
  "an entry that is above the screen, or whose rows nobody knows, can't be reached",
  none,
  () => {
    const format = ({ text }: PrintedEntry): string[] => [text];
    const size = { columns: 20, rows: 4 };
    const screen = new OnScreen();
    for (const n of [1, 2, 3, 4]) screen.add([`line ${n}`], 20, message(n, ""));
    assertEquals(screen.take().up, 0);
    // The row takes one of the four.
    assertEquals([1, 2, 3, 4].map((n) => screen.change(`${n}`, size, message(n, ""), format)), [
      false,
      true,
      true,
      true,
    ]);
    assertEquals(screen.take().up, 3);
    // Two rows of a plain address are known, but not those of letters that may be wider.
    screen.add(["https://a.example/".padEnd(40, "x")], 20, message(5, ""));
    screen.take();
    assert(screen.change("4", size, message(4, "four"), format));
    assertEquals(screen.take(), { up: 3, lines: ["four", "https://a.example/".padEnd(40, "x")] });
    screen.add(["👨‍👩‍👧".repeat(9) + "https://a.example/"], 20, message(6, ""));
    screen.take();
    assertEquals(screen.change("5", { columns: 20, rows: 50 }, message(5, ""), format), false);
    screen.forget();
    assertEquals(screen.change("6", { columns: 20, rows: 50 }, message(6, ""), format), false);
  },
);

Deno.test(
  "one that changes before it was painted is painted once, as it is then",
  none,
  async () => {
    using painted = new Painted(40, 10);
    painted.print(message(1, "one"), message(2, "two"));
    painted.change(1, "one, changed");
    await painted.paint();
    assertEquals(painted.screen.rows, [
      "03:04 1 <ann> one, changed",
      "03:04 2 <ann> two",
      "> draft",
    ]);
  },
);

Deno.test("what waits for a slow terminal changes while it waits", none, async () => {
  const unpainted = new Unpainted(() => AT);
  const look = { width: 40, depth: "none", escapes: true } as const;
  unpainted.add([1, 2, 3].map((n) => message(n, "old")));
  const otherwise = [{ kind: "notice", at: AT, text: "told" } as const];
  unpainted.add([{ kind: "changed", key: "3", now: message(3, "new"), otherwise }]);
  unpainted.add([{ kind: "changed", key: "9", now: message(9, "new"), otherwise }]);
  using screen = new VirtualScreen(40, 10);
  while (!unpainted.isEmpty) {
    const { up, lines } = unpainted.take(look, 10, 1);
    await screen.write(printLines(lines, ROW, 40, up));
  }
  assertEquals(screen.rows, [
    ...["03:04 1 <ann> old", "03:04 2 <ann> old", "03:04 3 <ann> new"],
    ...["03:04 -- told", "> draft"],
  ]);
});
