/** Rooms over IRC: who comes and goes, what is said, and the same beside clients of other kinds. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { joinEvent } from "./helpers.ts";
import { IrcPeer, startIrc } from "./irc_peer.ts";

Deno.test("irc: who joins is told who is there and what it is about, and others see it come and go", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann");
  await ann.expect(
    "JOIN #den",
    ":ann!~ann@guest JOIN #den",
    ":irc.test 353 ann = #den ann",
    ":irc.test 366 ann #den :End of /NAMES list",
  );
  await ann.expect("JOIN #den");
  await ann.expect("TOPIC #den :on bears", ":ann!~ann@guest TOPIC #den :on bears");
  using bob = await IrcPeer.enter(server, "bob");
  const [joined, topic, set = "", ...names] = await bob.ask("JOIN #DEN");
  assertEquals([joined, topic, ...names], [
    ":bob!~bob@guest JOIN #den",
    ":irc.test 332 bob #den :on bears",
    ":irc.test 353 bob = #den :ann bob",
    ":irc.test 366 bob #den :End of /NAMES list",
  ]);
  assertMatch(set, /^:irc\.test 333 bob #den ann \d+$/);
  assertEquals(await ann.sync(), [":bob!~bob@guest JOIN #den"]);
  await bob.expect("PART #den :to sleep", ":bob!~bob@guest PART #den :to sleep");
  assertEquals(await ann.sync(), [":bob!~bob@guest PART #den :to sleep"]);
  await bob.expect("PART #den", ":irc.test 442 bob #den :You are not on that channel");
  await bob.expect("PART #none", ":irc.test 403 bob #none :There is no such channel");
  for (const channel of ["den", "&den", "##den", "#", "#a b"]) {
    assertMatch((await bob.ask(`JOIN ${channel}`)).join(), /^:irc\.test (403|461|353) |^:bob!/);
  }
});

Deno.test("irc: one QUIT tells each neighbour, in however many rooms they share", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#a", "#b", "#c"] });
  using eve = await IrcPeer.enter(server, "eve", { rooms: ["#other"] });
  for (const text of ["first", "second"]) {
    using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a", "#b", "#c"] });
    await ann.until(/bob.* JOIN #c/);
    await bob.send(`QUIT :${text}`);
    assertEquals(
      await ann.until(/ QUIT /),
      `:bob!~bob@guest QUIT :Quit: ${text}`,
    );
    assertEquals(await ann.sync(), []);
  }
  assertEquals(await eve.sync(), []);
});

Deno.test("irc: what is said is heard by all kinds of clients, and said by them", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#lobby"] });
  using bob = await joinEvent(server.server, "bob");
  assertMatch(await ann.line(), /^:bob!~user@guest JOIN #lobby$/);
  await ann.send("PRIVMSG #lobby :hello, \x02bob\x02");
  assertEquals((await bob.takeType("message")).text, "hello, bob");
  await bob.ask({ type: "say", room: "lobby", text: "two\nlines" });
  assertEquals(await ann.sync(), [
    ":bob!~user@guest PRIVMSG #lobby :two",
    ":bob!~user@guest PRIVMSG #lobby :lines",
  ]);
  await bob.ask({ type: "say", room: "lobby", text: "waves", action: true });
  assertEquals(await ann.sync(), [":bob!~user@guest PRIVMSG #lobby :\x01ACTION waves\x01"]);
  await ann.send("PRIVMSG #lobby :\x01ACTION nods\x01", "NOTICE #lobby :beep");
  const [nods, beep] = [await bob.takeType("message"), await bob.takeType("message")];
  assertEquals([nods.action, nods.text, beep.notice, beep.text], [true, "nods", true, "beep"]);
  await bob.ask({ type: "direct", to: "ann", text: "psst" });
  assertEquals(await ann.sync(), [":bob!~user@guest PRIVMSG ann :psst"]);
  await ann.send("PRIVMSG bob :what?");
  assertEquals((await bob.takeType("direct")).text, "what?");
  await bob.ask({ type: "rename", name: "Bob Lee!" });
  assertEquals(await ann.sync(), [":bob!~user@guest NICK :Bob\u00a0Lee！".replace(" :", " ")]);
  await ann.send("PRIVMSG Bob\u00a0Lee！ :found you");
  assertEquals((await bob.takeType("direct")).text, "found you");
});

Deno.test("irc: what can't be said is refused by its number, and a notice never", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#a"] });
  using _bob = await IrcPeer.enter(server, "bob", { rooms: ["#b"] });
  await ann.expect("PRIVMSG", ":irc.test 411 ann :PRIVMSG needs to whom");
  await ann.expect("PRIVMSG #a", ":irc.test 412 ann :There is no text");
  await ann.expect("PRIVMSG #a :", ":irc.test 412 ann :There is no text");
  for (const [target, code] of [["#b", 404], ["#none", 403], ["nobody", 401], ["a!b", 401]]) {
    const [answer = "", ...more] = await ann.ask(`PRIVMSG ${target} :hi`);
    assertMatch(answer, new RegExp(`^:irc\\.test ${code} ann ${target} :`));
    assertEquals(more, []);
  }
  for (const target of ["", "#a :", "#b :x", "#none :x", "nobody :x", "NickServ :HELP"]) {
    await ann.expect(`NOTICE ${target}`);
  }
  await ann.expect("PRIVMSG #a :\x01VERSION\x01");
  await ann.expect(
    "PRIVMSG a,b,c,d,e :x",
    ":irc.test 407 ann a,b,c,d,e :Those are too many at once",
  );
});

Deno.test("irc: a line that would not fit behind one's own prefix is refused, and not cut", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#a"] });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a"] });
  await ann.sync();
  const room = 510 - ":ann!~ann@guest PRIVMSG #a :".length;
  await ann.expect(`PRIVMSG #a :${"x".repeat(room)}`);
  assertEquals(await bob.sync(), [`:ann!~ann@guest PRIVMSG #a :${"x".repeat(room)}`]);
  await ann.expect(
    `PRIVMSG #a :${"x".repeat(room + 1)}`,
    ":irc.test 417 ann :That line is too long",
  );
  await ann.expect(`PRIVMSG #a :${"x".repeat(600)}`, ":irc.test 417 ann :That line is too long");
  assertEquals(await bob.sync(), []);
});

Deno.test("irc: byte by byte, with emoji, a line is a line", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#a"] });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a"] });
  for (const byte of new TextEncoder().encode("PRIVMSG #a :grüße 👩‍👩‍👧 天気\r\n")) {
    await ann.raw.send(Uint8Array.of(byte));
  }
  assertEquals(await bob.until(/PRIVMSG/), ":ann!~ann@guest PRIVMSG #a :grüße 👩‍👩‍👧 天気");
});

Deno.test("irc: what was said before comes with its number and time, or in a batch", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#a"] });
  await ann.ask("PRIVMSG #a :one", "PRIVMSG #a :two");
  using plain = await IrcPeer.enter(server, "plain");
  const lines = await plain.ask("JOIN #a");
  assertMatch(
    lines[3] ?? "",
    /^:irc\.test NOTICE #a :2 earlier messages, \d{4}-\d\d-\d\d \d\d:\d\d–\d\d:\d\d UTC$/,
  );
  assertEquals(lines.slice(4), [
    ":ann!~ann@guest PRIVMSG #a :one",
    ":ann!~ann@guest PRIVMSG #a :two",
  ]);
  using batched = await IrcPeer.enter(server, "batched", {
    caps: ["batch", "server-time", "message-tags"],
  });
  const [begin = "", one = "", , end] = (await batched.ask("JOIN #a")).slice(3);
  const [, ref] = /^:irc\.test BATCH \+(\S+) chathistory #a$/.exec(begin) ?? [];
  assertEquals(end, `:irc.test BATCH -${ref}`);
  assertMatch(
    one,
    new RegExp(`^@batch=${ref};time=[\\d-]+T[\\d:.]+Z;msgid=\\S+ :ann!~ann@guest PRIVMSG #a :one$`),
  );
  using asks = await IrcPeer.enter(server, "asks", { caps: ["batch", "draft/chathistory"] });
  assertEquals((await asks.ask("JOIN #a")).filter((line) => /one|BATCH/.test(line)), []);
  const page = await asks.ask("CHATHISTORY LATEST #a * 10");
  assertEquals(page.map((line) => / PRIVMSG #a :(.*)/.exec(line)?.[1] ?? ""), [
    "",
    "one",
    "two",
    "",
  ]);
});

Deno.test("irc: labels hold answers together: none, one, or several", async () => {
  await using server = startIrc();
  const caps = ["labeled-response", "batch", "echo-message"];
  using ann = await IrcPeer.enter(server, "ann", { caps, rooms: ["#a"] });
  await ann.expect("@label=1 PONG x", "@label=1 :irc.test ACK");
  await ann.expect("@label=2 PING x", "@label=2 :irc.test PONG irc.test :x");
  await ann.expect(
    "@label=3 NOSUCH",
    "@label=3 :irc.test 421 ann NOSUCH :There is no such command",
  );
  await ann.expect("@label=4 PRIVMSG #a :hi", "@label=4 :ann!~ann@guest PRIVMSG #a :hi");
  await ann.expect("@label=5 NOTICE #none :hi", "@label=5 :irc.test ACK");
  const lines = await ann.ask("@label=6 WHO #a");
  const [, ref] = /^@label=6 :irc\.test BATCH \+(\S+) labeled-response$/.exec(lines[0] ?? "") ?? [];
  assert(lines.slice(1, -1).every((line) => line.startsWith(`@batch=${ref} :irc.test `)));
  assertEquals(lines.at(-1), `:irc.test BATCH -${ref}`);
  await ann.expect(`@label=${"x".repeat(65)} PONG x`);
});

Deno.test("irc: WHO, WHOIS, LIST and AWAY tell who is where", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#a"] });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a"] });
  await bob.expect("AWAY :at lunch", ":irc.test 306 bob :You are marked as away");
  await ann.sync();
  await ann.expect(
    "WHO #a",
    ":irc.test 352 ann #a ~ann guest irc.test ann H :0 Real ann",
    ":irc.test 352 ann #a ~bob guest irc.test bob G :0 Real bob",
    ":irc.test 315 ann #a :End of WHO list",
  );
  await ann.expect(
    "WHO b* %tnar,7",
    ":irc.test 354 ann 7 bob 0 :Real bob",
    ":irc.test 315 ann b* :End of WHO list",
  );
  await ann.expect(
    "WHOIS bob",
    ":irc.test 311 ann bob ~bob guest * :Real bob",
    ":irc.test 319 ann bob #a",
    ":irc.test 312 ann bob irc.test chatroom",
    ":irc.test 301 ann bob :at lunch",
    ":irc.test 318 ann bob :End of /WHOIS list",
  );
  await ann.expect(
    "WHOIS nobody",
    ":irc.test 401 ann nobody :There is no such nick",
    ":irc.test 318 ann nobody :End of /WHOIS list",
  );
  // What irssi asks then, and shows.
  await ann.expect(
    "WHOWAS nobody",
    ":irc.test 406 ann nobody :There was nobody of that nick lately",
    ":irc.test 369 ann nobody :End of WHOWAS",
  );
  await ann.expect("PRIVMSG bob :there?", ":irc.test 301 ann bob :at lunch");
  await bob.expect(
    "AWAY",
    ":ann!~ann@guest PRIVMSG bob :there?",
    ":irc.test 305 bob :You are back",
  );
  await ann.expect(
    "LIST",
    ":irc.test 321 ann Channel :Users  Name",
    ":irc.test 322 ann #a 2 :",
    ":irc.test 323 ann :End of /LIST",
  );
  await ann.expect("ISON bob nobody ann", ":irc.test 303 ann :bob ann");
  await ann.expect("USERHOST bob", ":irc.test 302 ann :bob=+~bob@guest".replace(" :", " "));
});

Deno.test("irc: what is answered in a conversation is a message of that one", async () => {
  await using server = startIrc();
  const caps = ["message-tags", "echo-message"];
  using ann = await IrcPeer.enter(server, "ann", { caps });
  using bob = await IrcPeer.enter(server, "bob", { caps });
  using eve = await IrcPeer.enter(server, "eve", { caps });
  await ann.ask("PRIVMSG bob :to bob", "PRIVMSG eve :to eve");
  const idOf = async (peer: IrcPeer): Promise<string> =>
    /msgid=([^; ]+)/.exec((await peer.sync()).join())?.[1] ?? "";
  const [ofBob, ofEve] = [await idOf(bob), await idOf(eve)];
  await ann.ask(`@+draft/reply=${ofBob} PRIVMSG eve :about bob`);
  assertEquals(/\+draft\/reply/.test((await eve.sync()).join()), false);
  await ann.ask(`@+draft/reply=${ofEve} PRIVMSG eve :about eve`);
  assertMatch((await eve.sync()).join(), /\+draft\/reply=/);
});

Deno.test("irc: an answer brings what it answers, but to a client that asks for tags and history", async () => {
  await using server = startIrc();
  const rooms = ["#den"];
  const both = ["message-tags", "draft/chathistory"];
  using ann = await IrcPeer.enter(server, "ann", { rooms, caps: both });
  using wee = await IrcPeer.enter(server, "wee", { rooms, caps: ["message-tags", "server-time"] });
  using old = await IrcPeer.enter(server, "old", { rooms });
  using bob = await joinEvent(server.server, "bob", { room: "den" });
  await ann.ask("PRIVMSG #den :lunch?");
  const { seq } = await bob.takeType("message");
  await bob.ask({ type: "say", room: "den", text: "yes", re: seq });
  const answers = await Promise.all([ann, wee, old].map(async (peer) => {
    return (await peer.sync()).flatMap((line) => / PRIVMSG #den :(.*yes)$/.exec(line)?.[1] ?? []);
  }));
  assertEquals(answers, [["yes"], ["> ann: lunch? | yes"], ["> ann: lunch? | yes"]]);
});
