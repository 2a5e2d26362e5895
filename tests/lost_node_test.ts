/** Clients of a cluster whose node is lost: what was acked is there once, in its order, and nothing is missed. */

import { assert, assertEquals } from "@std/assert";
import type { LinkOptions } from "../lib/client/link_options.ts";
import { ClusterServers } from "./fixtures/cluster_servers.ts";
import { talking, textsOf } from "./fixtures/talking.ts";
import { Told } from "./fixtures/told.ts";
import { until } from "./helpers.ts";

const connect: LinkOptions["connect"] = (signal, { server }) => {
  const [hostname = "", port] = server.split(":");
  return Deno.connect({ hostname, port: Number(port), signal });
};

function linkTo(servers: ClusterServers, named: readonly string[], name: string): Told {
  return new Told(servers.at(named[0]).server, {
    ...{ connect, servers: named, name, random: Math.random },
  });
}

/** Where a link came in, one time after the other; the first for who has named one is not told. */
function cameIn(told: Told): Array<string | undefined> {
  return told.events.flatMap((event) =>
    event.type === "status" && event.status === "online" ? [event.server] : []
  );
}

Deno.test("a client that loses its node while it speaks and hears goes on at another, with nothing lost or doubled", async () => {
  await using servers = await ClusterServers.start(3);
  const [one, , three] = servers.addresses as [string, string, string];
  await using ann = linkTo(servers, servers.addresses, "ann");
  await using bob = linkTo(servers, [three], "bob");
  await Promise.all([ann.ready(), bob.ready()]);
  const talks = [talking(ann, "ann"), talking(bob, "bob")] as const;
  await until("talk", () => textsOf(bob, "ann").length > 20 && textsOf(ann, "bob").length > 20);
  servers.lose(servers.at(one));
  await until("ann is elsewhere", () => cameIn(ann).length > 1);
  const [heard, said] = [textsOf(ann, "bob").length, textsOf(bob, "ann").length];
  await until("talk goes on", () => textsOf(bob, "ann").length > said + 20);
  await until("ann hears", () => textsOf(ann, "bob").length > heard + 20);
  const [byAnn, byBob] = await Promise.all(talks.map(({ stop }) => stop())) as [string[], string[]];
  await until("all that ann has said", () => textsOf(bob, "ann").length >= byAnn.length);
  await until("all that bob has said", () => textsOf(ann, "bob").length >= byBob.length);
  assertEquals(textsOf(bob, "ann"), byAnn);
  assertEquals(textsOf(ann, "bob"), byBob);
  assert(!ann.events.some(({ type }) => type === "gap" || type === "notice"), "nothing is missing");
  assert(cameIn(ann).at(-1) !== one);
  // Others have not noticed: the session has gone on.
  assert(!bob.events.some((event) => event.type === "left"), "ann has not left");
});

Deno.test("who has named one node is told of the others, and goes to one of them when it is lost", async () => {
  await using servers = await ClusterServers.start(2);
  const [one, two] = servers.addresses as [string, string];
  await using ann = linkTo(servers, [one], "ann");
  await ann.ready();
  const talk = talking(ann, "ann");
  await until("an ack", () => ann.events.some(({ type }) => type === "ack"));
  servers.lose(servers.at(one));
  await until("ann is elsewhere", () => cameIn(ann).length > 1);
  assertEquals(cameIn(ann), [undefined, two]);
  await using bob = linkTo(servers, [two], "bob");
  await bob.ready();
  const acked = await talk.stop();
  await until("all that was said", () => textsOf(bob, "ann").length >= Math.min(50, acked.length));
});

Deno.test("a node that shuts down sends its clients to the others, and they don't wait for it", async () => {
  await using servers = await ClusterServers.start(3);
  const [one] = servers.addresses as [string];
  const people = ["ann", "bob", "carl", "dora", "eve", "fred"]
    .map((name) => linkTo(servers, servers.addresses, name));
  await using stack = new AsyncDisposableStack();
  for (const each of people) stack.use(each);
  await Promise.all(people.map((each) => each.ready()));
  await servers.at(one).server.shutdown();
  await until("all are elsewhere", () => people.every((each) => cameIn(each).length === 2));
  for (const each of people) assert(cameIn(each)[1] !== one);
});
