/** Conversations by real doors: a terminal, a browser, a client of the first version and a classic one. */

import { assertEquals } from "@std/assert";
import { serveWeb } from "../lib/web/serve_web.ts";
import { classicFrame, joinClassic, joinEvent, startServer, until } from "./helpers.ts";
import { joinWeb } from "./web_peer.ts";

const PEOPLE = { features: ["people"] };
const LOGIN = { login: "a long password" };

Deno.test("an evening with two devices: said on one, read on the other, and an old client beside them", async () => {
  await using server = startServer();
  await using door = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0 });
  {
    using bob = await joinEvent(server, "bob", PEOPLE);
    await bob.ask({ type: "register", password: LOGIN.login });
  }
  await until("bob has left", () => server.connections === 0);
  using ann = await joinEvent(server, "ann");
  const waiting = await ann.ask({ type: "direct", to: "bob", text: "are you there?" });
  // A client of the first version is told no more than it knows.
  assertEquals(Object.keys(waiting).sort(), ["at", "id", "type"]);

  using desk = await joinEvent(server, "bob", { ...PEOPLE, ...LOGIN });
  using phone = await joinWeb(door, "bob", { ...PEOPLE, ...LOGIN });
  using old = await joinEvent(server, "bob", LOGIN);
  const [found] = desk.ready.chats;
  const { chat } = found;
  assertEquals([found.with, found.last, found.unread, desk.ready.direct], ["ann", 1, 1, 1]);
  const page = await desk.ask({ type: "history", chat });
  assertEquals(page.messages[0].text, "are you there?");

  const mark = await phone.ask({ type: "read", chat, seq: 1 });
  assertEquals([mark.unread, mark.chat], [0, chat]);
  const told = await desk.takeType("read");
  assertEquals([told.chat, told.seq, told.unread], [chat, 1, 0]);

  const ack = await desk.ask({ type: "direct", chat, text: "yes" });
  assertEquals([ack.chat, ack.seq, ack.away], [chat, 2, undefined]);
  const copy = await phone.takeType("direct");
  assertEquals([copy.own, copy.seq, copy.with, copy.n], [true, 2, "ann", undefined]);
  const answer = await ann.takeType("direct");
  assertEquals([answer.text, answer.n, answer.chat], ["yes", 1, undefined]);

  await ann.ask({ type: "direct", to: "bob", text: "good" });
  for (const peer of [desk, phone]) {
    const { text, seq, n } = await peer.takeType("direct");
    assertEquals([text, seq, n], ["good", 3, 2]);
  }
  // Of what it says elsewhere the old client gets no copy, and so no hole.
  const { type: _, at: __, ...first } = await old.takeType("direct");
  assertEquals(first, { from: "ann", to: "bob", text: "good", n: 2 });
});

Deno.test("a classic client writes to an account that is away, and gets the answer while it is there", async () => {
  await using server = startServer();
  {
    using bob = await joinEvent(server, "bob", PEOPLE);
    await bob.ask({ type: "register", password: LOGIN.login });
  }
  await until("bob has left", () => server.connections === 0);
  using carl = await joinClassic(server, "carl");
  await carl.send(classicFrame("/msg bob hello"));
  await until("it is stored", () => server.host.shared.house.state.chats.size === 1);
  using bob = await joinEvent(server, "bob", { ...PEOPLE, ...LOGIN });
  const [found] = bob.ready.chats;
  assertEquals([found.with, found.unread, found.gone], ["carl", 1, undefined]);
  await bob.ask({ type: "direct", chat: found.chat, text: "hello to you" });
  for (let text = ""; !text.includes("hello to you");) [, text] = await carl.takePair();
  carl.conn.close();
  await until("carl has left", () => server.connections === 1);
  const late = await bob.ask({ type: "direct", chat: found.chat, text: "still there?" });
  assertEquals(late.code, "chat-gone");
});
