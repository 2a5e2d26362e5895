/** A cluster that begins with what a server has kept by itself. */

import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { openFiles } from "../lib/cli/file_flags.ts";
import { standAtFirst } from "../lib/cluster/node_data.ts";
import { withDefaults } from "../lib/server/limits.ts";
import { openFirstStore, openLostStore } from "../lib/store/begin_cluster.ts";
import { checkStore } from "../lib/store/check.ts";
import { databasePath, openReader } from "../lib/store/directory.ts";
import { StoreError } from "../lib/store/faults.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { say } from "./fixtures/facts.ts";
import { MemoryNodes } from "./fixtures/memory_nodes.ts";
import { PLAIN_PASSWORDS } from "./fixtures/people_house.ts";
import { type ServedNode, serveNode } from "./fixtures/served_node.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { eventually } from "./fixtures/stream_contract.ts";
import { joinEvent, type Json, type RawPeer, startServer } from "./helpers.ts";

const PEOPLE = { features: ["people", "files", "life"] };
const BYTES = btoa("what was in the file".repeat(20));

/** What somebody has from the time before. */
interface Before {
  readonly session: string;
  readonly epoch: string;
  readonly file: string;
}

/** A server by itself, with all kinds of things in its store. */
async function serveBefore(dir: string): Promise<Before> {
  await using stack = new AsyncDisposableStack();
  const factLog = stack.use(await LocalLog.open({ dir }));
  const log = (): void => {};
  const files = await openFiles({ dir, durability: "full" }, withDefaults(), log);
  stack.defer(() => files.close());
  const server = stack.use(startServer({ factLog, files, passwords: PLAIN_PASSWORDS }));
  using ann = await joinEvent(server, "ann", PEOPLE);
  using bob = await joinEvent(server, "bob", PEOPLE);
  const ask = async (peer: RawPeer, request: Json): Promise<Json> => {
    const answer = await peer.ask(request);
    assert(answer.type !== "error", `${JSON.stringify(request)}: ${answer.text}`);
    return answer;
  };
  for (const [peer, password] of [[ann, "the password of ann"], [bob, "that of bob"]] as const) {
    await ask(peer, { type: "register", password });
  }
  await ask(ann, { type: "join", room: "dev" });
  await ask(ann, { type: "topic", room: "dev", text: "what we do" });
  await ask(ann, { type: "say", room: "dev", text: "frist" });
  await ask(ann, { type: "revise", room: "dev", re: 1, text: "first" });
  const { seq: re } = await ask(ann, { type: "say", room: "dev", text: "to be removed" });
  await ask(ann, { type: "remove", room: "dev", re });
  await ask(bob, { type: "direct", to: "ann", text: "between us" });
  const { file } = await ask(ann, { type: "put", name: "notes.txt", room: "dev" });
  await ask(ann, { type: "chunk", file, offset: 0, data: BYTES });
  const done = await ask(ann, { type: "done", file });
  await factLog.settled();
  return { session: ann.ready.session, epoch: ann.welcome.epoch, file: done.file.id };
}

/** What somebody who comes to a node finds there of the time before. */
async function finds({ server }: ServedNode, { session, file }: Before): Promise<Json> {
  using ann = await joinEvent(server, "ann", { ...PEOPLE, session, beside: true });
  assertEquals([ann.ready.type, ann.ready.name], ["ready", "ann"]);
  const { messages } = await ann.ask({ type: "history", room: "dev" });
  const { chats } = await ann.ask({ type: "chats" });
  const directs = await ann.ask({ type: "history", chat: chats[0].chat });
  const { messages: found } = await ann.ask({ type: "search", query: "first" });
  const text = (message: Json): string => `${message.seq} ${message.from}: ${message.text}`;
  await ann.tell({ type: "get", id: "g", file, offset: 0, credit: 1_000 });
  const { data } = await ann.takeType("data");
  return {
    said: messages.map(text),
    directs: directs.messages.map(text),
    found: found.map(text),
    file: data,
  };
}

Deno.test("a cluster begins with all that a server has kept, on each of its nodes", async () => {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await makeDir()).path;
  const before = await serveBefore(dir);
  const store = await openFirstStore(dir, () => {});
  const { epoch, salt } = store;
  assertEquals(epoch, before.epoch);
  const nodes = stack.use(await MemoryNodes.make({ epoch, salt, fromStore: true }));
  standAtFirst(store, nodes.config);
  store[Symbol.dispose]();

  // Who has nothing takes a copy, and there is nobody yet to take it from.
  const late = await nodes.directory();
  await assertRejects(
    () => serveNode(stack, nodes, "n2", late),
    Error,
    "start the node first whose data chatroom cluster init was given",
  );
  const options = { passwords: PLAIN_PASSWORDS };
  const one = await serveNode(stack, nodes, "n1", dir, options);
  const found = await finds(one, before);
  assertEquals(found.said[0], "1 ann: first");
  assertEquals(JSON.stringify(found).includes("to be removed"), false);
  assertEquals([found.directs, found.file], [["1 bob: between us"], BYTES]);
  assertEquals(found.found, ["1 ann: first"]);
  const two = await serveNode(stack, nodes, "n2", late, options);
  assertEquals(await finds(two, before), found);

  // They go on together: numbers, names and all that a house knows.
  using bob = await joinEvent(two.server, "bob", { ...PEOPLE, login: "that of bob" });
  using ann = await joinEvent(one.server, "ann", { ...PEOPLE, login: "the password of ann" });
  await bob.ask({ type: "join", room: "dev" });
  const { seq } = await bob.ask({ type: "say", room: "dev", text: "on another node" });
  let heard: Json;
  do heard = await ann.takeType("message"); while (heard.text !== "on another node");
  assertEquals(heard.seq, seq);
  await eventually("both know the same", async () => {
    const [a, b] = [one, two].map(({ server }) => JSON.stringify(server.host.shared.house.dump()));
    const [c, d] = [one, two].map(({ cluster }) => cluster.factLog.index.last(roomLog("dev")));
    await Promise.resolve();
    return a === b && c === d;
  });
  for (const each of [dir, late]) {
    using db = openReader(each);
    assertEquals(checkStore(db).problems, []);
  }
  for (const { logged } of [one, two]) {
    assertEquals(logged.filter(({ level }) => level === "error"), []);
  }
});

