/** Words of other programs that are no commands here: which of ours does it. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { terminalCommands } from "../lib/client/terminal/commands/terminal_commands.ts";
import { parseLine } from "../lib/words/parse.js";

const errorOf = (line: string, isOnlyRoom = false): string => {
  const parsed = parseLine(line, { room: "lobby", isOnlyRoom }, terminalCommands());
  return parsed.kind === "error" ? parsed.text : parsed.kind;
};

Deno.test("who types the word of another program is told which command it is here", {
  permissions: "none",
}, () => {
  const HINTS = [["/status in a meeting", "/away TEXT"], ["/dnd", "/notify none"], [
    "/ACTIVE",
    "/back says",
  ]];
  for (
    const [line = "", says = ""] of [...HINTS, ["/threads", "/missed"], ["/mentions", "/missed"]]
  ) {
    assertStringIncludes(errorOf(line), `; ${says}`);
  }
  // They lead to what there is.
  for (const line of ["/back", "/missed"]) assertEquals(errorOf(line), "request");
});

Deno.test("who can't do it there is not told of it", { permissions: "none" }, () => {
  assertEquals(errorOf("/mentions", true).includes("/missed"), false);
});
