/** Scripts that come and go: nobody is told of them, they take a number, and keep nothing. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { CHEAP, LOGIN, logWith } from "./fixtures/guests.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json, type RawPeer, startServer, until } from "./helpers.ts";

/** What a peer is told until the answer to a ping, as `type` and `name`. */
async function told(peer: RawPeer): Promise<string[]> {
  await peer.tell({ type: "ping", id: "told" });
  const events: string[] = [];
  for (;;) {
    const event = await peer.takeEvent();
    if (event.id === "told") return events;
    events.push([event.type, event.name ?? event.from ?? event.text].join(" "));
  }
}

const VISIT = { visitor: true };

Deno.test("nobody is told that visitors come, go or take another name, and who lists them apart", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  {
    using deploy = await joinEvent(server, "deploy", VISIT);
    assertEquals((await deploy.ask({ type: "rename", name: "build" })).type, "renamed");
    assertEquals((await deploy.ask({ type: "join", room: "dev" })).type, "joined");
    const { members, total, visitors } = await ann.ask({ type: "who", room: "lobby" });
    assertEquals([members, total, visitors], [["ann"], 1, ["build"]]);
    const { rooms } = await ann.ask({ type: "rooms" });
    assertEquals(rooms.map(({ room, members }: Json) => [room, members]), [["dev", 0], [
      "lobby",
      1,
    ]]);
    assertEquals((await deploy.ask({ type: "leave", room: "dev" })).type, "left");
    assertEquals((await deploy.ask({ type: "say", room: "lobby", text: "built" })).seq, 1);
  }
  await until("the end of the visit", () => server.connections === 1);
  assertEquals(await told(ann), ["message build"]);
  assertEquals((await ann.ask({ type: "who", room: "lobby" })).visitors, undefined);
});

Deno.test("six visitors of one name are six, with numbers, unless they want it exactly", async () => {
  await using server = startServer();
  const peers: RawPeer[] = [];
  const names: string[] = [];
  for (let i = 0; i < 6; i++) {
    const peer = await joinEvent(server, "deploy", VISIT);
    peers.push(peer);
    names.push(peer.ready.name);
  }
  assertEquals(names, ["deploy", "deploy-2", "deploy-3", "deploy-4", "deploy-5", "deploy-6"]);
  const refused = await joinEvent(server, "deploy", { ...VISIT, exact: true });
  assertEquals([refused.ready.type, refused.ready.code], ["error", "name-taken"]);
  for (const peer of [...peers, refused]) peer[Symbol.dispose]();
  await until("their end", () => server.connections === 0);
  using next = await joinEvent(server, "deploy", { ...VISIT, exact: true });
  assertEquals(next.ready.name, "deploy");
});

Deno.test("a visitor with the password of a name goes by it beside its owner", async () => {
  await using server = startServer({
    factLog: await logWith({ ann: "member" }),
    passwords: CHEAP,
  });
  using ann = await joinEvent(server, "ann", { login: LOGIN });
  using bob = await joinEvent(server, "bob");
  assertEquals(await told(ann), ["joined bob"]);
  using cron = await joinEvent(server, "ann", { ...VISIT, login: LOGIN });
  assertEquals([cron.ready.type, cron.ready.name], ["ready", "ann"]);
  assertEquals((await cron.ask({ type: "say", room: "lobby", text: "backed up" })).type, "ack");
  assertEquals((await bob.ask({ type: "direct", to: "ann", text: "psst" })).type, "ack");
  assertEquals(await told(ann), ["message ann", "direct bob"]);
  assertEquals(await told(cron), []);
  // And the other way round: the owner comes while the visitor is there.
  ann[Symbol.dispose]();
  await until("ann's end", () => server.connections === 2);
  using again = await joinEvent(server, "ann", { login: LOGIN });
  assertEquals([again.ready.type, again.ready.name], ["ready", "ann"]);
  assertEquals((await cron.ask({ type: "say", room: "lobby", text: "still here" })).type, "ack");
  const without = await joinEvent(server, "ann", VISIT);
  assertEquals(without.ready.code, "name-reserved");
  without[Symbol.dispose]();
});

Deno.test("what a visitor sends again is stored once, also after a restart, for a while", async () => {
  await using dir = await makeDir();
  const say = { type: "say", id: "1", room: "lobby", text: "once" };
  let session = "";
  {
    await using server = await startStored(dir.path);
    {
      using deploy = await joinEvent(server, "deploy", VISIT);
      session = deploy.ready.session;
      assertEquals((await deploy.ask(say)).seq, 1);
    }
    await until("the end of the visit", () => server.connections === 0);
    using again = await joinEvent(server, "deploy", { ...VISIT, session });
    assertEquals([again.ready.session, again.ready.lost], [session, undefined]);
    assertEquals((await again.ask(say)).seq, 1);
  }
  await using server = await startStored(dir.path, { limits: { visitorMs: 1 } });
  {
    using again = await joinEvent(server, "deploy", { ...VISIT, session });
    assertEquals([again.ready.session, again.ready.lost], [session, undefined]);
    assertEquals((await again.ask(say)).seq, 1);
  }
  await until("the end of the visit", () => server.connections === 0);
  let lost: Json = {};
  while (lost.lost === undefined) {
    using late = await joinEvent(server, "deploy", { ...VISIT, session });
    ({ ready: lost } = late);
    assertEquals((await told(late)).filter((event) => event.startsWith("notice")), []);
  }
  assert(lost.session !== session);
});

Deno.test("a session that is not known any more is told as lost, in ready and by a notice", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann", { session: "of another server" });
  assertEquals(ann.ready.lost, true);
  assert(ann.ready.session !== "of another server");
  assertMatch((await ann.takeType("notice")).text, /does not know your client's earlier session/);
  using bob = await joinEvent(server, "bob");
  assertEquals(bob.ready.lost, undefined);
});

Deno.test("who says quit is answered, told goodbye, and not waited for", async () => {
  await using server = startServer();
  let session = "";
  {
    using ann = await joinEvent(server, "ann");
    session = ann.ready.session;
    await ann.tell({ type: "say", id: "1", room: "lobby", text: "bye all" });
    await ann.tell({ type: "quit" });
    assertEquals((await ann.takeType("ack")).seq, 1);
    assertEquals((await ann.takeType("bye")).reason, "quit");
  }
  let lost: Json = {};
  while (lost.lost === undefined) {
    using ann = await joinEvent(server, "ann", { session });
    ({ ready: lost } = ann);
    await ann.tell({ type: "quit" });
    await ann.takeType("bye");
  }
  using eve = await joinEvent(server, "eve");
  assertEquals((await eve.ask({ type: "direct", to: "ann", text: "?" })).code, "no-such-name");
});
