/** What clients of the first version get where much was removed. */

import { assertEquals } from "@std/assert";
import type { EventOf } from "../lib/wire/events.ts";
import { narrow } from "../lib/wire/narrow.ts";
import { joinEvent, startServer } from "./helpers.ts";

const room = "lobby";

Deno.test("a client that knows no removals walks through pages of which nothing is left", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann", { features: ["life"] });
  for (let n = 1; n <= 6; n++) await ann.ask({ type: "say", room, text: `${n}`, id: `${n}` });
  for (let re = 2; re <= 5; re++) await ann.ask({ type: "remove", room, re });
  using old = await joinEvent(server, "old", { scrollback: 0 });
  const seen: unknown[] = [];
  let before: number | undefined;
  for (let pages = 0; pages < 9; pages++) {
    const page = await old.ask({ type: "history", room, limit: 2, ...(before && { before }) });
    seen.push(page.messages.map(({ seq, text }: EventOf<"message">) => `${seq} ${text}`));
    before = page.messages[0]?.seq;
    if (!page.more || before === undefined) break;
  }
  const gone = "This message was removed.";
  assertEquals(seen, [["6 6"], [`4 ${gone}`], [`2 ${gone}`], ["1 1"]]);
});

Deno.test("of what was removed nothing stays in a page but where it would be empty and there is more", () => {
  const message = (seq: number, text: string) => {
    return { room, seq, from: "ann", at: "2026-11-29T00:00:00.000Z", text };
  };
  const removed = { by: "otto", at: "2026-11-29T00:00:00.000Z", reason: "spam" };
  const page = { type: "page", room, more: true, upTo: 4 } as const;
  const gone = { ...message(1, ""), re: 1, removed };
  const messages = (more: boolean, ...of: EventOf<"page">["messages"]): unknown => {
    return (narrow({ ...page, more, messages: of }) as EventOf<"page">).messages;
  };
  assertEquals(messages(true, gone, message(2, "two")), [message(2, "two")]);
  assertEquals(messages(false, gone), []);
  assertEquals(messages(true, gone, message(2, "")), [
    { ...message(1, "This message was removed."), withheld: "removed" },
  ]);
});
