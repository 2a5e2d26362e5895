/** That no name that a person can choose is the key of another kind of log. */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { directLog, roomLog } from "../lib/chat/messages/log_key.ts";
import { openReader } from "../lib/store/directory.ts";
import { exportMessages } from "./fixtures/data.ts";
import { logOf, rowOf } from "../lib/store/columns.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinClassic, joinEvent, type Json } from "./helpers.ts";

const texts = (messages: Json): string[] => messages.map(({ text }: Json) => text).sort();

for (const first of ["said", "direct"] as const) {
  Deno.test(`a room called @ holds no direct message to a classic client, ${first} first`, async () => {
    await using dir = await makeDir();
    {
      await using server = await startStored(dir.path);
      using old = await joinClassic(server, "old");
      using ann = await joinEvent(server, "ann");
      using eve = await joinEvent(server, "eve", { room: "@" });
      const say = (): Promise<Json> =>
        eve.ask({ type: "say", id: "1", room: "@", text: "mint tea" });
      if (first === "said") assertEquals((await say()).seq, 1);
      await ann.ask({ type: "direct", to: "old", text: "mint is my password" });
      await old.takePair();
      if (first === "direct") assertEquals((await say()).seq, 1);
      const { messages } = await eve.ask({ type: "search", query: "mint" });
      assertEquals(texts(messages), ["mint tea"]);
    }
    {
      await using server = await startStored(dir.path);
      using guest = await joinEvent(server, "guest", { room: "@" });
      const { messages } = await guest.ask({ type: "history", room: "@" });
      assertEquals(texts(messages), ["mint tea"]);
      assertEquals(texts((await guest.ask({ type: "search", query: "mint" })).messages), [
        "mint tea",
      ]);
      assertEquals((await guest.ask({ type: "say", room: "@", text: "more" })).seq, 2);
    }
    using db = openReader(dir.path);
    assertEquals([...exportMessages(db)].map(({ room, text }) => [room, text]), [
      ["@", "mint tea"],
      ["@", "more"],
    ]);
  });
}

Deno.test("whatever a room is called and a session's secret is, their logs differ, and come back from their rows", () => {
  const any = fc.oneof(fc.string(), fc.constantFrom("", "@", "@ ", "direct ", "inbox ", "room "));
  fc.assert(fc.property(any, any, (room, secret) => {
    const logs = [roomLog(room), directLog(secret)];
    const rows = logs.map(rowOf);
    assertEquals(rows.map(({ kind, key }) => logOf(kind, key)), logs);
    assertEquals(new Set(logs).size, 2);
    assertEquals(new Set(rows.map(({ kind }) => kind)).size, 2);
  }));
});
