/** Accounts over IRC: passwords, several devices, and what hosts of rooms may do. */

import { assertEquals, assertMatch } from "@std/assert";
import { AskedTwice } from "../lib/irc/commands/asked_twice.ts";
import { joinEvent, until } from "./helpers.ts";
import { READS_ALL } from "./fixtures/ann_by_irc.ts";
import { IrcPeer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

const plain = (name: string, password = PASSWORD, as = ""): string =>
  btoa(`${as}\0${name}\0${password}`);

Deno.test("irc: SASL PLAIN shows a password before a client is in, and it goes by that name then", async () => {
  await using server = startIrc();
  await reserve(server, "Ann");
  using ann = await IrcPeer.connect(server);
  await ann.send("CAP REQ :sasl", "NICK somebody", "USER ann 0 * :Ann", "AUTHENTICATE PLAIN");
  assertEquals(await ann.until(/AUTHENTICATE/), "AUTHENTICATE +");
  await ann.send(`AUTHENTICATE ${plain("ann", "wrong horse")}`);
  assertMatch(await ann.line(), /^:irc\.test 904 somebody :That is not the password/);
  await ann.send("AUTHENTICATE PLAIN");
  await ann.line();
  let answer = "";
  do {
    // After a wrong password the next one has to wait.
    await ann.send(`AUTHENTICATE ${plain("ann")}`);
    answer = await ann.until(/ 90[04] /);
    if (/ 904 /.test(answer)) await ann.ask("AUTHENTICATE PLAIN");
  } while (/ 904 /.test(answer));
  assertMatch(answer, /^:irc\.test 900 somebody \S+ Ann :/);
  assertMatch(await ann.line(), /^:irc\.test 903 somebody :/);
  await ann.send("CAP END");
  assertMatch(await ann.line(), /^:irc\.test 001 Ann :.*Ann!~ann@Ann\.member$/);
});

Deno.test("irc: what comes by PASS with a name before it may come by SASL as it is", async () => {
  await using server = startIrc();
  await reserve(server, "Ann");
  using ann = await IrcPeer.connect(server);
  await ann.send("CAP REQ :sasl", `PASS :ann:${PASSWORD}`, "NICK ann", "USER ann 0 * :Ann");
  await ann.send("AUTHENTICATE PLAIN");
  await ann.until(/^AUTHENTICATE/);
  // As irc-framework does, and what is built upon it.
  await ann.send(`AUTHENTICATE ${plain("ann", `ann:${PASSWORD}`)}`);
  assertMatch(await ann.line(), /^:irc\.test 900 ann \S+ Ann :/);
  await ann.send("CAP END");
  assertMatch(await ann.until(/ 001 /), /^:irc\.test 001 Ann :/);
});

Deno.test("irc: SASL comes in pieces of 400 bytes, is given up by *, and is PLAIN alone", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.connect(server);
  await ann.expect("AUTHENTICATE PLAIN", ":irc.test 904 * :CAP REQ :sasl comes first");
  await ann.ask("CAP REQ :sasl");
  await ann.expect(
    "AUTHENTICATE SCRAM-SHA-256",
    ":irc.test 908 * PLAIN :are the mechanisms that there are",
    ":irc.test 904 * :There is no mechanism SCRAM-SHA-256",
  );
  await ann.expect("AUTHENTICATE PLAIN", "AUTHENTICATE +");
  await ann.expect("AUTHENTICATE *", ":irc.test 906 * :The authentication was given up");
  await ann.expect("AUTHENTICATE PLAIN", "AUTHENTICATE +");
  await ann.expect(
    `AUTHENTICATE ${"x".repeat(401)}`,
    ":irc.test 905 * :A piece has 400 bytes at most",
  );
  await ann.expect("AUTHENTICATE PLAIN", "AUTHENTICATE +");
  const long = plain("nobody", "x".repeat(700));
  await ann.expect(`AUTHENTICATE ${long.slice(0, 400)}`);
  await ann.expect(`AUTHENTICATE ${long.slice(400, 800)}`);
  assertMatch((await ann.ask(`AUTHENTICATE ${long.slice(800)}`)).join(), /^:irc\.test 904 \* :/);
  await ann.expect("AUTHENTICATE PLAIN", "AUTHENTICATE +");
  for (let i = 0; i < 4; i++) await ann.expect(`AUTHENTICATE ${"A".repeat(400)}`);
  await ann.expect(`AUTHENTICATE ${"A".repeat(400)}`, ":irc.test 904 * :The answer is too long");
  for (const wrong of ["!!!!", "+", "AAAA", btoa("a\0b"), plain("ann", PASSWORD, "bob")]) {
    await ann.expect("AUTHENTICATE PLAIN", "AUTHENTICATE +");
    await ann.expect(`AUTHENTICATE ${wrong}`, ":irc.test 904 * :That is no answer to PLAIN");
  }
});

