/** What Tab offers at the terminal behind a command about a message: numbers, and what follows them. */

import { assertEquals } from "@std/assert";
import { Completion } from "../lib/client/terminal/completion.ts";
import { terminalCommands } from "../lib/client/terminal/commands/terminal_commands.ts";
import { Known } from "../lib/client/terminal/known.ts";
import { choicesAbout, numberChoices } from "../lib/client/terminal/number_choices.ts";
import { DEFAULT_SETTINGS } from "../lib/client/settings.ts";
import { Preferences } from "../lib/client/terminal/preferences.ts";
import { Taking } from "../lib/client/terminal/taking.ts";
import type { Event } from "../lib/wire/events.ts";
import { begin } from "./fixtures/terminal_life.ts";

const AT = "2026-11-23T12:00:00.000Z";

const CHOICES = { choices: ["yes", "no"] };

/** Messages of bob (1), ours (2), bob's (3), and ours (4) that was removed; the first has reactions and is pinned. */
function talked(): Known {
  const known = new Known({
    ...{ room: "lobby", preferences: new Preferences(DEFAULT_SETTINGS) },
    ...{ now: () => new Date(AT), hasLife: () => true, epoch: () => "e" },
  });
  const taking = new Taking(known, "here");
  const about = { room: "lobby", at: AT } as const;
  const own = { from: "me", own: true } as const;
  const events: Event[] = [
    { type: "ready", name: "me", session: "s", room: "lobby", seq: 0, direct: 0 },
    { type: "message", ...about, seq: 1, from: "bob", text: "lunch?" },
    { type: "message", ...about, seq: 2, ...own, text: "at *noon*" },
    { type: "message", ...about, seq: 3, from: "bob", text: "fine", ask: CHOICES },
    { type: "message", ...about, seq: 4, ...own, text: "oops" },
    { type: "removed", ...about, seq: 5, re: 4, ...own },
    { type: "reacted", ...about, seq: 6, re: 1, ...own, key: "🎉" },
    { type: "reacted", ...about, seq: 7, re: 1, from: "ann", key: "🦖" },
    { type: "pinned", ...about, seq: 8, re: 1, from: "ann" },
  ];
  for (const event of events) taking.take(event);
  return known;
}

/** What stands in the row after one Tab, and the next, … */
function offered(line: string, tabs: number): string[] {
  const known = talked();
  const completion = Completion.begin(line, {
    ...{ commands: terminalCommands(), names: ["bob"], rooms: ["lobby"] },
    numbers: (command) => numberChoices(command, known),
    about: (command, seq) => choicesAbout(command, seq, known),
  });
  return Array.from(
    { length: tabs },
    () => line.slice(0, completion?.from) + (completion?.step(1) ?? line),
  );
}

Deno.test("behind each command about a message stand the numbers that it can be about", () => {
  const cases: ReadonlyArray<readonly [string, ...number[]]> = [
    ["re", 3, 2, 1],
    ["reply", 3, 2, 1],
    ["edit", 2],
    // Ours first: not everybody may remove what others say.
    ["remove", 2, 3, 1],
    ["delete", 2, 3, 1],
    ["react", 3, 2, 1],
    ["unreact", 1],
    ["reactions", 1],
    ["pin", 3, 2],
    ["unpin", 1],
    ["answer", 3],
  ];
  const taking = terminalCommands().filter(({ takes }) => takes === "message");
  for (const { name } of taking) assertEquals(cases.some(([each]) => each === name), true, name);
  for (const [name, ...numbers] of cases) {
    assertEquals(
      offered(`/${name} `, numbers.length),
      numbers.map((number) => `/${name} ${number} `),
    );
  }
});

Deno.test("a command that is there whole is meant, though others begin with it", () => {
  for (const name of ["re", "react", "pin"]) {
    assertEquals(offered(`/${name}`, 2), [`/${name} `, `/${name}`]);
  }
});

Deno.test("behind the number stands what can follow it", () => {
  assertEquals(offered("/edit 2 ", 1), ["/edit 2 at *noon*"]);
  assertEquals(offered("/unreact 1 ", 1), ["/unreact 1 🎉"]);
  assertEquals(offered("/react 1 ", 3), ["/react 1 🦖", "/react 1 👍", "/react 1 ❤️"]);
  // Nobody edits what others have said.
  assertEquals(offered("/edit 1 ", 1).includes("/edit 1 lunch?"), false);
});

Deno.test("Tab goes from a command to the message, which the prompt names", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.message("bob", "lunch?");
  await io.expect("lunch?");
  io.type("/re\t\t");
  await io.until(() => io.screen.cursorRow === "(bob: lunch?) lobby> /re 1 ", "the message");
  io.type("\x15/reply 1 yes");
  await io.until(() => io.screen.cursorRow.startsWith("(bob: lunch?) lobby> /reply 1"), "it");
});
