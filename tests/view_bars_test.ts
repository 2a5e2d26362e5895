/** The line below the conversation: what goes first where not all of it has room. */

import { assertEquals } from "@std/assert";
import { statusCells, type StatusParts } from "../lib/client/view/bars.ts";
import type { CellRow } from "../lib/client/view/screen_cells.ts";

const ALL: StatusParts = {
  name: "kim",
  server: "127.0.0.1:18512",
  state: "",
  clock: "00:12",
  keys: "",
  about: "",
  bar: "",
  below: undefined,
  above: undefined,
  goesBack: false,
};

function textOf(cells: CellRow): string {
  return cells.map(({ text }) => text).join("");
}

function line(parts: Partial<StatusParts>, width: number): [left: string, right: string] {
  const { left, right } = statusCells({ ...ALL, ...parts }, width);
  return [textOf(left), textOf(right)];
}

Deno.test("where not all has room, the clock goes before the server, and both before what is new", () => {
  const above = { unread: 34, mentions: 1 };
  const news = "34 new, 1 for you ↑";
  assertEquals(line({ above }, 64), ["kim · 127.0.0.1:18512 · 00:12", news]);
  assertEquals(line({ above }, 50), ["kim · 127.0.0.1:18512", news]);
  assertEquals(line({ above }, 40), ["kim", news]);
  assertEquals(line({ above }, 24), ["", "34 1! ↑"]);
});

Deno.test("offline, with when it is tried next, stays before hints, the name and a file on its way", () => {
  const state = "offline, 1 unsent, next try in 14 s";
  const goesBack = true;
  const hint = "Alt-Left: where you read";
  assertEquals(line({ state, goesBack }, 90), [`${state} · kim · 00:12`, hint]);
  assertEquals(line({ state, goesBack }, 80), [`${state} · kim`, hint]);
  assertEquals(line({ state, goesBack }, 64), [`${state} · kim`, ""]);
  const below = { unread: 3, mentions: 1 };
  assertEquals(line({ state, below, bar: "a.png 40%" }, 64), [state, "3 new, 1 for you ↓"]);
  assertEquals(line({ state, below }, 44), ["offline, 1 unsent, 14 s", "3 1! ↓"]);
  const keys = "Enter: menu · R reply · + react · Escape";
  assertEquals(line({ state, keys, below }, 64), [`Enter: menu · ${state}`, "3 1! ↓"]);
});

Deno.test("what a key has answered stays, and is cut where it alone has no room", () => {
  const keys = "The answer is below: End shows it.";
  assertEquals(line({ keys, below: { unread: 2, mentions: 0 } }, 64), [keys, "2 new ↓"]);
  assertEquals(line({ keys, state: "offline" }, 40), [keys, ""]);
  assertEquals(line({ keys }, 20), ["The answer is b…", ""]);
});