Deno.test("irc: two clients of one account are one person, and hear what the other says", async () => {
  await using server = startIrc();
  await reserve(server, "Ann");
  using one = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#den"] });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#den"] });
  await one.until(/bob.*JOIN/);
  using two = await IrcPeer.enter(server, "x", { pass: `Ann:${PASSWORD}` });
  assertEquals(await bob.sync(), []);
  await two.ask("JOIN #den");
  await one.ask("PRIVMSG #den :from one");
  assertEquals((await two.sync()).at(-1), ":Ann!~ann@Ann.member PRIVMSG #den :from one");
  await two.ask("PRIVMSG bob :to bob");
  assertEquals(await one.sync(), [":Ann!~ann@Ann.member PRIVMSG bob :to bob"]);
  assertEquals((await bob.sync()).filter((line) => /JOIN|PART/.test(line)), []);
  await two.expect(
    "NICK anna",
    ":irc.test 447 Ann anna :Ann is your reserved name, and you can change only how it is written: " +
      "anna is another one; come in without its password for that.",
  );
  await two.send("QUIT");
  assertMatch(await two.until(/ERROR/), /Quit/);
  assertEquals(await bob.sync(), []);
});

Deno.test("irc: a host gives and takes modes, kicks and bans, and others may not", async () => {
  await using server = startIrc();
  await reserve(server, "ann");
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD });
  await ann.ask("JOIN #den");
  await until("ann's being a host", async () => /@ann/.test((await ann.ask("NAMES #den")).join()));
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#den"] });
  await ann.sync();
  assertMatch((await bob.ask("MODE #den +m")).join(), /^:irc\.test 482 bob #den :/);
  await ann.expect(
    "MODE #den +mt",
    ":ann!~ann@ann.member MODE #den +m",
    ":ann!~ann@ann.member MODE #den +t",
  );
  const modes = await bob.sync();
  assertEquals(modes.map((line) => line.split(" ").slice(1).join(" ")), [
    "MODE #den +m",
    "MODE #den +t",
  ]);
  assertMatch((await bob.ask("PRIVMSG #den :hi")).join(), /^:irc\.test 404 bob #den /);
  assertMatch((await bob.ask("TOPIC #den :hi")).join(), /^:irc\.test 482 bob #den /);
  await ann.ask("MODE #den -mt");
  await ann.expect("MODE #den", ":irc.test 324 ann #den +n");
  await ann.expect("KICK #den bob :bye", ":ann!~ann@ann.member KICK #den bob bye");
  assertEquals((await bob.sync()).filter((line) => /KICK/.test(line)), [
    ":ann!~ann@ann.member KICK #den bob bye",
  ]);
  await ann.expect("KICK #den bob", ":irc.test 441 ann bob #den :They are not on that channel");
  await ann.expect(
    "MODE #den +b *!*@1.2.3.4",
    ":irc.test 696 ann #den b *!*@1.2.3.4 :A ban is of a nick, as nick!*@* or *!*@NICK.member",
  );
  await ann.expect("MODE #den +b bob!*@*", ":ann!~ann@ann.member MODE #den +b bob!*@*");
  assertMatch((await bob.ask("JOIN #den")).join(), /^:irc\.test 474 bob #den :/);
  const bans = await ann.ask("MODE #den b");
  assertMatch(bans[0] ?? "", /^:irc\.test 367 ann #den bob!\*@\* ann \d+$/);
  await ann.ask("MODE #den -b bob!*@*");
  assertMatch((await bob.ask("JOIN #den")).join(), /JOIN #den/);
});

Deno.test("irc: whoever is blocked does not type to those who block", async () => {
  await using server = startIrc();
  await reserve(server, "ann");
  const caps = ["message-tags"];
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, caps });
  using eve = await IrcPeer.enter(server, "eve", { caps });
  await eve.ask("PRIVMSG ann :hi", "@+typing=active TAGMSG ann");
  assertEquals((await ann.sync()).at(-1), "@+typing=active :eve!~eve@guest TAGMSG ann");
  using page = await joinEvent(server.server, "ann", { login: PASSWORD, features: ["people"] });
  await page.ask({ type: "block", name: "eve" });
  await ann.sync();
  await eve.ask("@+typing=active TAGMSG ann");
  assertEquals(await ann.sync(), []);
});

Deno.test("irc: whoever has not shown the server's password learns of no name", async () => {
  await using server = startIrc({ password: "sesame" });
  {
    using peer = await joinEvent(server.server, "ann", { password: "sesame" });
    await peer.ask({ type: "register", password: PASSWORD });
  }
  using _bob = await joinEvent(server.server, "bob", { password: "sesame" });
  using eve = await IrcPeer.connect(server);
  await eve.ask("CAP REQ :sasl");
  for (const name of ["ann", "nobody"]) {
    await eve.expect("AUTHENTICATE PLAIN", "AUTHENTICATE +");
    await eve.expect(`AUTHENTICATE ${plain(name)}`, ":irc.test 904 * :A password is needed here");
  }
  await eve.send("NICK bob", "USER eve 0 * :Eve", "CAP END");
  assertEquals(await eve.until(/ 4\d\d /), ":irc.test 464 bob :A password is needed here");
  using ann = await IrcPeer.connect(server);
  await ann.send("PASS sesame", "CAP REQ :sasl", "NICK somebody", "USER ann 0 * :Ann");
  await ann.send("AUTHENTICATE PLAIN");
  await ann.until(/AUTHENTICATE/);
  await ann.send(`AUTHENTICATE ${plain("ann")}`, "CAP END");
  assertMatch(await ann.until(/ 001 /), /^:irc\.test 001 ann /);
});

Deno.test("irc: what a client joins by its settings is the account's, unless it has been left", async () => {
  await using server = startIrc({}, READS_ALL);
  await reserve(server, "ann");
  const login = { login: PASSWORD, features: ["people"] };
  using page = await joinEvent(server.server, "ann", login);
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#own"] });
  const pass = { pass: `ann:${PASSWORD}` };
  {
    using ann = await IrcPeer.enter(server, "ann", pass);
    assertEquals((await ann.ask("JOIN #own")).filter((line) => line.includes(" NOTICE #")), []);
    const { room, own } = await page.takeType("joined");
    assertEquals([room, own], ["own", true]);
    await bob.ask("PRIVMSG #own :hello");
    await ann.until(/ PRIVMSG #own :hello/);
    await ann.sync();
    await page.ask({ type: "leave", room: "own" });
    await ann.send("QUIT");
    await ann.rest();
  }
  using ann = await IrcPeer.enter(server, "ann", pass);
  const told = await ann.ask("JOIN #own");
  assertEquals(told.filter((line) => line.includes(" NOTICE #")), [
    ":irc.test NOTICE #own :You are in this room on this connection alone, since it is no longer your account's. " +
    "JOIN #own once more, and you are in it on all your devices.",
  ]);
  // Had it been the account's, the page would be there now, and not only after the second one.
  await page.ask({ type: "ping" });
  const { now } = performance;
  try {
    performance.now = () => now.call(performance) + 11_000;
    await ann.ask("JOIN #own");
  } finally {
    performance.now = now;
  }
  const { room, own } = await page.takeType("joined");
  assertEquals([room, own], ["own", true]);
});

Deno.test("irc: whoever shows a password later is told its new nick, and then its rooms", async () => {
  await using server = startIrc();
  const pass = "correct-horse";
  await reserve(server, "Ann", pass);
  using other = await IrcPeer.enter(server, "a", { pass: `Ann:${pass}` });
  // What is joined within 10 s of coming in is joined on that connection alone.
  using page = await joinEvent(server.server, "Ann", { login: pass, features: ["people"] });
  await page.ask({ type: "join", room: "den" });
  await page.ask({ type: "topic", room: "den", text: "Dens" });
  await other.until(/ 366 Ann #den /);
  const caps = ["account-notify", "sasl"];
  for (
    const [nick, ...lines] of [
      ["x", `PRIVMSG NickServ :IDENTIFY Ann ${pass}`],
      ["y", `NS IDENTIFY ann ${pass}`],
      ["z", "AUTHENTICATE PLAIN", `AUTHENTICATE ${plain("ann", pass)}`],
    ] as const
  ) {
    const rooms = [`#own-${nick}`];
    using late = await IrcPeer.enter(server, nick, { caps, rooms });
    using bob = await IrcPeer.enter(server, `bob-${nick}`, { rooms });
    await late.sync();
    await other.sync();
    const told = await late.ask(...lines);
    const shown = told.filter((line) => / (NICK|ACCOUNT|JOIN|332|353|366) /.test(line));
    const own = shown.filter((line) => !line.includes("#own-"));
    assertEquals(own, [
      `:${nick}!~${nick}@guest NICK Ann`,
      ":Ann!~a@Ann.member ACCOUNT Ann",
      ":Ann!~a@Ann.member JOIN #lobby",
      ":irc.test 353 Ann = #lobby Ann",
      ":irc.test 366 Ann #lobby :End of /NAMES list",
      ":Ann!~a@Ann.member JOIN #den",
      ":irc.test 332 Ann #den Dens",
      ":irc.test 353 Ann = #den @Ann",
      ":irc.test 366 Ann #den :End of /NAMES list",
    ]);
    // By SASL first, as on other networks, where services give the name then; NickServ says it at the end.
    const right = told.filter((line) => / 90[03] |NOTICE Ann :You are Ann/.test(line));
    const heads = right.map((line) => line.replace(/!\S+/, "").split(" ", 3).join(" "));
    if (nick === "z") {
      assertEquals(heads, [":irc.test 900 z", ":irc.test 903 z"]);
      assertEquals(told.indexOf(right[1] ?? "") + 1, told.indexOf(own[0] ?? ""));
    } else assertEquals(heads, [":NickServ NOTICE Ann"]);
    assertEquals((await bob.sync()).filter((line) => / NICK /.test(line)), [
      `:${nick}!~${nick}@guest NICK Ann`,
    ]);
    assertEquals((await other.sync()).filter((line) => / NICK /.test(line)), []);
  }
});

Deno.test("irc: NickServ takes passwords with spaces in them, and never a part of one", async () => {
  await using server = startIrc();
  for (const name of ["ann", "two"]) await reserve(server, name);
  using bob = await IrcPeer.enter(server, "bob");
  const from = ":NickServ!NickServ@irc.test NOTICE bob :";
  for (const command of ["REGISTER", "PASSWD"]) {
    for (const words of ["correct horse", "horse9staple bob@example.org"]) {
      await bob.expect(
        `PRIVMSG NickServ :${command} ${words}`,
        `${from}${command} takes one word, the password, and no address; nothing was changed.`,
      );
    }
  }
  assertMatch(
    (await bob.ask(`PRIVMSG NickServ :IDENTIFY  ${PASSWORD}`)).join(),
    /NOTICE bob :Nobody has reserved the name bob/,
  );
  for (
    const [line, nick] of [[`IDENTIFY  ann  ${PASSWORD} `, "ann"], [`LOGIN two ${PASSWORD}`, "two"]]
  ) {
    assertEquals(
      (await bob.ask(`PRIVMSG NickServ :${line}`)).at(-1),
      `:NickServ!NickServ@irc.test NOTICE ${nick} :You are ${nick} now.`,
    );
  }
});

Deno.test("irc: NickServ gives back one's own nick, and nothing when another one is named", async () => {
  await using server = startIrc();
  await reserve(server, "ann");
  await reserve(server, "old");
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD });
  const from = ":NickServ!NickServ@irc.test NOTICE ann :";
  const kept = `${from}DROP gives back ann, and no other nick; nothing was changed.`;
  await ann.expect("NICKSERV DROP old", kept);
  await ann.expect("PRIVMSG NickServ :drop nobody", kept);
  await ann.expect(`NS DROP ann ${PASSWORD}`, kept);
  const { people } = server.server.host.shared.house.state;
  assertEquals(["ann", "old"].map((name) => people.account(name) !== undefined), [true, true]);
  const asks = `${from}DROP gives back ann and all that goes with it, and anybody may reserve it ` +
    "then; if you mean that, say DROP ann within a minute.";
  for (const line of ["NS DROP", "NS DROP ", "PRIVMSG NickServ :DROP"]) {
    await ann.expect(line, asks);
  }
  assertEquals(people.account("ann") !== undefined, true);
  assertEquals((await ann.ask("NS DROP Ann")).at(-1), `${from}The nick ann is reserved no more.`);
  assertEquals(["ann", "old"].map((name) => people.account(name) !== undefined), [false, true]);
});

Deno.test("irc: a nick is given back only soon after that was asked for before, by the same person", () => {
  let now = 0;
  const twice = new AskedTwice(() => now);
  const [ann, bob] = [{}, {}];
  assertEquals(twice.isMeant(ann, "ann", true), false);
  assertEquals(twice.isMeant(bob, "ann", true), false);
  now = 60_001;
  assertEquals(twice.isMeant(ann, "ann", true), false, "that was too long ago");
  assertEquals(twice.isMeant(ann, "ben", true), false, "it is another nick");
  assertEquals(twice.isMeant(ann, "ben", false), false, "it is not named");
  now = 120_001;
  assertEquals(twice.isMeant(ann, "ben", true), true);
  assertEquals(twice.isMeant(ann, "ben", true), false, "it was done");
});

Deno.test("irc: whoever identifies as another account leaves the channels of the first", async () => {
  await using server = startIrc();
  for (const name of ["ann", "bob"]) await reserve(server, name);
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#den"] });
  using bob = await IrcPeer.enter(server, "bob", { pass: PASSWORD, rooms: ["#bobs"] });
  using eve = await IrcPeer.enter(server, "eve", { rooms: ["#den"] });
  for (const each of [ann, bob, eve]) await each.sync();
  await ann.expect(
    `PRIVMSG NickServ :IDENTIFY bob ${PASSWORD}`,
    ":ann!~ann@ann.member PART #den",
    ":ann!~ann@ann.member NICK bob",
    ":bob!~bob@bob.member JOIN #bobs",
    ":irc.test 353 bob = #bobs @bob",
    ":irc.test 366 bob #bobs :End of /NAMES list",
    ":NickServ!NickServ@irc.test NOTICE bob :You are bob now.",
  );
  assertEquals(await eve.sync(), [":ann!~ann@ann.member PART #den"]);
  assertEquals((await bob.sync()).filter((line) => line.includes("#den")), []);
});
