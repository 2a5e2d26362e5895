/** The page's parser of commands is that of lib/chat/command.ts in everything but its place. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { COMMANDS, parseLine } from "../lib/chat/command.ts";
import { commandTable } from "../lib/web/commands.ts";
import { parseLine as parseOnPage } from "../lib/web/page/commands.js";
import { complete } from "../lib/web/page/completion.js";
import { tries } from "./fixtures/thorough.ts";

const table = JSON.parse(JSON.stringify(commandTable()));
const place = { room: "lobby", names: ["bob", "Ann Lee"] };

function assertSame(line: string): void {
  assertEquals(parseOnPage(line, place, table), parseLine(line, place), JSON.stringify(line));
}

Deno.test("every command and every alias is read alike, with and without what follows", () => {
  for (const { name, aliases = [] } of COMMANDS) {
    for (const spelled of [name, name.toUpperCase(), ...aliases]) {
      for (
        const rest of [
          "",
          " ",
          " x",
          " #dev",
          " 7",
          " 0",
          " 999",
          " bob 10y",
          " bob 10 loud",
          " bob 10m loud",
          ' "Ann Lee" hi',
          " Ann Lee hi",
        ]
      ) {
        assertSame(`/${spelled}${rest}`);
      }
    }
  }
});

Deno.test("any line is read alike", () => {
  const words = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const line = fc.tuple(
    fc.constantFrom("", "/", "//"),
    fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })),
    fc.oneof(fc.string(), fc.constantFrom(" bob\nhi ", " ann lee  hi", " 200", " 201")),
  ).map((parts) => parts.join(""));
  fc.assert(fc.property(line, assertSame), { numRuns: tries(200, 2_000) });
});

Deno.test("commands work before their table has come, and none is made of what every object has", () => {
  const none = { commands: [], defaultHistory: 20, maxHistory: 200 };
  for (const line of ["/join dev", "/me waves", "/history", "/nick anna"]) {
    assertEquals(parseOnPage(line, place, none), parseLine(line, place));
  }
  for (const line of ["/constructor", "/__proto__", "/toString x"]) {
    assertEquals(parseOnPage(line, place, none).kind, "error");
    assertSame(line);
  }
});

Deno.test("what is typed is completed: commands by any spelling, rooms and names where they belong", () => {
  const vocabulary = { commands: table.commands, names: ["bob", "Ann Lee"], rooms: ["dev", "ops"] };
  const inserts = (before: string): string[] | undefined =>
    complete(before, vocabulary)?.choices.map(({ insert }) => insert);
  assertEquals(inserts("/jo"), ["/join "]);
  assertEquals(inserts("/dm"), ["/msg "]);
  assertEquals(inserts("/")?.length, COMMANDS.length);
  assertEquals(inserts("/join d"), ["dev"]);
  assertEquals(inserts("/msg a"), ['"Ann Lee" ']);
  assertEquals(inserts("hello @BO"), ["@bob "]);
  for (const before of ["", "hello", "a@b", "/zzz", "x /jo"]) {
    assertEquals(inserts(before), undefined);
  }
  const completion = complete("hello @BO", vocabulary);
  assert(completion !== undefined);
  assertEquals(completion.from, "hello ".length);
});
