/** What was done to a naive IRC door, and what comes of it here: each is tried on a raw socket. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Batch } from "../lib/chat/sessions/batch.ts";
import { IRC_TRAITS, IrcDoor } from "../lib/irc/irc_door.ts";
import { ircServer } from "../lib/irc/irc_server.ts";
import { renderLine } from "../lib/irc/lines/write.ts";
import { joinEvent, RawPeer, until } from "./helpers.ts";
import { IrcPeer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

const decoder = new TextDecoder();

Deno.test("irc: what another door says becomes no CTCP, and no line of its own", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#lobby"] });
  using bob = await joinEvent(server.server, "bob");
  await ann.until(/JOIN/);
  const said: ReadonlyArray<readonly [string, string]> = [
    ["\x01VERSION\x01", "VERSION"],
    ["x\r\nQUIT :x", "x|QUIT :x"],
    ["x\rQUIT :x", "x|QUIT :x"],
    ["a\0b\x07c\x03,4d", "abc,4d"],
    ["\u2028QUIT", "QUIT"],
    [":quit", ":quit"],
  ];
  for (const [text, shown] of said) {
    await bob.ask({ type: "say", room: "lobby", text });
    const wanted = shown.split("|").map((line) => `:bob!~user@guest PRIVMSG #lobby :${line}`);
    assertEquals(await ann.sync(), wanted, JSON.stringify(text));
  }
  await bob.ask({ type: "say", room: "lobby", text: "\x01VERSION\x01", action: true });
  assertEquals(await ann.sync(), [":bob!~user@guest PRIVMSG #lobby :\x01ACTION VERSION\x01"]);
  await bob.ask({ type: "direct", to: "ann", text: "\x01DCC SEND x\x01\nQUIT" });
  assertEquals(await ann.sync(), [
    ":bob!~user@guest PRIVMSG ann :DCC SEND x",
    ":bob!~user@guest PRIVMSG ann :QUIT",
  ]);
  await bob.ask({ type: "away", text: "gone\x01 :x" });
  await ann.expect("PRIVMSG bob :you?", ":irc.test 301 ann bob :gone :x");
});

Deno.test("irc: nothing that a client says breaks out where another one is told", async () => {
  await using server = startIrc();
  const caps = ["message-tags", "setname", "extended-join", "away-notify"];
  using ann = await IrcPeer.enter(server, "ann", { caps, rooms: ["#a"] });
  using eve = await IrcPeer.enter(server, "eve", { caps, rooms: ["#a"] });
  await ann.until(/JOIN/);
  // A lone CR, a zero and the like are no ends of lines.
  await eve.ask(
    "PRIVMSG #a :x\rQUIT :y",
    "TOPIC #a :x\rQUIT\0 :y",
    "AWAY :x\rQUIT :y",
    "SETNAME :x\rQUIT :y",
    "@+draft/reply=x\\r\\nQUIT;label=\\r\\n PRIVMSG #a :z",
    "PART #a :x\rQUIT :y",
  );
  const lines = await ann.sync();
  assertEquals(lines.map((line) => line.replace(/^@\S+ /, "").split(" ")[1]), [
    ...["PRIVMSG", "TOPIC", "AWAY", "PRIVMSG", "PART"],
  ]);
  using late = await IrcPeer.connect(server);
  await late.send("NICK late", "USER a\rb 0 * :x\rQUIT :y");
  await late.until(/ 422 /);
  await late.ask("JOIN #a");
  assertMatch(await ann.until(/JOIN/), /^:late!~ab@guest JOIN #a \* :xQUIT :y$/);
});

Deno.test("irc: a message of 21,000 lines throws nobody out", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#lobby"] });
  using multi = await IrcPeer.enter(server, "multi", {
    caps: ["batch", "draft/multiline"],
    rooms: ["#lobby"],
  });
  using bob = await joinEvent(server.server, "bob");
  for (const each of [ann, multi]) await each.until(/bob.*JOIN/);
  await bob.ask({ type: "say", room: "lobby", text: "x\n".repeat(21_000) });
  const lines = await ann.sync();
  assertEquals(lines.length, 40);
  assertEquals(lines.at(-1), ":bob!~user@guest PRIVMSG #lobby :[… 20961 more lines]");
  assertEquals((await multi.sync()).length, 42);
});

Deno.test("irc: bytes without an end of line, or that are not UTF-8, cost their sender alone", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#a"] });
  await ann.raw.send("PRIVMSG #a :h", Uint8Array.of(0xaa, 0xff), "\r\n");
  assertMatch(await ann.line(), /^:irc\.test FAIL PRIVMSG INVALID_UTF8 :/);
  assertEquals(await ann.sync(), []);
  await ann.raw.send("x".repeat(16_385));
  assertEquals(await ann.line(), "ERROR :Closing Link: ann (A line had no end for 16 KiB.)");
  assertEquals(await ann.rest(), "");
});

Deno.test("irc: tags may be as long as they may, and no longer", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { caps: ["message-tags"], rooms: ["#a"] });
  const tags = (length: number): string => `@${"+x=".padEnd(length, "y")} `;
  assertEquals(await ann.ask(`${tags(4_094)}PRIVMSG #a :fits`), []);
  for (const length of [4_095, 8_191, 12_000]) {
    await ann.expect(`${tags(length)}PRIVMSG #a :x`, ":irc.test 417 ann :That line is too long");
  }
  using bob = await IrcPeer.enter(server, "bob");
  assertEquals((await bob.ask("JOIN #a")).filter((line) => /PRIVMSG/.test(line)), [
    ":ann!~ann@guest PRIVMSG #a :fits",
  ]);
});

Deno.test("irc: after QUIT nothing is taken, and nobody is let in that has gone", async () => {
  await using server = startIrc();
  const { house } = server.server.host.shared;
  using ann = await IrcPeer.connect(server);
  await ann.send("NICK ann", "QUIT", "USER ann 0 * :Ann", "JOIN #a");
  assertMatch(await ann.line(), /^ERROR /);
  assertEquals(await ann.rest(), "");
  assertEquals([house.present, house.names("a")], [0, []]);
  using bob = await IrcPeer.connect(server);
  await bob.send("NICK bob", "USER bob 0 * :Bob", "QUIT", "JOIN #a", "PRIVMSG #a :x");
  assert((await bob.rest()).endsWith("ERROR :Closing Link: bob (Quit)\r\n"));
  await until("bob's going", () => house.present === 0);
  assertEquals(house.names("a"), []);
});

Deno.test("irc: lists and pages count as costly", async () => {
  await using server = startIrc();
  const { shared } = server.server.host;
  const costly: string[] = [];
  const told: string[] = [];
  const peer = {
    traits: IRC_TRAITS,
    named: () => {},
    deliver: (batch: Batch) => void told.push(decoder.decode(door.encode(batch))),
    push: (bytes: Uint8Array) => void told.push(decoder.decode(bytes)),
    close: () => {},
    drained: () => undefined,
    costly: (kind: string) => void costly.push(kind),
    inTurn: (answer: () => void | Promise<void>) => answer(),
  };
  const door = new IrcDoor(ircServer(shared, { name: "irc.test" }), peer, { isPrivate: true });
  const say = async (line: string): Promise<void> => {
    door.take(new TextEncoder().encode(`${line}\r\n`));
    await door.next()?.waits;
  };
  await say("NICK ann");
  await say("USER ann 0 * :Ann");
  await say("JOIN #a");
  assertEquals(costly, []);
  const all = ["WHO *", "WHO #a", "NAMES #a", "LIST", "WHOIS ann", "CHATHISTORY LATEST #a * 10"];
  all.push("SETNAME :Ann B.", "@+typing=active TAGMSG #a");
  for (const [at, line] of all.entries()) {
    await say(line);
    assertEquals(costly.length, at + 1, line);
  }
  shared.house.gone(peer, true);
  assertEquals(door.next(), undefined);
});

Deno.test("irc: one that does not read is closed, and costs others nothing", async () => {
  await using server = startIrc({ limits: { outboxBytes: 65_536 } });
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#lobby"] });
  using slow = await IrcPeer.enter(server, "slow", { rooms: ["#lobby"] });
  await ann.until(/slow.*JOIN/);
  using bob = await joinEvent(server.server, "bob");
  await ann.until(/bob.*JOIN/);
  for (let i = 0; server.server.host.shared.house.names("lobby").includes("slow"); i++) {
    await bob.ask({ type: "say", room: "lobby", text: `${i} ${"x".repeat(19_000)}` });
    await ann.sync();
  }
  // The server closes; what was not read by then may be lost with the connection, and the last words too.
  await slow.rest();
});

Deno.test("irc: a page of a browser reaches nothing: no request, no pipelined line", async () => {
  await using server = startIrc();
  using page = new IrcPeer(await RawPeer.connect(server.irc));
  await page.raw.send("POST / HTTP/1.1\nHost: x\n\nNICK eve\nUSER e 0 * :E\nJOIN #a\n");
  assertMatch(await page.line(), /^ERROR /);
  assertEquals(await page.rest(), "");
  assertEquals(server.server.host.shared.house.names("a"), []);
});

Deno.test("irc: no mask of servers takes long", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann");
  await ann.expect(
    `VERSION ${"*".repeat(400)}x`,
    `:irc.test 402 ann ${"*".repeat(400)}x :There is no such server`,
  );
  await ann.send("TIME I?C.*");
  assertMatch(await ann.line(), / 391 ann irc\.test /);
});

Deno.test("irc: what every object of JavaScript has is nothing that a client can name", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann");
  for (const name of ["constructor", "__proto__", "tostring", "a*b"]) {
    await ann.expect(`HELP ${name}`, `:irc.test 524 ann ${name} :There is no help on that`);
    await ann.expect(
      `PRIVMSG ${name} :x`,
      `:irc.test 401 ann ${name} :Nobody here is called ${name}; /who lists who is here`,
    );
  }
});

Deno.test("irc: a message in several lines has a label only where another command would", async () => {
  await using server = startIrc();
  const some = ["message-tags", "batch", "draft/multiline"];
  const [plain, labels] = [some, [...some, "labeled-response"]];
  const says = (label: string): string[] => [
    `@label=${label} BATCH +1 draft/multiline #a`,
    "@batch=1 PRIVMSG #a :hi",
    "BATCH -1",
  ];
  using ann = await IrcPeer.enter(server, "ann", { caps: plain, rooms: ["#a"] });
  assertEquals(await ann.ask(...says("x")), []);
  using bob = await IrcPeer.enter(server, "bob", { caps: labels, rooms: ["#a"] });
  assertEquals(await bob.ask(...says("x".repeat(65)), ...says("")), []);
  assertEquals(await bob.ask(...says("x")), ["@label=x :irc.test ACK"]);
});

Deno.test("irc: no reason ends in half a character, which other clients take for a fault", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#a"] });
  using bob = await joinEvent(server.server, "bob", { room: "a", features: ["people"] });
  const long = `${"x".repeat(199)}😀`;
  for (const [line, field] of [[`AWAY :${long}`, "text"], [`PART #a :${long}`, "why"]] as const) {
    await ann.send(line);
    const event = await bob.takeEvent();
    assertEquals(event[field], "x".repeat(199), line);
  }
});

Deno.test("irc: nobody is shown under the name of the server, by whichever door they have come", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#lobby"] });
  using eve = await joinEvent(server.server, "irc.test");
  assertEquals(await ann.sync(), [":irc\uff0etest!~user@guest JOIN #lobby"]);
  await eve.ask({ type: "say", room: "lobby", text: "Send me your password" });
  await eve.ask({ type: "direct", to: "ann", text: "Send me your password", notice: true });
  for (const line of await ann.sync()) assertMatch(line, /^:irc\uff0etest!~user@guest /);
  await ann.ask("PRIVMSG irc.test :no");
  assertEquals((await eve.takeEvent()).text, "no");
});

Deno.test("irc: an account is written as one word wherever it stands, and never as the sign of none", async () => {
  await using server = startIrc();
  for (const name of ["*", "Ann Lee!"]) await reserve(server, name);
  const caps = ["account-tag", "extended-join", "message-tags"];
  using bob = await IrcPeer.enter(server, "bob", { caps, rooms: ["#lobby"] });
  for (const [name, nick] of [["*", "\uff0a"], ["Ann Lee!", "Ann\u00a0Lee\uff01"]] as const) {
    using peer = await joinEvent(server.server, name, { login: PASSWORD });
    await peer.ask({ type: "say", room: "lobby", text: "hi" });
    const lines = (await bob.sync()).map((line) => line.replace(/msgid=[^; ]+;?/, ""));
    const prefix = `${nick}!~user@${nick}.member`;
    assertEquals(lines, [
      `@account=${nick} :${prefix} JOIN #lobby ${nick} ${name === "*" ? "*" : ":Ann Lee!"}`,
      `@account=${nick} :${prefix} PRIVMSG #lobby :hi`,
    ]);
    await peer.ask({ type: "leave", room: "lobby" });
    await bob.sync();
  }
});

Deno.test("irc: nothing that steers a terminal or turns letters comes by another door", async () => {
  await using server = startIrc();
  const caps = ["away-notify", "extended-join", "setname"];
  using ann = await IrcPeer.enter(server, "ann", { caps, rooms: ["#lobby"] });
  using bob = await joinEvent(server.server, "bob");
  await ann.until(/JOIN/);
  const wild = "a\x9b2Jb\x80\x85\x9fc";
  const from = ":bob!~user@guest";
  await bob.ask({ type: "say", room: "lobby", text: wild });
  await bob.ask({ type: "say", room: "lobby", text: wild, action: true });
  assertEquals(await ann.sync(), [
    `${from} PRIVMSG #lobby :a2Jbc`,
    `${from} PRIVMSG #lobby :\x01ACTION a2Jbc\x01`,
  ]);
  const turned = `${wild} \u202eone\u202c \u2066two\u2069`;
  await bob.ask({ type: "topic", room: "lobby", text: turned });
  await bob.ask({ type: "away", text: turned });
  const shown = "a2Jbc one two";
  assertEquals(await ann.sync(), [`${from} TOPIC #lobby :${shown}`, `${from} AWAY :${shown}`]);
  assertMatch((await ann.ask("TOPIC #lobby")).join(), / 332 ann #lobby :a2Jbc one two,/);
  await ann.expect("PRIVMSG bob :you?", `:irc.test 301 ann bob :${shown}`);
  using eve = await IrcPeer.connect(server);
  await eve.send("NICK eve", `USER eve 0 * :${turned}`);
  await eve.until(/ 422 /);
  await eve.ask("JOIN #lobby");
  assertEquals(await ann.sync(), [`:eve!~eve@guest JOIN #lobby * :${shown}`]);
  assertMatch((await ann.ask("WHO eve")).join(), / 352 ann .* :0 a2Jbc one two,/);
});

Deno.test("irc: what turns the order of letters ends with its line, and ends nothing of the client's", async () => {
  const [lre, rlo, pdf, rli, fsi, pdi] = [..."\u202a\u202e\u202c\u2067\u2068\u2069"] as string[];
  const shown: ReadonlyArray<readonly [said: string, shown: string]> = [
    [`${rlo}one`, `${rlo}one${pdf}`],
    [`${rlo}one${pdf} two`, `${rlo}one${pdf} two`],
    [`${rli}one`, `${rli}one${pdi}`],
    [`one${pdi} two${pdf}`, "one two"],
    [`${fsi}${lre}one${pdi}`, `${fsi}${lre}one${pdi}`],
    [`${lre}${fsi}one${pdf}`, `${lre}${fsi}one${pdi}${pdf}`],
    [`${"\u202e".repeat(9)}one`, "one"],
    ["\u05e9\u05dc\u05d5\u05dd \u200fone", "\u05e9\u05dc\u05d5\u05dd \u200fone"],
  ];
  for (const [said, told] of shown) {
    assertEquals(
      renderLine({ command: "PRIVMSG", params: ["#a", said] }),
      `PRIVMSG #a :${told}\r\n`,
    );
    const action = { command: "PRIVMSG", params: ["#a", said], action: true };
    assertEquals(renderLine(action), `PRIVMSG #a :\x01ACTION ${told}\x01\r\n`);
  }
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#lobby"] });
  using bob = await joinEvent(server.server, "bob");
  await ann.sync();
  // Nothing of a long text is lost by that: it has one line more.
  const words = "a word ".repeat(300).trim();
  await bob.ask({ type: "say", room: "lobby", text: `${rlo}${words}\n${rlo}two` });
  const lines = (await ann.sync()).flatMap((line) => line.split(" PRIVMSG #lobby :")[1] ?? []);
  assertEquals(
    lines.join("").replaceAll(rlo as string, "").replaceAll(pdf as string, ""),
    `${words}two`,
  );
  assertEquals([lines[0]?.at(-1), lines.at(-1)], [pdf, `${rlo}two${pdf}`]);
  // What is kept is as it was said.
  const { messages } = await bob.ask({ type: "history", room: "lobby" });
  assertEquals(messages.at(-1).text, `${rlo}${words}\n${rlo}two`);
});
