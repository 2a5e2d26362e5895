/**
 * An evening of two people with two devices each, through real doors: a browser's socket and a terminal's.
 * The server is started anew in the night, and nobody signs in again.
 */

import { assertEquals } from "@std/assert";
import { serveWeb } from "../lib/web/serve_web.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json, type RawPeer } from "./helpers.ts";
import { joinWeb } from "./web_peer.ts";

const PASSWORD = "a long password";
const PEOPLE = { features: ["people"] };
const WEB = { hostname: "127.0.0.1", port: 0 };

type Here = RawPeer & { readonly ready: Json };
type Stored = Awaited<ReturnType<typeof startStored>>;

/** Somebody reserves its name at a terminal. */
async function reserve(server: Stored, name: string): Promise<Here> {
  const peer = await joinEvent(server, name, { ...PEOPLE, label: "terminal" });
  const answer = await peer.ask({ type: "register", password: PASSWORD });
  assertEquals([answer.type, answer.name], ["account", name]);
  return peer;
}

/** Reads on until there is an event of this type that is wanted. */
async function take(peer: RawPeer, type: string, wanted: Json = {}): Promise<Json> {
  for (;;) {
    const event = await peer.takeType(type);
    if (Object.entries(wanted).every(([name, value]) => event[name] === value)) return event;
  }
}

Deno.test("an evening with two devices, and the morning after it", async () => {
  await using dir = await makeDir();
  const sessions: Record<string, string> = {};
  let chat: string;
  {
    await using server = await startStored(dir.path);
    await using web = await serveWeb(server.host, WEB);
    using annsDesk = await reserve(server, "ann");
    using bob = await reserve(server, "bob");
    using annsPhone = await joinWeb(web, "ann", { ...PEOPLE, login: PASSWORD, label: "phone" });
    sessions.desk = annsDesk.ready.session;
    sessions.phone = annsPhone.ready.session;
    sessions.bob = bob.ready.session;

    // Said on one device, it is on the other as one's own.
    await annsDesk.ask({ type: "say", room: "lobby", text: "good evening" });
    const own = await take(annsPhone, "message", { text: "good evening" });
    assertEquals([own.from, own.own], ["ann", true]);

    // Read on one, it is read on the other.
    await bob.ask({ type: "say", room: "lobby", text: "@ann and to you" });
    await annsPhone.ask({ type: "read", room: "lobby", seq: 2 });
    const { unread, mentions } = await take(annsDesk, "read", { seq: 2 });
    assertEquals([unread, mentions], [0, 0]);

    // A room that one device comes into is on both, and so is leaving it.
    await annsDesk.ask({ type: "join", room: "dev" });
    assertEquals((await take(annsPhone, "joined", { room: "dev", own: true })).seq, 0);
    await annsPhone.ask({ type: "join", room: "tea" });
    await take(annsDesk, "joined", { room: "tea", own: true });
    await annsDesk.ask({ type: "leave", room: "tea" });
    await take(annsPhone, "left", { room: "tea", own: true });

    for (const device of [annsDesk, annsPhone]) {
      await device.tell({ type: "quit" });
      await device.takeType("bye");
    }
    // A direct to somebody who is away waits.
    const ack = await bob.ask({ type: "direct", to: "ann", text: "are you still there?" });
    assertEquals([ack.type, ack.seq, ack.away], ["ack", 1, true]);
    chat = ack.chat;
    await bob.ask({ type: "say", room: "lobby", text: "ann: see you" });
  }
  await using server = await startStored(dir.path);
  await using web = await serveWeb(server.host, WEB);
  using bob = await joinEvent(server, "bob", { ...PEOPLE, session: sessions.bob });
  using phone = await joinWeb(web, "ann", { ...PEOPLE, session: sessions.phone });
  const { rooms, chats, lost, account } = phone.ready;
  assertEquals([lost, typeof account, bob.ready.lost], [undefined, "string", undefined]);
  assertEquals(
    rooms.map(({ room, unread, mentions }: Json) => [room, unread, mentions]),
    [["lobby", 1, 1], ["dev", 0, 0]],
  );
  assertEquals(
    chats.map(({ chat, with: who, unread }: Json) => [chat, who, unread]),
    [[chat, "bob", 1]],
  );
  const page = await phone.ask({ type: "history", chat });
  assertEquals(page.messages.map(({ text }: Json) => text), ["are you still there?"]);
  assertEquals(phone.ready.missed, 2);
  const missed = await phone.ask({ type: "missed" });
  assertEquals(
    missed.messages.map(({ text }: Json) => text),
    ["are you still there?", "ann: see you"],
  );

  // The answer is on both sides' devices.
  using desk = await joinEvent(server, "ann", { ...PEOPLE, session: sessions.desk });
  await phone.ask({ type: "direct", chat, text: "now I am" });
  assertEquals((await take(desk, "direct", { chat })).own, true);
  assertEquals((await take(bob, "direct", { chat })).text, "now I am");
});
