/** Moderation over IRC: modes, bans and mutes, and who is seen to be an operator. */

import { assertEquals, assertMatch } from "@std/assert";
import { joinEvent, until } from "./helpers.ts";
import { IrcPeer, type IrcTestServer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

Deno.test("irc: whoever is mute, or may not speak in a quiet room, is neither seen to type nor to be called otherwise", async () => {
  await using server = startIrc();
  await reserve(server, "ann");
  const caps = ["message-tags", "setname", "standard-replies"];
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, caps, rooms: ["#den"] });
  await until("ann's being a host", async () => /@ann/.test((await ann.ask("NAMES #den")).join()));
  using eve = await IrcPeer.enter(server, "eve", { caps, rooms: ["#den", "#other"] });
  await ann.ask("JOIN #other");
  const typing = ["@+typing=active TAGMSG #den", "@+typing=active TAGMSG #other"];
  const typed = (room: string): string => `@+typing=active :eve!~eve@guest TAGMSG ${room}`;
  await eve.sync();
  await eve.expect("SETNAME :Eve B.", ":eve!~eve@guest SETNAME :Eve B.");
  await eve.ask(...typing);
  assertEquals(await ann.sync(), [
    ":eve!~eve@guest SETNAME :Eve B.",
    typed("#den"),
    typed("#other"),
  ]);
  await ann.ask("MODE #den +m");
  await eve.sync();
  assertEquals(await eve.ask(...typing), []);
  assertEquals(await ann.sync(), [typed("#other")]);
  await ann.ask("MODE #den -m", "MODE #den +b m:eve");
  await eve.sync();
  assertEquals(await eve.ask(...typing), []);
  assertEquals(await ann.sync(), [typed("#other")]);
  assertMatch(
    (await eve.ask("SETNAME :BUY NOW")).join(),
    /^:irc\.test FAIL SETNAME CANNOT_CHANGE_REALNAME :You are muted in this room/,
  );
  assertEquals(await ann.sync(), []);
  assertMatch((await ann.ask("WHOIS eve"))[0] ?? "", / \* eve$/);
  await ann.ask("MODE #den -b m:eve");
  assertMatch((await ann.ask("WHOIS eve"))[0] ?? "", / :Eve B\.$/);
});

const ROOT = { type: "user", action: "add", name: "root", role: "operator" } as const;

/** A server with an operator of it, `root`, and `ann`, who has reserved her name. */
async function startModerated(): Promise<IrcTestServer> {
  const server = startIrc();
  for (const name of ["root", "ann"]) await reserve(server, name);
  await server.server.host.shared.house.console(ROOT);
  return server;
}

Deno.test("irc: the bans of a channel are its own alone, and none for those who may not see them", async () => {
  await using server = await startModerated();
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD, rooms: ["#a", "#b"] });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a"] });
  using page = await joinEvent(server.server, "root", { login: PASSWORD, features: ["people"] });
  await page.ask({ type: "mod", action: "ban", target: "everywhere" });
  await root.ask("MODE #a +b one!*@*", "MODE #b +b two!*@*", "MODE #b +b m:three!*@*");
  const masks = async (line: string): Promise<string[]> =>
    (await root.ask(line)).flatMap((each) => / 367 root \S+ (\S+) root \d+$/.exec(each)?.[1] ?? []);
  for (const letters of ["b", "+b", "-b"]) {
    assertEquals(await masks(`MODE #a ${letters}`), ["one!*@*"]);
    assertEquals(await masks(`MODE #b ${letters}`), ["m:three!*@*", "two!*@*"]);
  }
  await bob.expect("MODE #a b", ":irc.test 368 bob #a :End of channel ban list");
  await bob.expect("MODE #a +bbb-b", ":irc.test 368 bob #a :End of channel ban list");
  // A ban elsewhere is not lifted by a mode of this channel.
  assertMatch((await root.ask("MODE #a -b two!*@*")).join(), /There is no ban/);
  assertEquals(await masks("MODE #b b"), ["m:three!*@*", "two!*@*"]);
});

Deno.test("irc: what nobody can be called is neither banned nor muted, by any door", async () => {
  await using server = await startModerated();
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD, rooms: ["#a"] });
  using page = await joinEvent(server.server, "root", { login: PASSWORD, features: ["people"] });
  const names = ["\x01", "\x02", " ", "\u00a0", "\u200b", "a\x03b", "\u202e"];
  const masks = names.flatMap((name) => [name, `${name}!*@*`, `m:${name}`, `*!*@${name}.member`]);
  for (const mask of [...masks, "*", "m:", "m:*!*@*", "*!*@.member"]) {
    assertMatch(
      (await root.ask(`MODE #a +b :${mask}`)).join("\n"),
      /^:irc\.test 696 root #a b [^ ]+ :[^\n]+$/,
      JSON.stringify(mask),
    );
  }
  for (const target of names) {
    for (const action of ["ban", "mute"]) {
      const { code } = await page.ask({ type: "mod", action, target, room: "a", only: true });
      assertEquals(code, "bad-name", JSON.stringify(target));
    }
  }
  await root.expect("MODE #a b", ":irc.test 368 root #a :End of channel ban list");
  // Of a name that somebody could have, whether it is reserved or not, it is.
  await root.expect("MODE #a +b :Zoë!*@*", ":root!~root@root.member MODE #a +b Zoë!*@*");
});

