/** A `#` before a room's name is how it is shown: at every door and flag it leads to the same room. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseQuery } from "../lib/chat/messages/query.ts";
import { formatAddress } from "../lib/cli/values.ts";
import { parseLine } from "../lib/words/parse.js";
import { Data } from "./fixtures/data.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { startStored } from "./fixtures/stored_server.ts";
import { Setup } from "./fixtures/terminal_setup.ts";
import { joinClassic, joinEvent, RawPeer, startServer } from "./helpers.ts";

Deno.test("send and tail with --room '#dev' are in dev", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", { room: "dev" });
  const address = formatAddress(server.addr);
  const sent = await chatroom(["send", address, "--name", "cron", "-r", "#dev", "alert"]);
  assertEquals([sent.code, sent.stderr], [0, ""]);
  const { room, text } = await eve.takeType("message");
  assertEquals([room, text], ["dev", "alert"]);
  const tail = await chatroom(["tail", address, "--name", "t", "-r", "#dev", "--no-follow"]);
  assertEquals([tail.code, tail.stdout], [0, "cron: alert\n"]);
  const piped = await chatroom(["connect", address, "--name", "p", "-r", "#dev"], { input: "hi" });
  assertEquals(piped.code, 0);
  assertEquals((await eve.takeType("message")).room, "dev");
});

Deno.test("each request and each door takes #dev for dev, and makes no room with a #", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", { room: "#dev" });
  assertEquals((await eve.ask({ type: "rooms" })).rooms.map((r: { room: string }) => r.room), [
    "dev",
    "lobby",
  ]);
  const told = await eve.ask({ type: "say", room: "#dev", text: "hi" });
  assertEquals([told.type, told.room], ["ack", "dev"]);
  for (const type of ["history", "who", "topic"]) {
    assertEquals((await eve.ask({ type, room: "#dev" })).room, "dev", type);
  }
  assertEquals((await eve.ask({ type: "join", room: "#Ops" })).room, "Ops");
  assertEquals((await eve.ask({ type: "leave", room: "#ops" })).room, "Ops");
  using ann = await joinClassic(server, "ann");
  await ann.send(...["/join #dev"].map((text) => classic(text)));
  assertEquals((await eve.takeType("joined")).room, "dev");
  for (const room of ["##dev", "#", "###"]) {
    const refused = await eve.ask({ type: "join", room });
    assertEquals([refused.type, refused.code], ["error", "bad-room"], room);
  }
  using bob = await RawPeer.connect(server);
  await bob.tell("bob");
  const point = { epoch: (await bob.takeType("welcome")).epoch, seq: { "#x": 0 } };
  await bob.tell({ type: "hello", name: "bob", resume: point });
  assertEquals((await bob.takeType("left")).reason, "bad-room");
});

function classic(text: string): string {
  return `${String(text.length).padEnd(10)}${text}`;
}

Deno.test("a room of old whose name begins with # is reached with two, and dev stays another", async () => {
  using data = new Data();
  await data.say({ room: "#dev", text: "of old" });
  await using server = await startStored(data.directory);
  const address = formatAddress(server.addr);
  const of = (...rooms: string[]): string[] => rooms.flatMap((room) => ["-r", room]);
  for (const [room, text] of [["##dev", "to the old"], ["#dev", "to dev"], ["dev", "more"]]) {
    const { code, stderr } = await chatroom([
      "send",
      address,
      "-n",
      "a",
      "-r",
      room ?? "",
      text ?? "",
    ]);
    assertEquals([code, stderr], [0, ""]);
  }
  const tail = (room: string): ReturnType<typeof chatroom> =>
    chatroom(["tail", address, "--name", "t", "--no-follow", ...of(room)]);
  assertEquals((await tail("##dev")).stdout.split("\n").map((line) => line.split(": ")[1]), [
    "of old",
    "to the old",
    undefined,
  ]);
  assertEquals((await tail("dev")).stdout, "a: to dev\na: more\n");
  // A client of 0.1 that was in it has the name from us.
  using old = await joinEvent(server, "old", { room: "#dev" });
  assertEquals((await old.ask({ type: "say", room: "#dev", text: "still here" })).room, "#dev");
  assertStringIncludes((await tail("##dev")).stdout, "old: still here");
});

Deno.test("commands and searches take one # off, and no more", async () => {
  using setup = await Setup.online();
  const place = { room: "lobby" };
  for (const [typed, room] of [["dev", "dev"], ["#dev", "dev"], ["##dev", "#dev"]]) {
    assertEquals(parseLine(`/join ${typed}`, place), {
      kind: "request",
      request: { type: "join", room: room ?? "" },
    });
    setup.io.type(`/room ${typed}\r`);
    await setup.io.expect(`You are not in ${room}; /join ${room} enters it.`);
    assertEquals(parseQuery(`in:${typed}`).room, room);
  }
});
