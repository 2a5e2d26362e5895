/** The deadlines of one connection, on a clock that the test winds. */

import { assert, assertEquals } from "@std/assert";
import { type ConnectionState, Deadlines } from "../lib/server/deadlines.ts";
import { withDefaults } from "../lib/server/limits.ts";

const none = { permissions: "none" } as const;

/** What a healthy member looks like that has been written so many bytes. */
function standing(writtenBytes: number): ConnectionState {
  return {
    state: "open",
    busy: false,
    slowed: false,
    outbox: { writing: false, progress: 0, writtenBytes },
    receivedBytes: 0,
    pending: 0,
    whole: 0,
    canBeAsked: true,
    awaits: "hello",
  };
}

/** The same, when something has been read from it meanwhile. */
function heard(writtenBytes: number): ConnectionState {
  return { ...standing(writtenBytes), receivedBytes: 1 };
}

Deno.test(
  "a slow peer that is cut off has a second to read on, and five for all of it",
  none,
  () => {
    const closing = (progress: number): ConnectionState => ({
      ...standing(0),
      state: "closing",
      outbox: { writing: true, progress, writtenBytes: 0 },
    });
    const deadlines = new Deadlines(withDefaults(), 0);
    deadlines.linger(0);
    for (
      const [now, progress] of [[900, 1], [1_800, 2], [2_700, 3], [3_600, 4], [4_500, 5]] as const
    ) {
      assertEquals(deadlines.due(now, closing(progress)), undefined, `${now} ms`);
    }
    assertEquals(deadlines.due(5_400, closing(6)), undefined);
    assertEquals(deadlines.due(5_501, closing(7)), "destroy");
    const still = new Deadlines(withDefaults(), 0);
    still.linger(0);
    assertEquals(still.due(1_000, closing(0)), undefined);
    assertEquals(still.due(1_001, closing(0)), "destroy");
  },
);

Deno.test("who was told little is asked for a sign of life after the ping interval", none, () => {
  const deadlines = new Deadlines(withDefaults(), 0);
  deadlines.due(1_000, standing(500));
  assertEquals(deadlines.due(29_000, standing(10_000)), undefined);
  assertEquals(deadlines.due(31_000, standing(10_000)), "ping");
  assertEquals(deadlines.due(32_000, standing(10_000)), undefined);
});

Deno.test("who was told much and says nothing is asked sooner, but once", none, () => {
  const deadlines = new Deadlines(withDefaults(), 0);
  assertEquals(deadlines.due(1_000, standing(0)), undefined);
  assertEquals(deadlines.due(4_000, standing(100_000)), undefined);
  assertEquals(deadlines.due(6_000, standing(100_000)), "ping");
  assertEquals(deadlines.due(7_000, standing(900_000)), undefined);
});

Deno.test("bytes count from when it was heard", none, () => {
  const deadlines = new Deadlines(withDefaults(), 0);
  deadlines.due(1_000, standing(0));
  deadlines.due(2_000, heard(900_000));
  assertEquals(deadlines.due(20_000, heard(910_000)), undefined);
  assertEquals(deadlines.due(21_000, heard(920_000)), "ping");
});

Deno.test("who leaves a ping unanswered is behind until it is heard", none, () => {
  const deadlines = new Deadlines(withDefaults(), 0);
  deadlines.due(1_000, standing(0));
  assert(!deadlines.isBehind(5_000));
  assertEquals(deadlines.due(6_000, standing(100_000)), "ping");
  assert(!deadlines.isBehind(8_000));
  assert(deadlines.isBehind(8_001));
  deadlines.due(9_000, heard(100_000));
  assert(!deadlines.isBehind(9_000));
});

Deno.test("who is not listened to is not behind", none, () => {
  const deadlines = new Deadlines(withDefaults(), 0);
  deadlines.due(1_000, standing(0));
  assertEquals(deadlines.due(6_000, standing(100_000)), "ping");
  deadlines.due(7_000, { ...standing(100_000), busy: true });
  assert(!deadlines.isBehind(12_000));
});

Deno.test(
  "time in which a password is looked at is not the peer's, and time of its flood is",
  none,
  () => {
    const opening = { ...standing(0), state: "opening", busy: true } as const;
    const waits = new Deadlines(withDefaults(), 0);
    const floods = new Deadlines(withDefaults(), 0);
    for (let now = 1_000; now <= 10_000; now += 1_000) {
      assertEquals(waits.due(now, opening), undefined);
      assertEquals(floods.due(now, { ...opening, slowed: true }), undefined);
    }
    assertEquals(waits.due(11_000, opening), undefined);
    assertEquals(
      floods.due(11_000, { ...opening, slowed: true }),
      {
        type: "bye",
        reason: "handshake",
        text: "No name and hello came within 10 s.",
      },
    );
  },
);

Deno.test("each step of coming in has its time, and all of them that of a person", none, () => {
  const opening = (whole: number): ConnectionState => ({
    ...standing(0),
    ...{ state: "opening", awaits: "registration", whole },
  });
  const deadlines = new Deadlines({ ...withDefaults(), handshakeMs: 10_000, loginMs: 60_000 }, 0);
  let late: unknown;
  let now = 0;
  for (let step = 1; late === undefined; step++) {
    now = step * 9_000;
    late = deadlines.due(now, opening(step));
  }
  assertEquals(now, 72_000);
  const text = "No NICK and USER, and CAP END after CAP LS or CAP REQ, came within 10 s.";
  assertEquals(late, { type: "bye", reason: "handshake", text });
  const silent = new Deadlines(withDefaults(), 0);
  assertEquals(silent.due(9_000, opening(1)), undefined);
  assertEquals(silent.due(19_000, opening(1)), undefined);
  assertEquals(silent.due(19_001, opening(1)), late);
});

Deno.test("a classic client is asked for nothing, however much it is told", none, () => {
  const deadlines = new Deadlines(withDefaults(), 0);
  const classic = (written: number): ConnectionState => ({
    ...standing(written),
    canBeAsked: false,
  });
  deadlines.due(1_000, classic(0));
  assertEquals(deadlines.due(3_600_000, classic(10_000_000)), undefined);
  assert(!deadlines.isBehind(3_600_000));
});
