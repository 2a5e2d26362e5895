/** In which form commands are answered and refused, as their specifications say. */

import { assertEquals, assertMatch } from "@std/assert";
import { joinEvent, until } from "./helpers.ts";
import { IrcPeer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

Deno.test("irc: a command that is specified with FAIL is refused by it, whatever the client has asked for", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { caps: ["message-tags"], rooms: ["#den"] });
  for (
    const [line, answer] of [
      ["REDACT #den 1.nowhere.#den", "REDACT UNKNOWN_MSGID #den 1.nowhere.#den"],
      ["REDACT #none 1.nowhere.#none", "REDACT INVALID_TARGET #none"],
      ["MARKREAD", "MARKREAD NEED_MORE_PARAMS"],
      ["MARKREAD #den yesterday", "MARKREAD INVALID_PARAMS #den yesterday"],
      ["MARKREAD #none timestamp=2020-01-01T00:00:00.000Z", "MARKREAD INVALID_PARAMS #none"],
      [
        "@+draft/react=x;+draft/reply=1.nowhere.#den TAGMSG #den",
        "TAGMSG UNKNOWN_MSGID #den 1.nowhere.#den",
      ],
      ["CHATHISTORY BEFORE #den", "CHATHISTORY NEED_MORE_PARAMS BEFORE"],
    ] as const
  ) {
    const [told = "", ...more] = await ann.ask(line);
    assertEquals(told.replace(/ :.*/, ""), `:irc.test FAIL ${answer}`.replace(/ :.*/, ""));
    assertEquals(more, []);
  }
});

Deno.test("irc: nothing is marked as read where nothing is, and that is no mistake", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { caps: ["draft/read-marker"] });
  await ann.expect("MARKREAD #none", ":irc.test MARKREAD #none *");
  await ann.expect("MARKREAD nobody", ":irc.test MARKREAD nobody *");
});

Deno.test("irc: history is told under the name by which it was asked for", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { caps: ["batch", "draft/chathistory"] });
  using bob = await IrcPeer.enter(server, "bob");
  await bob.ask("PRIVMSG ann :hello");
  await ann.until(/hello/);
  const [begins = "", said] = await ann.ask("CHATHISTORY LATEST BOB * 10");
  assertMatch(begins, /^:irc\.test BATCH \+\w+ chathistory BOB$/);
  assertMatch(said ?? "", /:bob!~bob@guest PRIVMSG ann :hello$/);
});

Deno.test("irc: HELP knows the server's own topics and each command, and nothing else", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann");
  for (const topic of ["history", "PRIVMSG", "help"]) {
    const lines = await ann.ask(`HELP ${topic}`);
    const numbers = lines.map((line) => line.split(" ")[1]);
    assertEquals([numbers[0], numbers.at(-1)], ["704", "706"]);
    assertEquals([...new Set(numbers.slice(1, -1))], ["705"]);
  }
  assertEquals(await ann.ask("HELPOP history"), await ann.ask("HELP history"));
  await ann.expect("HELP nothing", ":irc.test 524 ann nothing :There is no help on that");
  await ann.expect("HELP constructor", ":irc.test 524 ann constructor :There is no help on that");
});

Deno.test("irc: whatever the owner of a name does has the account with it, for those who ask for that", async () => {
  await using server = startIrc();
  using ann = await joinEvent(server.server, "ann");
  await ann.ask({ type: "register", password: "correct horse" });
  await ann.ask({ type: "join", room: "den" });
  const caps = ["account-tag", "away-notify", "setname"];
  using bob = await IrcPeer.enter(server, "bob", { caps, rooms: ["#den"] });
  using irc = await IrcPeer.enter(server, "ann", { pass: "correct horse", rooms: ["#dew"] });
  await irc.ask(
    ...["PRIVMSG #den :hello", "PRIVMSG #den :\x01ACTION waves\x01", "TOPIC #den :bears"],
    ...["AWAY :tea", "SETNAME :Ann Lee", "INVITE bob #dew", "PART #den :to bed"],
  );
  const told = (await bob.sync()).filter((line) => line.includes(":ann!"));
  assertEquals(told.filter((line) => !/^@account=ann(;\S+)? :ann!/.test(line)), []);
  const commands = new Set(told.map((line) => /:ann!\S+ (\w+)/.exec(line)?.[1]));
  assertEquals(
    [...commands].sort(),
    ["AWAY", "INVITE", "PART", "PRIVMSG", "SETNAME", "TOPIC"],
  );
});

