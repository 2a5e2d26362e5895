/** How a program's loop takes its events: nothing is skipped, nothing is kept that was not taken, nothing hangs. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ChatError, connect } from "../lib/client/library/library.ts";
import type {
  ChatClient,
  ChatEvent,
  ChatSession,
  ConnectOptions,
  RoomMessage,
  SessionStore,
} from "../lib/client/library/types.ts";
import { formatAddress } from "../lib/cli/values.ts";
import type { Server } from "../lib/server/serve.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { eventFrame, joinEvent, type RawPeer, startServer, until, within } from "./helpers.ts";

interface Kept extends SessionStore {
  session: ChatSession | undefined;
}

function keptIn(session?: ChatSession): Kept {
  const kept: Kept = {
    session,
    load: () => kept.session,
    save: (now) => void (kept.session = now),
  };
  return kept;
}

function come(server: Server, more: Partial<ConnectOptions> = {}): Promise<ChatClient> {
  return connect({ server: formatAddress(server.addr), name: "ann", ...more });
}

async function say(peer: RawPeer, room: string, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await peer.ask({ type: "say", room, text });
}

/** Says 1, 2, 3 … up to `count`, in few writes. */
async function count(peer: RawPeer, count: number): Promise<void> {
  const frames = Array.from(
    { length: count - 1 },
    (_, n) => eventFrame({ type: "say", room: "lobby", text: String(n + 1) }),
  );
  const acked = (async (): Promise<void> => {
    for (let n = 1; n < count; n++) await peer.takeType("ack");
  })();
  for (let at = 0; at < frames.length; at += 500) await peer.send(...frames.slice(at, at + 500));
  await acked;
  await say(peer, "lobby", String(count));
}

/** Reads until `isLast`; the event of that is taken. */
async function take(
  chat: ChatClient,
  isLast: (event: ChatEvent) => boolean | Promise<boolean>,
): Promise<ChatEvent[]> {
  const taken: ChatEvent[] = [];
  for await (const event of chat) {
    taken.push(event);
    if (await isLast(event)) await chat.close();
  }
  return taken;
}

function textsOf(events: readonly ChatEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "message" || event.type === "direct" ? [event.text] : []
  );
}

const isText = (text: string) => (event: ChatEvent): boolean =>
  (event.type === "message" || event.type === "direct") && event.text === text;

Deno.test("the place in each room is kept before anything was taken there", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob", { room: "aaa" });
  using carl = await joinEvent(server, "carl", { room: "bbb" });
  await say(carl, "bbb", "before");
  const session = keptIn();
  const at = { rooms: ["aaa", "bbb"], scrollback: 0, session };
  const chat = await come(server, at);
  await until("both places", () => Object.keys(session.session?.seq ?? {}).length === 2);
  await chat.close();
  assertEquals(session.session?.seq, { aaa: 0, bbb: 1 });
  await say(bob, "aaa", "to aaa");
  await say(carl, "bbb", "to bbb");
  const again = await come(server, at);
  let missing = 2;
  const taken = await take(again, ({ type }) => type === "message" && --missing === 0);
  assertEquals(textsOf(taken).sort(), ["to aaa", "to bbb"]);
});

Deno.test("what is said to a guest alone while it is away comes once", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  const session = keptIn();
  /** A run that ends as a process does that is killed: nobody says goodbye. */
  const run = async (isLast: (event: ChatEvent) => boolean): Promise<string[]> => {
    let conn: Deno.TcpConn | undefined;
    const chat = await come(server, {
      session,
      giveUpMs: 0,
      async transport({ hostname, port }): Promise<Deno.TcpConn> {
        if (conn !== undefined) throw new Error("It is over");
        return conn = await Deno.connect({ hostname, port });
      },
    });
    if (session.session?.chats !== undefined) told();
    const taken: ChatEvent[] = [];
    for await (const event of chat) {
      taken.push(event);
      if (isLast(event)) conn?.close();
    }
    return textsOf(taken);
  };
  let told = (): void => {};
  const isIn = new Promise<void>((resolve) => told = resolve);
  const first = run(isText("one"));
  await isIn;
  await bob.ask({ type: "direct", to: "ann", text: "one" });
  assertEquals(await first, ["one"]);
  await bob.ask({ type: "direct", to: "ann", text: "two" });
  assertEquals(await run(isText("two")), ["two"]);
});

Deno.test("a conversation that begins while a registered program is away is told it", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  using owner = await joinEvent(server, "ann");
  await owner.ask({ type: "register", password: "a long secret" });
  const session = keptIn();
  const at = { session, login: "a long secret" };
  await (await come(server, at)).close();
  await bob.ask({ type: "direct", to: "ann", text: "one" });
  await bob.ask({ type: "direct", to: "ann", text: "two" });
  const again = await come(server, at);
  assertEquals(textsOf(await take(again, isText("two"))), ["one", "two"]);
  await bob.ask({ type: "direct", to: "ann", text: "three" });
  assertEquals(textsOf(await take(await come(server, at), isText("three"))), ["three"]);
});

