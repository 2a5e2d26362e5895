/** The send queue of one connection, with a sink that does as the test says. */

import { assertEquals } from "@std/assert";
import { WriteGate } from "../lib/server/gate.ts";
import { Outbox } from "../lib/server/outbox.ts";
import { bytes } from "./helpers.ts";

const none = { permissions: "none" } as const;

/** A sink whose writes settle when the test says so, and what became of the outbox. */
class HeldSink {
  readonly writes: string[] = [];
  readonly events: string[] = [];
  readonly outbox: Outbox;
  #settle: { resolve: (count: number) => void; reject: (error: Error) => void } | undefined;

  constructor(maxBytes: number, gate = new WriteGate()) {
    this.outbox = new Outbox({
      sink: this,
      gate,
      maxBytes,
      onOverflow: () => this.events.push("overflow"),
      onBroken: () => this.events.push("broken"),
      onFlushed: () => this.events.push("flushed"),
    });
  }

  write(piece: Uint8Array): Promise<number> {
    this.writes.push(new TextDecoder().decode(piece));
    return new Promise((resolve, reject) => this.#settle = { resolve, reject });
  }

  async took(count: number): Promise<void> {
    this.#settle?.resolve(count);
    await Promise.resolve();
  }

  async broke(): Promise<void> {
    this.#settle?.reject(new Error("reset"));
    await Promise.resolve();
  }
}

Deno.test("one write is in flight, and all that piles up goes out in the next", none, async () => {
  const sink = new HeldSink(100);
  for (const text of ["a", "b", "c"]) sink.outbox.push(bytes(text));
  assertEquals(sink.writes, ["a"]);
  await sink.took(1);
  assertEquals(sink.writes, ["a", "bc"]);
  sink.outbox.push(bytes("d"));
  await sink.took(1);
  assertEquals(sink.writes, ["a", "bc", "c"]);
  await sink.took(1);
  assertEquals(sink.writes, ["a", "bc", "c", "d"]);
  await sink.took(1);
  assertEquals([sink.outbox.bytes, sink.outbox.writing, sink.outbox.progress], [0, false, 4]);
});

Deno.test("more bytes than may wait are an overflow; what fits is none", none, () => {
  const sink = new HeldSink(10);
  sink.outbox.push(bytes("12345678901234567890"));
  assertEquals(sink.events, []);
  sink.outbox.push(bytes("1"));
  assertEquals(sink.events, ["overflow"]);
});

Deno.test("end writes what waits and then says so", none, async () => {
  const sink = new HeldSink(100);
  sink.outbox.push(bytes("a"));
  sink.outbox.push(bytes("b"));
  sink.outbox.end(bytes("bye"));
  sink.outbox.push(bytes("too late"));
  await sink.took(1);
  assertEquals([sink.writes, sink.events], [["a", "bbye"], []]);
  await sink.took(4);
  assertEquals(sink.events, ["flushed"]);
});

Deno.test(
  "the last word is never too much, and costs nothing that waits before it",
  none,
  async () => {
    const sink = new HeldSink(8);
    sink.outbox.push(bytes("aaaa"));
    sink.outbox.push(bytes("bbbb"));
    sink.outbox.end(bytes("a long goodbye"));
    await sink.took(4);
    assertEquals([sink.writes, sink.events], [["aaaa", "bbbba long goodbye"], []]);
  },
);

Deno.test("drop keeps the write in flight whole and makes room for a last word", none, async () => {
  const sink = new HeldSink(10);
  sink.outbox.push(bytes("begun"));
  sink.outbox.push(bytes("dropped"));
  sink.outbox.drop();
  sink.outbox.end(bytes("bye"));
  await sink.took(2);
  await sink.took(3);
  assertEquals(sink.writes, ["begun", "gun", "bye"]);
});

Deno.test("a write that fails closes the outbox once", none, async () => {
  const sink = new HeldSink(100);
  sink.outbox.push(bytes("a"));
  sink.outbox.push(bytes("b"));
  await sink.broke();
  sink.outbox.push(bytes("c"));
  assertEquals([sink.writes, sink.events], [["a"], ["broken"]]);
  assertEquals(sink.outbox.drained(), undefined);
});

Deno.test("what a sink takes no more is dropped, and not counted as written", none, async () => {
  const sink = new HeldSink(100);
  for (const text of ["a", "b", "c"]) sink.outbox.push(bytes(text));
  await sink.took(0);
  assertEquals([sink.outbox.bytes, sink.outbox.writtenBytes, sink.outbox.writing], [0, 0, false]);
  sink.outbox.push(bytes("d"));
  await sink.took(0);
  sink.outbox.end(bytes("bye"));
  await sink.took(0);
  assertEquals([sink.writes, sink.events], [["a", "d", "bye"], ["flushed"]]);
});

Deno.test("drained settles when nearly all is gone that waited, or all hope is", none, async () => {
  const sink = new HeldSink(10);
  assertEquals(sink.outbox.drained(), undefined);
  sink.outbox.push(bytes("12345678"));
  let drained = 0;
  const count = (): void => void drained++;
  sink.outbox.drained()?.then(count);
  await sink.took(6);
  assertEquals(drained, 0);
  await sink.took(1);
  await Promise.resolve();
  assertEquals(drained, 1);
  sink.outbox.push(bytes("12345678"));
  sink.outbox.drained()?.then(count);
  sink.outbox.close();
  await Promise.resolve();
  assertEquals(drained, 2);
});

/** Counts the writes of a batch that have begun. */
class Counted {
  begun = 0;
  begin(): void {
    this.begun++;
  }
  end(): void {}
}

Deno.test("to one who is behind nothing is written at once, and no batch waits", none, () => {
  using gate = new WriteGate();
  const sink = new HeldSink(100, gate);
  const batch = new Counted();
  sink.outbox.behind = true;
  for (const text of ["a", "b", "c"]) sink.outbox.push(bytes(text), batch);
  assertEquals([sink.writes, batch.begun], [[], 0]);
});

Deno.test(
  "one who is behind no more gets what waited, in order, and then as others do",
  none,
  async () => {
    using gate = new WriteGate();
    const sink = new HeldSink(100, gate);
    const batch = new Counted();
    sink.outbox.behind = true;
    for (const text of ["a", "b", "c"]) sink.outbox.push(bytes(text));
    sink.outbox.behind = false;
    assertEquals(sink.writes, ["a"]);
    await sink.took(1);
    await sink.took(2);
    sink.outbox.push(bytes("d"), batch);
    assertEquals([sink.writes, batch.begun], [["a", "bc", "d"], 1]);
  },
);

Deno.test("much that waits for one who is behind makes it as urgent as others", none, () => {
  using gate = new WriteGate();
  const sink = new HeldSink(80, gate);
  sink.outbox.behind = true;
  sink.outbox.push(bytes("12345"));
  sink.outbox.push(bytes("12345"));
  assertEquals(sink.writes, []);
  sink.outbox.push(bytes("1"));
  assertEquals(sink.writes, ["12345"]);
  assertEquals(sink.events, []);
});

Deno.test("last words do not come last", none, async () => {
  using gate = new WriteGate();
  const sink = new HeldSink(100, gate);
  sink.outbox.behind = true;
  sink.outbox.push(bytes("a"));
  assertEquals(sink.writes, []);
  sink.outbox.end(bytes("bye"));
  await sink.took(1);
  await sink.took(3);
  assertEquals([sink.writes, sink.events], [["a", "bye"], ["flushed"]]);
});

Deno.test(
  "while it is held no write begins; then all that waits goes out in one",
  none,
  async () => {
    const sink = new HeldSink(100);
    for (const text of ["a", "b"]) sink.outbox.push(bytes(text));
    // What waits may have the question in it that is to be answered: that goes out before.
    for (const still of [true, true, false]) {
      sink.outbox.held = true;
      assertEquals(sink.outbox.held, !still);
      await sink.took(1);
    }
    for (const text of ["c", "d"]) sink.outbox.push(bytes(text));
    assertEquals([sink.writes, sink.outbox.writing, sink.outbox.bytes], [["a", "b"], false, 2]);
    sink.outbox.held = false;
    assertEquals(sink.writes, ["a", "b", "cd"]);
    await sink.took(2);
    assertEquals([sink.outbox.bytes, sink.outbox.writing], [0, false]);
  },
);

Deno.test(
  "of what is held only the last words are written at the end, and too much is an overflow",
  none,
  async () => {
    const sink = new HeldSink(5);
    sink.outbox.held = true;
    sink.outbox.push(bytes("abc"));
    assertEquals(sink.events, []);
    sink.outbox.push(bytes("def"));
    assertEquals(sink.events, ["overflow"]);
    sink.outbox.end(bytes("bye"));
    assertEquals(sink.writes, ["bye"]);
    await sink.took(3);
    assertEquals(sink.events, ["overflow", "flushed"]);
    const silent = new HeldSink(5);
    silent.outbox.held = true;
    silent.outbox.push(bytes("abc"));
    silent.outbox.end();
    assertEquals([silent.writes, silent.events], [[], ["flushed"]]);
  },
);
