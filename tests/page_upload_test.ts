/** How the page sends files: in chunks, one after the other, on from where a lost connection left them. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { PageUpload } from "../lib/web/page/files/page_upload.js";
import { UploadQueue } from "../lib/web/page/files/upload_queue.js";
import { newPlace } from "../lib/web/page/place.js";
import { RequestFault } from "../lib/web/page/request_fault.js";
import type { Request } from "../lib/wire/requests.ts";
import { FileServer } from "./fixtures/file_server.ts";
import { until } from "./helpers.ts";

const CHUNK = 1_000;
const LOBBY = newPlace("room", "lobby", 0);

/** So many bytes, no two chunks of which are the same. */
function dataOf(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, n) => (n * 7 + Math.floor(n / 251)) % 256);
}

function outgoing(data: Uint8Array<ArrayBuffer>, name = "a.bin", caption = ""): {
  name: string;
  blob: Blob;
  caption: string;
  target: { room: string };
  chunk: number;
  largest: number;
} {
  return {
    name,
    blob: new Blob([data]),
    caption,
    target: { room: "lobby" },
    chunk: CHUNK,
    largest: CHUNK,
  };
}

/** An upload to a server, and how far it was told to be. */
function upload(
  server: FileServer,
  out: ReturnType<typeof outgoing>,
): { run: () => Promise<unknown>; told: number[]; cancelling: AbortController } {
  const told: number[] = [];
  const cancelling = new AbortController();
  const sending = new PageUpload(out, server.link, cancelling.signal, (n: number) => told.push(n));
  return { run: () => sending.run(), told, cancelling };
}

const typesOf = (requests: readonly Request[]): string[] => requests.map(({ type }) => type);

/** A server that is cut off when so many chunks have come. */
function cutAfter(server: FileServer, chunks: number): void {
  let left = chunks;
  server.onAsk = ({ type }) => {
    if (type === "chunk" && left-- === 0) server.cut();
  };
}

Deno.test("a file arrives whole, with what is said of it, and what has arrived is told", async () => {
  for (const size of [0, 1, CHUNK, CHUNK + 1, 2_345_678]) {
    const server = new FileServer();
    const data = dataOf(size);
    const { run, told } = upload(server, outgoing(data, "b.txt", "look"));
    await run();
    assertEquals(server.arrived.length, 1);
    assertEquals(server.arrived[0], { name: "b.txt", data, text: "look" });
    assertEquals([told[0], told.at(-1)], [0, size]);
    assertEquals(told, told.toSorted((a, b) => a - b));
    const [put] = server.asked;
    assertEquals(put, { type: "put", name: "b.txt", size, room: "lobby" });
  }
});

Deno.test("several chunks are under way at once where answers come quickly, and each is of one size", async () => {
  const server = new FileServer();
  server.onAsk = () => new Promise((resolve) => setTimeout(resolve));
  await upload(server, outgoing(dataOf(100_000))).run();
  assert(server.mostOpen > 4 * CHUNK, `${server.mostOpen} bytes`);
  const sizes = server.asked.flatMap((each) => each.type === "chunk" ? [each.data.length] : []);
  assertEquals(new Set(sizes), new Set([CHUNK]));
});

Deno.test("what was cut off goes on where the server has it, and nothing arrives twice", async () => {
  const server = new FileServer();
  const data = dataOf(20_500);
  const { run } = upload(server, outgoing(data));
  cutAfter(server, 7);
  const running = run();
  await until("It is cut", () => server.asked.length > 7);
  server.onAsk = () => {};
  server.restore();
  await running;
  assertEquals(server.arrived.map((each) => each.data), [data]);
  const puts = server.asked.filter(({ type }) => type === "put");
  assertEquals(puts.length, 2);
  assert(puts[1]?.type === "put" && puts[1].file !== undefined);
  const again = server.asked.slice(server.asked.indexOf(puts[1]) + 1);
  assert(again[0]?.type === "chunk" && again[0].offset > 0);
});

Deno.test("the end of it is asked for under one id until it is answered, and done once", async () => {
  const server = new FileServer();
  const { run } = upload(server, outgoing(dataOf(10)));
  server.onAsk = ({ type }) => {
    if (type === "done") server.cut();
  };
  const running = run();
  await until("It is cut", () => typesOf(server.asked).includes("done"));
  server.onAsk = () => {};
  server.restore();
  await running;
  const dones = server.asked.filter(({ type }) => type === "done") as { id?: string }[];
  assertEquals([dones.length, new Set(dones.map(({ id }) => id)).size], [2, 1]);
  assertEquals(server.arrived.length, 1);
});

