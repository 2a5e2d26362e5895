/** What a mute and a ban hold for: the session under every name, and all that others would read. */

import { assertEquals } from "@std/assert";
import { CHEAP, LOGIN, logWith } from "./fixtures/guests.ts";
import { joinEvent, type Json, startServer } from "./helpers.ts";
import type { Server } from "../lib/server/serve.ts";

const STAFF = { ann: "owner", oper: "operator", carl: "member", hugo: "member" } as const;

async function start(): Promise<Server> {
  return startServer({ passwords: CHEAP, factLog: await logWith(STAFF) });
}

function codeOf({ type, code }: Json): string {
  return type === "error" ? code : type;
}

for (const room of [undefined, "dev"]) {
  const where = room === undefined ? {} : { room, only: true };
  Deno.test(`a mute ${room ? `in ${room}` : "everywhere"} goes with the session to other names`, async () => {
    await using server = await start();
    using ann = await joinEvent(server, "ann", { login: LOGIN, room: "dev" });
    using bob = await joinEvent(server, "bob", { room: "dev" });
    const { session } = bob.ready;
    await ann.ask({ type: "mod", action: "mute", target: "bob", ...where });
    const say = { type: "say", room: "dev", text: "hi" };
    assertEquals(codeOf(await bob.ask(say)), "muted");
    assertEquals(codeOf(await bob.ask({ type: "rename", name: "bobby" })), "muted");
    // Under another name, by the same session on another connection.
    using eve = await joinEvent(server, "eve", { session, room: "dev" });
    assertEquals(codeOf(eve.ready), "ready");
    assertEquals(codeOf(await eve.ask(say)), "muted");
    // As somebody's account.
    assertEquals(
      codeOf(await eve.ask({ type: "login", name: "carl", password: LOGIN })),
      "account",
    );
    assertEquals(codeOf(await eve.ask(say)), "muted");
    if (room !== undefined) {
      // Out of the room, where it may take another name, and in again.
      await eve.ask({ type: "leave", room });
      assertEquals(codeOf(await eve.ask({ type: "rename", name: "eva" })), "renamed");
      await eve.ask({ type: "join", room });
      assertEquals(codeOf(await eve.ask(say)), "muted");
    }
    // Nobody is above an owner: what was left behind does not hold for one.
    using other = await joinEvent(server, "dan", { session, room: "dev" });
    assertEquals(codeOf(await other.ask(say)), "muted");
    assertEquals(
      codeOf(await other.ask({ type: "login", name: "oper", password: LOGIN })),
      "account",
    );
    assertEquals(codeOf(await other.ask(say)), "ack");
    await ann.ask({ type: "mod", action: "unmute", target: "bob", ...where });
    using last = await joinEvent(server, "last", { session, room: "dev" });
    assertEquals(codeOf(await last.ask(say)), "ack");
  });
}

Deno.test("a ban of a name holds for its session under another, on the server and in a room", async () => {
  await using server = await start();
  using ann = await joinEvent(server, "ann", { login: LOGIN, room: "dev" });
  using bob = await joinEvent(server, "bob", { room: "dev" });
  const { session } = bob.ready;
  await bob.ask({ type: "join", room: "tea" });
  await ann.ask({ type: "mod", action: "ban", target: "bob", room: "dev", only: true });
  assertEquals(codeOf(await bob.ask({ type: "rename", name: "eve" })), "renamed");
  assertEquals(codeOf(await bob.ask({ type: "join", room: "dev" })), "banned");
  const outcome = async (name: string, hello: Json): Promise<string> => {
    const peer = await joinEvent(server, name, { session, ...hello }).catch(() => undefined);
    peer?.[Symbol.dispose]();
    return peer === undefined ? "shut out" : `in ${peer.ready.room}`;
  };
  assertEquals(await outcome("eva", { room: "dev" }), "in lobby");
  using fay = await joinEvent(server, "fay", { session, room: "tea" });
  assertEquals(codeOf(await fay.ask({ type: "join", room: "dev" })), "banned");
  await ann.ask({ type: "mod", action: "ban", target: "fay" });
  assertEquals(await outcome("gus", {}), "shut out");
});

Deno.test("who is muted opens no room, gives no reason, and takes no name where it is muted", async () => {
  await using server = await start();
  using ann = await joinEvent(server, "ann", { login: LOGIN });
  using oper = await joinEvent(server, "oper", { login: LOGIN });
  using bob = await joinEvent(server, "bob");
  for (const target of ["bob", "oper"]) await ann.ask({ type: "mod", action: "mute", target });
  assertEquals(codeOf(await bob.ask({ type: "join", room: "you-are-all-fools" })), "muted");
  assertEquals((await ann.ask({ type: "rooms" })).rooms.length, 1);
  const { session } = bob.ready;
  using again = await joinEvent(server, "bob", { session, room: "fools" });
  assertEquals(again.ready.room, "lobby");
  assertEquals((await ann.ask({ type: "rooms" })).rooms.length, 1);
  // A room that is there, or was, may be listened to.
  await ann.ask({ type: "join", room: "dev" });
  await ann.ask({ type: "say", room: "dev", text: "hi" });
  await ann.ask({ type: "leave", room: "dev" });
  using back = await joinEvent(server, "bob", { session, room: "dev" });
  assertEquals(codeOf(back.ready), "ready");
  const kick = { type: "mod", action: "kick", target: "bob" };
  assertEquals(codeOf(await oper.ask({ ...kick, reason: "you are a fool" })), "muted");
  assertEquals(codeOf(await oper.ask(kick)), "mod");
});

Deno.test("who is banned from a room learns nothing of it", async () => {
  await using server = await start();
  using ann = await joinEvent(server, "ann", { login: LOGIN, room: "dev" });
  using bob = await joinEvent(server, "bob", { room: "dev" });
  await ann.ask({ type: "say", room: "dev", text: "a secret word" });
  await ann.ask({ type: "mod", action: "ban", target: "bob", room: "dev", only: true });
  const asked = [
    { type: "who", room: "dev" },
    { type: "history", room: "dev" },
    { type: "search", room: "dev", query: "secret" },
    { type: "topic", room: "dev" },
    { type: "join", room: "dev" },
  ];
  const codes = await Array.fromAsync(asked, async (request) => codeOf(await bob.ask(request)));
  assertEquals(codes, ["banned", "not-in-room", "not-in-room", "not-in-room", "banned"]);
  assertEquals((await bob.ask({ type: "search", query: "secret" })).messages, []);
});
