/** Files that have come in are sent: once, as they should be, and where something may be said. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Refusal } from "../lib/chat/refusal.ts";
import { makeFileHouse, numbered, senderComes, settle } from "./fixtures/file_house.ts";
import { sha256Of } from "./fixtures/files.ts";

Deno.test("a file is sent once, however often its end is told", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const file = await ann.puts("a", { size: 3 });
  await ann.chunk(file, 0, numbered(3));
  const done = { type: "done", id: "the end", file } as const;
  const ack = await ann.ask(done);
  assertEquals(await ann.ask(done), ack);
  const back = await senderComes(house, "ann", { session: ann.peer.session });
  assertEquals(await back.ask(done), ack);
  assertEquals(await back.ask({ type: "put", id: "1", name: "a", room: "lobby", file }), {
    ...{ type: "slot", id: "1", file, offset: 3 },
  });
  assertEquals((await back.ask({ type: "done", file })).code, "no-such-file");
  assertEquals(bob.take("message").length, 1);
});

Deno.test("the end of a file that is told again while it is sent has the same answer", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const file = await ann.puts("a", { size: 3 });
  await ann.chunk(file, 0, numbered(3));
  const held = store.finishHeld = Promise.withResolvers();
  const told = [1, 2, 3].map(() => ann.tell({ type: "done", id: "the end", file }));
  const other = ann.ask({ type: "done", id: "another end", file });
  await settle();
  held.resolve();
  assertEquals((await other).code, "no-such-file");
  await Promise.all(told);
  const acks = ann.take("ack");
  assertEquals(acks, [acks[0], acks[0], acks[0]]);
  assertEquals(bob.take("message").length, 1);
});

Deno.test("a file that is being sent when its connection breaks is sent once", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const file = await ann.puts("a", { size: 3 });
  await ann.chunk(file, 0, numbered(3));
  const held = store.finishHeld = Promise.withResolvers();
  ann.tell({ type: "done", id: "the end", file });
  await settle();
  const back = await senderComes(house, "ann", { session: ann.peer.session });
  const asked = back.ask({ type: "done", id: "the end", file });
  await settle();
  held.resolve();
  const ack = await asked;
  assertEquals([ack.type, ack.file.name], ["ack", "a"]);
  assertEquals(bob.take("message").length, 1);
});

Deno.test("an end that is told again with other words is not the same", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const file = await ann.puts("a", { size: 3 });
  await ann.chunk(file, 0, numbered(3));
  const done = { type: "done", id: "the end", file, text: "one" } as const;
  const ack = await ann.ask(done);
  assertEquals(ack.type, "ack");
  for (const text of ["two", ""]) {
    assertEquals((await ann.ask({ ...done, text })).code, "id-reused");
  }
  assertEquals((await ann.ask({ type: "done", id: "the end", file })).code, "id-reused");
  assertEquals(await ann.ask(done), ack);
});

Deno.test("whoever has missed the ack of a file gets it with the file when it comes back", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  await senderComes(house, "bob");
  const acks = [];
  for (const place of [{ room: "lobby" }, { room: undefined, to: "bob" }]) {
    const file = await ann.puts("a", { size: 3, ...place });
    await ann.chunk(file, 0, numbered(3));
    acks.push(await ann.ask({ type: "done", id: `end of ${file}`, file }));
  }
  house.gone(ann.peer, false);
  const { epoch } = house.index;
  const [inRoom, inChat] = acks;
  const back = await senderComes(house, "ann", {
    session: ann.peer.session,
    resume: { epoch, seq: { lobby: inRoom.seq - 1 }, direct: 0, chats: { [inChat.chat]: 0 } },
  });
  const byChat = back.take("ack").toSorted((a, b) => Number("chat" in a) - Number("chat" in b));
  assertEquals(byChat, acks);
});

Deno.test("what was sent, or just is, can't be cancelled, and that is said", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const file = await ann.puts("a", { size: 3 });
  await ann.chunk(file, 0, numbered(3));
  const held = store.finishHeld = Promise.withResolvers();
  ann.tell({ type: "done", id: "the end", file });
  await settle();
  const cancels = async (): Promise<void> => {
    const { code, text } = await ann.ask({ type: "cancel", file });
    assertEquals(code, "no-such-file");
    assertStringIncludes(text, "was sent already, or is just being sent");
  };
  await cancels();
  held.resolve();
  await settle();
  await cancels();
  // Also where its client has asked whether it should go on.
  assertEquals(await ann.puts("a", { file }), file);
  await cancels();
  assertEquals(bob.take("message").length, 1);
});

Deno.test("a file that is not what it should be is thrown away", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const file = await ann.puts("a", { size: 3 });
  await ann.chunk(file, 0, numbered(3));
  for (const sha256 of ["", "x".repeat(64), "0".repeat(63), "A".repeat(64)]) {
    assertEquals((await ann.ask({ type: "done", file, sha256 })).code, "bad-field", sha256);
  }
  assertEquals((await ann.ask({ type: "done", file, sha256: "0".repeat(64) })).code, "bad-hash");
  assertEquals(bob.take("message"), []);
  assertEquals(store.underWay(), { bytes: 0, count: 0 });
});

Deno.test("nobody sends a file where nothing may be said, and it stays until it may be", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  const otto = await senderComes(house, "otto");
  for (
    const [place, code] of [
      [{ room: "none" }, "no-such-room"],
      [{ to: "nobody" }, "no-such-name"],
      [{ chat: "none" }, "no-such-chat"],
      [{}, "bad-field"],
      [{ room: "lobby", to: "bob" }, "bad-field"],
    ] as const
  ) {
    assertEquals((await ann.ask({ type: "put", name: "a", ...place })).code, code);
  }
  const file = await ann.puts("a", { size: 3 });
  await ann.chunk(file, 0, numbered(3));
  await otto.ask({ type: "mod", action: "mute", target: "ann" });
  assertEquals((await ann.ask({ type: "done", file })).code, "muted");
  assertEquals((await ann.ask({ type: "put", name: "b", room: "lobby" })).code, "muted");
  await otto.ask({ type: "mod", action: "unmute", target: "ann" });
  const text = "/login my password";
  assertEquals((await ann.ask({ type: "done", file, text })).code, "may-be-secret");
  assertEquals((await ann.ask({ type: "done", file, text: "now" })).type, "ack");
  assertEquals(bob.take("message").map((each) => each.text), ["sent a (3 bytes): now"]);
});

Deno.test("what could not be sent stays until it is, or is cancelled", async () => {
  const { house, store } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const bob = await senderComes(house, "bob");
  await ann.ask({ type: "say", id: "used", room: "lobby", text: "hi" });
  const [sent, cancelled] = [await ann.puts("a", { size: 3 }), await ann.puts("b", { size: 4 })];
  await ann.chunk(sent, 0, numbered(3));
  await ann.chunk(cancelled, 0, numbered(4));
  for (const file of [sent, cancelled]) {
    assertEquals((await ann.ask({ type: "done", id: "used", file })).code, "id-reused");
    assertEquals((await ann.chunk(file, 0, numbered(1))).code, "bad-offset");
  }
  assertEquals(store.underWay(), { bytes: 7, count: 2 });
  // The bytes are there already, and nothing else refers to them.
  await (await store.open(sha256Of(numbered(4)))).close();
  await ann.ask({ type: "cancel", file: cancelled });
  await settle();
  await assertRejects(() => store.open(sha256Of(numbered(4))), Refusal);
  const back = await senderComes(house, "ann", { session: ann.peer.session });
  assertEquals((await back.ask({ type: "put", name: "a", room: "lobby", file: sent })).offset, 3);
  assertEquals((await back.ask({ type: "done", id: "another", file: sent })).type, "ack");
  assertEquals(bob.take("message").map(({ text }) => text), ["hi", "sent a (3 bytes)"]);
  assertEquals(store.underWay(), { bytes: 0, count: 0 });
});

Deno.test("the sentence of a file tells those who know no files", async () => {
  const { house } = makeFileHouse();
  const ann = await senderComes(house, "ann");
  const old = await senderComes(house, "zoe", { features: [] });
  await ann.sends("a.txt", numbered(1_200_000).subarray(0, 100_000));
  const [message] = old.take("message");
  assertStringIncludes(message.text, "sent a.txt (100 kB)");
});