Deno.test("what was cut off before its end was asked for goes on, be its upload open or done", async () => {
  for (const isDone of [false, true]) {
    const server = new FileServer();
    server.needsPut = !isDone;
    const { run } = upload(server, outgoing(dataOf(2_500)));
    server.onAsk = ({ type }) => {
      if (type !== "done") return;
      server.cut();
      if (!isDone) throw new RequestFault("offline", "It is cut");
    };
    const running = run();
    await until("It is cut", () => typesOf(server.asked).includes("done"));
    server.onAsk = () => {};
    server.restore();
    await running;
    assertEquals(server.arrived.map(({ data }) => data), [dataOf(2_500)]);
    // Its end is asked for again; only where that is unknown there, what has arrived is asked for first.
    const last = isDone ? ["chunk", "done", "done"] : ["done", "done", "put", "done"];
    assertEquals(typesOf(server.asked).slice(-last.length), last);
  }
});

Deno.test("an upload that the server has forgotten begins anew; one that may be done does not", async () => {
  const server = new FileServer();
  const data = dataOf(5_000);
  const { run } = upload(server, outgoing(data));
  cutAfter(server, 3);
  const running = run();
  await until("It is cut", () => server.asked.length > 3);
  server.forget();
  server.onAsk = () => {};
  server.restore();
  await running;
  assertEquals(server.arrived.map((each) => each.data), [data]);

  const doubtful = new FileServer();
  const other = upload(doubtful, outgoing(data));
  doubtful.onAsk = ({ type }) => {
    if (type === "done") {
      doubtful.forget();
      doubtful.cut();
      throw new RequestFault("offline", "It is cut");
    }
  };
  const rejected = assertRejects(() => other.run(), RequestFault, "may have sent it on or not");
  await until("It is cut", () => typesOf(doubtful.asked).includes("done"));
  doubtful.onAsk = () => {};
  doubtful.restore();
  await rejected;
});

Deno.test("whom the server asks to wait does so, and a refusal is told in its words", async () => {
  const server = new FileServer();
  const data = dataOf(3_000);
  let refuses = 2;
  server.onAsk = ({ type }) => {
    if (type === "chunk" && refuses-- > 0) {
      throw new RequestFault("slow-down", "Wait", { retryAfterMs: 1 });
    }
  };
  await upload(server, outgoing(data)).run();
  assertEquals(server.arrived.map((each) => each.data), [data]);

  server.onAsk = ({ type }) => {
    if (type === "put") throw new RequestFault("quota", "Your files take up all of 1 GB");
  };
  await assertRejects(() => upload(server, outgoing(data)).run(), RequestFault, "all of 1 GB");
  server.onAsk = ({ type }) => {
    if (type === "done") throw new RequestFault("muted", "Muted", { retryAfterMs: 3_600_000 });
  };
  await assertRejects(() => upload(server, outgoing(data)).run(), RequestFault, "Muted");
});

Deno.test("what never gets any further is given up", async () => {
  const server = new FileServer();
  server.onAsk = ({ type }) => {
    if (type === "chunk") throw new RequestFault("bad-offset", "Elsewhere", { offset: 0 });
  };
  await assertRejects(() => upload(server, outgoing(dataOf(10))).run(), RequestFault, "Elsewhere");
  assert(server.asked.length < 30, `${server.asked.length} requests`);
});

Deno.test("a file that can't be read any more is told of", async () => {
  const server = new FileServer();
  const out = outgoing(dataOf(10));
  out.blob.slice = () => ({ arrayBuffer: () => Promise.reject(new Error("gone")) }) as Blob;
  await assertRejects(() => upload(server, out).run(), RequestFault, "can't be read");
});

/** A queue, and what it has said. */
function queue(server: FileServer): { files: UploadQueue; said: string[]; sent: unknown[] } {
  const said: string[] = [];
  const sent: unknown[] = [];
  const files = new UploadQueue({
    link: server.link,
    changed: () => {},
    sent: (place, { seq }) => sent.push([place.name, seq]),
    say: (text) => said.push(text),
  });
  return { files, said, sent };
}

