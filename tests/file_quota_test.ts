/** How much people may send of files, and who may. */

import { assert, assertEquals } from "@std/assert";
import { makeFileHouse, numbered, senderComes, settle } from "./fixtures/file_house.ts";
import { keeping, still } from "./fixtures/still.ts";

const put = { type: "put", name: "a", room: "lobby" } as const;

Deno.test("a file that is too large is refused before it is sent, and where its size was not told", async () => {
  const { house, store } = makeFileHouse({ limits: { fileBytes: 10 } });
  const ann = await senderComes(house, "ann");
  const large = await ann.ask({ ...put, size: 11 });
  assertEquals([large.code, large.limit, large.scope], ["file-too-large", 10, "file"]);
  assertEquals(large.text, "a has 11 bytes; this server takes files of 10 bytes at most");
  const file = await ann.puts("a");
  await ann.chunk(file, 0, numbered(10));
  assertEquals((await ann.chunk(file, 10, numbered(1))).code, "file-too-large");
  assertEquals((await ann.ask({ type: "done", file })).code, "no-such-file");
  await settle();
  assertEquals(store.underWay(), { bytes: 0, count: 0 });
});

Deno.test("an account has so many bytes, each file of which counts in full", async () => {
  const { house } = makeFileHouse({ limits: { filesPerUser: 100 } });
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  await ann.sends("a", numbered(40));
  await ann.sends("the same", numbered(40));
  const refused = await ann.ask({ ...put, size: 21 });
  assertEquals([refused.code, refused.used, refused.limit, refused.scope], [
    ...["quota", 101, 100, "person"],
  ]);
  const begun = await ann.puts("b", { size: 15 });
  const more = await ann.ask({ ...put, size: 6 });
  assertEquals([more.code, more.used, more.frees], ["quota", 101, 15]);
  await ann.ask({ type: "cancel", file: begun });
  assertEquals((await ann.ask({ ...put, size: 20 })).type, "slot");
  assertEquals((await bob.ask({ ...put, size: 100 })).type, "slot");
});

Deno.test("what somebody is refused takes nothing up", async () => {
  const { house, store } = makeFileHouse({ limits: { filesPerUser: 100 } });
  const ann = await senderComes(house, "ann");
  for (let n = 0; n < 100; n++) assertEquals((await ann.ask({ ...put, size: 101 })).code, "quota");
  assertEquals(store.underWay(), { bytes: 0, count: 0 });
});

Deno.test("guests share what their address has, and a quarter of all", async () => {
  const limits = { filesPerAddress: 50, filesTotal: 400 };
  const { house } = makeFileHouse({ limits });
  const from = (address: string, name: string) => senderComes(house, name, {}, { address });
  const gus = await from("192.0.2.7", "gus");
  const eve = await from("192.0.2.7", "eve");
  await gus.sends("a", numbered(30));
  const refused = await eve.ask({ ...put, size: 21 });
  assertEquals([refused.code, refused.scope, refused.limit], ["quota", "address", 50]);
  await eve.puts("b", { size: 20 });
  await (await from("192.0.2.8", "zoe")).sends("c", numbered(40));
  // What somebody has only announced is nothing to guests from elsewhere.
  const kim = await from("192.0.2.9", "kim");
  const begun = await kim.puts("d", { size: 30 });
  await kim.chunk(begun, 0, numbered(20));
  const last = await (await from("192.0.2.10", "lou")).ask({ ...put, size: 11 });
  assertEquals([last.code, last.scope, last.used, last.limit], ["quota", "guests", 101, 100]);
  const ann = await senderComes(house, "ann");
  assertEquals((await ann.ask({ ...put, size: 310 })).type, "slot");
  const full = await ann.ask({ ...put, size: 311 });
  assertEquals([full.code, full.scope, full.limit], ["quota", "server", 400]);
});

