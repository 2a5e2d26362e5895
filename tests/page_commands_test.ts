/** What the page offers for a line that is being typed. */

import { assert, assertEquals } from "@std/assert";
import { complete, namesFor } from "../lib/web/page/completion.js";
import { newPlace } from "../lib/web/page/place.js";
import { COMMANDS } from "../lib/words/commands/table.js";
import { completeEmoji } from "../lib/words/emoji.js";

Deno.test("what is typed is completed: commands by any spelling, rooms and names where they belong", () => {
  const vocabulary = { commands: COMMANDS, names: ["bob", "Ann Lee"], rooms: ["dev", "ops"] };
  const inserts = (before: string): string[] | undefined =>
    complete(before, vocabulary)?.choices.map(({ insert }) => insert);
  assertEquals(inserts("/jo"), ["/join "]);
  assertEquals(inserts("/dm"), ["/msg "]);
  assertEquals(inserts("/")?.length, COMMANDS.length);
  assertEquals(inserts("/join d"), ["dev"]);
  assertEquals(inserts("/J #O"), ["ops"]);
  assertEquals(inserts("/msg a"), ['"Ann Lee" ']);
  assertEquals(inserts("/ban #dev b"), ["bob "]);
  assertEquals(inserts("hello @BO"), ["@bob "]);
  for (
    const before of ["", "hello", "a@b", "/zzz", "x /jo", "/msg #dev b", "/join dev o", "/me b"]
  ) {
    assertEquals(inserts(before), undefined, before);
  }
  const completion = complete("hello @BO", vocabulary);
  assert(completion !== undefined);
  assertEquals(completion.from, "hello ".length);
});

Deno.test("emoji are offered by their names as at the terminal, and words where a command has few", () => {
  const vocabulary = { commands: COMMANDS, names: ["smith"], rooms: [], emoji: completeEmoji };
  const offered = complete("so :smile", vocabulary);
  assertEquals(offered?.from, 3);
  assertEquals(
    offered?.choices.map(({ insert }) => insert),
    completeEmoji("so :smile")?.choices.map(({ emoji }) => emoji),
  );
  assertEquals(offered?.choices[0], { label: "😄 :smile:", hint: "", insert: "😄" });
  assertEquals(complete("/react 41 :+1", vocabulary)?.choices[0]?.insert, "👍");
  assertEquals(complete("hi @sm", vocabulary)?.choices[0]?.insert, "@smith ");
  assertEquals(complete("/seen h", vocabulary)?.choices.map(({ insert }) => insert), ["hide"]);
  assertEquals(complete("/seen ", vocabulary), undefined);
});

Deno.test("who may be meant is whoever is here, then who is away, and to whom one has written", () => {
  const active = {
    ...newPlace("room", "dev", 0),
    members: ["bob", "ann"],
    people: [{ name: "Ann", here: true }, { name: "eve", here: false }],
  };
  const talks = [newPlace("direct", "tom", 0), { ...newPlace("direct", "old", 0), gone: true }];
  const { names, rooms } = namesFor({ places: [active, ...talks], active });
  assertEquals([names, rooms], [["bob", "Ann", "eve", "tom"], ["dev"]]);
  assertEquals(namesFor(undefined), { names: [], rooms: [] });
});
