/** Scripts that write to one person, and that read what is said to one. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runInbox } from "../lib/client/inbox.ts";
import { formatAddress } from "../lib/cli/values.ts";
import { CHEAP, LOGIN, logWith } from "./fixtures/guests.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { FakeConversation } from "./fixtures/conversation.ts";
import { ScriptedServer } from "./fixtures/scripted_server.ts";
import { eventFrame, joinEvent, RawPeer, startServer } from "./helpers.ts";

const AT = "2026-01-02T03:04:05.000Z";
const PEOPLE = { features: ["people"] };
const BOT = { name: "bot", account: "b1" };

Deno.test("send --to writes to one person, who may be away, and waits for the reply of that person", async () => {
  using server = new ScriptedServer();
  const address = formatAddress(server.addr);
  const running = chatroom([
    ...["send", "--server", address, "--name", "bot", "--to", "Ann", "--wait-reply", "deploy?"],
  ]);
  using peer = await server.letIn(PEOPLE, { ...BOT, room: "" });
  assertEquals(peer.hello.visitor, true);
  const { id, type, to, text } = await peer.takeType("direct");
  assertEquals([type, to, text], ["direct", "Ann", "deploy?"]);
  await peer.tell({ type: "ack", id, at: AT, chat: "c1", seq: 1, away: true });
  const direct = { type: "direct", to: "bot", at: AT };
  await peer.tell({ ...direct, chat: "c2", with: "eve", from: "eve", seq: 1, n: 1, text: "no" });
  await peer.tell({ ...direct, chat: "c1", with: "ann", from: "ann", seq: 2, n: 2, text: "yes" });
  const { code, stdout, stderr } = await running;
  assertEquals([code, stdout], [0, "ann (to you): yes\n"]);
  assertStringIncludes(stderr, "Ann is not here, and will find it");
});

Deno.test("send --to reaches somebody who is here, and says why it can't reach others", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const to = (name: string): string[] => [
    ...["send", "--server", formatAddress(server.addr), "--name", "bot", "--to", name, "psst"],
  ];
  const sent = await chatroom(to("eve"));
  assertEquals([sent.code, sent.stderr], [0, ""]);
  assertEquals((await eve.takeType("direct")).text, "psst");
  const lost = await chatroom(to("nobody"));
  assertEquals(lost.code, 1);
  assertStringIncludes(lost.stderr, "The message was not sent: ");
  for (const more of [["--room", "dev"], ["--classic"]]) {
    assertEquals((await chatroom([...to("eve"), ...more])).code, 2, more.join(" "));
  }
});

Deno.test("tail --to-me prints the last that was said to one person in all conversations, then what comes", async () => {
  using server = new ScriptedServer();
  const args = ["tail", formatAddress(server.addr), "--name", "bot", "--to-me", "-n", "3"];
  const running = chatroom([...args, "--json"]);
  using peer = await server.letIn(PEOPLE, { ...BOT, room: "" });
  assertEquals([peer.hello.room, peer.hello.visitor], [undefined, true]);
  const { id, limit } = await peer.takeType("chats");
  assertEquals(limit, 3);
  const chat = { at: AT, seq: 4, last: 4, read: 4, unread: 0 };
  // What comes while the earlier ones are fetched is told after them, and once.
  const live = { type: "direct", to: "bot", at: "2026-01-02T03:05:00.000Z" };
  const fifth = { ...live, chat: "c1", with: "ann", from: "ann", seq: 5, n: 5, text: "ann 5" };
  await peer.tell(fifth);
  await peer.tell({
    type: "chats",
    id,
    more: false,
    chats: [
      { chat: "c1", with: "ann", account: "a1", ...chat },
      { chat: "c2", with: "eve", ...chat },
    ],
  });
  for (const from of ["ann", "eve"]) {
    const asked = await peer.takeType("history");
    assertEquals([asked.before, asked.limit], [5, 3]);
    const messages = [1, 2, 3, 4].map((seq) => ({
      ...{ room: "", chat: asked.chat, with: from, seq, text: `${from} ${seq}` },
      from: seq === 4 ? "bot" : from,
      at: `2026-01-02T03:04:0${seq}.000Z`,
    }));
    const page = { type: "page", id: asked.id, room: "", chat: asked.chat, more: false };
    await peer.tell({ ...page, messages });
  }
  await peer.tell({
    ...live,
    chat: "c1",
    with: "ann",
    from: "bot",
    to: "ann",
    seq: 6,
    own: true,
    text: "own",
  });
  await peer.tell({ ...live, chat: "c1", with: "ann", from: "ann", seq: 7, n: 6, text: "ann 7" });
  await peer.tell({ type: "bye", reason: "kicked", text: "You were sent away." });
  peer.conn.close();
  const { code, stdout } = await running;
  assertEquals(code, 4);
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ text }) => text), ["eve 2", "ann 3", "eve 3", "ann 5", "ann 7"]);
  assertEquals(lines[3], fifth);
});

Deno.test("tail --to-me --no-follow ends, and is about no room", async () => {
  using server = new ScriptedServer();
  const args = ["tail", formatAddress(server.addr), "--name", "bot", "--to-me", "--no-follow"];
  assertEquals((await chatroom([...args, "--room", "dev"])).code, 2);
  const running = chatroom(args);
  using peer = await server.letIn(PEOPLE, { ...BOT, room: "" });
  const { id } = await peer.takeType("chats");
  await peer.tell({ type: "chats", id, more: false, chats: [] });
  const { code, stdout, stderr } = await running;
  assertEquals([code, stdout, stderr], [0, "", ""]);
});

Deno.test("a server without conversations has no earlier messages to one person, and tail says so", async () => {
  using server = new ScriptedServer();
  const running = chatroom([
    ...["tail", formatAddress(server.addr), "--name", "bot", "--to-me", "--no-follow"],
  ]);
  using peer = await server.letIn({}, { name: "bot" });
  const { id } = await peer.takeType("chats");
  await peer.tell({ type: "error", id, code: "unknown-type", text: "There is no request chats" });
  const { code, stderr } = await running;
  assertEquals(code, 1);
  assertStringIncludes(stderr, "What was said to you before is missing: There is no request chats");
});

Deno.test("a script of an account that is in rooms is in the lobby unless told", async () => {
  using server = new ScriptedServer();
  const args = ["send", "--server", formatAddress(server.addr), "--name", "bot", "hi"];
  const running = chatroom(args);
  using peer = await server.letIn(PEOPLE, BOT);
  assertEquals([peer.hello.room, peer.hello.features], ["lobby", ["people"]]);
  const { id, room } = await peer.takeType("say");
  assertEquals(room, "lobby");
  await peer.tell({ type: "ack", id, room, seq: 1, at: AT });
  assertEquals((await running).code, 0);
});

Deno.test("what a script sends to somebody away is read by a script of theirs, and stays new on their devices", async () => {
  const factLog = await logWith({ ann: "member" });
  await using server = startServer({ factLog, passwords: CHEAP });
  const address = formatAddress(server.addr);
  const from = ["send", "--server", address, "--name", "ci", "--to", "ann"];
  const sent = await chatroom([...from, "build failed"]);
  assertEquals([sent.code, sent.stderr], [0, "ann is not here, and will find it\n"]);
  assertEquals((await chatroom([...from, "and again"])).code, 0);
  const tail = ["tail", address, "--name", "ann", "--to-me", "--no-follow"];
  const read = await chatroom(tail, { env: { CHATROOM_LOGIN: LOGIN } });
  assertEquals(read.stdout, "ci (to you): build failed\nci (to you): and again\n");
  assertEquals([read.code, read.stderr], [0, ""]);
  using ann = await RawPeer.connect(server);
  await ann.send(eventFrame("ann"));
  await ann.takeType("welcome");
  await ann.tell({ type: "hello", login: LOGIN, features: ["people"] });
  const { chats } = await ann.takeType("ready");
  const unread = chats.reduce((sum: number, chat: { unread: number }) => sum + chat.unread, 0);
  assertEquals(unread, 2);
});

Deno.test("tail --to-me leaves notes to oneself alone, and asks for whole pages of long answers of one's own", async () => {
  const link = new FakeConversation();
  link.name = "bot";
  const counts = { at: AT, seq: 1_000, last: 1_000, read: 1_000, unread: 0 };
  link.answer = (request) => {
    if (request.type === "chats") {
      const chats = [{ chat: "c1", with: "Bot", ...counts }, {
        chat: "c2",
        with: "ann",
        ...counts,
      }];
      return { type: "chats", id: "1", chats, more: false };
    }
    const { chat = "", before = 0, limit = 0 } = request.type === "history" ? request : {};
    const first = Math.max(1, before - limit);
    const messages = Array.from({ length: before - first }, (_, n) => {
      const seq = first + n;
      return { room: "", chat, seq, from: seq === 1 ? "ann" : "bot", at: AT, text: `m${seq}` };
    });
    return { type: "page", id: "1", room: "", chat, messages, more: first > 1 };
  };
  link.ready();
  let text = "";
  const output = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: (chunk) => void (text += new TextDecoder().decode(chunk)),
  });
  const how = { link, output, complain: () => {}, shape: "lines" } as const;
  await runInbox({ ...how, last: 3, endsThen: true });
  assertEquals(text, "ann (to you): m1\n");
  const asked = link.sent.flatMap((each) => each.type === "history" ? [each.chat] : []);
  assertEquals(asked, Array.from({ length: 6 }, () => "c2"));
});
