/** How many writes are in flight at once. */

import { assertEquals } from "@std/assert";
import { MAX_IN_FLIGHT, type Waiting, WriteGate } from "../lib/server/gate.ts";

const none = { permissions: "none" } as const;

/** A write that begins when the gate says so. */
class FakeWrite implements Waiting {
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
    const deadline = performance.now() + 5_000;
    while (begun(healthy) === 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assertEquals(begun(healthy), MAX_IN_FLIGHT);
    for (const write of stalled) write.end();
    assertEquals(begun(healthy), MAX_IN_FLIGHT);
    healthy[0]?.end();
    assertEquals(begun(healthy), MAX_IN_FLIGHT + 1);
  },
);
