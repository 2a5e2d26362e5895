/** What the help of a command reads as allowed is not refused for its form. */

import { assertEquals } from "@std/assert";
import { terminalCommands } from "../lib/client/terminal/commands/terminal_commands.ts";
import { COMMANDS } from "../lib/words/commands/table.js";
import { pageCommands } from "../lib/web/page/own_commands.js";

const place = {
  room: "lobby",
  names: ["ann", "bob"],
  mends: true,
  lastOwn: { seq: 7, text: "lunch?", isLately: true, isLast: true },
};

/** Commands with the same names, as each door has them. */
const DOORS = {
  page: pageCommands(undefined),
  terminal: terminalCommands(),
  scripts: COMMANDS,
};

/** The forms that a usage of these words allows, with a number and a text for them. */
function formsOf(usage: string): string[] {
  const filled = usage.replace("NUMBER", "41").replace("TEXT", "at one");
  const nested = /^\[41 \[at one\]\]$/.test(filled);
  if (nested) return ["", "41", "41 at one"];
  return filled.startsWith("[") ? ["", filled.replace(/[[\]]/g, "")] : [filled];
}

Deno.test("/edit takes each form that its help reads, and has the same words on the page and in a terminal", () => {
  const found = Object.entries(DOORS).map(([door, commands]) => {
    const edit = commands.find(({ name }) => name === "edit");
    if (edit === undefined) throw new Error(`There is no /edit: ${door}`);
    const refused = formsOf(edit.usage).filter((form) => edit.parse(form, place).kind === "error");
    return [door, edit.usage, edit.summary, refused] as const;
  });
  assertEquals(found.map(([door, , , refused]) => [door, refused]), [
    ["page", []],
    ["terminal", []],
    ["scripts", []],
  ]);
  const [page, terminal] = found;
  assertEquals(page?.slice(1), terminal?.slice(1));
});

Deno.test("a command whose help reads that all may be left out takes nothing", () => {
  for (const [door, commands] of Object.entries(DOORS)) {
    const wrong = commands.filter(({ usage }) => /^\[[^\]]*(?:\[[^\]]*\])?\]$/.test(usage))
      .map(({ name, parse }) => [name, parse("", place)] as const)
      // Where one looks at nothing, nothing is said of the form.
      .filter(([, parsed]) => parsed.kind === "error" && !/^There is no message/.test(parsed.text));
    assertEquals(wrong, [], door);
  }
});
