/** What is larger than a message of the log of a cluster may be: it is refused, and all else goes on. */

import { assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { ListKeeping } from "../lib/chat/list_keeping.ts";
import type { HouseParts } from "../lib/chat/house_parts.ts";
import type { Fact } from "../lib/chat/log/fact.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import type { ListChange } from "../lib/chat/people/records.ts";
import { HEAD_BYTES, MAX_BATCH_BYTES } from "../lib/cluster/batch.ts";
import { BatchSending } from "../lib/cluster/sending.ts";
import { largestAppend } from "../lib/cluster/nats_stream.ts";
import { MAX_NAME_LENGTH } from "../lib/words/names.js";
import { MemoryNodes } from "./fixtures/memory_nodes.ts";
import { serveNode } from "./fixtures/served_node.ts";
import { joinEvent } from "./helpers.ts";

Deno.test("a message that the engine does not take is refused with both sizes, and talk goes on", async () => {
  await using stack = new AsyncDisposableStack();
  const nodes = stack.use(await MemoryNodes.make());
  const { server, stream, cluster } = await serveNode(stack, nodes, "n1", await nodes.directory());
  using ann = await joinEvent(server, "ann");
  const most = stream.maxBytes = 4_000;
  const say = (text: string) => ann.ask({ type: "say", room: "lobby", text });
  const { type, code, text, retryAfterMs } = await say("a".repeat(most));
  assertEquals([type, code, retryAfterMs], ["error", "too-large", undefined]);
  const [, bytes] =
    /^That takes (\d+) bytes .* takes 4000 \(max_payload\); say it in parts/.exec(text) ?? [];
  assertLessOrEqual(most, Number(bytes), text);
  assertMatch(text, /, or have that raised$/);
  assertEquals((await say("a".repeat(most / 2))).type, "ack");
  stream.maxBytes = Infinity;
  assertEquals((await say("a".repeat(most))).type, "ack");
  assertEquals(cluster.watched.now().isReached, true);
});

Deno.test("what a node says of itself and of others is never turned away: nobody would hear of that", () => {
  let most = 0;
  const turned: string[] = [];
  const sent: string[] = [];
  using sending = new BatchSending({
    send: (_, records) => void sent.push(...records),
    maxBytes: () => most,
    onTooLarge: ({ record }) => void turned.push(record.kind),
    now: () => 0,
  });
  sending.put({ kind: "node-dead", inc: "n2" });
  sending.begin({ kind: "here", node: "n1" });
  most = Infinity;
  assertEquals(turned, []);
  assertEquals(sent.map((text) => JSON.parse(text).kind), ["here", "node-dead"]);
});

Deno.test("what a house has kept of lists fits into the log, however long the names are", () => {
  const letter = "語";
  const changes = Array.from({ length: 1_200 }, (_, n): ListChange => {
    const [account, name] = [`account ${n}`, letter.repeat(MAX_NAME_LENGTH)];
    const log = roomLog(letter.repeat(2 * MAX_NAME_LENGTH));
    const listed = { account, log, name, read: Number.MAX_SAFE_INTEGER, at: 1e13 };
    return { type: "listed", listed: { ...listed, notify: "mentions" } };
  });
  const put: Fact[] = [];
  const parts = {
    log: { decidesAgain: true, put: (fact: Fact) => void put.push(fact) },
    state: { people: { now: 0 }, lists: { unkept: () => changes } },
  } as unknown as HouseParts;
  const keeping = new ListKeeping(() => parts);
  for (const keep of [() => keeping.keepAll(), () => keeping.keep("ann")]) {
    put.length = 0;
    keep();
    assertEquals(put.flatMap((fact) => fact.kind === "list" ? fact.changes : []), changes);
    for (const fact of put) {
      const { length } = new TextEncoder().encode(JSON.stringify(fact));
      assertLessOrEqual(length + HEAD_BYTES, largestAppend(1));
      assertLessOrEqual(length, MAX_BATCH_BYTES + HEAD_BYTES);
    }
  }
});
