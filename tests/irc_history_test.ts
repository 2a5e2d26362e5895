/** What was said before, as IRC clients are told of it or ask for it. */

import { assertEquals } from "@std/assert";
import { IrcPeer, startIrc } from "./irc_peer.ts";

const CAPS = ["batch", "draft/chathistory"];
const EVER = "timestamp=2000-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z";

Deno.test("irc: TARGETS tells when the last was said in each place, and not the first", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { caps: CAPS, rooms: ["#a", "#b"] });
  for (const room of ["#a", "#b", "#a"]) {
    await ann.ask(`PRIVMSG ${room} :hi`);
    // The next one comes in another millisecond.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const targets = (lines: readonly string[]): string[] =>
    lines.flatMap((line) => / TARGETS (\S+)/.exec(line)?.[1] ?? []);
  assertEquals(targets(await ann.ask(`CHATHISTORY TARGETS ${EVER} 10`)), ["#b", "#a"]);
});
