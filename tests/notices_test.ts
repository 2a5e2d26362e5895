/** Notices: messages that programs never answer by themselves. */

import { assertEquals } from "@std/assert";
import { chatLog } from "../lib/chat/messages/log_key.ts";
import { importMessages } from "../lib/store/import.ts";
import { openReader, openWriter } from "../lib/store/directory.ts";
import { checkStore } from "../lib/store/check.ts";
import { exportLines } from "../lib/store/export.ts";
import type { Message } from "../lib/wire/events.ts";
import { Data, lines } from "./fixtures/data.ts";
import { append, inChat, say } from "./fixtures/facts.ts";
import { comes, makeRoomHouse } from "./fixtures/room_house.ts";
import { stillLog } from "./fixtures/still.ts";
import { makeDir, openNew, startStored } from "./fixtures/stored_server.ts";
import { joinClassic, joinEvent } from "./helpers.ts";

const none = { permissions: "none" } as const;

Deno.test(
  "a notice is told as one, live and in pages, in rooms and conversations",
  none,
  async () => {
    const house = makeRoomHouse();
    const [bob, eve] = [await comes(house, "bob"), await comes(house, "eve")];
    await eve.ask({ type: "say", room: "lobby", text: "backup done", notice: true });
    await eve.ask({ type: "direct", to: "bob", text: "and for you", notice: true });
    await eve.ask({ type: "say", room: "lobby", text: "hello" });
    assertEquals(bob.take("message").map(({ text, notice }) => [text, notice]), [
      ["backup done", true],
      ["hello", undefined],
    ]);
    const [{ chat, notice }] = bob.take("direct");
    assertEquals(notice, true);
    for (
      const [place, of] of [[{ room: "lobby" }, [true, undefined]], [{ chat }, [true]]] as const
    ) {
      const { messages } = await bob.ask({ type: "history", ...place });
      assertEquals(messages.map(({ notice }: Message) => notice), of);
    }
    // Edited and answered it is one still.
    await eve.ask({ type: "revise", room: "lobby", re: 1, text: "backup failed" });
    const { messages } = await bob.ask({ type: "history", room: "lobby", limit: 2 });
    assertEquals([messages[0].text, messages[0].notice], ["backup failed", true]);
  },
);

Deno.test("a message is an action or a notice", none, async () => {
  const house = makeRoomHouse();
  const [, eve] = [await comes(house, "bob"), await comes(house, "eve")];
  const both = { text: "waves", action: true, notice: true };
  assertEquals(await eve.code({ type: "say", room: "lobby", ...both }), "bad-field");
  assertEquals(await eve.code({ type: "direct", to: "bob", ...both }), "bad-field");
  assertEquals(house.index.last(chatLog("x")), 0);
});

Deno.test("what is said again under an id is a notice again, or something else", async () => {
  await using stored = await openNew();
  for (const log of [stillLog(), stored]) {
    const once = { session: "a secret", id: "1" };
    assertEquals(await append(log, say("lobby", "hi", { ...once, notice: true })), { seq: 1 });
    const again = await append(log, say("lobby", "hi", { ...once, notice: true }));
    assertEquals("again" in again && again.again.seq, 1);
    for (const kind of [{}, { action: true }] as const) {
      const other = await append(log, say("lobby", "hi", { ...once, ...kind }));
      assertEquals("refused" in other && other.refused.code, "id-reused");
    }
  }
});

Deno.test("notices are stored, exported and imported, and a check finds nothing wrong", async () => {
  await using dir = await makeDir();
  {
    await using server = await startStored(dir.path);
    using ann = await joinEvent(server, "ann");
    await ann.ask({ type: "say", room: "lobby", text: "done", notice: true });
    await ann.ask({ type: "say", room: "lobby", text: "waves", action: true });
    await append(server.factLog, inChat("1", "psst", { notice: true }));
  }
  await using server = await startStored(dir.path);
  using bob = await joinEvent(server, "bob", { features: ["people"] });
  const { messages } = await bob.ask({ type: "history", room: "lobby" });
  const kinds = (all: readonly Message[]): unknown =>
    all.map(({ text, action, notice }) => [text, action, notice]);
  const both = [["done", undefined, true], ["waves", true, undefined]];
  assertEquals(kinds(messages as unknown as Message[]), both);
  using other = new Data();
  using db = openReader(dir.path);
  assertEquals(checkStore(db).problems, []);
  const exported = [...exportLines(db)] as Message[];
  assertEquals(kinds(exported), both);
  using opened = await openWriter(other.directory);
  await importMessages(opened.db, lines(exported.map((line) => JSON.stringify(line))), {});
  assertEquals(kinds([...exportLines(opened.db)] as Message[]), both);
});

Deno.test("a client that knows no notices sees what was said", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path);
  using old = await joinClassic(server, "old");
  using ann = await joinEvent(server, "ann");
  await ann.ask({ type: "say", room: "lobby", text: "done", notice: true });
  let last: readonly [string, string] = ["", ""];
  while (last[0] !== "ann") last = await old.takePair();
  assertEquals(last, ["ann", "done"]);
});
