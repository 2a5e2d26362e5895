/** Files that go out: within credit, as fast as they are read, and only as long as they may be read. */

import { assert, assertEquals } from "@std/assert";
import {
  makeFileHouse,
  numbered,
  type Sender,
  senderComes,
  settle,
} from "./fixtures/file_house.ts";
import { still } from "./fixtures/still.ts";

const BYTES = numbered(100_000);

/** How many bytes of a file somebody has been sent. */
function come(reader: Sender, file: string): number {
  return reader.bytesOf(file).length;
}

Deno.test("a file comes in pieces that fit together, the last of which says so", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const sent = await ann.sends("a.txt", BYTES);
  await bob.ask({ type: "get", id: "get", file: sent.id, offset: 0, credit: 1_000_000 });
  await settle();
  assertEquals(bob.bytesOf(sent.id), BYTES);
  const told = bob.take("data");
  assertEquals(told.map(({ id }) => id), told.map(() => "get"));
  assertEquals(told.map(({ offset }) => offset), [0, 32_768, 65_536, 98_304]);
  assertEquals(told.map(({ last }) => last), [...told.slice(1).map(() => undefined), true]);
  assertEquals(told.map(({ about }) => about), [sent, ...told.slice(1).map(() => undefined)]);
  assertEquals(house.files?.transfers.figures.downloads, 0);
});

Deno.test("where credit is given for little at once the pieces are small", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const { id: file } = await ann.sends("a.txt", BYTES);
  await ann.ask({ type: "get", file, offset: 0, credit: 40_000 });
  await settle();
  assertEquals(ann.take("data").map(({ offset }) => offset), [0, 16_384, 32_768]);
});

Deno.test("no more comes than there is credit for", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const { id: file } = await ann.sends("a.txt", BYTES);
  await ann.ask({ type: "get", file, offset: 10, credit: 20_000 });
  await settle();
  assertEquals(ann.bytesOf(file), BYTES.subarray(10, 20_010));
  ann.tell({ type: "credit", file, credit: 1 });
  ann.tell({ type: "credit", file, credit: 2 });
  await settle();
  assertEquals(ann.bytesOf(file), BYTES.subarray(10, 20_013));
  for (const credit of [8_388_609, Number.MAX_SAFE_INTEGER]) {
    assertEquals((await ann.ask({ type: "credit", file, credit })).code, "bad-field");
  }
  assertEquals(come(ann, file), 20_003);
  ann.tell({ type: "credit", file, credit: 8_388_608 });
  await settle();
  assertEquals(ann.bytesOf(file), BYTES.subarray(10));
  // What was asked before the end was seen is no mistake.
  ann.tell({ type: "credit", file, credit: 1 });
  // No client gives more than may be open; and what costs nothing has an end.
  const rest = { type: "credit", file, credit: 8_388_607 } as const;
  ann.tell(rest);
  assertEquals((await ann.ask(rest)).code, "no-such-file");
  const { id: other } = await ann.sends("b.txt", BYTES);
  assertEquals((await ann.ask({ type: "credit", file: other, credit: 1 })).code, "no-such-file");
});

Deno.test("credit that is too much begins nothing", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const { id: file } = await ann.sends("a.txt", BYTES);
  const answer = await ann.ask({ type: "get", file, offset: 0, credit: 8_388_609 });
  assertEquals(answer.code, "bad-field");
  assertEquals(house.files?.transfers.figures.downloads, 0);
});

Deno.test("an offset may be up to the end of the file", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const { id: file } = await ann.sends("a.txt", numbered(10));
  const { id: empty } = await ann.sends("empty", new Uint8Array());
  const end = await ann.ask({ type: "get", file, offset: 10, credit: 0 });
  assertEquals([end.data, end.last], [new Uint8Array(), true]);
  const none = await ann.ask({ type: "get", file: empty, offset: 0, credit: 0 });
  assertEquals([none.data, none.last], [new Uint8Array(), true]);
  for (const offset of [11, Number.MAX_SAFE_INTEGER]) {
    const answer = await ann.ask({ type: "get", file, offset, credit: 1 });
    assertEquals([answer.code, answer.offset], ["bad-offset", 10]);
  }
});

Deno.test("a client that does not read has little of a file in memory, and others all of it", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const slow = await senderComes(house, "bob");
  const { id: file } = await ann.sends("a.txt", numbered(1_000_000));
  const drained = Promise.withResolvers<void>();
  Object.assign(slow.peer, { drained: () => drained.promise });
  slow.tell({ type: "get", file, offset: 0, credit: 8_388_608 });
  await settle();
  assertEquals(store.readBytes, 0);
  await ann.ask({ type: "get", file, offset: 0, credit: 8_388_608 });
  await settle();
  assertEquals(come(ann, file), 1_000_000);
  drained.resolve();
  await settle();
  assertEquals(come(slow, file), 1_000_000);
});

Deno.test("what else is said goes out before the next piece", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const { id: file } = await ann.sends("a.txt", BYTES);
  let gate = Promise.withResolvers<void>();
  Object.assign(bob.peer, { drained: () => gate.promise });
  bob.tell({ type: "get", file, offset: 0, credit: 8_388_608 });
  await settle();
  for (let said = 1; said <= 3; said++) {
    await ann.ask({ type: "say", room: "lobby", text: `${said}` });
    const { resolve } = gate;
    gate = Promise.withResolvers();
    resolve();
    await settle();
  }
  const told = bob.peer.told.filter(({ type }) => type === "message" || type === "data");
  assertEquals(told.slice(0, 1).map(({ type }) => type), ["message"]);
  assert(told.filter(({ type }) => type === "data").length <= 3);
  assertEquals(told.filter(({ type }) => type === "message").length, 4);
});

