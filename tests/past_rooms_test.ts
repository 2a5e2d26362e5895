/** Rooms that are empty are still their people's: nobody locks them, and nobody takes them over. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { RoomNames } from "../lib/chat/rooms/room_names.ts";
import type { Server } from "../lib/server/serve.ts";
import { openWriter } from "../lib/store/directory.ts";
import { importMessages } from "../lib/store/import.ts";
import { jsonLine, lines } from "./fixtures/data.ts";
import { CHEAP, LOGIN, reserve } from "./fixtures/guests.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, startServer } from "./helpers.ts";

/** `ops` with a Cyrillic first letter. */
const OPS = "\u043eps";

/** How a room gets a past. */
const PASTS = [
  { type: "say", room: "ops", text: "ours" },
  { type: "topic", room: "ops", text: "ours" },
] as const;

async function tryRoom(server: Pick<Server, "addr">, name: string, room: string): Promise<string> {
  using peer = await joinEvent(server, name, { room });
  return peer.ready.code ?? peer.ready.type;
}

for (const past of PASTS) {
  for (const kept of ["in memory", "on disk", "after a restart"]) {
    Deno.test(`a room with a ${past.type} is not locked by a look-alike while it is empty, ${kept}`, async () => {
      await using dir = await makeDir();
      const start = (): Promise<Server> =>
        Promise.resolve(kept === "in memory" ? startServer() : startStored(dir.path));
      const makePast = async (server: Server): Promise<void> => {
        using ann = await joinEvent(server, "ann", { room: "ops" });
        assertEquals(["ack", "topic"].includes((await ann.ask({ ...past })).type), true);
        await ann.ask({ type: "leave", room: "ops" });
      };
      if (kept === "after a restart") {
        await using before = await start();
        await makePast(before);
      }
      await using server = await start();
      if (kept !== "after a restart") await makePast(server);
      using eve = await joinEvent(server, "eve");
      const refused = await eve.ask({ type: "join", room: OPS });
      assertEquals(refused.code, "room-taken");
      assertStringIncludes(refused.text, "looks like ops, which has been there before; join that");
      assertEquals(await tryRoom(server, "eva", OPS), "room-taken");
      assertEquals(await tryRoom(server, "annabel", "ops"), "ready");
      assertEquals(await tryRoom(server, "anna", "OPS"), "ready");
    });
  }
}

Deno.test("of two rooms that look alike and both have a past neither locks the other", async () => {
  await using dir = await makeDir();
  {
    using opened = await openWriter(dir.path);
    const said = [jsonLine({ room: "ops" }), jsonLine({ room: OPS })];
    await importMessages(opened.db, lines(said), { again: true });
  }
  await using server = await startStored(dir.path);
  using eve = await joinEvent(server, "eve", { room: OPS });
  using ann = await joinEvent(server, "ann", { room: "ops" });
  assertEquals([eve.ready.room, ann.ready.room], [OPS, "ops"]);
  assertEquals(await tryRoom(server, "bob", "op\u0455"), "room-taken");
});

Deno.test("a room that was empty and said nothing is free again", async () => {
  await using server = startServer();
  {
    using ann = await joinEvent(server, "ann", { room: "ops" });
    await ann.ask({ type: "leave", room: "ops" });
  }
  assertEquals(await tryRoom(server, "eve", OPS), "ready");
});

for (const kept of ["in memory", "on disk"]) {
  Deno.test(`whoever comes first into an emptied room is not its operator, ${kept}`, async () => {
    await using dir = await makeDir();
    await using server = kept === "in memory"
      ? startServer({ passwords: CHEAP })
      : await startStored(dir.path, { passwords: CHEAP });
    await reserve(server.host.shared.house, { carl: "member" });
    {
      using ann = await joinEvent(server, "ann", { room: "ops" });
      await ann.ask({ type: "say", room: "ops", text: "ours" });
      await ann.ask({ type: "leave", room: "ops" });
    }
    using carl = await joinEvent(server, "carl", { login: LOGIN });
    using _bob = await joinEvent(server, "bob");
    const kick = { type: "mod", action: "kick", target: "bob" };
    await carl.ask({ type: "join", room: "ops" });
    assertEquals((await carl.ask({ ...kick, room: "ops" })).code, "not-allowed");
    await carl.ask({ type: "leave", room: "ops" });
    using again = await joinEvent(server, "carl", { login: LOGIN, room: "ops" });
    assertEquals((await again.ask({ ...kick, room: "ops" })).code, "not-allowed");
    await again.ask({ type: "join", room: "mine" });
    assertEquals((await again.takeType("notice")).text, "You are a host of mine now.");
    assertEquals((await again.ask({ ...kick, room: "mine" })).code, "no-such-name");
  });
}

Deno.test("names of rooms that are gone are forgotten in time", { permissions: "none" }, () => {
  const there = new Set<string>(["kept"]);
  const names = new RoomNames((key) => there.has(key));
  names.add({ name: "Kept", key: "kept" });
  for (let n = 0; n < 10_000; n++) {
    there.add(`room${n}`);
    names.add({ name: `room${n}`, key: `room${n}` });
    assertEquals(names.find(`r\u043eom${n}`, `r\u043eom${n}`)?.key, `room${n}`);
    there.delete(`room${n}`);
    assertEquals(names.find(`r\u043eom${n}`, `r\u043eom${n}`), undefined);
  }
  assertEquals(names.size <= 1_001, true, `${names.size} names are kept`);
  assertEquals(names.find("k\u0435pt", "k\u0435pt")?.name, "Kept");
});