Deno.test("irc: whoever is muted is not called otherwise by coming again with another real name", async () => {
  await using server = await startModerated();
  using root = await IrcPeer.enter(server, "root", {
    pass: PASSWORD,
    caps: ["extended-join"],
    rooms: ["#a"],
  });
  await root.ask("MODE #a +b m:eve!*@*");
  using eve = await IrcPeer.connect(server);
  await eve.send("NICK eve", "USER eve 0 * :BUY NOW");
  await eve.until(/ 422 /);
  await eve.ask("JOIN #b");
  assertMatch((await root.ask("WHOIS eve"))[0] ?? "", / 311 root eve ~eve guest \* :BUY NOW$/);
  await eve.ask("JOIN #a");
  const lines = await root.ask("WHO #a", "WHOIS eve", "WHO eve %r");
  assertEquals(lines.filter((line) => /BUY NOW/.test(line)), []);
  assertEquals(lines[0], ":eve!~eve@guest JOIN #a * eve");
  await root.ask("MODE #a -b m:eve!*@*");
  assertMatch((await root.ask("WHOIS eve"))[0] ?? "", / 311 root eve ~eve guest \* :BUY NOW$/);
});

Deno.test("irc: a channel by invitation and secret is by invitation, in whatever order that is said", async () => {
  await using server = await startModerated();
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD, rooms: ["#a"] });
  using eve = await IrcPeer.enter(server, "eve");
  const modes = async (...lines: readonly string[]): Promise<string> => {
    await root.ask(...lines);
    return (await root.ask("MODE #a")).join().replace(/^.* 324 root #a /, "");
  };
  for (const lines of [["MODE #a +is"], ["MODE #a +si"], ["MODE #a +i", "MODE #a +s"]]) {
    assertEquals(await modes("MODE #a -i"), "+n");
    assertEquals(await modes(...lines), "+in", lines.join());
    assertMatch((await eve.ask("JOIN #a")).join(), /^:irc\.test (403|473) eve #a :/, lines.join());
  }
  await root.expect("MODE #a +s");
  // What one line takes and gives is so in either order.
  assertEquals(await modes("MODE #a -i+s"), "+ns");
  assertEquals(await modes("MODE #a +i", "MODE #a +s-i"), "+ns");
  assertEquals(await modes("MODE #a +i", "MODE #a +s-i-s"), "+n");
  assertEquals(await modes("MODE #a +i", "MODE #a +s-s-i"), "+n");
});

Deno.test("irc: a mask names nobody to those who may not ban, and to a host only whom it can see", async () => {
  await using server = await startModerated();
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#a"] });
  await until("ann's being a host", async () => /@ann/.test((await ann.ask("NAMES #a")).join()));
  using _bob = await IrcPeer.enter(server, "bob", { rooms: ["#b"] });
  using _bill = await IrcPeer.enter(server, "bill", { rooms: ["#b"] });
  using _bart = await IrcPeer.enter(server, "bart", { rooms: ["#a"] });
  using inside = await IrcPeer.enter(server, "gus", { rooms: ["#a"] });
  using outside = await IrcPeer.enter(server, "eve");
  await ann.sync();
  for (const [nick, peer] of [["gus", inside], ["eve", outside]] as const) {
    for (const mask of ["b*!*@*", "m:b*!*@*", "*!*bob@guest", "*!*nobody@guest", "*!*@*"]) {
      for (const sign of ["+", "-"]) {
        assertMatch(
          (await peer.ask(`MODE #a ${sign}b ${mask}`)).join("\n"),
          new RegExp(`^:irc\\.test 482 ${nick} #a :You are a member here, and may not [^\n]*$`),
          `${nick} ${sign} ${mask}`,
        );
      }
    }
  }
  assertMatch((await ann.ask("MODE #a +b bo*!*@*")).join(), / 696 ann #a b \S+ :Nobody here is /);
  assertMatch((await ann.ask("MODE #a +b *!*bob@guest")).join(), / 696 .* :Nobody here is /);
  await ann.expect("MODE #a +b m:b*!*@*", ":ann!~ann@ann.member MODE #a +b m:bart!*@*");
  await ann.ask("JOIN #b");
  assertMatch((await ann.ask("MODE #a +b b*!*@*")).join(), /That would be bob, bill, bart;/);
  // Whom it has in its room a host sees also from outside, and by their nicks all.
  await ann.ask("PART #a", "PART #b");
  await ann.expect("MODE #a +b m:g*!*@*", ":ann!~ann@ann.member MODE #a +b m:gus!*@*");
  await ann.expect("MODE #a +b bob!*@*", ":ann!~ann@ann.member MODE #a +b bob!*@*");
});

Deno.test("irc: a mask of a guest means no account of that name", async () => {
  await using server = await startModerated();
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD, rooms: ["#a"] });
  using _ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD });
  await root.sync();
  for (const mask of ["ann!*@guest", "ANN!*@guest", "m:ann!*@guest", "ann!~ann@guest"]) {
    assertMatch(
      (await root.ask(`MODE #a +b ${mask}`)).join("\n"),
      /^:irc\.test 696 root #a b \S+ :Nobody here is meant by that\. [^\n]*$/,
      mask,
    );
  }
  await root.expect("MODE #a b", ":irc.test 368 root #a :End of channel ban list");
  await root.expect("MODE #a +b cat!*@guest", ":root!~root@root.member MODE #a +b cat!*@*");
  await root.expect("MODE #a +b ann!*@*", ":root!~root@root.member MODE #a +b ann!*@*");
});

