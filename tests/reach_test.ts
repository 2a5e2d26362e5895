/** Where the nodes of a cluster are, as they hear it of each other: by clocks that the test sets. */

import { assertEquals, assertThrows } from "@std/assert";
import { nodeWish } from "../lib/cli/cluster_flags.ts";
import { parseInvocation } from "../lib/cli/flags.ts";
import { serveCommand } from "../lib/cli/serve.ts";
import { type Beat, Beats, decodeBeat, encodeBeat } from "../lib/cluster/beats.ts";
import { MAX_TOLD, socketOf, toldOf } from "../lib/server/nodes.ts";

function beatOf(inc: string, more: Partial<Beat> = {}): Beat {
  const where = { address: `${inc}:1234`, page: `https://${inc}.example/` };
  return { node: inc, inc, applied: 1, lag: 0, level: 1, ...where, ...more };
}

/** What a node hears, and its clock. */
function nodeOf(
  own: Beat,
): { beats: Beats; hear: (beat: Beat) => void; pass: (ms: number) => void } {
  let now = 0;
  const beats = new Beats({ now: () => now, own: () => own, tell: () => {} });
  return {
    beats,
    hear: (beat) => beats.hear(encodeBeat(beat)),
    pass: (ms) => now += ms,
  };
}

Deno.test("clients are told of the nodes that were just heard, and of this one", () => {
  const { beats: { reach }, hear, pass } = nodeOf(beatOf("b"));
  assertEquals(reach.addresses, ["b:1234"]);
  hear(beatOf("c"));
  hear(beatOf("a"));
  // One that did not say by which address, or is behind.
  hear({ node: "d", inc: "d", applied: 1, lag: 0, level: 1 });
  hear(beatOf("e", { lag: 2_001 }));
  assertEquals(reach.addresses, ["a:1234", "b:1234", "c:1234"]);
  pass(2_000);
  hear(beatOf("c"));
  pass(2_000);
  assertEquals(reach.addresses, ["b:1234", "c:1234"]);
  assertEquals(reach.pages, ["https://b.example/", "https://c.example/"]);
});

Deno.test("the page of a node that is lost may chat with the others for a day", () => {
  const { beats: { reach }, hear, pass } = nodeOf(beatOf("b"));
  hear(beatOf("a"));
  pass(86_400_000);
  assertEquals(reach.pages, ["https://b.example/"]);
  assertEquals(reach.latePages, ["https://a.example/", "https://b.example/"]);
  pass(1);
  assertEquals(reach.latePages, ["https://b.example/"]);
});

Deno.test("of pages so many are remembered, the last that were told of", () => {
  const { beats: { reach }, hear } = nodeOf(beatOf("z"));
  for (let n = 0; n < 300; n++) hear(beatOf("a", { page: `https://p${n}.example/` }));
  assertEquals(reach.latePages.length, 257);
  assertEquals(reach.latePages.includes("https://p43.example/"), false);
  assertEquals(reach.latePages.includes("https://p44.example/"), true);
});

Deno.test("an address or a page that is none is left out, and the beat counts all the same", () => {
  const plain = { node: "a", inc: "a", applied: 1, lag: 0, level: 1 };
  for (const wrong of [{ address: "" }, { address: "a".repeat(513) }]) {
    assertEquals(
      decodeBeat(new TextEncoder().encode(JSON.stringify({ ...plain, ...wrong }))),
      plain,
    );
  }
  for (const page of ["", "no URL", `https://a/${"a".repeat(512)}`]) {
    assertEquals(decodeBeat(new TextEncoder().encode(JSON.stringify({ ...plain, page }))), plain);
  }
  assertEquals(decodeBeat(encodeBeat(beatOf("a"))), beatOf("a"));
});

Deno.test("of very many nodes a client is told of some", () => {
  const all = Array.from({ length: 40 }, (_, n) => `n${n}:1`);
  const told = toldOf(all);
  assertEquals([told.length, new Set(told).size], [MAX_TOLD, MAX_TOLD]);
  assertEquals(told.every((each) => all.includes(each)), true);
  assertEquals(toldOf(all.slice(0, 16)), all.slice(0, 16));
  assertEquals(socketOf("https://n1.example/chat/"), "wss://n1.example/chat/ws");
  assertEquals(socketOf("http://n1.example/"), "ws://n1.example/ws");
});

Deno.test("what a node is to tell of itself is looked at when it starts", () => {
  const wishOf = (...args: string[]): unknown =>
    nodeWish(
      parseInvocation(serveCommand, ["--cluster", "nats://a", "--cluster-node", "n1", ...args]),
    );
  const told = ["--cluster-address", "N1.example:1234", "--cluster-web-address", "https://n1/chat"];
  assertEquals(wishOf(...told), {
    ...{ node: "n1", address: "N1.example:1234", page: "https://n1/chat/" },
  });
  for (
    const address of ["n1", "1234", "n1:0", "tls://n1:1", "0.0.0.0:1234", "[::]:1234", "a:1,b:1"]
  ) {
    assertThrows(() => wishOf("--cluster-address", address), Error, "--cluster-address: ");
  }
  for (const page of ["n1", "ws://n1/", "https://a@n1/", "https://n1/?a", "https://n1/#a"]) {
    assertThrows(() => wishOf("--cluster-web-address", page), Error, "--cluster-web-address: ");
  }
});
