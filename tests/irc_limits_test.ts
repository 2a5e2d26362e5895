/** The limits of a server at its IRC door, over TCP and WebSocket; and what an operator sees of it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ViewedRoom } from "../lib/chat/answers/viewed_room.ts";
import { MULTILINE } from "../lib/irc/caps.ts";
import type { IrcClient } from "../lib/irc/client.ts";
import { EARLIER } from "../lib/irc/commands/rooms.ts";
import { MOST_MISSED } from "../lib/irc/commands/unread.ts";
import { MOST_MONITORED } from "../lib/irc/isupport.ts";
import { MOST_UNENDED } from "../lib/irc/lines/line_decoder.ts";
import { MOST_BODY, MOST_TAGS } from "../lib/irc/lines/parse.ts";
import { MOST_LINES } from "../lib/irc/lines/text.ts";
import { MOST_SHARED, roomModes } from "../lib/irc/telling/room_modes.ts";
import { MOST_LABEL } from "../lib/irc/reply.ts";
import { MOST_TOLD_PLACES } from "../lib/irc/told_places.ts";
import { MOST_TOLD_CLIENTS } from "../lib/irc/told_marks.ts";
import { LIMITS } from "../lib/server/limits.ts";
import { tableOf } from "./docs.ts";
import { until } from "./helpers.ts";
import { IrcPeer, startIrc } from "./irc_peer.ts";
import { connectSocket, type SocketWire, startIrcWeb } from "./irc_socket_peer.ts";
import { request, webFrame } from "./web_peer.ts";

Deno.test("IRC.md's table of limits is that of the code", () => {
  const limits = tableOf("What is limited here").map(([limit = ""]) => limit);
  const flags = new Set(Object.values(LIMITS).map(({ flag }) => `--${flag}`));
  for (const [, flag = ""] of limits.join(" ").matchAll(/`(--[a-z-]+)`/g)) {
    assert(flags.has(flag), flag);
  }
  assertEquals(limits.filter((limit) => /^\d/.test(limit)), [
    `${MOST_BODY} bytes`,
    `${MOST_TAGS} bytes`,
    `${MOST_UNENDED} bytes`,
    `${MOST_LABEL} bytes`,
    `${MOST_MONITORED} nicks`,
    `${MULTILINE.lines} lines, ${MULTILINE.bytes} bytes`,
    `${MOST_LINES} lines`,
    `${EARLIER} messages`,
    `${MOST_MISSED} messages`,
    `${MOST_TOLD_CLIENTS} clients`,
    `${MOST_TOLD_PLACES} rooms and conversations`,
  ]);
});

Deno.test("irc: connections are counted with those of the other doors", async () => {
  await using server = await startIrcWeb({ limits: { connectionsPerAddress: 2 } });
  using ann = await IrcPeer.enter(server, "ann");
  using bob = await (await connectSocket(server)).comeIn("bob");
  using third = await IrcPeer.connect(server);
  await third.send("NICK third");
  assertMatch(await third.rest(), /^ERROR :Closing Link: \* \(.+\)\r\n$/);
  await Promise.all([ann.sync(), bob.sync()]);
});

Deno.test("irc: new connections of an address have a rate", async () => {
  await using server = startIrc({ limits: { connectionsPerMinute: 1 } });
  using ann = await IrcPeer.enter(server, "ann");
  using next = await IrcPeer.connect(server);
  await next.send("NICK next");
  assertMatch(await next.rest(), /^ERROR :Closing Link: \* \(.+\)\r\n$/);
  await ann.sync();
});

Deno.test("irc: who does not come in, or ends no line, is sent away, by both ways", async () => {
  await using server = await startIrcWeb({ limits: { handshakeMs: 1_000 } });
  for (const connect of [() => IrcPeer.connect(server), () => connectSocket(server)]) {
    using silent = await connect();
    await silent.send("NICK ann");
    assertMatch(await silent.rest(), /^ERROR :Closing Link: ann \(.+\)\r\n$/);
  }
  const { disconnects } = server.server.host.shared.metrics;
  await until("both ends", () => disconnects.get("handshake") === 2);
});

Deno.test("irc: a line has a time in which it ends", async () => {
  await using server = startIrc({ limits: { frameMs: 50 } });
  using slow = await IrcPeer.enter(server, "slow");
  await slow.raw.send("PRIVMSG #a :x");
  assertMatch(await slow.rest(), /^ERROR :Closing Link: slow \(.+\)\r\n$/);
  const { disconnects } = server.server.host.shared.metrics;
  await until("its end", () => disconnects.get("slow-frame") === 1);
});

Deno.test("irc: who is silent is asked by PING, and then sent away", async () => {
  await using server = startIrc({ limits: { pingMs: 30, silenceMs: 200 } });
  using ann = await IrcPeer.enter(server, "ann");
  assertEquals(await ann.until(/^PING/), "PING irc.test");
  const rest = await ann.rest();
  assertMatch(rest, /ERROR :Closing Link: ann \(.+\)\r\n$/);
});

Deno.test("irc: lines that come too fast wait, and in the end the connection does", async () => {
  const limits = { requestsPerSecond: 1, requestBurst: 20, floodMs: 1 };
  await using server = startIrc({ limits });
  using ann = await IrcPeer.enter(server, "ann");
  using flood = await IrcPeer.connect(server);
  await flood.send("NICK eve", "USER eve 0 * :Eve", ...Array(100).fill("PING x"));
  const rest = await flood.rest();
  assertMatch(rest, /ERROR :Closing Link: eve \(You have been sending faster .+\)\r\n$/);
  // It was answered for as long as it was read.
  assert(rest.split("PONG").length > 10 && rest.split("PONG").length < 100, rest);
  await ann.sync();
});

Deno.test("irc: what is no line counts, too: empty ones, and pings and pongs of a WebSocket", async () => {
  const limits = { requestsPerSecond: 10, requestBurst: 20, floodMs: 1 };
  await using server = await startIrcWeb({ limits });
  const ended = /ERROR :Closing Link: eve \(You have been sending faster .+\)\r\n$/;
  using empty = await IrcPeer.enter(server, "eve");
  await empty.send(...Array(20).fill("\n".repeat(8_192)), "PING x");
  assertMatch(await empty.rest(), ended);
  for (const opcode of [9, 10]) {
    await until("the nick is free", () => server.server.host.shared.house.present === 0);
    using socket = await (await connectSocket(server)).comeIn("eve");
    const { peer } = socket.raw as SocketWire;
    await peer.send(...Array(100).fill(webFrame(opcode, new Uint8Array(1))));
    await socket.send("PING x");
    assertMatch(await socket.rest(), ended);
  }
});

Deno.test("irc: each nick that ISON or MONITOR asks about counts", async () => {
  const limits = { requestsPerSecond: 10, requestBurst: 40, floodMs: 1 };
  await using server = startIrc({ limits });
  const nicks = Array.from({ length: 40 }, (_, at) => `n${at}`);
  for (const line of [`ISON :${nicks.join(" ")}`, `MONITOR - ${nicks}`]) {
    await until("the nick is free", () => server.server.host.shared.house.present === 0);
    using ann = await IrcPeer.enter(server, "ann");
    await ann.send(line, line, line, "PING x");
    assertMatch(
      await ann.rest(),
      /ERROR :Closing Link: ann \(You have been sending faster .+\)\r\n$/,
    );
  }
});

Deno.test("irc: how rooms are set is remembered of so many, however many were opened", async () => {
  await using server = startIrc();
  const modes = roomModes(server.irc.server);
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#a", "#b"] });
  assertEquals(modes.size, 2);
  await ann.ask("PART #a,#b");
  const client = { rooms: new Map() } as unknown as IrcClient;
  for (let at = 0; at <= MOST_SHARED; at++) {
    modes.note(client, { name: `r${at}`, access: "open" } as ViewedRoom);
    client.rooms.clear();
  }
  assertEquals(modes.size, MOST_SHARED);
});

Deno.test("irc: the metrics have this door from the first, and count lines that are refused", async () => {
  await using server = await startIrcWeb();
  const samples = async (): Promise<Map<string, number>> => {
    const { body } = await request(server.door, "GET /metrics");
    return new Map(
      body.split("\n").map((line) => {
        const [name = "", value] = line.split(/ (?=[^ ]*$)/);
        return [name, Number(value)];
      }),
    );
  };
  const connections = 'chatroom_connections{door="irc"}';
  const total = 'chatroom_connections_total{door="irc"}';
  const before = await samples();
  assertEquals([before.get(connections), before.get(total)], [0, 0]);
  using early = await IrcPeer.connect(server);
  await early.ask("JOIN #a");
  using ann = await IrcPeer.enter(server, "ann");
  using bob = await (await connectSocket(server)).comeIn("bob");
  await ann.ask("NOTHING", "WHO", "TOPIC", "x".repeat(600));
  await bob.ask("PRIVMSG #none :x");
  await ann.raw.send("PRIVMSG #a :", Uint8Array.of(0xff), "\r\n");
  await ann.sync();
  const after = await samples();
  assertEquals([after.get(connections), after.get(total)], [3, 3]);
  assert((after.get('chatroom_received_bytes_total{door="irc"}') ?? 0) > 600);
  assert((after.get('chatroom_sent_bytes_total{door="irc"}') ?? 0) > 600);
  const refused = (code: string): number | undefined =>
    after.get(`chatroom_refusals_total{code="${code}"}`);
  for (
    const code of ["too-large", "unknown-type", "bad-field", "bad-utf8", "not-ready"]
  ) assertEquals(refused(code), 1, code);
  assertEquals(refused("no-such-room"), 1);
});
