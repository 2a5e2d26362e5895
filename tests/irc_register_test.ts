/** How IRC clients come in: in every order, with and without capabilities, and why they do not. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { joinEvent, RawPeer } from "./helpers.ts";
import { IrcPeer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

Deno.test("irc: a client comes in with NICK and USER, and is told what the server is", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.connect(server);
  await ann.send("NICK ann", "USER ann 0 * :Ann Lee");
  const lines: string[] = [];
  do lines.push(await ann.line()); while (!/ 422 /.test(lines.at(-1) ?? ""));
  const codes = lines.map((line) => line.split(" ")[1]);
  assertEquals([...new Set(codes)], [
    ...["001", "002", "003", "004", "005"],
    ...["251", "252", "254", "255", "265", "266", "422"],
  ]);
  for (const line of lines) assertMatch(line, /^:irc\.test \d{3} ann /);
  assertMatch(lines[0] ?? "", /:Welcome to chatroom, ann!~ann@guest$/);
  const tokens = lines.filter((line) => / 005 /.test(line)).join(" ");
  for (const token of ["CASEMAPPING=ascii", "UTF8ONLY", "CHANTYPES=#", "WHOX"]) {
    assert(tokens.includes(` ${token} `), token);
  }
  assertEquals(server.server.host.shared.house.names("lobby"), []);
});

/** What a client says to come in, in whatever order. */
const ORDERS: ReadonlyArray<readonly string[]> = [
  ["USER ann 0 * :Ann", "NICK ann"],
  ["CAP LS 302", "NICK ann", "USER ann 0 * :Ann", "CAP END"],
  ["NICK ann", "CAP LS", "USER ann 0 * :Ann", "CAP REQ :batch", "CAP END"],
  ["NICK ann", "USER ann 0 * :Ann"],
  ["CAP REQ :nothing-like-it", "USER ann 0 * :Ann", "NICK ann", "CAP END"],
  ["CAP LIST", "PING x", "USER ann 0 * :Ann", "NICK ann"],
  ["NICK bob", "NICK ann", "USER ann 0 * :Ann"],
];

for (const order of ORDERS) {
  Deno.test(`irc: a client comes in by ${order.join(", ")}`, async () => {
    await using server = startIrc();
    using ann = await IrcPeer.connect(server);
    for (const line of order.slice(0, -1)) {
      await ann.send(line, "PING before");
      for (let answer = ""; !answer.endsWith(":before"); answer = await ann.line()) {
        assert(!/ 001 /.test(answer), `${line} let it in`);
      }
    }
    await ann.send(order.at(-1) ?? "");
    assertMatch(await ann.until(/ (001|4\d\d) /), /^:irc\.test 001 ann /);
  });
}

Deno.test("irc: while it chooses capabilities a client is not in", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.connect(server);
  await ann.send("CAP LS 302");
  const first = await ann.line();
  assertMatch(first, /^:irc\.test CAP \* LS /);
  assert(first.includes("draft/multiline=max-bytes=40000,max-lines=100"), first);
  assert(first.includes("sasl=PLAIN"), first);
  assertEquals(await ann.ask("NICK ann", "USER ann 0 * :Ann", "JOIN #a"), [
    ":irc.test 451 ann :You are not in yet",
  ]);
  await ann.expect("CAP REQ :batch server-time", ":irc.test CAP ann ACK :batch server-time");
  await ann.expect("CAP REQ :batch no-such", ":irc.test CAP ann NAK :batch no-such");
  await ann.expect("CAP REQ :-batch", ":irc.test CAP ann ACK -batch");
  await ann.expect("CAP LIST", ":irc.test CAP ann LIST :cap-notify server-time");
  await ann.expect("CAP WHAT", ":irc.test 410 ann WHAT :There is no such CAP command");
  await ann.send("CAP END");
  assertMatch(await ann.line(), / 001 ann /);
});

Deno.test("irc: a nick that is taken, or none, is refused, and another one lets in", async () => {
  await using server = startIrc();
  using _ann = await IrcPeer.enter(server, "Ann");
  using bob = await IrcPeer.connect(server);
  const refusal = async (nick: string): Promise<string> => (await bob.ask(`NICK ${nick}`)).join();
  assertMatch(await refusal("ann"), /^:irc\.test 433 \* ann /);
  for (const nick of ["#bob", "a!b", "a@b", "3com", "-b", "$b", "a*", "irc.test", "IRC.Test"]) {
    assertMatch(await refusal(nick), /^:irc\.test 432 \* /, nick);
  }
  assertEquals(await refusal(""), ":irc.test 431 * :No nick was given");
  await bob.send("USER bob 0 * :Bob");
  // The server's own, a service, one that looks like a service, and one that looks like the other.
  for (
    const [nick, code] of [
      ["server", 432],
      ["NickServ", 432],
      ["N\u0456ckServ", 432],
      ["Global", 432],
      ["StatServ", 432],
      ["\u0410nn", 433],
    ]
  ) {
    await bob.send(`NICK ${nick}`);
    assertMatch(await bob.line(), new RegExp(`^:irc\\.test ${code} \\* ${nick} `));
  }
  await bob.send("NICK bob");
  assertMatch(await bob.line(), / 001 bob /);
});