for (const how of ["throws", "rejects"] as const) {
  const fails = (): Promise<void> => {
    if (how === "throws") throw new Error("disk full");
    return Promise.reject(new Error("disk full"));
  };

  Deno.test(`a session that can't be kept since save ${how} ends connect`, async () => {
    await using server = startServer();
    const session = { load: () => undefined, save: fails };
    const error = await assertRejects(() => come(server, { session }), ChatError, "disk full");
    assertEquals(error.code, "not-kept");
  });

  Deno.test(`a session that can't be kept since save ${how} ends the loop, and what is asked`, async () => {
    await using server = startServer();
    using bob = await joinEvent(server, "bob");
    let isFull = false;
    const session = { load: () => undefined, save: () => isFull ? fails() : undefined };
    const chat = await come(server, { session });
    await say(bob, "lobby", "one", "two");
    isFull = true;
    const seen: ChatEvent[] = [];
    const error = await assertRejects(
      async () => {
        for await (const event of chat) seen.push(event);
      },
      ChatError,
      "disk full",
    );
    assertEquals(error.code, "not-kept");
    assertEquals(textsOf(seen), ["one"]);
    assertEquals((await assertRejects(() => chat.say("more"), ChatError)).code, "not-kept");
    await assertRejects(() => take(chat, () => false), ChatError, "disk full");
    await chat.close();
  });

  Deno.test(`when save ${how} after a break of the connection, the loop ends`, async () => {
    await using server = startServer();
    let [isFull, cut] = [false, (): void => {}];
    const session = { load: () => undefined, save: () => isFull ? fails() : undefined };
    const chat = await come(server, {
      session,
      async transport(place): Promise<Deno.TcpConn> {
        const conn = await Deno.connect(place);
        cut = () => conn.close();
        return conn;
      },
    });
    using bob = await joinEvent(server, "bob");
    isFull = true;
    cut();
    await say(bob, "lobby", "one");
    await assertRejects(() => within("the end", take(chat, () => false)), ChatError, "disk full");
  });
}

Deno.test("a loop that says something about each of thousands that wait is answered", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  const session = keptIn();
  const chat = await come(server, { session });
  await count(bob, 5_000);
  let said = 0;
  const taken = await take(chat, async (event) => {
    if (event.type !== "message") return false;
    if (event.seq <= 500) {
      await chat.say(`heard ${event.text}`);
      said++;
    }
    return event.text === "5000";
  });
  assertEquals(said, 500);
  assertEquals(textsOf(taken), Array.from({ length: 5_000 }, (_, n) => String(n + 1)));
});

Deno.test("more than can be held comes when the loop gets there, and the mark is not beyond the loop", async () => {
  const most = 12_000;
  await using dir = await makeDir();
  await using server = await startStored(dir.path);
  using bob = await joinEvent(server, "bob");
  const session = keptIn();
  await (await come(server, { session })).close();
  await count(bob, most);
  const chat = await come(server, { session });
  // It reads on until this is answered, which is behind all that was missed.
  await chat.say("I am here");
  assertEquals(session.session?.seq, { lobby: 0 });
  const taken: RoomMessage[] = [];
  for await (const event of chat) {
    assert(event.type !== "gap", JSON.stringify(event));
    if (event.type !== "message") continue;
    assertEquals(session.session?.seq.lobby, event.seq - 1);
    taken.push(event);
    if (event.seq % 1_000 === 1) await chat.say(`at ${event.seq}`);
    if (event.seq === most) await chat.close();
  }
  assertEquals(
    taken.map(({ text }) => text),
    Array.from({ length: most }, (_, n) => String(n + 1)),
  );
  const mark = session.session?.seq.lobby ?? 0;
  assert(mark >= most && mark <= most + 13, String(mark));
});

Deno.test("what waits of an earlier epoch is kept as of that one", async () => {
  await using before = startServer();
  await using after = startServer();
  using bob = await joinEvent(before, "bob");
  using carl = await joinEvent(after, "carl");
  let [addr, cut] = [before.addr, (): void => {}];
  const session = keptIn();
  const chat = await come(before, {
    session,
    async transport(): Promise<Deno.TcpConn> {
      const conn = await Deno.connect({ hostname: addr.hostname, port: addr.port });
      cut = () => conn.close();
      return conn;
    },
  });
  const { epoch, secret } = session.session ?? {};
  await say(bob, "lobby", "a1", "a2", "a3");
  await say(carl, "lobby", "b1", "b2");
  // Its answer comes behind the three.
  await chat.say("a4");
  addr = after.addr;
  cut();
  await until("the other server", () => session.session?.secret !== secret);
  assert(session.session?.epoch === epoch, "nothing of the new epoch was taken");
  const seen: string[] = [];
  for await (const event of chat) {
    if (event.type === "message" && event.text === "a3") {
      assertEquals([session.session?.epoch, session.session?.seq.lobby], [epoch, 2]);
    }
    seen.push(...textsOf([event]));
    if (event.type === "message" && event.text === "b1") break;
  }
  assertEquals(seen, ["a1", "a2", "a3", "b1"]);
  await chat.close();
  assert(session.session?.epoch !== epoch);
  assertEquals(session.session?.seq, { lobby: 0 });
  const again = await come(after, { session });
  assertEquals(textsOf(await take(again, isText("b2"))), ["b1", "b2"]);
});

Deno.test("what a loop is left in by break comes again in the next run, and another loop goes on", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  const session = keptIn();
  const chat = await come(server, { session });
  await say(bob, "lobby", "one", "two", "three");
  for (const text of ["one", "two"]) {
    for await (const event of chat) {
      if (event.type !== "message") continue;
      assertEquals(event.text, text);
      break;
    }
  }
  await chat.close();
  assertEquals(session.session?.seq, { lobby: 1 });
  const again = await come(server, { session });
  assertEquals(textsOf(await take(again, isText("three"))), ["two", "three"]);
});

Deno.test("what deno.json exports is there under its name", async () => {
  const { name, exports } = JSON.parse(
    await Deno.readTextFile(new URL("../deno.json", import.meta.url)),
  );
  assertEquals(Object.keys(exports), [".", "./client"]);
  const library = await import(`${name}/client`);
  assert(library.connect === connect);
  assert(library.ChatError === ChatError);
  assert((await Deno.stat(new URL(`../${exports["."]}`, import.meta.url))).isFile);
});