Deno.test("whoever may not read a room any more gets nothing more of its files", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  await ann.ask({ type: "join", room: "den", access: "invite" });
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  await bob.ask({ type: "join", room: "den" });
  const { id: file } = await ann.sends("a.txt", BYTES, { room: "den" });
  await bob.ask({ type: "get", file, offset: 0, credit: 1_000 });
  await settle();
  assertEquals(come(bob, file), 1_000);
  await ann.ask({ type: "uninvite", room: "den", name: "bob" });
  bob.take("error");
  bob.tell({ type: "credit", file, credit: 1_000 });
  await settle();
  assertEquals(come(bob, file), 1_000);
  assertEquals(bob.take("error").map(({ code }) => code), ["no-such-file"]);
  assertEquals((await bob.ask({ type: "credit", file, credit: 1 })).code, "no-such-file");
  assertEquals((await bob.ask({ type: "get", file, offset: 0, credit: 1 })).code, "no-such-file");
});

Deno.test("a ban from a room takes its files along", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const otto = await senderComes(house, "otto");
  await ann.ask({ type: "join", room: "tea" });
  const { id: file } = await ann.sends("a.txt", BYTES, { room: "tea" });
  const get = { type: "get", file, offset: 0, credit: 10 } as const;
  assertEquals((await bob.ask(get)).type, "data");
  await otto.ask({ type: "mod", action: "ban", target: "bob", room: "tea", only: true });
  assertEquals((await bob.ask(get)).code, "no-such-file");
});

Deno.test("a file that was removed while it was sent comes to an end", async () => {
  let now = 0;
  const { house } = makeFileHouse({ ...still(), now: () => now });
  const olga = await senderComes(house, "olga");
  const bob = await senderComes(house, "bob");
  await olga.ask({ type: "join", room: "den", access: "invite" });
  await olga.ask({ type: "invite", room: "den", name: "bob" });
  await bob.ask({ type: "join", room: "den" });
  const { id: file } = await olga.sends("a.txt", BYTES, { room: "den" });
  await bob.ask({ type: "get", file, offset: 0, credit: 1_000 });
  await olga.ask({ type: "room", room: "den", remove: true });
  now += 2_000;
  bob.take("error");
  bob.tell({ type: "credit", file, credit: 1_000 });
  await settle();
  assertEquals(come(bob, file), 1_000);
  assertEquals(bob.take("error").map(({ code }) => code), ["no-such-file"]);
});

Deno.test("a download that is cancelled, or whose client has gone, sends no more", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const { id: file } = await ann.sends("a.txt", BYTES);
  await ann.ask({ type: "get", file, offset: 0, credit: 10 });
  assertEquals((await ann.ask({ type: "cancel", file })).type, "cancelled");
  assertEquals((await ann.ask({ type: "credit", file, credit: 1 })).code, "no-such-file");
  assertEquals((await ann.ask({ type: "cancel", file })).code, "no-such-file");
  await ann.ask({ type: "get", file, offset: 0, credit: 10 });
  assertEquals(house.files?.transfers.figures.downloads, 1);
  house.gone(ann.peer, false);
  assertEquals(house.files?.transfers.figures.downloads, 0);
});

Deno.test("a file that is asked for again begins anew, and only so many come at once", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const files: string[] = [];
  for (let n = 0; n < 5; n++) files.push((await ann.sends(`${n}`, numbered(100))).id);
  const get = (file = ""): Promise<{ readonly type: string; readonly code?: string }> =>
    ann.ask({ type: "get", file, offset: 0, credit: 10 });
  for (const file of files.slice(0, 4)) assertEquals((await get(file)).type, "data");
  assertEquals((await get(files[4])).code, "too-many-transfers");
  assertEquals((await get(files[0])).type, "data");
  assertEquals(house.files?.transfers.figures.downloads, 4);
  await ann.ask({ type: "cancel", file: files[0] ?? "" });
  assertEquals((await get(files[4])).type, "data");
});

Deno.test("without a web page there is no link, and for outsiders there is no file", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  await ann.ask({ type: "join", room: "den", access: "invite" });
  const { id: file } = await ann.sends("a.txt", BYTES, { room: "den" });
  assertEquals((await ann.ask({ type: "link", file })).code, "no-web");
  assertEquals((await bob.ask({ type: "link", file })).code, "no-such-file");
});

Deno.test("nothing of a file comes after its message was removed", async () => {
  const { house } = makeFileHouse({ ...still(), now: () => 0 });
  const olga = await senderComes(house, "olga");
  const bob = await senderComes(house, "bob");
  const { id: file } = await olga.sends("a.txt", BYTES, { room: "lobby" });
  await bob.ask({ type: "get", file, offset: 0, credit: 1_000 });
  await olga.ask({ type: "remove", room: "lobby", re: 1 });
  bob.take("error");
  bob.tell({ type: "credit", file, credit: 1_000 });
  await settle();
  assertEquals(come(bob, file), 1_000);
  assertEquals(bob.take("error").map(({ code }) => code), ["no-such-file"]);
});
