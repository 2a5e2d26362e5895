/** Files that come in: in what order, how much at once, and how they go on. */

import { assert, assertEquals } from "@std/assert";
import { MAX_CHUNK_BYTES } from "../lib/wire/requests.ts";
import { makeFileHouse, numbered, senderComes, settle } from "./fixtures/file_house.ts";
import { sha256Of } from "./fixtures/files.ts";
import { makeRoomHouse } from "./fixtures/room_house.ts";

const PLAN = numbered(40_000);
const WHOLE = {
  name: "plan.pdf",
  size: 40_000,
  type: "application/pdf",
};

Deno.test("a file that is sent comes with its message, and its sender is told which it is", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const file = await ann.puts("plan.pdf", { size: PLAN.length });
  assertEquals(await ann.chunk(file, 0, PLAN.subarray(0, 30_000)), {
    ...{ type: "taken", id: "sent 2", file, offset: 30_000 },
  });
  await ann.chunk(file, 30_000, PLAN.subarray(30_000));
  const ack = await ann.ask({ type: "done", file, text: "for @bob" });
  const [message] = bob.take("message");
  assertEquals(message.text, "sent plan.pdf (40 kB): for @bob");
  const { id: _, sha256: __, ...told } = message.file;
  assertEquals(told, WHOLE);
  assertEquals(ack.file, message.file);
  assertEquals([ack.room, ack.seq], [message.room, message.seq]);
  assertEquals(ann.take("message"), []);
  const { messages } = await bob.ask({ type: "history", room: "lobby", files: true });
  assertEquals(messages.map((each: { file: unknown }) => each.file), [message.file]);
});

Deno.test("a file for one person is in the conversation of the two, and nowhere else", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const desk = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const carl = await senderComes(house, "carl");
  const sent = await ann.sends("a.txt", numbered(3), { room: undefined, to: "bob" });
  const [direct] = bob.take("direct");
  assertEquals([direct.text, direct.file], ["sent a.txt (3 bytes)", sent]);
  assertEquals(desk.take("direct").map(({ own, file }) => [own, file]), [[true, sent]]);
  const get = { type: "get", file: sent.id, offset: 0, credit: 100 } as const;
  assertEquals((await carl.ask(get)).code, "no-such-file");
  assertEquals((await bob.ask(get)).about, sent);
  assertEquals((await desk.ask(get)).data, numbered(3));
});

Deno.test("bytes come in their order, and no more of them than were announced", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const file = await ann.puts("a", { size: 10 });
  const code = async (offset: number, bytes: number): Promise<unknown> => {
    const answer = await ann.chunk(file, offset, numbered(bytes));
    return [answer.code ?? answer.type, answer.offset];
  };
  assertEquals(await code(1, 1), ["bad-offset", 0]);
  assertEquals(await code(0, 4), ["taken", 4]);
  assertEquals(await code(0, 4), ["bad-offset", 4]);
  assertEquals(await code(5, 1), ["bad-offset", 4]);
  assertEquals(await code(Number.MAX_SAFE_INTEGER, 1), ["bad-offset", 4]);
  assertEquals(await code(4, 7), ["bad-field", undefined]);
  const early = await ann.ask({ type: "done", file });
  assertEquals([early.code, early.offset], ["bad-offset", 4]);
  assertEquals(await code(4, 6), ["taken", 10]);
  assertEquals(await code(10, 1), ["bad-field", undefined]);
  assertEquals((await ann.ask({ type: "done", file })).type, "ack");
  assertEquals(await code(10, 1), ["no-such-file", undefined]);
});

Deno.test("a chunk has some bytes, and not too many", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const file = await ann.puts("a");
  for (const length of [0, MAX_CHUNK_BYTES + 1]) {
    const answer = await ann.chunk(file, 0, new Uint8Array(length));
    assertEquals(answer.code, "bad-field", `${length}`);
  }
  assertEquals((await ann.chunk(file, 0, new Uint8Array(MAX_CHUNK_BYTES))).offset, MAX_CHUNK_BYTES);
});