Deno.test("several are sent one after the other, and one that fails keeps none back", async () => {
  const server = new FileServer();
  const { files, said, sent } = queue(server);
  server.onAsk = (request) => {
    if (request.type === "put" && request.name === "b") throw new RequestFault("quota", "No room");
  };
  for (const name of ["a", "b", "c"]) files.add(outgoing(dataOf(2_500), name), LOBBY);
  assertEquals(files.all.map(({ state }) => state), ["sending", "waiting", "waiting"]);
  assert(files.busy);
  await until("They are sent", () => sent.length === 2);
  assertEquals(server.arrived.map(({ name }) => name), ["a", "c"]);
  assertEquals(sent, [["lobby", 1], ["lobby", 2]]);
  assertEquals(files.all.map(({ name, state, why }) => [name, state, why]), [
    ["b", "failed", "No room"],
  ]);
  assertEquals(said, ["a was sent", "b was not sent: No room", "c was sent"]);
  assertEquals(files.busy, false);
  // The first of a room's chunks came after the last of the one before.
  const names = server.asked.flatMap((each) => each.type === "put" ? [each.name] : []);
  assertEquals(names, ["a", "b", "c"]);
  server.onAsk = () => {};
  files.again(files.all[0]?.id ?? 0);
  await until("It is sent", () => sent.length === 3);
  assertEquals([files.all, server.arrived.at(-1)?.name], [[], "b"]);
});

Deno.test("one that was refused at its end is sent again without its bytes", async () => {
  const server = new FileServer();
  const { files, sent } = queue(server);
  server.onAsk = ({ type }) => {
    if (type === "done") throw new RequestFault("muted", "You are muted");
  };
  files.add(outgoing(dataOf(2_500)), LOBBY);
  await until("It is refused", () => files.all[0]?.state === "failed");
  server.onAsk = () => {};
  const before = server.asked.length;
  files.again(files.all[0]?.id ?? 0);
  await until("It is sent", () => sent.length === 1);
  assertEquals(typesOf(server.asked.slice(before)), ["put", "done"]);
  assertEquals(server.arrived[0]?.data, dataOf(2_500));
});

Deno.test("one that is cancelled is forgotten by the server, and the next one begins at once", async () => {
  const server = new FileServer();
  const { files, sent } = queue(server);
  const { promise, resolve } = Promise.withResolvers<void>();
  // The connection is slow, and the first chunk of the first file is not answered.
  server.onAsk = ({ type }) =>
    type === "chunk" && sent.length === 0 && !isFree ? promise : undefined;
  let isFree = false;
  files.add(outgoing(dataOf(2_500), "a"), LOBBY);
  files.add(outgoing(dataOf(10), "b"), LOBBY);
  await until("A chunk is under way", () => typesOf(server.asked).includes("chunk"));
  isFree = true;
  files.cancel(files.all[0]?.id ?? 0);
  await until("The other is sent", () => sent.length === 1);
  assertEquals(server.arrived.map(({ name }) => name), ["b"]);
  assert(typesOf(server.asked).includes("cancel"));
  resolve();
  await until("Nothing more is asked", () => files.all.length === 0);
  assertEquals(server.arrived.length, 1);
});

Deno.test("one that is cancelled while there is no connection is not sent when it is back", async () => {
  const server = new FileServer();
  const { files } = queue(server);
  server.cut();
  files.add(outgoing(dataOf(10)), LOBBY);
  files.cancelAll();
  assertEquals(files.all, []);
  server.restore();
  files.add(outgoing(dataOf(10), "b"), LOBBY);
  await until("The other is sent", () => server.arrived.length === 1);
  assertEquals(server.arrived[0]?.name, "b");
});

Deno.test("what is cancelled is not kept by the server, even if it is not known there, or can't be told, yet", async () => {
  const server = new FileServer();
  const { files } = queue(server);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.onAsk = ({ type }) => type === "put" ? promise : undefined;
  files.add(outgoing(dataOf(10)), LOBBY);
  await until("It is asked for", () => typesOf(server.asked).includes("put"));
  files.cancelAll();
  resolve();
  await until("It is forgotten", () => typesOf(server.asked).includes("cancel"));
  assertEquals(server.unfinished, 0);

  server.onAsk = ({ type }) => {
    if (type === "chunk") server.cut();
  };
  files.add(outgoing(dataOf(10)), LOBBY);
  await until("It is cut", () => typesOf(server.asked).includes("chunk"));
  files.cancelAll();
  assertEquals(server.unfinished, 1);
  server.onAsk = () => {};
  server.restore();
  await until("It is forgotten", () => server.unfinished === 0);
  assertEquals(server.arrived, []);
});