Deno.test("irc: of two that come in with one nick at the same time one gets it", async () => {
  await using server = startIrc();
  using one = await IrcPeer.connect(server);
  using two = await IrcPeer.connect(server);
  await one.ask("NICK ann");
  await two.ask("NICK ann");
  await one.send("USER one 0 * :One");
  assertMatch(await one.line(), / 001 ann /);
  await two.send("USER two 0 * :Two");
  assertMatch(await two.line(), / 433 \* ann /);
  await two.send("NICK ann_");
  assertMatch(await two.line(), / 001 ann_ /);
});

Deno.test("irc: what comes too early, twice or without its parameters is refused by its number", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.connect(server);
  await ann.expect("JOIN #a", ":irc.test 451 * :You are not in yet");
  await ann.expect("PRIVMSG #a :x", ":irc.test 451 * :You are not in yet");
  await ann.expect("NOSUCH", ":irc.test 421 * NOSUCH :There is no such command");
  await ann.expect("USER a 0 *", ":irc.test 461 * USER :Some parameters are missing");
  await ann.expect("USER a 0 * :", ":irc.test 461 * USER :A name is missing");
  await ann.expect("PING", ":irc.test 409 * :What is to be sent back is missing");
  await ann.send("NICK ann", "USER ann 0 * :Ann");
  await ann.until(/ 422 /);
  await ann.expect("USER a 0 * :x", ":irc.test 462 ann :You have said that already");
  await ann.expect("PASS x", ":irc.test 462 ann :You are in already");
  await ann.expect("JOIN", ":irc.test 461 ann JOIN :Some parameters are missing");
  await ann.expect(
    "OPER a b",
    ":irc.test 491 ann :Roles come with the name that one has shown to be one's own",
  );
});

Deno.test("irc: QUIT ends the connection with an ERROR, whether one is in or not", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann");
  await ann.send("QUIT :see you");
  assertEquals(await ann.line(), "ERROR :Closing Link: ann (Quit: see you)");
  assertEquals(await ann.rest(), "");
  using early = await IrcPeer.connect(server);
  await early.send("QUIT");
  assertEquals(await early.line(), "ERROR :Closing Link: * (Quit)");
  assertEquals(await early.rest(), "");
});

Deno.test("irc: a server's password comes by PASS", async () => {
  await using server = startIrc({ password: "sesame" });
  const come = async (...lines: readonly string[]): Promise<string> => {
    using peer = await IrcPeer.connect(server);
    await peer.send(...lines, "NICK ann", "USER ann 0 * :Ann");
    return await peer.line();
  };
  assertMatch(await come(), / 464 /);
  assertMatch(await come("PASS sesame"), / 001 /);
  assertMatch(await come("PASS wrong"), / 464 /);
  // The right one has to wait for a while after a wrong one.
  assertMatch(await come("PASS sesame"), / 464 ann :.*try again in/);
});

Deno.test("irc: 465 says that one is banned, and nothing else", async () => {
  await using server = startIrc();
  const { house } = server.server.host.shared;
  await reserve(server, "root");
  await house.console({ type: "user", action: "add", name: "root", role: "operator" });
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD });
  using page = await joinEvent(server.server, "root", { login: PASSWORD, features: ["people"] });
  await page.ask({ type: "mod", action: "ban", target: "eve", reason: "spam" });
  const come = async (nick: string, ...lines: readonly string[]): Promise<string> => {
    using peer = await IrcPeer.connect(server);
    await peer.send(...lines, `NICK ${nick}`, "USER x 0 * :X");
    return await peer.rest();
  };
  assertMatch(
    await come("eve"),
    /^:irc\.test 465 eve :You are banned by root: spam\r\nERROR :Closing Link: eve \(You are banned/,
  );
  const wrong = `PASS root:${PASSWORD}r`;
  for (let i = 0; i < 3; i++) {
    assertMatch(
      await come("root", wrong),
      /^:irc\.test 464 root :[^\n]+\r\nERROR :Closing Link: root /,
    );
  }
  await root.expect("PING x", ":irc.test PONG irc.test :x");
});

Deno.test("irc: who comes in before its authentication is over is told that it was given up", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.connect(server);
  await ann.send("CAP REQ :sasl", "NICK ann", "USER ann 0 * :Ann", "AUTHENTICATE PLAIN", "CAP END");
  assertEquals(await ann.until(/ 906 /), ":irc.test 906 ann :The authentication was given up");
  await ann.until(/ 422 /);
  await ann.expect("AUTHENTICATE PLAIN", "AUTHENTICATE +");
});

Deno.test("irc: an HTTP request ends the connection, and does nothing", async () => {
  await using server = startIrc();
  for (const verb of ["GET", "POST", "OPTIONS"]) {
    using peer = new IrcPeer(await RawPeer.connect(server.irc));
    await peer.raw.send(`${verb} / HTTP/1.1\r\nHost: x\r\n\r\nNICK ann\r\nUSER a 0 * :A\r\n`);
    assertMatch(await peer.line(), /^ERROR :Closing Link: \* \(This is a port for IRC/);
    assertEquals(await peer.rest(), "");
  }
  assertEquals(server.server.host.shared.house.present, 0);
});

Deno.test("irc: the mode that clients give themselves when they are in is no error", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann");
  for (const letters of ["+i", "i", "-i"]) await ann.expect(`MODE ann ${letters}`);
  await ann.expect("MODE ann", ":irc.test 221 ann +i");
  await ann.expect("MODE ann +iwx", ":irc.test 501 ann :There is no mode of people wx");
  await ann.expect("MODE irc.test", ":irc.test 401 ann irc.test :There is no such nick");
});
