/** How many writes are in flight at once. */

import { assertEquals } from "@std/assert";
import { type GatedWriter, MAX_IN_FLIGHT, WriteGate } from "../lib/server/gate.ts";
import { until } from "./helpers.ts";

const none = { permissions: "none" } as const;
/** How long is waited for what the gate does by itself, in ms. */
const PATIENCE_MS = 30_000;

/** A write that begins when the gate says so. */
class FakeWrite implements GatedWriter {
  ticket = -1;
  readonly #gate: WriteGate;

  constructor(gate: WriteGate) {
    this.#gate = gate;
    if (gate.enter(this)) this.start();
  }

  start(): void {
    this.ticket = this.#gate.ticket;
  }

  end(): void {
    this.#gate.left(this.ticket);
  }
}

const begun = (writes: readonly FakeWrite[]): number =>
  writes.filter(({ ticket }) => ticket >= 0).length;

Deno.test("so many writes are in flight, and each that ends lets the next one begin", none, () => {
  using gate = new WriteGate();
  const writes = Array.from({ length: MAX_IN_FLIGHT + 50 }, () => new FakeWrite(gate));
  assertEquals(begun(writes), MAX_IN_FLIGHT);
  for (const write of writes.slice(0, 30)) write.end();
  assertEquals(begun(writes), MAX_IN_FLIGHT + 30);
  // In the order in which they came.
  assertEquals(begun(writes.slice(-20)), 0);
  for (const write of writes.slice(30)) write.end();
  assertEquals(begun(writes), MAX_IN_FLIGHT + 50);
});

Deno.test(
  "writes that stand still are waited for no longer, and may end when they like",
  none,
  async () => {
    using gate = new WriteGate();
    const stalled = Array.from({ length: MAX_IN_FLIGHT }, () => new FakeWrite(gate));
    const healthy = Array.from({ length: MAX_IN_FLIGHT + 1 }, () => new FakeWrite(gate));
    assertEquals(begun(healthy), 0);
    await until("those that wait begin", () => begun(healthy) > 0);
    assertEquals(begun(healthy), MAX_IN_FLIGHT);
    for (const write of stalled) write.end();
    assertEquals(begun(healthy), MAX_IN_FLIGHT);
    healthy[0]?.end();
    assertEquals(begun(healthy), MAX_IN_FLIGHT + 1);
  },
);

Deno.test("slow writes give up their places though others go on ending", none, async () => {
  using gate = new WriteGate();
  const slow = Array.from({ length: MAX_IN_FLIGHT - 1 }, () => new FakeWrite(gate));
  const quick = Array.from({ length: 10 * MAX_IN_FLIGHT }, () => new FakeWrite(gate));
  const ended = new Set<FakeWrite>();
  const deadline = performance.now() + PATIENCE_MS;
  let most = 0;
  while (most < MAX_IN_FLIGHT && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const going = quick.filter((write) => write.ticket >= 0 && !ended.has(write));
    most = Math.max(most, going.length);
    // One ends now and then, which is progress, but not of those that are slow.
    going[0]?.end();
    ended.add(going[0] as FakeWrite);
  }
  assertEquals([most >= MAX_IN_FLIGHT, begun(slow)], [true, MAX_IN_FLIGHT - 1]);
});

Deno.test("any number of waiting writes may end as they begin", none, () => {
  using gate = new WriteGate();
  const first = Array.from({ length: MAX_IN_FLIGHT }, () => new FakeWrite(gate));
  let ended = 0;
  const gone: GatedWriter = {
    start(): void {
      ended++;
      gate.left(gate.ticket);
    },
  };
  for (let i = 0; i < 20_000; i++) assertEquals(gate.enter(gone), false);
  first[0]?.end();
  assertEquals(ended, 20_000);
});

