/** Encoding once, and taking it apart for those who get a few events differently. */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Batch } from "../lib/chat/sessions/batch.ts";
import { encodeClassic } from "../lib/server/classic_pairs.ts";
import { batchBytes } from "../lib/server/encoded.ts";
import { encodeEvents } from "../lib/server/event_protocol.ts";
import type { Event } from "../lib/wire/events.ts";

const none = { permissions: "none" } as const;

Deno.test(
  "a variant has the bytes that its events have by themselves, in both protocols",
  none,
  () => {
    const text = fc.string({ unit: "grapheme", maxLength: 20 });
    const message = text.map((text): Event => ({
      type: "message",
      room: "lobby",
      seq: 1,
      from: "änn",
      at: "",
      text,
    }));
    const other = fc.constantFrom<Event>(
      { type: "ack", id: "1", at: "" },
      { type: "joined", room: "lobby", name: "bob" },
      { type: "notice", text: "tea ☕" },
    );
    const entry = fc.record({
      event: fc.oneof(message, other),
      change: fc.option(fc.option(other, { nil: undefined }), { nil: null }),
    });
    fc.assert(fc.property(fc.array(entry, { minLength: 1, maxLength: 12 }), (entries) => {
      const shared = new Batch(entries.map(({ event }) => event));
      const changes = entries.flatMap(({ change }, index) =>
        change === null ? [] : [{ index, event: change }]
      );
      const own = shared.changed(changes);
      const events = entries.flatMap(({ event, change }) =>
        (change === null ? event : change) ?? []
      );
      assertEquals(own.events, events);
      for (const encode of [encodeClassic, encodeEvents]) {
        assertEquals(batchBytes(own, encode), encode(events).bytes);
      }
    }));
  },
);

Deno.test("a batch is encoded once for all peers of a protocol", none, () => {
  const batch = new Batch([{ type: "notice", text: "hello" }]);
  assertEquals(batchBytes(batch, encodeEvents) === batchBytes(batch, encodeEvents), true);
  assertEquals(batchBytes(batch, encodeClassic) === batchBytes(batch, encodeClassic), true);
  assertEquals(batchBytes(batch, encodeEvents) === batchBytes(batch, encodeEvents), true);
});