Deno.test("a server's data that its cluster has not taken over are not replaced by a node", async () => {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await makeDir()).path;
  {
    await using log = await LocalLog.open({ dir });
    log.put(say("lobby", "mine"));
  }
  const nodes = stack.use(await MemoryNodes.make({ fromStore: true }));
  await assertRejects(
    () => serveNode(stack, nodes, "n1", dir),
    StoreError,
    "its messages are of a server that ran by itself",
  );
  await using again = await LocalLog.open({ dir });
  assertEquals(again.index.size.messages, 1);
});

Deno.test("a cluster begins with nothing that is missing, in use, of a cluster, or damaged", async () => {
  await using stack = new AsyncDisposableStack();
  const refused = (dir: string, says: string): Promise<Error> =>
    assertRejects(async () => void await openFirstStore(dir, () => {}), StoreError, says);
  const empty = stack.use(await makeDir()).path;
  await refused(empty, "There is no");
  assertEquals(await Array.fromAsync(Deno.readDir(empty), ({ name }) => name), []);
  const dir = stack.use(await makeDir()).path;
  {
    await using log = await LocalLog.open({ dir });
    log.put(say("lobby", "mine"));
    await refused(dir, "another program is using");
  }
  const nodes = stack.use(await MemoryNodes.make());
  {
    using store = await openFirstStore(dir, () => {});
    const { messages, accounts, lastAt } = store;
    assertEquals([messages, accounts, lastAt > 0], [1, 0, true]);
    standAtFirst(store, nodes.config);
  }
  await refused(dir, "its data are of a node of the cluster");
});

Deno.test("what a lost cluster's data begin with is noted, so that whoever is ended goes on", async () => {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await makeDir()).path;
  {
    await using log = await LocalLog.open({ dir });
    log.put(say("lobby", "mine"));
  }
  const refused = (): Promise<unknown> => openLostStore(dir, () => {});
  await assertRejects(refused, StoreError, "of no cluster");
  const { config: lost } = stack.use(await MemoryNodes.make());
  {
    using store = await openFirstStore(dir, () => {});
    standAtFirst(store, lost);
  }
  const configOf = (epoch: string) => ({ ...lost, cluster: `that of ${epoch}`, epoch });
  /** The epoch of a run that makes a log after it has noted that, or is ended before. */
  const begins = async (dir: string, notes: boolean): Promise<string> => {
    using store = await openLostStore(dir, () => {});
    const { epoch } = store;
    assertEquals(store.hasBegun(configOf(epoch)), false);
    if (notes) store.noteEpoch();
    assertEquals(store.hasBegun({ cluster: "another", epoch: "another" }), false);
    assertEquals(store.messages, 1);
    return epoch;
  };
  /** Whether a run that finds a log with this epoch makes the data those of its first node. */
  const goesOn = async (dir: string, epoch: string): Promise<boolean> => {
    using store = await openLostStore(dir, () => {});
    const config = configOf(epoch);
    const hasBegun = store.hasBegun(config);
    if (hasBegun) standAtFirst(store, config);
    return hasBegun;
  };
  const unnoted = await begins(dir, false);
  const first = await begins(dir, true);
  const copy = stack.use(await makeDir()).path;
  await Deno.copyFile(databasePath(dir), databasePath(copy));
  // Each log that is made has an epoch of its own, and the last that was noted is gone on with.
  const noted = await begins(dir, true);
  const epochs = [lost.epoch, unnoted, first, noted, await begins(dir, false)];
  assertEquals(new Set(epochs).size, epochs.length);
  assertEquals(await goesOn(dir, unnoted), false);
  assertEquals(await goesOn(dir, first), false);
  for (let times = 0; times < 2; times++) assertEquals(await goesOn(dir, noted), true);
  assertNotEquals(await begins(dir, false), noted);
  // A copy of in between, whose log has been lost as well after people had talked there.
  assertEquals([first, noted].includes(await begins(copy, true)), false);
  {
    using store = await openLostStore(dir, () => {});
    assertEquals(store.hasBegun({ cluster: `that of ${noted}`, epoch: noted }), true);
    store.become({ ...lost, cluster: `that of ${noted}`, epoch: noted }, {
      seq: 2,
      at: 0,
      hash: "",
    }, {});
    // What was said since then was told under that epoch.
    assertEquals(store.hasBegun({ cluster: `that of ${noted}`, epoch: noted }), false);
  }
});