Deno.test("names are made safe before they are stored", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  for (
    const [name, safe] of [
      ["/etc/passwd", "passwd"],
      ["..\\..\\boot.ini", "boot.ini"],
      ["a\u202egnp.exe", "agnp.exe"],
      [".bashrc", "bashrc"],
      ["con.txt", "_con.txt"],
      ["\u0000\n", "file"],
    ] as const
  ) {
    const sent = await ann.sends(name, numbered(1));
    assertEquals(sent.name, safe, JSON.stringify(name));
  }
  const long = await ann.ask({ type: "put", name: "x".repeat(1_001), room: "lobby" });
  assertEquals(long.code, "bad-field");
});

Deno.test("an upload is its sender's, and goes on where it was after its connection broke", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const file = await ann.puts("plan.pdf", { size: PLAN.length });
  const goOn = store.hold();
  const half = PLAN.slice(0, 20_000);
  ann.tell({ type: "chunk", file, offset: 0, data: half });
  house.gone(ann.peer, false);
  // What had come is written all the same, and the next connection waits for that.
  const again = await senderComes(house, "ann", { session: ann.peer.session });
  const bob = await senderComes(house, "bob");
  const asked = again.ask({ type: "put", id: "2", name: "plan.pdf", room: "lobby", file });
  await settle();
  goOn();
  assertEquals(await asked, { type: "slot", id: "2", file, offset: 20_000 });
  const notHis = await bob.puts("plan.pdf", { file });
  assert(notHis !== file);
  assertEquals((await bob.chunk(file, 20_000, PLAN.subarray(20_000))).code, "no-such-file");
  assertEquals((await bob.ask({ type: "done", file })).code, "no-such-file");
  assertEquals((await bob.ask({ type: "cancel", file })).code, "no-such-file");
  await again.chunk(file, 20_000, PLAN.subarray(20_000));
  assertEquals((await again.ask({ type: "done", file })).type, "ack");
  assertEquals(bob.take("message").length, 1);
  // Nothing is told to a connection that has ended.
  assertEquals(ann.take("taken"), []);
});

Deno.test("an upload is on one connection: the one that asked for it last", async () => {
  const { house } = makeFileHouse();
  const phone = await senderComes(house, "ann");
  const desk = await senderComes(house, "ann");
  const file = await phone.puts("a", { size: 4 });
  await phone.chunk(file, 0, numbered(1));
  assertEquals(await desk.puts("a", { size: 4, file }), file);
  assertEquals((await phone.chunk(file, 1, numbered(1))).code, "no-such-file");
  assertEquals((await desk.chunk(file, 1, numbered(1))).offset, 2);
});

Deno.test("the same file is sent to two at once, and each gets its own", async () => {
  const { house } = makeFileHouse();
  const bytes = numbered(4);
  const same = { size: 4, sha256: sha256Of(bytes) };
  const phone = await senderComes(house, "ann");
  const desk = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  // On one connection, on another one, and on both at the same time.
  const begun = [
    await phone.puts("a", same),
    await phone.puts("a", { ...same, room: undefined, to: "bob" }),
  ];
  begun.push(...await Promise.all([desk.puts("a", same), phone.puts("a", same)]));
  assertEquals(new Set(begun).size, 4);
  const [lobby = "", direct = "", other = ""] = begun;
  for (const [sender, file] of [[phone, lobby], [phone, direct], [desk, other]] as const) {
    await sender.chunk(file, 0, bytes);
    assertEquals((await sender.ask({ type: "done", file })).type, "ack");
  }
  assertEquals(bob.take("message").length, 2);
  assertEquals(bob.take("direct").length, 1);
});

Deno.test("the same file as one whose connection has ended goes on", async () => {
  const { house, store } = makeFileHouse();
  const same = { size: 4, sha256: sha256Of(numbered(4)) };
  const ann = await senderComes(house, "ann");
  const file = await ann.puts("a", same);
  const goOn = store.hold();
  ann.tell({ type: "chunk", file, offset: 0, data: numbered(2) });
  house.gone(ann.peer, false);
  const back = await senderComes(house, "ann", { session: ann.peer.session });
  // What had come is written first.
  const asked = back.ask({ type: "put", id: "2", name: "a", room: "lobby", ...same });
  await settle();
  goOn();
  assertEquals(await asked, { type: "slot", id: "2", file, offset: 2 });
});