Deno.test("irc: a guest takes back what it has said itself, and nothing of others", async () => {
  await using server = startIrc();
  const caps = ["message-tags", "echo-message", "draft/message-redaction"];
  using ann = await IrcPeer.enter(server, "ann", { caps, rooms: ["#den"] });
  using bob = await IrcPeer.enter(server, "bob", { caps, rooms: ["#den"] });
  await ann.sync();
  const [said = ""] = await ann.ask("PRIVMSG #den :hello");
  const id = /msgid=([^; ]+)/.exec(said)?.[1] ?? "";
  await bob.sync();
  const [refused] = await bob.ask(`REDACT #den ${id}`);
  assertMatch(refused ?? "", /^:irc\.test FAIL REDACT REDACT_FORBIDDEN #den \S+ :/);
  await ann.expect(`REDACT #den ${id} :oops`, `:ann!~ann@guest REDACT #den ${id} oops`);
  assertEquals(await bob.sync(), [`:ann!~ann@guest REDACT #den ${id} oops`]);
  // Whoever takes the nick afterwards has said nothing of it.
  const [again = ""] = await ann.ask("PRIVMSG #den :hello again");
  await ann.send("QUIT");
  await bob.until(/ QUIT /);
  using eve = await IrcPeer.enter(server, "ann", { caps, rooms: ["#den"] });
  const other = /msgid=([^; ]+)/.exec(again)?.[1] ?? "";
  assertMatch((await eve.ask(`REDACT #den ${other}`)).join(), / FAIL REDACT REDACT_FORBIDDEN /);
});

Deno.test("irc: a guest takes back what it has said to one alone, be that an account or a guest", async () => {
  await using server = startIrc();
  await reserve(server, "ann");
  const caps = ["message-tags", "echo-message", "draft/message-redaction"];
  using ann = await IrcPeer.enter(server, "ann", { caps, pass: PASSWORD });
  using bob = await IrcPeer.enter(server, "bob", { caps });
  using gus = await IrcPeer.enter(server, "gus", { caps });
  for (const [nick, other] of [["ann", ann], ["bob", bob]] as const) {
    const id = /msgid=([^ ;]+)/.exec((await gus.ask(`PRIVMSG ${nick} :hi`)).join())?.[1] ?? "";
    await other.sync();
    assertMatch((await other.ask(`REDACT gus ${id}`)).join(), / FAIL REDACT REDACT_FORBIDDEN /);
    await gus.expect(`REDACT ${nick} ${id}`, `:gus!~gus@guest REDACT ${nick} ${id}`);
    assertEquals(await other.sync(), [`:gus!~gus@guest REDACT ${nick} ${id}`]);
  }
});

Deno.test("irc: who has reserved a name is known by it while not here, as far as that may be known", async () => {
  await using server = startIrc();
  for (const name of ["ann", "bob"]) await reserve(server, name);
  using page = await joinEvent(server.server, "ann", { login: PASSWORD, room: "den" });
  using bob = await IrcPeer.enter(server, "bob", { pass: PASSWORD, rooms: ["#den"] });
  using gus = await IrcPeer.enter(server, "gus");
  await page.ask({ type: "away", text: "lunch" });
  assertMatch((await bob.ask("WHOIS ann")).join("\n"), /^:irc\.test 301 bob ann lunch$/m);
  await page.ask({ type: "quit" }).catch(() => {});
  await until(
    "that Ann has gone",
    async () => / 320 /.test((await bob.ask("WHOIS ann")).join()),
  );
  const told = await bob.ask("WHOIS Ann");
  assertEquals(told.slice(0, 3), [
    ":irc.test 311 bob ann ~user ann.member * ann",
    ":irc.test 312 bob ann irc.test chatroom",
    ":irc.test 330 bob ann ann :is logged in as",
  ]);
  assertMatch(told[3] ?? "", /^:irc\.test 320 bob ann :is not here, and was here last at 20\S+Z$/);
  assertEquals(told.slice(4), [":irc.test 318 bob ann :End of /WHOIS list"]);
  // A guest does not learn when.
  assertEquals((await gus.ask("WHOIS ann")).at(-2), ":irc.test 320 gus ann :is not here");
  assertMatch((await bob.ask("WHOIS nobody"))[0] ?? "", / 401 /);
});

Deno.test("irc: LUSERS counts people and not their devices, and what one may know of", async () => {
  await using server = startIrc();
  await reserve(server, "root");
  await server.server.host.shared.house.console(
    { type: "user", action: "add", name: "root", role: "operator" },
  );
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD, rooms: ["#a", "#b"] });
  using _page = await joinEvent(server.server, "root", { login: PASSWORD, room: "a" });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a"] });
  await root.ask("MODE #b +i");
  const counts = async (peer: IrcPeer): Promise<string[]> =>
    (await peer.ask("LUSERS")).map((line) => line.replace(/^\S+ (\d+) \S+ :?/, "$1 "));
  const others = [
    "255 I have 2 clients and 0 servers",
    "265 2 2 :Users here: 2, at most 2",
    "266 2 2 :Users in all: 2, at most 2",
  ];
  const all = (rooms: number): string[] => [
    "251 There are 2 users and 0 invisible on 1 servers",
    "252 1 :operators online",
    `254 ${rooms} :channels open`,
    ...others,
  ];
  assertEquals(await counts(root), all(3));
  assertEquals(await counts(bob), all(2));
});