Deno.test("files of unknown size keep within the same, however many come at once", async () => {
  const { house, store } = makeFileHouse({ limits: { filesPerUser: 3_000_000 } });
  const ann = await senderComes(house, "ann");
  const files = [await ann.puts("a"), await ann.puts("b"), await ann.puts("c")];
  const codes = new Set<string>();
  for (let offset = 0; offset < 2_000_000; offset += 32_768) {
    for (const file of files) {
      codes.add((await ann.chunk(file, offset, new Uint8Array(32_768))).code);
    }
  }
  assert(codes.has("quota"));
  // Up to a MiB of each was not looked at yet.
  assert(store.underWay().bytes < 6_200_000, `${store.underWay().bytes}`);
  for (const file of files) {
    const { code } = await ann.ask({ type: "done", file });
    assert(code === "no-such-file" || code === "quota" || code === undefined, code);
  }
  const { all } = await house.index.fileUsage("account id of ann");
  assert(all <= 3_000_000, `${all}`);
});

Deno.test("so many uploads are open at once, and so many unfinished", async () => {
  const { house, store } = makeFileHouse();
  const devices = [];
  for (let n = 0; n < 4; n++) {
    const ann = await senderComes(house, "ann");
    devices.push(ann);
    for (let m = 0; m < 4; m++) await ann.puts(`${n} ${m}`, { size: 1 });
    assertEquals((await ann.ask(put)).code, "too-many-transfers");
  }
  const ann = await senderComes(house, "ann");
  assertEquals((await ann.ask(put)).code, "too-many-transfers");
  assertEquals(store.underWay().count, 16);
  // What nobody goes on with gives way, the oldest of it first.
  const [first] = devices;
  assert(first !== undefined);
  const [oldest, kept] = first.take("slot").map(({ file }) => file);
  house.gone(first.peer, false);
  assertEquals((await ann.ask(put)).type, "slot");
  assertEquals(store.upload(oldest), undefined);
  assertEquals(await ann.puts("0 1", { size: 1, file: kept }), kept);
});

Deno.test("what somebody has left in the middle takes no room from what is sent now", async () => {
  const { house, store } = makeFileHouse({ limits: { filesPerUser: 100 } });
  const ann = await senderComes(house, "ann");
  for (const size of [30, 40]) await ann.puts("left", { size });
  house.gone(ann.peer, true);
  const back = await senderComes(house, "ann");
  // It would not fit without them either.
  assertEquals((await back.ask({ ...put, size: 101 })).code, "quota");
  assertEquals(store.underWay(), { bytes: 70, count: 2 });
  assertEquals((await back.ask({ ...put, size: 50 })).type, "slot");
  assertEquals(store.underWay(), { bytes: 90, count: 2 });
});

Deno.test("what was begun before a restart takes no room from what is sent now", async () => {
  const { house, store } = makeFileHouse({ limits: { filesPerUser: 100 } });
  const ann = "account id of ann";
  await store.begin({ owner: ann, person: ann, name: "left", size: 70 }, "left");
  const back = await senderComes(house, "ann");
  assertEquals((await back.ask({ ...put, size: 50 })).type, "slot");
  assertEquals(store.underWay(), { bytes: 50, count: 1 });
});

Deno.test("guests send files unless the server wants to know its people, or says otherwise", async () => {
  const guestMay = async (
    senders: "registered" | "all" | undefined,
    opens: boolean,
    hasAccounts: boolean,
  ): Promise<boolean> => {
    const open = opens ? { opens: () => true } : {};
    const { house } = makeFileHouse(open, { senders }, hasAccounts ? undefined : keeping({}));
    const gus = await senderComes(house, "gus", { password: "x" });
    const answer = await gus.ask(put);
    assert(answer.type === "slot" || answer.code === "not-allowed", JSON.stringify(answer));
    return answer.type === "slot";
  };
  assertEquals(await guestMay(undefined, false, false), true);
  assertEquals(await guestMay(undefined, true, false), false);
  assertEquals(await guestMay(undefined, false, true), false);
  assertEquals(await guestMay("all", true, true), true);
  assertEquals(await guestMay("registered", false, false), false);
  const { house } = makeFileHouse({}, { senders: "registered" });
  assertEquals((await (await senderComes(house, "ann")).ask(put)).type, "slot");
});

