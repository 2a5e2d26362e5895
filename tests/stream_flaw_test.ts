/** A stream that would lose what nodes need, or can't take it, is told with its value and what to do. */

import { assertEquals, assertMatch } from "@std/assert";
import type { NatsStreamConfig } from "../lib/cluster/nats_api.ts";
import { streamFlaw } from "../lib/cluster/stream_flaw.ts";

/** A stream as `cluster init` makes it, and as JetStream tells of it. */
const WHOLE: NatsStreamConfig = {
  ...{ name: "CHATROOM_main", subjects: ["chatroom.main.log"], num_replicas: 3 },
  ...{ retention: "limits", max_consumers: -1, max_msgs: -1, max_msgs_per_subject: -1 },
  ...{ max_bytes: 4_294_967_296, max_age: 604_800_000_000_000, max_msg_size: -1 },
  ...{ storage: "file", discard: "old", deny_delete: true, deny_purge: true },
};

function flawOf(
  change: Readonly<Record<string, unknown>>,
  needs: { replicas?: number; bytes?: number } = {},
): string {
  const config = { ...WHOLE, ...change };
  return streamFlaw({ config }, { name: "main", ...needs }) ?? "";
}

Deno.test("a stream as it was made is right", () => {
  assertEquals(flawOf({}), "");
  assertEquals(flawOf({ num_replicas: 5 }), "");
  assertEquals(flawOf({ num_replicas: 1 }, { replicas: 1 }), "");
  assertEquals(flawOf({ max_msg_size: 400_000 }, { bytes: 397_312 }), "");
  // Servers leave out what is as nobody has said.
  assertEquals(flawOf({ max_msgs: undefined, no_ack: undefined }), "");
});

Deno.test("a stream that would lose something is not", () => {
  const rows: readonly [Readonly<Record<string, unknown>>, RegExp][] = [
    [{ num_replicas: 1 }, /has 1 replica, and it takes 3 .* --replicas=3 .*--cluster-replicas 1/],
    [{ num_replicas: 2 }, /has 2 replicas, and it takes 3/],
    [{ storage: "memory" }, /storage memory and not file/],
    [{ retention: "interest" }, /retention interest and not limits/],
    [{ retention: "workqueue" }, /what one node has read would be gone/],
    [{ discard: "new" }, /discard new and not old: nothing could be said once it is full/],
    [{ max_msgs: 1_000 }, /max_msgs 1000 and not -1/],
    [{ max_msgs_per_subject: 5 }, /max_msgs_per_subject 5 and not -1/],
    [{ no_ack: true }, /no_ack true and not false/],
    [{ deny_delete: undefined }, /deny_delete .* and not true/],
    [{ deny_purge: false }, /deny_purge false and not true/],
    [{ subjects: ["chatroom.other.log"] }, /is of chatroom.other.log and not of chatroom.main.log/],
    [{ subjects: ["a", "b"] }, /is of a, b and not/],
  ];
  for (const [change, says] of rows) {
    const flaw = flawOf(change);
    assertMatch(flaw, says);
    assertMatch(flaw, /nats stream edit CHATROOM_main|cluster reset/);
  }
  assertMatch(flawOf({}, { replicas: 5 }), /has 3 replicas, and it takes 5/);
  assertMatch(
    flawOf({ max_msg_size: 65_536 }, { bytes: 397_312 }),
    /of 65536 bytes \(max_msg_size\), and it takes 397312/,
  );
});
