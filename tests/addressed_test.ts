/** Whether a message is meant for somebody. */

import { assertEquals } from "@std/assert";
import { isMeantFor } from "../lib/client/shown.ts";

const AT = "2026-11-23T12:00:00.000Z";

Deno.test("a message is meant for the one whose name it begins with or mentions", {
  permissions: "none",
}, () => {
  for (
    const [text, expected] of [
      ["bot: yes", true],
      ["Bot, yes", true],
      ["ＢＯＴ: yes", true],
      ["well, @bot, yes", true],
      ["@annbot @bot", true],
      ["@bot2", false],
      ["@bots", false],
      ["bot yes", false],
      ["bots: yes", false],
      ["a bot: yes", false],
      ["", false],
    ] as const
  ) {
    const message = { type: "message", room: "dev", seq: 1, from: "ann", at: AT, text } as const;
    assertEquals(isMeantFor(message, "bot", "dev"), expected, text);
    assertEquals(isMeantFor(message, "bot", "lobby"), false, "in another room");
  }
  const direct = { type: "direct", from: "ann", to: "bot", at: AT, text: "psst", n: 1 } as const;
  assertEquals(isMeantFor(direct, "bot", "dev"), true);
  assertEquals(isMeantFor({ type: "notice", text: "bot: x" }, "bot", "dev"), false);
});
