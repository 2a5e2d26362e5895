/** What a reader makes of what JetStream says of a stream: no server is needed to say it. */

import { assertEquals } from "@std/assert";
import { NatsApi, type NatsStreamInfo } from "../lib/cluster/nats_api.ts";
import type { NatsLink } from "../lib/cluster/nats_link.ts";
import { NatsReading } from "../lib/cluster/nats_reader.ts";
import type { StreamBounds } from "../lib/cluster/stream.ts";
import { until } from "./helpers.ts";

Deno.test("a server that hears of no leader and is behind does not make the stream one that was cut", async () => {
  let leader = "";
  let [asked, askedLed] = [0, 0];
  const answer = (): Partial<NatsStreamInfo> => ({
    created: "2026-01-01T00:00:00Z",
    state: { messages: 795, bytes: 1, first_seq: 1, last_seq: 795, first_ts: "", last_ts: "" },
    cluster: { leader },
  });
  const link = {
    isConnected: true,
    isClosed: false,
    names: { stream: "S", inbox: "inbox" },
    request: () => {
      asked++;
      if (leader !== "") askedLed++;
      return Promise.resolve({ json: answer });
    },
  } as unknown as NatsLink;
  const lost: StreamBounds[] = [];
  const reading = new NatsReading(link, new NatsApi(link), 1_732, {
    onMessage: () => {},
    onLost: (bounds) => void lost.push(bounds),
  });
  // More often than it takes to be sure.
  await until("it was asked for often", () => asked >= 5);
  assertEquals(lost, []);
  leader = "s2";
  await until("a leader has said so often enough", () => lost.length > 0);
  assertEquals(lost, [{ first: 1, last: 795 }]);
  assertEquals(askedLed, 3);
  reading.stop();
});
