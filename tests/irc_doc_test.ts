/** What IRC.md says is spoken is what is spoken. */

import { assertEquals } from "@std/assert";
import { capList } from "../lib/irc/caps.ts";
import { IRC_COMMANDS } from "../lib/irc/commands/table.ts";

const text = await Deno.readTextFile(new URL("../lib/irc/IRC.md", import.meta.url));

/** What stands in backticks in the paragraph that begins so. */
function namedIn(begin: string): string[] {
  const paragraph = text.slice(text.indexOf(begin)).split("\n\n", 1)[0] ?? "";
  return [...new Set([...paragraph.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name))].sort();
}

Deno.test("IRC.md names every capability, and no other", () => {
  assertEquals(namedIn("\nCapabilities:".trimStart()), capList(true, false).toSorted());
});

Deno.test("IRC.md names every command, and no other", () => {
  assertEquals(namedIn("Commands: "), [...IRC_COMMANDS.keys()].sort());
});