Deno.test("what messages let go is let go with them", async () => {
  const { house, store } = makeFileHouse();
  const olga = await senderComes(house, "olga");
  await olga.ask({ type: "join", room: "den", access: "invite" });
  const { sha256 } = await olga.sends("a", numbered(10), { room: "den" });
  assertEquals(store.letGone, []);
  await olga.ask({ type: "room", room: "den", remove: true });
  await settle();
  assertEquals(store.letGone, [sha256]);
  assertEquals((await house.index.fileUsage("account id of olga")).all, 0);
});

Deno.test("what nobody has finished in a day is gone, and takes up nothing", async () => {
  let now = 0;
  const { house, store } = makeFileHouse(
    { ...still(), now: () => now },
    undefined,
    undefined,
    () => now,
  );
  const ann = await senderComes(house, "ann");
  const file = await ann.puts("a", { size: 10 });
  await ann.chunk(file, 0, numbered(3));
  house.gone(ann.peer, false);
  now += 90_000_000;
  house.expire();
  await settle();
  assertEquals(store.underWay(), { bytes: 0, count: 0 });
  const back = await senderComes(house, "ann");
  assertEquals((await back.ask({ ...put, size: 10, file })).offset, 0);
});

Deno.test("what is announced and does not come keeps nobody else from sending", async () => {
  const { house, store } = makeFileHouse({ limits: { filesTotal: 100, filesPerUser: 90 } });
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const begun = await ann.puts("a", { size: 90 });
  assertEquals((await ann.ask({ ...put, size: 1 })).code, "quota");
  await bob.sends("b", numbered(60));
  // It comes after all, and there is no room for it any more.
  await ann.chunk(begun, 0, numbered(90));
  const refused = await ann.ask({ type: "done", file: begun });
  assertEquals([refused.code, refused.scope, refused.used, refused.frees], [
    ...["quota", "server", 150, undefined],
  ]);
  await ann.ask({ type: "cancel", file: begun });
  assertEquals(store.underWay(), { bytes: 0, count: 0 });
  await ann.sends("c", numbered(40));
});

Deno.test("an upload ends as soon as others have taken its room", async () => {
  const total = 4 * 1_048_576;
  const { house, store } = makeFileHouse({ limits: { filesTotal: total, filesPerUser: total } });
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const bytes = numbered(32_768);
  const [one, two] = [await ann.puts("a", { size: total }), await bob.puts("b", { size: total })];
  let code: string | undefined;
  let offset = 0;
  for (; code === undefined && offset < total; offset += bytes.length) {
    const answers = [await ann.chunk(one, offset, bytes), await bob.chunk(two, offset, bytes)];
    code = answers.find(({ type }) => type === "error")?.code;
  }
  assertEquals(code, "quota");
  // It is looked at when each MiB has come.
  assert(offset <= total * 3 / 4, `${offset} bytes of each came`);
  assertEquals(store.underWay().count, 1);
});

Deno.test("what is sent while somebody looks how much there is counts", async () => {
  const { house } = makeFileHouse({ limits: { filesPerUser: 100 } });
  const ann = await senderComes(house, "ann");
  const first = await ann.puts("a", { size: 60 });
  await ann.chunk(first, 0, numbered(60));
  const { index } = house;
  const looked = index.fileUsage.bind(index);
  const answers = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  Object.assign(index, {
    fileUsage: async (owner: Parameters<typeof looked>[0]) => {
      const usage = await looked(owner);
      begun.resolve();
      await answers.promise;
      return usage;
    },
  });
  const second = ann.ask({ ...put, size: 60 });
  await begun.promise;
  Object.assign(index, { fileUsage: looked });
  assertEquals((await ann.ask({ type: "done", file: first })).type, "ack");
  answers.resolve();
  const refused = await second;
  assertEquals([refused.code, refused.used, refused.limit], ["quota", 120, 100]);
});
