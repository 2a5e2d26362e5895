/** Files through a server: what it says of them, how fast they come, and that talk goes on meanwhile. */

import { assert, assertEquals } from "@std/assert";
import { KeptFiles } from "../lib/files/kept_files.ts";
import { MemoryStorage } from "../lib/files/memory_storage.ts";
import type { ServeOptions, Server } from "../lib/server/serve.ts";
import { CHEAP } from "./fixtures/guests.ts";
import { eventFrame, joinEvent, type Json, type RawPeer, startServer, until } from "./helpers.ts";

/** A server that takes files. */
function start(options: ServeOptions = {}): Server {
  const files = new KeptFiles({ storage: new MemoryStorage(1_073_741_824) });
  return startServer({ files, ...options });
}

/** The frames of a whole file in chunks. */
function chunks(file: string, size: number, chunk = 16_384): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let offset = 0; offset < size; offset += chunk) {
    const data = new Uint8Array(Math.min(chunk, size - offset)).fill(offset / chunk).toBase64();
    frames.push(eventFrame({ type: "chunk", id: `${offset}`, file, offset, data }));
  }
  return frames;
}

async function puts(peer: RawPeer, size: number): Promise<string> {
  const { file } = await peer.ask({ type: "put", name: "a.bin", size, room: "lobby" });
  return file;
}

/** Sends a file, and returns what its ack says of it. */
async function sends(peer: RawPeer, size: number): Promise<Json> {
  const file = await puts(peer, size);
  await peer.send(...chunks(file, size));
  return (await peer.ask({ type: "done", id: "done", file })).file;
}

Deno.test("a server says that it takes files, and how large", async () => {
  await using server = start({ limits: { fileBytes: 1_000 } });
  await using none = startServer();
  await using narrow = start({ limits: { payloadBytes: 4_096 } });
  using ann = await joinEvent(server, "ann");
  assertEquals(ann.welcome.limits, { payload: 65_536, file: 1_000, chunk: 16_384, raw: 65_280 });
  assert(["files", "bytes"].every((feature) => ann.welcome.features.includes(feature)));
  using bob = await joinEvent(none, "bob");
  assertEquals(bob.welcome.limits, { payload: 65_536 });
  assert(["files", "bytes"].every((feature) => !bob.welcome.features.includes(feature)));
  using eve = await joinEvent(narrow, "eve");
  const { chunk } = eve.welcome.limits;
  const file = await puts(eve, chunk);
  assertEquals(chunks(file, chunk, chunk).every((frame) => frame.length <= 4_106), true);
  await eve.send(...chunks(file, chunk, chunk));
  assertEquals((await eve.takeType("taken")).offset, chunk);
});

Deno.test("a server says whether only people with a reserved name send files, and lets no others", async () => {
  for (
    const [options, senders] of [
      [{}, undefined],
      [{ password: "secret" }, "registered"],
      [{ fileSenders: "registered" }, "registered"],
      [{ fileSenders: "all", password: "secret" }, undefined],
    ] as const
  ) {
    await using server = start(options);
    using ann = await joinEvent(server, "ann", { password: "secret" });
    assertEquals(ann.welcome.limits.senders, senders);
    const answer = await ann.ask({ type: "put", name: "a.bin", size: 1, room: "lobby" });
    assertEquals(answer.code, senders && "not-allowed");
  }
});

Deno.test("whoever runs a server is told when who may send files changes", async () => {
  const told: string[] = [];
  const log: ServeOptions["log"] = ({ kind, text }) => kind === "senders" && told.push(text);
  for (const fileSenders of [undefined, "all", "registered"] as const) {
    const wish = fileSenders === undefined ? {} : { fileSenders };
    await using server = start({ passwords: CHEAP, log, ...wish });
    for (const name of ["ann", "bob"]) {
      using peer = await joinEvent(server, name);
      assertEquals((await peer.ask({ type: "register", password: "marmalade" })).type, "account");
      using guest = await joinEvent(server, "guest");
      const answer = await guest.ask({ type: "put", name: "a.bin", size: 1, room: "lobby" });
      assertEquals(answer.code, fileSenders === "all" ? undefined : "not-allowed");
      // That of ann stays reserved.
      if (name === "bob") await peer.ask({ type: "unregister" });
    }
  }
  assertEquals(told, [
    "Guests send no files from now on, since a name is reserved; --files all lets them",
  ]);
  await using server = start({ passwords: CHEAP, log });
  using ann = await joinEvent(server, "ann");
  await ann.ask({ type: "register", password: "marmalade" });
  await ann.ask({ type: "unregister" });
  assertEquals(told.slice(2), [
    "Guests may send files from now on, since no name is reserved any more",
  ]);
});

Deno.test("a file that comes as fast as it can is no flood, and comes out as it went in", async () => {
  await using server = start({ limits: { requestsPerSecond: 1, requestBurst: 20 } });
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  const size = 5_000_000;
  const sent = await sends(ann, size);
  assertEquals(sent.size, size);
  await bob.tell({ type: "get", id: "get", file: sent.id, offset: 0, credit: 1_048_576 });
  let come = 0;
  for (let last = false; !last;) {
    const event = await bob.takeType("data");
    assertEquals(event.offset, come);
    const bytes = Uint8Array.fromBase64(event.data);
    assert(bytes.every((byte, at) => byte === ((come + at) >> 14 & 255)));
    come += bytes.length;
    last = event.last ?? false;
    if (come % 524_288 === 0) await bob.tell({ type: "credit", file: sent.id, credit: 524_288 });
  }
  assertEquals(come, size);
});

