/** Pieces of files take turns by their addresses, so that whoever fetches many holds nobody else up. */

import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { LargeTurns } from "../lib/server/large_turns.ts";
import { makeFileHouse, numbered, senderComes, settle } from "./fixtures/file_house.ts";
import { memoryFiles, pathTo, sendsFile, textOf } from "./fixtures/sent_files.ts";
import { joinEvent, type RawPeer, until } from "./helpers.ts";
import { request, startWeb, type WebServer } from "./web_peer.ts";

const BYTES = numbered(100_000);
/** The most bytes in one piece, by frames and over HTTP. */
const PIECE = 65_536;

/** Lets the event loop come around. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** A server on which each piece takes all the time that an address has in one turn of the event loop. */
interface SlowServer extends WebServer {
  /** How many pieces have taken their turns, in and out, and of which addresses. */
  pieces: number;
  readonly addresses: Set<string>;
}

async function startSlow(): Promise<SlowServer> {
  const web = await startWeb({}, { files: memoryFiles() });
  let now = 0;
  const own = new LargeTurns(() => now += 5);
  const slow: SlowServer = {
    ...web,
    pieces: 0,
    addresses: new Set(),
    [Symbol.asyncDispose]: async () => {
      own[Symbol.dispose]();
      await web[Symbol.asyncDispose]();
    },
  };
  web.server.host.shared.turns.run = (address, answer, listens) => {
    slow.addresses.add(address);
    const counted = (): void | Promise<void> => {
      slow.pieces++;
      return answer();
    };
    return own.run(address, counted, listens);
  };
  return slow;
}

/** The most pieces in one turn of the event loop, until a promise settles. */
async function mostInOneTurn(web: SlowServer, end: Promise<unknown>): Promise<number> {
  let isOver = false;
  end.finally(() => isOver = true).catch(() => {});
  let most = 0;
  for (let before = web.pieces; !isOver;) {
    await turn();
    most = Math.max(most, web.pieces - before);
    before = web.pieces;
  }
  return most;
}

Deno.test("however many connections of one address fetch files, one piece goes out in a turn", async () => {
  await using web = await startSlow();
  const { server } = web;
  using ann = await joinEvent(server, "ann");
  const file = await sendsFile(ann, { name: "a.txt", data: textOf(1_000_000) });
  const readers: RawPeer[] = [];
  for (let n = 0; n < 6; n++) readers.push(await joinEvent(server, `reader${n}`));
  const get = { type: "get", file: file.id, offset: 0, credit: 1_000_000 };
  web.pieces = 0;
  const reads = async (reader: RawPeer): Promise<void> => {
    // It begins anew, several times.
    for (let again = 0; again < 3; again++) await reader.tell({ ...get, id: `${again}` });
    for (;;) {
      const { id, last } = await reader.takeType("data");
      if (id === "2" && last) return reader[Symbol.dispose]();
    }
  };
  const most = await mostInOneTurn(web, Promise.all(readers.map(reads)));
  // Their turns and those of the test need not begin at the same time.
  assert(most <= 2, `${most} pieces in one turn`);
  assert(web.pieces > 6 * 1_000_000 / PIECE, `${web.pieces} pieces`);
  // What comes in and what goes out share the time of the address.
  assertEquals([...web.addresses], ["127.0.0.1"]);
});

Deno.test("the same holds over HTTP", async () => {
  await using web = await startSlow();
  using ann = await joinEvent(web.server, "ann");
  const file = await sendsFile(ann, { name: "a.txt", data: textOf(1_000_000) });
  const path = await pathTo(ann, file);
  web.pieces = 0;
  const answers = Promise.all(
    Array.from({ length: 6 }, () => request(web.door, `GET ${path}`)),
  );
  const most = await mostInOneTurn(web, answers);
  assert(most <= 2, `${most} pieces in one turn`);
  assert(web.pieces > 6 * 1_000_000 / PIECE, `${web.pieces} pieces`);
  for (const { body } of await answers) assertEquals(body.length, 1_000_000);
});

Deno.test("each piece waits for its turn, and after the last turn nothing comes", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const { id: file } = await ann.sends("a.txt", BYTES);
  let isServed = true;
  let next = Promise.withResolvers<void>();
  Object.assign(ann.peer, {
    inTurn: async (work: () => void): Promise<void> => {
      await next.promise;
      if (isServed) work();
    },
  });
  ann.tell({ type: "get", file, offset: 0, credit: 1_000_000 });
  for (const come of [0, 32_768, 65_536]) {
    await settle();
    assertEquals(ann.bytesOf(file).length, come);
    if (come === 65_536) isServed = false;
    const { resolve } = next;
    next = Promise.withResolvers();
    resolve();
  }
  await settle();
  assertEquals(ann.bytesOf(file), BYTES.subarray(0, 65_536));
  assertEquals(house.files?.transfers.figures.downloads, 0);
});

Deno.test("what was read for a client that begins anew counts as if it had been sent", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const { id: file } = await ann.sends("a.txt", BYTES);
  let counted = 0;
  const drained = Promise.withResolvers<void>();
  Object.assign(ann.peer, {
    paced: (bytes: number) => void (counted += bytes),
    drained: () => store.readBytes > 0 ? drained.promise : undefined,
  });
  const get = { type: "get", file, offset: 0, credit: 1_000_000 } as const;
  ann.tell(get);
  await until("the first bytes are read", () => store.readBytes > 0);
  ann.tell(get);
  await settle();
  drained.resolve();
  await settle();
  assertEquals(ann.bytesOf(file), BYTES);
  assertEquals([counted, store.readBytes], [2 * BYTES.length, 2 * BYTES.length]);
});