Deno.test("a crowd is read from to its end before a write begins", none, async () => {
  using gate = new WriteGate();
  for (let talker = 0; talker < 300; talker++) gate.heard(0);
  const held = Array.from({ length: 5 }, () => new FakeWrite(gate));
  assertEquals(begun(held), 0);
  await until("five begin", () => begun(held) === 5);
});

Deno.test(
  "after a crowd twice as many writes begin as waited before another is read",
  none,
  async () => {
    using gate = new WriteGate();
    const crowd = (): void => {
      for (let talker = 0; talker < 300; talker++) gate.heard(0);
    };
    const write = (): number => {
      const one = new FakeWrite(gate);
      if (begun([one]) === 1) one.end();
      return begun([one]);
    };
    crowd();
    const held = Array.from({ length: 30 }, () => new FakeWrite(gate));
    assertEquals(begun(held), 0);
    await until("thirty begin", () => begun(held) === 30);
    for (let left = 30; left > 0; left--) {
      crowd();
      assertEquals(write(), 1);
    }
    crowd();
    assertEquals(write(), 0);
  },
);

Deno.test("a crowd without an end does not hold writes up for ever", none, async () => {
  using gate = new WriteGate();
  const counts = Array.from({ length: 300 }, () => 0);
  const crowd = setInterval(() => {
    counts.forEach((count, index) => counts[index] = gate.heard(count));
  }, 1);
  try {
    counts.forEach((count, index) => counts[index] = gate.heard(count));
    const held = new FakeWrite(gate);
    assertEquals(begun([held]), 0);
    await until("it begins", () => begun([held]) === 1);
  } finally {
    clearInterval(crowd);
  }
});

Deno.test("one who talks a lot is no crowd, nor are those who talk one after another", none, () => {
  using gate = new WriteGate();
  let count = 0;
  for (let read = 0; read < 1_000; read++) count = gate.heard(count);
  for (let talker = 0; talker < 1_000; talker++) {
    gate.heard(0);
    const write = new FakeWrite(gate);
    assertEquals(begun([write]), 1);
    write.end();
  }
});

/** A write to somebody who may not be reading. */
class LastWrite implements GatedWriter {
  started = false;

  start(): void {
    this.started = true;
  }
}

Deno.test("the last come to their turn a few at a time, all within seconds", none, async () => {
  using gate = new WriteGate();
  const last = Array.from({ length: 200 }, () => new LastWrite());
  const counted = (): number => last.filter(({ started }) => started).length;
  for (const write of last) gate.enterLast(write);
  assertEquals(counted(), 0);
  // Those who read need not wait for them.
  assertEquals(begun([new FakeWrite(gate)]), 1);
  const seen = new Set<number>();
  const deadline = performance.now() + PATIENCE_MS;
  while (counted() < last.length && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    seen.add(counted());
  }
  assertEquals(counted(), last.length);
  const steps = [0, ...seen].map((count, i, all) => count - (all[i - 1] ?? 0));
  // Two turns may pass between two looks.
  assertEquals(steps.filter((step) => step > 5), []);
});

Deno.test("no crowd keeps the last from their turn", none, async () => {
  using gate = new WriteGate();
  const crowd = Array.from({ length: 3 * MAX_IN_FLIGHT }, () => new FakeWrite(gate));
  const last = new LastWrite();
  gate.enterLast(last);
  const deadline = performance.now() + PATIENCE_MS;
  while (!last.started && performance.now() < deadline) {
    for (const write of crowd.splice(0, 3)) if (write.ticket >= 0) write.end();
    crowd.push(...[1, 2, 3].map(() => new FakeWrite(gate)));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertEquals(last.started, true);
});

Deno.test("one that is in a hurry waits among the last no longer, and begins once", none, () => {
  using gate = new WriteGate();
  const [one, other] = [new LastWrite(), new LastWrite()];
  gate.enterLast(one);
  gate.enterLast(other);
  gate.hurry(one);
  assertEquals([one.started, other.started], [true, false]);
  one.started = false;
  gate.hurry(one);
  assertEquals(one.started, false);
});