Deno.test("small pieces of a file are requests like others", async () => {
  await using server = start({ limits: { requestsPerSecond: 1, requestBurst: 10, floodMs: 1 } });
  using ann = await joinEvent(server, "ann");
  const file = await puts(ann, 1_000);
  await ann.send(...chunks(file, 1_000, 10));
  const last = await ann.takeRest();
  assert(last.includes('"reason":"flood"'), last.slice(-200));
});

Deno.test("what is refused is a request like others, however large", async () => {
  await using server = start({ limits: { requestsPerSecond: 1, requestBurst: 10, floodMs: 1 } });
  using ann = await joinEvent(server, "ann");
  await ann.send(...chunks("none", 1_000_000));
  assert((await ann.takeRest()).includes('"reason":"flood"'));
});

Deno.test("files have a rate of their own, in bytes, both ways", async () => {
  const rate = 400_000;
  await using server = start({ limits: { fileBytesPerSecond: rate } });
  using ann = await joinEvent(server, "ann");
  const size = 800_000;
  const from = performance.now();
  const sent = await sends(ann, size);
  const upMs = performance.now() - from;
  // A second's worth comes at once.
  assert(upMs > 900, `${upMs} ms`);
  using bob = await joinEvent(server, "bob");
  const begun = performance.now();
  await bob.tell({ type: "get", file: sent.id, offset: 0, credit: size });
  let come = 0;
  while (come < size) come += Uint8Array.fromBase64((await bob.takeType("data")).data).length;
  const downMs = performance.now() - begun;
  assert(downMs > 900, `${downMs} ms`);
});

Deno.test("who sends or fetches a file at that rate is not said to send too fast", async () => {
  const kinds: string[] = [];
  const limits = { fileBytesPerSecond: 400_000, requestsPerSecond: 20, requestBurst: 20 };
  const log: ServeOptions["log"] = ({ kind }) => void kinds.push(kind);
  await using server = start({ limits, log });
  using ann = await joinEvent(server, "ann");
  const size = 800_000;
  const { id } = await sends(ann, size);
  using bob = await joinEvent(server, "bob");
  await bob.tell({ type: "get", file: id, offset: 0, credit: 65_536 });
  for (let come = 0; come < size;) {
    const { length } = Uint8Array.fromBase64((await bob.takeType("data")).data);
    come += length;
    if (come < size) await bob.tell({ type: "credit", file: id, credit: length });
  }
  assertEquals(kinds.filter((kind) => kind === "slowed"), []);
  // What is no part of a file is told still.
  await bob.send(...Array.from({ length: 50 }, () => eventFrame({ type: "ping" })));
  await until("it is told", () => kinds.includes("slowed"));
});

Deno.test("credit for a file that waits for its rate holds up nothing else", async () => {
  // The first piece comes at once, the second and last in a second.
  const size = 65_000;
  await using server = start({ limits: { fileBytesPerSecond: 33_000 } });
  using ann = await joinEvent(server, "ann");
  const { id } = await sends(ann, size);
  using bob = await joinEvent(server, "bob");
  await bob.tell({ type: "get", file: id, offset: 0, credit: 1_000_000 });
  assertEquals((await bob.takeType("data")).last, undefined);
  await bob.tell({ type: "credit", file: id, credit: 32_768 });
  await bob.tell({ type: "say", id: "s", room: "lobby", text: "meanwhile" });
  const events = ["ack", "data"];
  for (const expected of events) {
    let type: string;
    do type = (await bob.takeEvent()).type; while (!events.includes(type));
    assertEquals(type, expected);
  }
});

Deno.test("a reader of a file that stops reading holds little, and nobody up", async () => {
  await using server = start();
  using ann = await joinEvent(server, "ann");
  using slow = await joinEvent(server, "slow");
  using bob = await joinEvent(server, "bob");
  const sent = await sends(ann, 8_000_000);
  await slow.tell({ type: "get", file: sent.id, offset: 0, credit: 8_000_000 });
  for (let said = 0; said < 20; said++) {
    await ann.ask({ type: "say", room: "lobby", text: `${said}` });
    assertEquals((await bob.takeType("message")).from, "ann");
  }
  const held = [...server.host.live].map(({ figures }) => figures.outboxBytes);
  assert(Math.max(...held) < 262_144, `${held}`);
});

Deno.test("a connection that ends right after it has sent a file has sent it", async () => {
  await using server = start();
  using bob = await joinEvent(server, "bob");
  {
    using ann = await joinEvent(server, "ann");
    const file = await puts(ann, 100_000);
    await ann.send(...chunks(file, 100_000), eventFrame({ type: "done", file }));
    await ann.conn.closeWrite();
    const message = await bob.takeType("message");
    assertEquals([message.text, message.file.size], ["sent a.bin (100 kB)", 100_000]);
    await ann.takeRest();
  }
});

Deno.test("who says goodbye after a file gets the ack before the goodbye", async () => {
  await using server = start();
  using ann = await joinEvent(server, "ann");
  const file = await puts(ann, 100_000);
  await ann.send(
    ...chunks(file, 100_000),
    eventFrame({ type: "done", id: "done", file }),
    eventFrame({ type: "quit" }),
  );
  const rest = await ann.takeRest();
  assert(rest.indexOf('"type":"ack"') > 0 && rest.indexOf('"type":"ack"') < rest.indexOf('"bye"'));
});

Deno.test("a file comes out also where little may wait for a client", async () => {
  await using server = start({ limits: { outboxBytes: 8_192 } });
  using ann = await joinEvent(server, "ann");
  const sent = await sends(ann, 100_000);
  await ann.tell({ type: "get", file: sent.id, offset: 0, credit: 100_000 });
  let come = 0;
  while (come < 100_000) come += Uint8Array.fromBase64((await ann.takeType("data")).data).length;
  assertEquals(come, 100_000);
});
