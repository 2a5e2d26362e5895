/** What PROTOCOL.md settles where clients might have guessed. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkStrength, MAX_PASSWORD, MIN_PASSWORD } from "../lib/chat/people/keeper.ts";
import { MAX_HOSTED } from "../lib/chat/people/people.ts";
import { MAX_QUERY_TERMS } from "../lib/chat/messages/query.ts";
import { LIMITS } from "../lib/server/limits.ts";
import { REQUESTS } from "../lib/wire/requests.ts";
import { joinEvent, type Json, RawPeer, startServer } from "./helpers.ts";
import { startWeb } from "./web_peer.ts";

const text = (await Deno.readTextFile(new URL("../lib/wire/PROTOCOL.md", import.meta.url)))
  .replace(/\s+/g, " ");

Deno.test("zeros before a length are digits, and ten digits are a classic header", async () => {
  await using server = startServer();
  using ann = await RawPeer.connect(server);
  await ann.send("0000000003ann", "004       /who");
  assertEquals(await ann.takePair(), ["server", "1 person in lobby: ann"]);
  using bob = await RawPeer.connect(server);
  await bob.send("       003bob");
  assertEquals((await bob.takeEvent()).type, "welcome");
});

Deno.test("an error has the id that could be read, be it empty or there twice", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  for (
    const [sent, id] of [
      ['{"type":"who","id":"1","room":"lobby","room":"dev"}', "1"],
      ['{"type":"who","id":"1","id":"2","room":"lobby"}', "2"],
      ['{"type":"who","id":""}', ""],
      ['{"type":"who","id":5,"room":"lobby"}', undefined],
    ] as const
  ) {
    await ann.tell(sent);
    const { type, code, id: answered } = await ann.takeEvent();
    assertEquals([type, code, answered], ["error", "bad-field", id]);
  }
  assertEquals((await ann.ask({ type: "who", room: "lobby", id: "" })).type, "members");
  const first = await ann.ask({ type: "say", room: "lobby", text: "once", id: "" });
  assertEquals(await ann.ask({ type: "say", room: "lobby", text: "once", id: "" }), first);
});

Deno.test("a subprotocol that is asked for is not echoed", async () => {
  await using web = await startWeb();
  const peer = await RawPeer.connect(web.door);
  await peer.send(
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      "Sec-WebSocket-Protocol: chat, superchat\r\n\r\n",
  );
  let head = "";
  while (!head.endsWith("\r\n\r\n")) head += new TextDecoder().decode(await peer.take(1));
  assertStringIncludes(head, " 101 ");
  assert(!/sec-websocket-protocol/i.test(head), head);
  peer[Symbol.dispose]();
});

Deno.test("a resume brings ready, what can't be had, direct messages, a new room, then the rooms in order", async () => {
  await using server = startServer({ limits: { historyMessages: 3 } });
  using bob = await joinEvent(server, "bob");
  for (const room of ["dev", "ops", "new"]) await bob.ask({ type: "join", room });
  const ann = await joinEvent(server, "ann");
  const { session } = ann.ready;
  for (const room of ["dev", "ops"]) await ann.ask({ type: "join", room });
  const { epoch } = ann.welcome;
  await bob.ask({ type: "direct", to: "ann", text: "psst" });
  ann[Symbol.dispose]();
  for (const room of ["ops", "dev", "new"]) {
    for (let n = 1; n <= 4; n++) await bob.ask({ type: "say", room, text: `${room} ${n}` });
  }
  const resume = { epoch, seq: { ops: 0, "no such name": 0, dev: 0 }, direct: 0 };
  const again = await joinEvent(server, "ann", { session, resume, room: "new", scrollback: 1 });
  assertEquals(again.ready.room, "new");
  const seen: string[] = [];
  while (seen.length < 11) {
    const { type, room, from, to, text } = await again.takeEvent();
    if (type !== "joined") {
      seen.push([type, room, type === "gap" ? `${from}-${to}` : text].join(" "));
    }
  }
  assertEquals(seen, [
    "left no such name ",
    "direct  psst",
    "message new new 4",
    ...["ops", "dev"].flatMap((room) => [
      `gap ${room} 1-1`,
      ...[2, 3, 4].map((n) => `message ${room} ${room} ${n}`),
    ]),
  ]);
  again[Symbol.dispose]();
  const last = await joinEvent(server, "ann", { session, resume: { ...resume, direct: 1 } });
  assertEquals(last.ready.room, "ops");
  last[Symbol.dispose]();
});

Deno.test("a session that is not known is a new one", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann", { session: "nobody's" });
  assert(ann.ready.session !== "nobody's" && ann.ready.session !== "");
});

Deno.test("a page of nothing is not to be had: who walks through pages comes to their end", async () => {
  await using server = startServer({ limits: { scrollback: 0 } });
  using ann = await joinEvent(server, "ann");
  for (let n = 1; n <= 3; n++) await ann.ask({ type: "say", room: "lobby", text: `word ${n}` });
  let before: number | undefined;
  const seqs: number[] = [];
  for (let more = true; more;) {
    const page: Json = await ann.ask({
      ...{ type: "history", room: "lobby", limit: 0 },
      ...(before === undefined ? {} : { before }),
    });
    for (const { seq } of page.messages) seqs.push(before = seq);
    more = page.more;
  }
  assertEquals(seqs, [3, 2, 1]);
  assertEquals((await ann.ask({ type: "search", query: "word", limit: 0 })).messages.length, 1);
});

Deno.test("before in a search of all rooms is a seq in each of them", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  await ann.ask({ type: "join", room: "dev" });
  for (const room of ["lobby", "dev"]) {
    for (let n = 1; n <= 3; n++) await ann.ask({ type: "say", room, text: `word ${room} ${n}` });
  }
  const { messages } = await ann.ask({ type: "search", query: "word", before: 3 });
  const found = messages.map(({ text }: Json) => text).sort();
  assertEquals(found, ["word dev 1", "word dev 2", "word lobby 1", "word lobby 2"]);
});

Deno.test("may-be-secret looks at the lines of a say, and at nothing else", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  for (
    const said of [
      "/login x",
      "hello\n  /REGISTER",
      "\u200b/ \u{e0001}passwd x",
      "//login x",
      "\uff0flogin x",
    ]
  ) {
    assertEquals((await ann.ask({ type: "say", room: "lobby", text: said })).code, "may-be-secret");
  }
  for (const said of ["/loginx", "say /login x", "login x", "/ x login"]) {
    assertEquals((await ann.ask({ type: "say", room: "lobby", text: said })).type, "ack");
  }
  const topic = await ann.ask({ type: "topic", room: "lobby", text: "/login x" });
  assertEquals(topic.type, "topic");
});

Deno.test("the limits of the protocol are those of the code", () => {
  for (
    const told of [
      `code units | ${REQUESTS.search.query.most} `,
      `phrases in it | ${MAX_QUERY_TERMS} `,
      `opening them | ${MAX_HOSTED} `,
      `most ${REQUESTS.hello.password.most.toLocaleString("en")} characters`,
      `${MIN_PASSWORD} to ${MAX_PASSWORD}`,
      `search\` | ${LIMITS.pageMessages.default} `,
    ]
  ) assertStringIncludes(text, told);
  checkStrength("x".repeat(MAX_PASSWORD));
});

Deno.test("a topic has 300 characters and a mute 10 years at most", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  const topic = (length: number): Promise<Json> =>
    ann.ask({ type: "topic", room: "lobby", text: "x".repeat(length) });
  assertEquals([(await topic(300)).type, (await topic(301)).code], ["topic", "bad-topic"]);
  const mute = { type: "mod", action: "mute", target: "bob" };
  assertEquals((await ann.ask({ ...mute, forMs: 315_360_000_001 })).code, "bad-field");
});
