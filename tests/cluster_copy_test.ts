/** A node that comes late takes a copy of another node's database, and reads on from there. */

import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { ClusterLog } from "../lib/cluster/cluster_log.ts";
import { Copies, fetchCopy } from "../lib/cluster/copies.ts";
import type { Stream } from "../lib/cluster/stream.ts";
import { takeCopy } from "../lib/store/copy_store.ts";
import { openNode } from "./fixtures/cluster_world.ts";
import { say } from "./fixtures/facts.ts";
import { MemoryOrder } from "./fixtures/memory_stream.ts";

/** A node without a house. */
async function node(order: MemoryOrder, name: string, dir: string): Promise<
  AsyncDisposable & {
    readonly log: ClusterLog;
    readonly stopped: string[];
    texts(): Promise<string[]>;
  }
> {
  const store = await openNode(dir);
  const stream = order.node();
  const stopped: string[] = [];
  const log = new ClusterLog({
    ...{ stream, store, cluster: "a cluster", node: name },
    onStopped: (why) => stopped.push(why),
    onAway: () => {},
    onReborn: () => {},
  });
  return {
    log,
    stopped,
    async texts(): Promise<string[]> {
      const page = await store.index.page(roomLog("lobby"), { after: 0, limit: 9_999 });
      return page.entries.map(({ message }) => message.text);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      log[Symbol.dispose]();
      await stream.close();
      await store[Symbol.asyncDispose]();
    },
  };
}

async function directory(stack: AsyncDisposableStack): Promise<string> {
  const dir = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(dir, { recursive: true }));
  return dir;
}

Deno.test("a node that comes late takes a copy, and reads on from where it ends", async () => {
  await using stack = new AsyncDisposableStack();
  const order = new MemoryOrder();
  const dir = await directory(stack);
  const first = stack.use(await node(order, "n1", dir));
  await first.log.start();
  const { incarnation } = first.log.cluster;
  const copies = stack.use(new Copies(order.node(), dir, incarnation));
  for (let n = 0; n < 500; n++) first.log.put(say("lobby", `${n} ${"x".repeat(500)}`));
  await first.log.settled();
  // What is said while the copy is made is in it or comes after it.
  let isOver = false;
  const talk = (async () => {
    for (let n = 500; !isOver; n++) {
      first.log.put(say("lobby", `${n}`));
      await delay(1);
    }
  })();
  const late = await directory(stack);
  const seq = await fetchCopy(order.node(), incarnation, `${late}/part`);
  await takeCopy(late, `${late}/part`);
  // What the copy has need not be in the stream any more.
  order.trim(seq);
  isOver = true;
  await talk;
  await first.log.settled();
  const second = stack.use(await node(order, "n2", late));
  await second.log.start();
  assertEquals(second.stopped, []);
  assertEquals(await second.texts(), await first.texts());
  await copies[Symbol.asyncDispose]();
  const names = await Array.fromAsync(Deno.readDir(dir), ({ name }) => name);
  assertEquals(names.filter((name) => name.startsWith("copy-")), []);
});

Deno.test("a node whose next message is gone says that it needs a copy", async () => {
  await using stack = new AsyncDisposableStack();
  const order = new MemoryOrder();
  const first = stack.use(await node(order, "n1", await directory(stack)));
  await first.log.start();
  first.log.put(say("lobby", "hello"));
  await first.log.settled();
  order.trim(order.bounds.last);
  const second = stack.use(await node(order, "n2", await directory(stack)));
  await assertRejects(() => second.log.start(), Error, "needs a copy of another node's data");
});

Deno.test("whoever asks for a copy later gets what was stored meanwhile, and few are kept", async () => {
  await using stack = new AsyncDisposableStack();
  const order = new MemoryOrder();
  const dir = await directory(stack);
  const first = stack.use(await node(order, "n1", dir));
  await first.log.start();
  const { incarnation } = first.log.cluster;
  stack.use(new Copies(order.node(), dir, incarnation));
  const to = await directory(stack);
  const fetched = (name: string) => fetchCopy(order.node(), incarnation, `${to}/${name}`);
  const one = await fetched("1");
  first.log.put(say("lobby", "one"));
  await first.log.settled();
  // The stream lets go of what comes after it: with the same copy again one would be late for ever.
  order.trim(order.bounds.last);
  // What was stored is committed a moment later, and a copy has what was committed.
  let later = one;
  for (let tries = 0; later === one && tries < 100; tries++) {
    await delay(20);
    later = await fetched("2");
  }
  assert(later > one, "the same copy came again and again");
  for (const name of ["3", "4", "5"]) await fetched(name);
  const names = await Array.fromAsync(Deno.readDir(dir), ({ name }) => name);
  assertEquals(names.filter((name) => name.startsWith("copy-")).length, 3);
});

Deno.test("those that ask for a copy while one is being made share it", async () => {
  await using stack = new AsyncDisposableStack();
  const dir = await directory(stack);
  stack.use(await openNode(dir));
  const stream = new MemoryOrder().node();
  stack.defer(() => stream.close());
  let ask = (): Promise<Uint8Array | undefined> => Promise.reject(new Error("nobody answers"));
  const answer: Stream["answer"] = (topic, how) => {
    if (topic.startsWith("copy.")) ask = async () => await how(new Uint8Array());
    return () => {};
  };
  stack.use(new Copies(Object.assign(stream, { answer }), dir, "inc"));
  const [one, same] = await Promise.all([ask(), ask()]);
  assertEquals(one, same);
  assertNotEquals(await ask(), one);
});
