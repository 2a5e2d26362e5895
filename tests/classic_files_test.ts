/** Files for classic clients, which can't fetch any: they are told where a browser can, or what does. */

import { assertEquals, assertMatch } from "@std/assert";
import { CHEAP, LOGIN, reserve } from "./fixtures/guests.ts";
import { memoryFiles, pathTo, sendsFile, textOf } from "./fixtures/sent_files.ts";
import {
  classicFrame,
  joinClassic,
  joinEvent,
  type Json,
  RawPeer,
  startServer,
  until,
} from "./helpers.ts";
import { request, startWeb } from "./web_peer.ts";

/** The text of the next message that is not the server's. */
async function said(peer: RawPeer): Promise<string> {
  for (;;) {
    const [name, text] = await peer.takePair();
    if (name !== "server") return text;
  }
}

Deno.test("without a web page a classic client is told which command fetches a file", async () => {
  await using server = startServer({ files: memoryFiles() });
  using ann = await joinEvent(server, "ann");
  using old = await joinClassic(server, "old");
  const { id } = await sendsFile(ann, { name: "a.txt", data: textOf(10) });
  assertEquals(await said(old), `sent a.txt (10 bytes) (chatroom get ${id} fetches it)`);
  const { id: other } = await sendsFile(ann, { name: "b.txt", data: textOf(10), text: "for you" });
  assertEquals(
    await said(old),
    `sent b.txt (10 bytes) (chatroom get ${other} fetches it)\nfor you`,
  );
});

Deno.test("with one it gets a link, which leads to the file as long as all may enter the room", async () => {
  const web = { hosts: ["chat.example.org"] };
  await using server = await startWeb(web, { files: memoryFiles(), fileSenders: "all" });
  using ann = await joinEvent(server.server, "ann");
  using old = await joinClassic(server.server, "old");
  await sendsFile(ann, { name: "a.txt", data: textOf(10) });
  const text = await said(old);
  assertMatch(text, /^sent a\.txt \(10 bytes\): http:\/\/chat\.example\.org:\d+\/file\/\S+$/);
  const { pathname, search } = new URL(text.slice(text.indexOf("http")));
  const { status, body } = await request(server.door, `GET ${pathname}${search}`, {
    Host: "chat.example.org",
  });
  assertEquals([status, body], [200, new TextDecoder().decode(textOf(10))]);
});

Deno.test("what is for one person has a link for that person alone", async () => {
  const web = { hosts: ["chat.example.org"] };
  await using server = await startWeb(web, { files: memoryFiles(), fileSenders: "all" });
  using ann = await joinEvent(server.server, "ann", { features: ["people"] });
  using old = await joinClassic(server.server, "old");
  const sent = await sendsFile(ann, { name: "a.txt", data: textOf(10), to: "old" });
  const text = await said(old);
  assertMatch(
    text,
    /^\(to you\) sent a\.txt \(10 bytes\): http:\/\/chat\.example\.org:\d+\/file\//,
  );
  const { pathname, search } = new URL(text.slice(text.indexOf("http")));
  const follows = async (path: string): Promise<number> =>
    (await request(server.door, `GET ${path}`, { Host: "chat.example.org" })).status;
  assertEquals(await follows(`${pathname}${search}`), 200);
  assertEquals(await follows(await pathTo(ann, sent)), 200);
  // When its client has gone it is nobody's any more.
  await old.send(classicFrame("/quit"));
  await old.takeRest();
  assertEquals(await follows(`${pathname}${search}`), 404);
});

