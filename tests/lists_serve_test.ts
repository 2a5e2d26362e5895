/** A person's rooms, marks and mentions through real doors, with a disk: on any machine, after a restart. */

import { assertEquals } from "@std/assert";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json, type RawPeer, startServer } from "./helpers.ts";
import { joinWeb } from "./web_peer.ts";
import { serveWeb } from "../lib/web/serve_web.ts";

const PASSWORD = "a long password";
const PEOPLE = { features: ["people"] };
const OWN = { ...PEOPLE, login: PASSWORD };

/** The rooms of a `ready`, shortened. */
function rooms(ready: Json): string[] {
  return ready.rooms.map((
    { room, topic = "", last, read, unread, mentions }: Json,
  ) => `${room} ${topic}: ${read} of ${last}, ${unread} unread, ${mentions} mentions`);
}

/** Somebody reserves a name, and comes into these rooms. */
async function reserve(
  server: Parameters<typeof joinEvent>[0],
  name: string,
  ...others: string[]
): Promise<RawPeer> {
  const peer = await joinEvent(server, name, PEOPLE);
  assertEquals((await peer.ask({ type: "register", password: PASSWORD })).type, "account");
  for (const room of others) await peer.ask({ type: "join", room });
  return peer;
}

Deno.test("a bare machine with name and password has all rooms, topics and unreads", async () => {
  await using dir = await makeDir();
  {
    await using server = await startStored(dir.path);
    using ann = await reserve(server, "ann", "dev");
    await ann.ask({ type: "topic", room: "dev", text: "tea" });
    await ann.ask({ type: "say", room: "dev", text: "mine" });
    using bob = await joinEvent(server, "bob", { room: "dev" });
    await bob.ask({ type: "say", room: "dev", text: "@ann one" });
    await bob.ask({ type: "say", room: "dev", text: "two" });
    await ann.ask({ type: "read", room: "dev", seq: 2 });
    await ann.tell({ type: "quit" });
    await ann.takeType("bye");
    await bob.ask({ type: "say", room: "dev", text: "ann: three" });
    await bob.ask({ type: "join", room: "lobby" });
    await bob.ask({ type: "say", room: "lobby", text: "four" });
  }
  await using server = await startStored(dir.path);
  using ann = await joinEvent(server, "ann", OWN);
  assertEquals(rooms(ann.ready), [
    "lobby : 0 of 1, 1 unread, 0 mentions",
    "dev tea: 2 of 4, 2 unread, 1 mentions",
  ]);
  assertEquals([ann.ready.room, ann.ready.missed], ["dev", 1]);
  const page = await ann.ask({ type: "missed" });
  assertEquals(page.messages.map(({ room, text }: Json) => [room, text]), [["dev", "ann: three"]]);
  await ann.ask({ type: "read", room: "dev", seq: 4 });
  assertEquals((await ann.ask({ type: "missed" })).messages, []);
  using bob = await joinEvent(server, "bob");
  await bob.ask({ type: "say", room: "lobby", text: "live" });
  assertEquals((await ann.takeType("message")).text, "live", "it hears the other room, too");
});

Deno.test("reading on the phone clears the browser, and is kept", async () => {
  await using dir = await makeDir();
  const ends: Json = {};
  {
    await using server = await startStored(dir.path);
    await using web = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0 });
    using phone = await reserve(server, "ann");
    using browser = await joinWeb(web, "ann", OWN);
    using bob = await joinEvent(server, "bob");
    for (const text of ["one", "@ann two", "three"]) {
      await bob.ask({ type: "say", room: "lobby", text });
    }
    ends.answer = await phone.ask({ type: "read", room: "lobby", seq: 2 });
    ends.told = await browser.takeType("read");
  }
  const mark = { type: "read", room: "lobby", seq: 2, unread: 1, mentions: 0 };
  assertEquals([{ ...ends.answer, id: 0 }, ends.told], [{ ...mark, id: 0 }, mark]);
  await using server = await startStored(dir.path);
  using laptop = await joinEvent(server, "ann", OWN);
  assertEquals(rooms(laptop.ready), ["lobby : 2 of 3, 1 unread, 0 mentions"]);
});

Deno.test("a client that names no feature is told nothing of lists, marks and being away", async () => {
  await using server = startServer();
  using ann = await reserve(server, "ann");
  using old = await joinEvent(server, "bob");
  assertEquals([old.ready.rooms, old.ready.settings, old.ready.missed], Array(3).fill(undefined));
  await ann.ask({ type: "away", text: "lunch" });
  await ann.ask({ type: "say", room: "lobby", text: "@bob hi" });
  assertEquals((await old.takeEvent()).type, "message");
});

Deno.test("an account of which nothing is listed is told of all rooms that it comes back to", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path);
  {
    using ann = await reserve(server, "ann");
    await ann.ask({ type: "leave", room: "lobby" });
  }
  const resume = { epoch: "of older data", seq: { lobby: 3, talk: 7 }, direct: 0 };
  using ann = await joinEvent(server, "ann", { ...OWN, resume });
  assertEquals(rooms(ann.ready), [
    "lobby : 0 of 0, 0 unread, 0 mentions",
    "talk : 0 of 0, 0 unread, 0 mentions",
  ]);
  using bob = await joinEvent(server, "bob", { room: "talk" });
  await bob.ask({ type: "say", room: "talk", text: "here?" });
  assertEquals((await ann.takeType("message")).text, "here?");
});
