/** Times in the server's sentences, as the terminal tells them. */

import { assertEquals } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { localTime, withLocalTimes } from "../lib/client/local_times.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

const until = "2026-11-28T23:30:00.000Z";
const local = localTime(new Date(until));

Deno.test("a time in UTC is told in the zone of this machine", () => {
  assertEquals(withLocalTimes("until 2026-11-28 23:30 UTC: x"), `until ${local}: x`);
  assertEquals(withLocalTimes("[2026-11-28 23:30Z] x"), `[${local}] x`);
  assertEquals(
    withLocalTimes("2026-11-28 23:30 or 2026-99-99 23:30 UTC"),
    "2026-11-28 23:30 or 2026-99-99 23:30 UTC",
  );
});

Deno.test("the ends of bans are told so, and what somebody said is left alone", async () => {
  using setup = await Setup.online();
  const { conversation, io } = setup;
  const text = "You were muted by ann until 2026-11-28 23:30 UTC.";
  conversation.tell(
    { type: "mod", action: "ban", target: "eve", by: "ann", until },
    { type: "notice", text },
    { type: "topic", room: "lobby", text: "2026-11-28 23:30 UTC", from: "ann" },
  );
  await io.expect("set the topic");
  assertEquals(setup.entries, [
    `-- eve is banned until ${local}.`,
    `-- You were muted by ann until ${local}.`,
    "-- ann set the topic: 2026-11-28 23:30 UTC",
  ]);
  const refused = new RequestError("muted", "You are muted until 2026-11-28 23:30 UTC.");
  conversation.send = () => Promise.reject(refused);
  io.type("hi\r");
  await io.expect(`!! You are muted until ${local}. (not sent: hi)`);
});