Deno.test("what is cancelled while it is written is gone, and nothing more is told of it", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const file = await ann.puts("a", { size: 3 });
  const goOn = store.hold();
  ann.tell({ type: "chunk", id: "written", file, offset: 0, data: numbered(3) });
  const cancelled = ann.ask({ type: "cancel", file });
  await settle();
  goOn();
  assertEquals((await cancelled).type, "cancelled");
  await settle();
  assertEquals(ann.take("taken"), []);
  assertEquals(store.underWay(), { bytes: 0, count: 0 });
  for (const request of [{ type: "done", file }, { type: "cancel", file }] as const) {
    assertEquals((await ann.ask(request)).code, "no-such-file");
  }
});

Deno.test("a disk that is full is told to each chunk, and what was written before stays", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const file = await ann.puts("a", { size: 9 });
  await ann.chunk(file, 0, numbered(3));
  store.fails = true;
  const goOn = store.hold();
  const data = numbered(3);
  ann.tell({ type: "chunk", id: "one", file, offset: 3, data });
  ann.tell({ type: "chunk", id: "two", file, offset: 6, data });
  goOn();
  await settle();
  assertEquals(ann.take("error").map(({ id, code }) => [id, code]), [
    ["one", "not-stored"],
    ["two", "not-stored"],
  ]);
  assertEquals((await ann.ask({ type: "done", file })).code, "no-such-file");
  store.fails = false;
  assertEquals((await ann.ask({ type: "put", name: "a", size: 9, room: "lobby", file })).offset, 3);
  assertEquals((await ann.ask({ type: "say", room: "lobby", text: "hi" })).type, "ack");
});

Deno.test("a client is told in one go of the pieces that were written together", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const [file, other] = [await ann.puts("a"), await bob.puts("b")];
  const batches: number[] = [];
  const { peer } = ann;
  const deliver = peer.deliver.bind(peer);
  peer.deliver = (batch) => {
    batches.push(batch.size);
    deliver(batch);
  };
  const goOn = store.hold();
  for (let n = 0; n < 4; n++) {
    ann.tell({ type: "chunk", id: `${n}`, file, offset: n * 3, data: numbered(3) });
    bob.tell({ type: "chunk", id: `${n}`, file: other, offset: n * 2, data: numbered(2) });
  }
  await settle();
  assertEquals(batches, []);
  goOn();
  await settle();
  // The first has nothing to wait for, and the others gather while it is written.
  assertEquals(batches, [1, 3]);
  const told = (of: typeof ann): unknown[] =>
    of.take("taken").map(({ id, offset }) => [id, offset]);
  assertEquals(told(ann), [["0", 3], ["1", 6], ["2", 9], ["3", 12]]);
  assertEquals(told(bob), [["0", 2], ["1", 4], ["2", 6], ["3", 8]]);
  assertEquals((await ann.chunk(file, 12, numbered(1))).offset, 13);
});

Deno.test("what more than may wait to be written is read later, and of this connection alone", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const file = await ann.puts("a");
  const goOn = store.hold();
  const data = new Uint8Array(32_768);
  let waits: Promise<void> | undefined;
  let offset = 0;
  for (; waits === undefined; offset += 32_768) {
    assert(offset < 4_194_304, "nothing makes it wait");
    waits = ann.tell({ type: "chunk", file, offset, data });
  }
  assert(offset > 1_048_576);
  assertEquals((await bob.ask({ type: "say", room: "lobby", text: "hi" })).type, "ack");
  let goesOn = false;
  waits.then(() => goesOn = true);
  await settle();
  assertEquals(goesOn, false);
  goOn();
  await waits;
  await settle();
  assertEquals(ann.take("taken").at(-1)?.offset, offset);
  assertEquals(house.files?.transfers.figures.receivedBytes, offset);
});

Deno.test("a server that takes no files says so", async () => {
  const ann = await senderComes(makeRoomHouse(), "ann");
  for (
    const request of [
      { type: "put", name: "a", room: "lobby" },
      { type: "chunk", file: "a", offset: 0, data: new Uint8Array(1) },
      { type: "done", file: "a" },
      { type: "get", file: "a", offset: 0, credit: 1 },
      { type: "credit", file: "a", credit: 1 },
      { type: "cancel", file: "a" },
      { type: "link", file: "a" },
    ] as const
  ) assertEquals((await ann.ask(request)).code, "files-off", request.type);
});
