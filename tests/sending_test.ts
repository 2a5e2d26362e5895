/** How the records of a node gather into batches. */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { encodeBatch, MAX_RECORDS } from "../lib/cluster/batch.ts";
import { largestAppend } from "../lib/cluster/nats_stream.ts";
import { BatchSending } from "../lib/cluster/sending.ts";
import { say } from "./fixtures/facts.ts";
import { until } from "./helpers.ts";

/** Surroundings that take all. */
const ANY = { now: () => 0, maxBytes: () => Infinity, onTooLarge: () => {} };

/** Sending that notes how many records went out in each batch; it has begun, and that has come back. */
async function begun(): Promise<[sending: BatchSending, sent: number[]]> {
  const sent: number[] = [];
  const send = (_: number, records: readonly string[]): void => void sent.push(records.length);
  const sending = new BatchSending({ ...ANY, send });
  sending.begin({ kind: "here", node: "n1" });
  sending.taken(1);
  sending.put({ kind: "nothing" });
  await until("the first batch", () => sent.length === 2);
  sent.length = 0;
  return [sending, sent];
}

/** What has been put has had its turn. */
async function turns(): Promise<void> {
  for (let n = 0; n < 5; n++) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("what is put at once goes together, and what fills a batch goes in the next", async () => {
  const [sending, sent] = await begun();
  using _ = sending;
  for (let n = 0; n < 3; n++) sending.put({ kind: "nothing" });
  await until("a batch", () => sent.length > 0);
  for (let n = 0; n <= MAX_RECORDS; n++) sending.put({ kind: "nothing" });
  await until("two more", () => sent.length === 3);
  assertEquals(sent, [3, MAX_RECORDS, 1]);
});

Deno.test("four batches are in flight at once, and what is put meanwhile goes together when one comes back", async () => {
  const [sending, sent] = await begun();
  using _ = sending;
  for (let n = 1; n <= 3; n++) {
    sending.put({ kind: "nothing" });
    await until("another batch", () => sent.length === n);
  }
  for (let n = 0; n < 3; n++) {
    sending.put({ kind: "nothing" });
    await turns();
  }
  assertEquals(sent, [1, 1, 1]);
  assertEquals(sending.taken(2).length, 1);
  await until("the last", () => sent.length === 4);
  assertEquals(sent, [1, 1, 1, 3]);
});

Deno.test("what is disposed of sends nothing any more", async () => {
  const [sending, sent] = await begun();
  sending.put({ kind: "nothing" });
  sending[Symbol.dispose]();
  sending.taken(2);
  await turns();
  assertEquals(sent, []);
  assertEquals(sending.size, 1);
});

Deno.test("no batch is larger than what the engine was asked to take", async () => {
  for (
    const [maxPayload, text] of [[1_024, "a".repeat(1_000)], [65_536, "語".repeat(1_000)]] as const
  ) {
    let [records, largest] = [0, 0];
    using sending = new BatchSending({
      ...ANY,
      send: (b, texts) => {
        records += texts.length;
        const head = { level: 1, cluster: "c", inc: "i", b, seen: 0, hash: "" };
        largest = Math.max(largest, encodeBatch(head, texts).length);
      },
    });
    sending.begin({ kind: "here", node: "n1" });
    sending.taken(1);
    for (let n = 0; n < 300; n++) sending.put(say("lobby", text));
    await until("several batches", () => records > MAX_RECORDS);
    assertLessOrEqual(largest, largestAppend(maxPayload));
  }
});

Deno.test("a record that fits into no batch is turned away, and all that do fit go on", async () => {
  const most = 2_000;
  const sent: string[] = [];
  const refused: number[] = [];
  let now = most;
  using sending = new BatchSending({
    now: () => 0,
    maxBytes: () => now,
    onTooLarge: ({ bytes }, most) => refused.push(bytes, most),
    send: (b, texts) => {
      const head = {
        ...{ level: Number.MAX_SAFE_INTEGER, cluster: "c".repeat(32), inc: "i".repeat(36) },
        ...{ b, seen: Number.MAX_SAFE_INTEGER, hash: "h".repeat(32) },
      };
      assertLessOrEqual(encodeBatch(head, texts).length, now);
      for (const text of texts) sent.push(text);
    },
  });
  sending.begin({ kind: "here", node: "n1" });
  const lobby = (length: number) => say("lobby", "a".repeat(length));
  for (const length of [100, most, 1_000, 200, 1_100]) sending.put(lobby(length));
  assertEquals(refused, [JSON.stringify(lobby(most)).length, most]);
  await until("three batches", () => sent.length === 5);
  // What waits when the engine begins to take less.
  refused.length = 0;
  for (let n = 0; n < 3; n++) sending.put(lobby(n === 1 ? 1_000 : 10));
  now = 1_000;
  for (let b = 1; b <= 3; b++) sending.taken(b);
  await until("the rest", () => sent.length === 7);
  assertEquals(refused, [JSON.stringify(lobby(1_000)).length, now]);
  for (let b = 4; b <= 5; b++) sending.taken(b);
  assertEquals([sending.size, sending.bytes], [0, 0]);
});