Deno.test("irc: a name that begins as the mask of a mute is shown otherwise, and no nick as it is", async () => {
  await using server = await startModerated();
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD, rooms: ["#a"] });
  using victim = await IrcPeer.enter(server, "victim5", { rooms: ["#a"] });
  using early = await IrcPeer.connect(server);
  for (const nick of ["m:victim5", "M:victim5"]) {
    await early.send(`NICK ${nick}`);
    assertEquals(await early.line(), `:irc.test 432 * ${nick} :That can't be a nick`);
    await victim.expect(`NICK ${nick}`, `:irc.test 432 victim5 ${nick} :That can't be a nick`);
  }
  using _page = await joinEvent(server.server, "m:victim5", { room: "a" });
  using _shout = await joinEvent(server.server, "M:x", { room: "a" });
  await root.sync();
  const names = (await root.ask("NAMES #a")).join("\n");
  assertMatch(names, /[ :]m：victim5( |$)/m);
  assertMatch(names, /[ :]M：x( |$)/m);
  assertMatch((await root.ask("WHOIS m：victim5"))[0] ?? "", / 311 root m：victim5 /);
  // Each mode is of the one whose nick it has.
  for (const param of ["m：victim5!*@*", "m:m：victim5!*@*", "m:victim5!*@*"]) {
    const lines = await root.ask(`MODE #a +b ${param}`);
    assertEquals(lines.at(-1), `:root!~root@root.member MODE #a +b ${param}`);
    assertEquals(lines.some((line) => / KICK #a m：victim5 /.test(line)), param.startsWith("m："));
    await root.expect(`MODE #a -b ${param}`, `:root!~root@root.member MODE #a -b ${param}`);
  }
  await victim.sync();
  assertEquals(await victim.ask("PRIVMSG #a :still here"), []);
});

Deno.test("irc: who may list the bans of a channel is told which come and go, by whatever door, and others are not", async () => {
  await using server = await startModerated();
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD, rooms: ["#a"] });
  using other = await IrcPeer.enter(server, "x", { pass: `root:${PASSWORD}`, rooms: ["#a", "#b"] });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a"] });
  using page = await joinEvent(server.server, "root", { login: PASSWORD, features: ["people"] });
  const modes = async (peer: IrcPeer): Promise<string[]> =>
    (await peer.sync()).flatMap((line) => /^:root!\S+ (MODE .*)$/.exec(line)?.[1] ?? []);
  const mod = async (action: string, target: string, room = "a"): Promise<void> => {
    const done = await page.ask({ type: "mod", action, target, room, only: true });
    assertEquals(done.type, "mod");
  };
  await mod("ban", "eve");
  await mod("mute", "zoë");
  for (const peer of [root, other]) {
    assertEquals(await modes(peer), ["MODE #a +b eve!*@*", "MODE #a +b m:zoë!*@*"]);
  }
  // Whoever asks for it is told once.
  const lines = await root.ask("MODE #a -b eve!*@*");
  assertEquals(lines.map((line) => line.replace(/^\S+ /, "")), ["MODE #a -b eve!*@*"]);
  assertEquals(await modes(root), []);
  assertEquals(await modes(other), ["MODE #a -b eve!*@*"]);
  // What holds on the whole server is in the list of no channel.
  await mod("unmute", "zoë");
  assertEquals((await page.ask({ type: "mod", action: "ban", target: "all" })).type, "mod");
  for (const peer of [root, other]) assertEquals(await modes(peer), ["MODE #a -b m:zoë!*@*"]);
  assertEquals(await modes(bob), []);
  // One who is there is sent out as well.
  await mod("ban", "bob");
  assertEquals(
    (await other.sync()).flatMap((line) => / ((?:MODE|KICK) #a .*)$/.exec(line)?.[1] ?? []).length,
    2,
  );
});
