/** What a server goes by can change while it runs: limits, the password, the title. */

import { assertEquals } from "@std/assert";
import { joinEvent, startServer } from "./helpers.ts";

Deno.test("a quota by the hour and a rate go by what is said last, for those who are there, too", async () => {
  await using server = startServer({ limits: { newRoomsPerHour: 1 } });
  using ann = await joinEvent(server, "ann");
  const join = async (room: string): Promise<string> => {
    const { type, code } = await ann.ask({ type: "join", room });
    return code ?? type;
  };
  assertEquals([await join("a"), await join("b")], ["joined", "room-limit"]);
  server.change({ limits: { newRoomsPerHour: 5 } });
  assertEquals(await join("b"), "joined");
  const { rates, limits } = server.host.shared;
  const { requests } = rates;
  server.change({ limits: { requestsPerSecond: 1_000, requestBurst: 10 } });
  // Each connection has the same object.
  assertEquals([requests, limits.newRoomsPerHour], [{ msEach: 1, burstMs: 10 }, 100]);
});

Deno.test("a password comes and goes, and what is not named stays", async () => {
  await using server = startServer({ title: "Ours" });
  using ann = await joinEvent(server, "ann");
  server.change({ password: "a secret" });
  using bob = await joinEvent(server, "bob");
  assertEquals([bob.ready.code, bob.welcome.title], ["password-needed", "Ours"]);
  assertEquals((await ann.ask({ type: "say", room: "lobby", text: "still here" })).type, "ack");
  server.change({ password: undefined, title: undefined });
  using eve = await joinEvent(server, "eve");
  assertEquals([eve.ready.type, eve.welcome.title], ["ready", undefined]);
});