Deno.test("irc: what was said to somebody who has gone since can be taken back", async () => {
  await using server = startIrc();
  using first = await joinEvent(server.server, "ann");
  await first.ask({ type: "register", password: "correct horse" });
  await first.ask({ type: "quit" }).catch(() => {});
  const caps = ["message-tags", "echo-message", "draft/message-redaction"];
  using ann = await IrcPeer.enter(server, "ann", { caps, pass: "correct horse" });
  using bob = await joinEvent(server.server, "bob");
  await ann.send("PRIVMSG bob :hello");
  const id = /msgid=([^; ]+)/.exec(await ann.until(/ PRIVMSG bob :hello$/))?.[1] ?? "";
  bob[Symbol.dispose]();
  await until("bob's going", () => server.server.host.shared.house.present === 1);
  await ann.sync();
  await ann.expect(`REDACT bob ${id}`, `:ann!~ann@ann.member REDACT bob ${id}`);
});

Deno.test("irc: the owner of a name who opens a channel is told at once that it is its operator", async () => {
  await using server = startIrc();
  using peer = await joinEvent(server.server, "ann");
  await peer.ask({ type: "register", password: "correct horse" });
  await peer.ask({ type: "quit" }).catch(() => {});
  using ann = await IrcPeer.enter(server, "ann", { pass: "correct horse" });
  assertEquals((await ann.ask("JOIN #den")).filter((line) => !line.includes(" NOTICE ")), [
    ":ann!~ann@ann.member JOIN #den",
    ":irc.test 353 ann = #den @ann",
    ":irc.test 366 ann #den :End of /NAMES list",
  ]);
  await ann.expect("MODE #den +m", ":ann!~ann@ann.member MODE #den +m");
});

Deno.test("irc: what a client has asked for holds from then on, and until it does not want it any more", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#den"] });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#den"] });
  await ann.sync();
  const hears = async (text: string): Promise<string> => {
    await bob.ask(`PRIVMSG #den :${text}`);
    return await ann.until(new RegExp(` :${text}$`));
  };
  assertMatch(await hears("first"), /^:bob!/);
  await ann.expect("CAP REQ :server-time", ":irc.test CAP ann ACK server-time");
  assertMatch(await hears("second"), /^@time=\S+ :bob!/);
  await ann.expect("CAP REQ :-server-time", ":irc.test CAP ann ACK -server-time");
  assertMatch(await hears("third"), /^:bob!/);
});
