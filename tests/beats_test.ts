/** Nodes that hear each other, and who is held for dead: by clocks that the test sets. */

import { assertEquals } from "@std/assert";
import { type Beat, Beats, decodeBeat, encodeBeat } from "../lib/cluster/beats.ts";

const BEAT: Beat = {
  ...{ node: "n", inc: "a", applied: 7, lag: 0, level: 1, agreed: 1, isOnDuty: false },
};

/** Nodes whose beats reach whoever is not cut off, and a clock. */
class Town {
  now = 1_000;
  readonly cut = new Set<string>();
  /** The levels that nodes know, where that is not 1. */
  readonly levels = new Map<string, number>();
  readonly nodes = new Map<string, Beats>();

  add(inc: string): Beats {
    const beats = new Beats({
      now: () => this.now,
      own: () => ({ ...BEAT, node: `of ${inc}`, inc, level: this.levels.get(inc) ?? 1 }),
      tell: (data) => {
        if (this.cut.has(inc)) return;
        for (const [other, node] of this.nodes) if (!this.cut.has(other)) node.hear(data);
      },
    });
    this.nodes.set(inc, beats);
    return beats;
  }

  /** Lets so many ms pass, in quarters of a second; those of `still` do nothing meanwhile. */
  pass(ms: number, still: readonly string[] = []): void {
    for (let passed = 0; passed < ms; passed += 250) {
      this.now += 250;
      for (const [inc, node] of this.nodes) if (!still.includes(inc)) node.tick();
    }
  }
}

const ALL = ["a", "b", "c"];

function townOf(incs: readonly string[]): [Town, ...Beats[]] {
  const town = new Town();
  return [town, ...incs.map((inc) => town.add(inc))];
}

Deno.test("a node says each second that it is there, however often it looks", () => {
  let told = 0;
  let now = 0;
  const beats = new Beats({ now: () => now, own: () => BEAT, tell: () => told++ });
  for (; now < 10_000; now += 100) beats.tick();
  assertEquals(told, 10);
});

Deno.test("nobody is held for dead who is heard, and all know who is there", () => {
  const [town, a, b] = townOf(ALL);
  town.pass(60_000);
  assertEquals(a?.silent(ALL), []);
  assertEquals(b?.others.map(({ node }) => node).sort(), ["of a", "of c"]);
});

Deno.test("who is silent for more than 10 s is held for dead, and no longer when it is heard", () => {
  const [town, a] = townOf(ALL);
  town.pass(5_000);
  town.pass(9_000, ["c"]);
  assertEquals(a?.silent(ALL), []);
  town.pass(2_000, ["c"]);
  assertEquals(a?.silent(ALL), ["c"]);
  assertEquals(a?.silent(ALL, 3_000), [], "for one that leaves it to another for a while");
  assertEquals(a?.others.map(({ inc }) => inc), ["b"]);
  town.pass(1_000);
  assertEquals(a?.silent(ALL), []);
});

Deno.test("who lives by the log and was never heard has 10 s from then on", () => {
  const [town, a] = townOf(["a"]);
  town.pass(30_000);
  assertEquals(a?.silent(["a", "z"]), []);
  town.pass(10_000);
  assertEquals(a?.silent(["a", "z"]), []);
  town.pass(500);
  assertEquals(a?.silent(["a", "z"]), ["z"]);
  assertEquals(a?.silent(["a"]), []);
  assertEquals(a?.silent(["a", "z"]), [], "one that was gone and is back begins anew");
});

Deno.test("a node that is cut off holds nobody for dead, nor right after it is back", () => {
  const [town, a, b] = townOf(ALL);
  town.pass(5_000);
  town.cut.add("a");
  town.pass(60_000);
  assertEquals(a?.hearsItself, false);
  assertEquals(a?.silent(ALL), []);
  assertEquals(b?.silent(ALL), ["a"]);
  town.cut.delete("a");
  town.pass(2_000, ["c"]);
  assertEquals(a?.hearsItself, true);
  assertEquals(a?.silent(ALL), []);
  town.pass(10_000, ["c"]);
  assertEquals(a?.silent(ALL), ["c"], "of what comes after, it hears as the others do");
});

Deno.test("a node that stood still holds nobody for dead for what it has missed", () => {
  const [town, a] = townOf(ALL);
  town.pass(5_000);
  town.pass(30_000, ALL);
  assertEquals(a?.silent(ALL), []);
  town.pass(2_000);
  assertEquals(a?.silent(ALL), []);
});

Deno.test("on duty is the lowest of those that live and are heard", () => {
  const [town, a, b, c] = townOf(ALL);
  const onDuty = (): boolean[] => [a, b, c].map((node) => node?.isOnDuty(ALL) ?? false);
  assertEquals(onDuty(), [false, false, false], "before anything was heard");
  town.pass(3_000);
  assertEquals(onDuty(), [true, false, false]);
  town.pass(11_000, ["a"]);
  assertEquals(onDuty(), [false, true, false]);
  town.pass(1_000);
  assertEquals(onDuty(), [true, false, false]);
  assertEquals(b?.isOnDuty(["b", "c"]), true, "when the log says that the lowest is dead");
  assertEquals(a?.isOnDuty(["b", "c"]), false, "and that one knows it");
});

Deno.test("the level that all know is told when each of those that live was heard", () => {
  const [town, a] = townOf(ALL);
  town.levels.set("a", 3).set("b", 2);
  assertEquals(a?.lowestLevel(ALL), undefined, "before the others were heard");
  town.pass(2_000);
  assertEquals(a?.lowestLevel(ALL), 1);
  assertEquals(a?.lowestLevel(["a", "b"]), 2);
  assertEquals(a?.lowestLevel(["a"]), 3);
  assertEquals(a?.lowestLevel([...ALL, "z"]), undefined, "one that lives was never heard");
  town.pass(12_000, ["b"]);
  assertEquals(a?.lowestLevel(["a", "b"]), undefined, "one was heard long ago");
});

Deno.test("what is no beat is not heard", () => {
  const whole: Beat = { ...BEAT, lag: 4, agreed: 2, isOnDuty: true, address: "10.0.0.1:1" };
  assertEquals(decodeBeat(encodeBeat(whole)), whole);
  const { address: _, ...bare } = whole;
  assertEquals(decodeBeat(encodeBeat(bare)), bare);
  for (
    const other of [
      ...["", "{", "null", "7", "[]", "{}"],
      ...[{ ...whole, applied: -1 }, { ...whole, lag: 0.5 }, { ...whole, level: "1" }, {
        ...whole,
        isOnDuty: 1,
      }]
        .map((each) => JSON.stringify(each)),
      ...[{ ...whole, node: 1 }, { ...whole, inc: null }, { ...whole, address: 5 }]
        .map((each) => JSON.stringify(each)),
    ]
  ) {
    assertEquals(decodeBeat(new TextEncoder().encode(other)), undefined, other);
  }
});