Deno.test("in a room by invitation a classic member is told the command", async () => {
  const web = { hosts: ["chat.example.org"] };
  const options = { files: memoryFiles(), passwords: CHEAP };
  await using server = await startWeb(web, options);
  await reserve(server.server.host.shared.house, { ann: "member", bob: "member" });
  using ann = await joinEvent(server.server, "ann", { login: LOGIN });
  await ann.ask({ type: "join", room: "den", access: "invite" });
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  using bob = await RawPeer.connect(server.server);
  await bob.send(...["bob", `/login ${LOGIN}`, "/join den"].map(classicFrame));
  await until("bob's coming", () => server.server.host.shared.house.names("den").length === 2);
  const { id } = await sendsFile(ann, { name: "a.txt", data: textOf(10), room: "den" });
  assertEquals(await said(bob), `sent a.txt (10 bytes) (chatroom get ${id} fetches it)`);
});

Deno.test("what was said with a file is taken away, and the file stays, for all kinds of clients", async () => {
  await using server = startServer({ files: memoryFiles(), fileSenders: "all" });
  using ann = await joinEvent(server, "ann", { features: ["people", "life", "files"] });
  using first = await joinEvent(server, "first");
  using old = await joinClassic(server, "old");
  const { id } = await sendsFile(ann, { name: "a.txt", data: textOf(10), text: "for you" });
  assertEquals((await ann.ask({ type: "revise", room: "lobby", re: 1, text: "" })).type, "ack");
  const fetched = `sent a.txt (10 bytes) (chatroom get ${id} fetches it)`;
  assertEquals([await said(old), await said(old)], [`${fetched}\nfor you`, `* ${fetched}`]);
  await first.takeType("message");
  assertEquals((await first.takeType("message")).text, "* sent a.txt (10 bytes)");
  const { messages: [now] } = await ann.ask({ type: "history", room: "lobby" });
  assertEquals([now.text, now.file.id], ["sent a.txt (10 bytes)", id]);
});

Deno.test("an edit of what was said with a file is told with the file by all who know none", async () => {
  await using server = startServer({ files: memoryFiles(), fileSenders: "all" });
  using ann = await joinEvent(server, "ann", { features: ["people", "life"] });
  using knows = await joinEvent(server, "knows", { features: ["life"] });
  using first = await joinEvent(server, "first");
  using old = await joinClassic(server, "old");
  const { id } = await sendsFile(ann, { name: "a.txt", data: textOf(10), text: "for you" });
  await ann.ask({ type: "revise", room: "lobby", re: 1, text: "for all" });
  const fetched = `sent a.txt (10 bytes) (chatroom get ${id} fetches it)\n`;
  assertEquals([await said(old), await said(old)], [`${fetched}for you`, `* ${fetched}for all`]);
  await first.takeType("message");
  const now = "sent a.txt (10 bytes): for all";
  const { text, file } = await first.takeType("message");
  assertEquals([text, file], [`* ${now}`, undefined]);
  const revised = await knows.takeType("revised");
  assertEquals([revised.text, revised.file.id], [now, id]);
  const page = await first.ask({ type: "history", room: "lobby" });
  assertEquals(page.messages.map((message: Json) => message.text), [now]);
  const resume = { epoch: first.welcome.epoch, seq: { lobby: 0 }, direct: 0 };
  using back = await joinEvent(server, "back", { resume });
  const missed = [await back.takeType("message"), await back.takeType("message")];
  assertEquals(missed.map((message) => message.text), [now, `* ${now}`]);
  // The same where it was for one alone.
  const { id: own } = await sendsFile(ann, { name: "b.txt", data: textOf(9), to: "first" });
  const { id: other } = await sendsFile(ann, { name: "c.txt", data: textOf(9), to: "old" });
  const { chats } = await ann.ask({ type: "chats" });
  for (const { chat } of chats) {
    await ann.ask({ type: "revise", chat, re: 1, text: "psst" });
  }
  assertEquals([await said(old), await said(old)], [
    `(to you) sent c.txt (9 bytes) (chatroom get ${other} fetches it)`,
    `(to you) * sent c.txt (9 bytes) (chatroom get ${other} fetches it)\npsst`,
  ]);
  assertEquals((await first.takeType("direct")).file.id, own);
  assertEquals(
    (await first.takeType("notice")).text,
    "ann (to you): * sent b.txt (9 bytes): psst",
  );
});
