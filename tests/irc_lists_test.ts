/** Lists in one line of an IRC client: each part has an answer, and counts. */

import { assertEquals, assertMatch } from "@std/assert";
import { rateOf } from "../lib/chat/limits/rate.ts";
import { IRC_COMMANDS } from "../lib/irc/commands/table.ts";
import { Meter } from "../lib/server/meter.ts";
import { Ticks } from "../lib/server/timers.ts";
import { IrcPeer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

Deno.test("irc: each part of a list has an answer, however many there are, and counts", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann");
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#r1"] });
  const rooms = Array.from({ length: 30 }, (_, i) => `#r${i}`);
  const count = (lines: readonly string[], pattern: RegExp): number =>
    lines.filter((line) => pattern.test(line)).length;
  assertEquals(count(await ann.ask(`JOIN ${rooms.join()}`), /^:ann!~ann@guest JOIN #r\d+$/), 30);
  const names = await ann.ask(`NAMES ${rooms.join()},#none`);
  assertEquals([count(names, / 353 /), count(names, / 366 ann #(?:r\d+|none) /)], [30, 31]);
  assertEquals(count(await ann.ask(`LIST ${rooms.join()}`), / 322 /), 30);
  const parted = await ann.ask(`PART ${rooms.join()},#none,#r1`);
  assertEquals([count(parted, / PART #r\d+$/), count(parted, / 403 ann #none /)], [30, 1]);
  for (const command of ["JOIN", "PART", "KICK #r1"]) {
    const name = command.split(" ")[0];
    await bob.ask("PING x");
    assertMatch(
      (await bob.ask(`${command} :,`)).join(),
      new RegExp(`^:irc\\.test 461 bob ${name} :`),
    );
  }
  const many = ["a,b,c,d,e", "bob,NickServ", "nickserv,a"];
  for (const list of many) {
    assertMatch(
      (await ann.ask(`PRIVMSG ${list} :IDENTIFY x`)).join("\n"),
      /^:irc\.test 407 ann \S+ :[^\n]+$/,
    );
    await ann.expect(`NOTICE ${list} :x`);
  }
  assertEquals(count(await bob.sync(), /PRIVMSG|NOTICE/), 0);
  await ann.expect("KICK #r1 a,b,c,d,e", ":irc.test 407 ann a,b,c,d,e :Those are too many at once");
});

Deno.test("irc: a line counts as many requests as its lists have parts", () => {
  const counted = (command: string, ...params: string[]): number | undefined =>
    IRC_COMMANDS.get(command)?.count?.({ tags: new Map(), command, params });
  assertEquals(counted("JOIN", "#a,#b,#c"), 3);
  assertEquals(counted("JOIN", ""), 1);
  assertEquals(counted("PART", "#a,#b"), 2);
  assertEquals(counted("PRIVMSG", "a,b", "x"), 2);
  assertEquals(counted("TAGMSG", "a,b"), 2);
  assertEquals(counted("KICK", "#a", "a,b,c"), 3);
  assertEquals(counted("MODE", "#a", "+bb-o"), 3);
  assertEquals(counted("MODE", "#a"), 1);
  const rate = rateOf(1, 10);
  const rates = { requests: rate, files: rate, history: rate, search: rate };
  // Far from now, and it does not wait for that.
  const at = 1e12;
  const meter = (): Meter => new Meter(rates, new Ticks(), () => false);
  assertEquals([meter().request(0, at, 10), meter().request(0, at)], [undefined, undefined]);
  assertEquals(meter().request(0, at, 11) instanceof Promise, true);
});

Deno.test("irc: LIST by masks tells the channels that fit, and with ! those that do not", async () => {
  await using server = startIrc({ title: "The Bears" });
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#dew", "#den", "#tea"] });
  using _ = await IrcPeer.enter(server, "bob", { rooms: ["#den"] });
  const listed = async (filter: string): Promise<string[]> =>
    (await ann.ask(`LIST ${filter}`)).flatMap((line) => / 322 ann (\S+) /.exec(line)?.[1] ?? [])
      .sort();
  for (
    const [filter, channels] of [
      ["#de*", ["#den", "#dew"]],
      ["#*E?", ["#den", "#dew", "#tea"]],
      ["#d*,*a", ["#den", "#dew", "#tea"]],
      ["!#de*", ["#tea"]],
      ["#de*,!*w", ["#den"]],
      ["#tea", ["#tea"]],
      ["#tea,*w", ["#dew", "#tea"]],
      ["#de*,>1", ["#den"]],
      ["<2", ["#dew", "#tea"]],
      ["??E?", ["#den", "#dew", "#tea"]],
      ["*nothing*", []],
    ] as const
  ) assertEquals(await listed(filter), [...channels], filter);
  await ann.expect(
    "LINKS",
    ":irc.test 364 ann irc.test irc.test :0 The Bears",
    ":irc.test 365 ann * :End of LINKS",
  );
});

Deno.test("irc: whom one shares no channel with is found by the nick, and by no mask, but by operators", async () => {
  await using server = startIrc();
  await reserve(server, "root");
  await server.server.host.shared.house.console({
    type: "user",
    action: "add",
    name: "root",
    role: "operator",
  });
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#den"] });
  using bob = await IrcPeer.enter(server, "bob");
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD });
  const found = async (peer: IrcPeer, mask: string): Promise<string[]> =>
    (await peer.ask(`WHO ${mask}`)).flatMap((line) =>
      / 352 (?:\S+ ){5}(\S+) /.exec(line)?.[1] ?? []
    )
      .sort();
  for (const mask of ["b*", "bo?", "BOB*"]) assertEquals(await found(ann, mask), [], mask);
  for (const mask of ["*", "0", ""]) assertEquals(await found(ann, mask), ["ann"], mask);
  assertEquals(await found(ann, "bob"), ["bob"]);
  assertEquals(await found(root, "*"), ["ann", "bob", "root"]);
  await bob.ask("JOIN #den");
  assertEquals(await found(ann, "b*"), ["bob"]);
  assertEquals(await found(ann, "*"), ["ann", "bob"]);
});
