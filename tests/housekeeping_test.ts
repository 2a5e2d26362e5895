/** What a house lets go of from time to time, and in how large facts. */

import { assert, assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { Fact, SayFact } from "../lib/chat/log/fact.ts";
import type { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { encodeBatch } from "../lib/cluster/batch.ts";
import { largestAppend } from "../lib/cluster/nats_stream.ts";
import { IRC_TRAITS } from "../lib/irc/irc_door.ts";
import { LIMITS } from "../lib/server/limits.ts";
import { comeNow, type HousePeer } from "./fixtures/house_peer.ts";
import { still, stillLog } from "./fixtures/still.ts";

/** A log, and all that is put into it. */
function noting(log: MemoryLog = stillLog()): { log: MemoryLog; facts: Fact[] } {
  const facts: Fact[] = [];
  const put = log.put.bind(log);
  log.put = (fact, ticket) => {
    facts.push(fact);
    return put(fact, ticket);
  };
  return { log, facts };
}

Deno.test("what a guest of IRC has said is known by its session until it goes, and then by nothing", () => {
  const { log, facts } = noting();
  const house = new House({ ...still(), factLog: log });
  const guest = comeNow(house, { name: "guest", room: "den" }, { traits: IRC_TRAITS });
  house.request(guest, { type: "say", room: "den", text: "hello", id: "irc1" });
  const said = facts.find((fact): fact is SayFact => fact.kind === "say");
  assert(said?.session !== undefined && said.id !== undefined);
  house.expire();
  const forgotten = (): unknown =>
    facts.flatMap((fact) => fact.kind === "session-forget" ? fact.hashes : []);
  assertEquals(forgotten(), []);
  house.gone(guest, true);
  house.expire();
  assertEquals(forgotten(), [said.session]);
  house.expire();
  assertEquals(forgotten(), [said.session], "once");
  const entries: unknown[] = [];
  log.put(said, { done: ({ receipt }) => entries.push(receipt) });
  assertEquals(entries, [{ seq: 2 }], "and the log knows nothing more of it");
});

Deno.test("sessions in use, and those to forget, come in facts that a cluster's log takes", () => {
  const { log, facts } = noting();
  let now = 0;
  const hashOf = (secret: string): string => secret.padStart(64, "0").replaceAll(" ", "x");
  const limits = { sessionMs: 86_400_000, nameMs: 0 };
  const house = new House({ ...still(), factLog: log, now: () => now, hashOf, limits });
  const peers: HousePeer[] = [];
  const count = 8_000;
  for (let n = 0; n < count; n++) {
    peers.push(comeNow(house, { name: `n${n}`, room: `r${n % 100}` }));
  }
  now += limits.sessionMs;
  house.expire();
  house.close();
  for (const peer of peers) house.gone(peer, true);
  now += 10 * limits.sessionMs;
  house.expire();
  house.expire();
  const most = largestAppend(LIMITS.payloadBytes.default);
  const head = { level: 1, cluster: "c".repeat(36), inc: "i".repeat(13), b: 1, seen: 1, hash: "" };
  for (const kind of ["session-use", "session-forget"] as const) {
    const found = facts.flatMap((fact) => fact.kind === kind ? [fact] : []);
    assertEquals(new Set(found.flatMap(({ hashes }) => hashes)).size, count, kind);
    for (const fact of found) {
      assert(encodeBatch(head, [JSON.stringify(fact)]).length < most, kind);
    }
  }
});
