/** Who is an operator of a channel: what a client is told as it happens agrees with what it asks for. */

import { assertEquals } from "@std/assert";
import { joinEvent, until } from "./helpers.ts";
import { IrcPeer, type IrcTestServer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

/** A client that keeps its list of nicks by what it is told, as clients do. */
class Follower {
  readonly peer: IrcPeer;
  /** Of `#a`: whether each may act there. */
  readonly #nicks = new Map<string, boolean>();

  constructor(peer: IrcPeer) {
    this.peer = peer;
  }

  /** Who is there, by what was told, and by NAMES and WHO; each operator has a sign. */
  async lists(): Promise<{ told: string[]; names: string[]; who: string[] }> {
    for (const line of await this.peer.sync()) this.hear(line);
    const lines = await this.peer.ask("NAMES #a", "WHO #a");
    // What happens meanwhile is told among the answers, which are not to be heard.
    for (const line of lines) if (!/^\S+ \d{3} /.test(line)) this.hear(line);
    const names = lines.flatMap((line) =>
      / 353 \S+ . #a :?(.*)$/.exec(line)?.[1]?.split(" ") ?? []
    );
    const who = lines.flatMap((line) => {
      const [, nick, rank] = / 352 \S+ #a \S+ \S+ \S+ (\S+) [HG]\*?(@?)/.exec(line) ?? [];
      return nick === undefined ? [] : `${rank}${nick}`;
    });
    const told = [...this.#nicks].map(([nick, is]) => `${is ? "@" : ""}${nick}`);
    return { told: told.sort(), names: names.sort(), who: who.sort() };
  }

  hear(line: string): void {
    const [source = "", command = "", ...params] = line.slice(1).split(" ");
    const nick = source.replace(/!.*/, "");
    if (command === "353") {
      for (const each of line.replace(/^.* #a :?/, "").split(" ")) {
        this.#nicks.set(each.replace("@", ""), each.startsWith("@"));
      }
    } else if (command === "QUIT") this.#nicks.delete(nick);
    else if (command === "NICK") {
      const is = this.#nicks.get(nick);
      this.#nicks.delete(nick);
      if (is !== undefined) this.#nicks.set(params[0] ?? "", is);
    } else if (params[0] !== "#a") return;
    else if (command === "JOIN") this.#nicks.set(nick, false);
    else if (command === "PART") this.#nicks.delete(nick);
    else if (command === "KICK") this.#nicks.delete(params[1] ?? "");
    else if (command === "MODE") {
      const [, letters = "", ...nicks] = params;
      let on = true;
      for (const letter of letters) {
        if (/[+-]/.test(letter)) on = letter === "+";
        else if (letter === "o") this.#nicks.set(nicks.shift() ?? "", on);
      }
    }
  }
}

/** Waits until the lists agree, with these operators. */
async function agree(what: string, follower: Follower, ...ops: readonly string[]): Promise<void> {
  let last: unknown;
  const operators = (list: readonly string[]): string =>
    list.filter((nick) => nick.startsWith("@")).join();
  await until(`${what}: the lists agree`, async () => {
    const lists = await follower.lists();
    last = lists;
    return [lists.told, lists.names].every((list) => list.join() === lists.who.join()) &&
      operators(lists.told) === ops.map((op) => `@${op}`).sort().join();
  }).catch((error) => {
    throw new Error(`${what}: ${JSON.stringify(last)}`, { cause: error });
  });
}

const USERS = ["root", "boss", "ann", "bob"] as const;

async function startRanked(): Promise<IrcTestServer> {
  const server = startIrc();
  for (const name of USERS) await reserve(server, name);
  const { house } = server.server.host.shared;
  await house.console({ type: "user", action: "add", name: "boss", role: "owner" });
  await house.console({ type: "user", action: "add", name: "root", role: "operator" });
  return server;
}

Deno.test("irc: who may act in a channel is told as it happens, whatever it comes from", async () => {
  await using server = await startRanked();
  const { house } = server.server.host.shared;
  using gus = await IrcPeer.enter(server, "gus");
  const follower = new Follower(gus);
  for (const line of await gus.ask("JOIN #a")) follower.hear(line);
  await agree("a guest has opened it", follower);
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD, rooms: ["#a"] });
  await agree("an operator of the server has come", follower, "root");
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#a"] });
  using _page = await joinEvent(server.server, "ann", { login: PASSWORD, room: "a" });
  await root.ask("MODE #a +o ann");
  await agree("one was made a host", follower, "root", "ann");
  await root.ask("MODE #a +m");
  await agree("a setting has changed", follower, "root", "ann");
  await root.ask("PART #a");
  await agree("the operator has left", follower, "ann");
  await ann.ask("TOPIC #a :x", "MODE #a -m");
  await agree("a setting has changed without it", follower, "ann");
  await root.ask("JOIN #a");
  await agree("it has come again", follower, "root", "ann");
  using boss = await joinEvent(server.server, "boss", { login: PASSWORD, room: "a" });
  await agree("the owner has come, by another door", follower, "root", "ann", "boss");
  await boss.ask({ type: "mod", action: "deop", target: "root" });
  await agree("the operator is none any more", follower, "ann", "boss");
  await house.console({ type: "user", action: "add", name: "ann", role: "operator" });
  await boss.ask({ type: "mod", action: "op", target: "root" });
  await agree("two were made operators", follower, "root", "ann", "boss");
  await house.console({ type: "user", action: "add", name: "ann", role: "member" });
  await agree("a host is only that again", follower, "root", "ann", "boss");
  await root.ask("MODE #a -o ann");
  await agree("and then not even that", follower, "root", "boss");
});

Deno.test("irc: who may act in a channel is told where names become those of accounts, or of none", async () => {
  await using server = await startRanked();
  using gus = await IrcPeer.enter(server, "gus");
  const follower = new Follower(gus);
  for (const line of await gus.ask("JOIN #a")) follower.hear(line);
  using eve = await IrcPeer.enter(server, "eve", { rooms: ["#a"] });
  await eve.ask(`PRIVMSG NickServ :IDENTIFY root ${PASSWORD}`);
  await agree("a guest has become the operator", follower, "root");
  using bob = await IrcPeer.enter(server, "bob", { pass: PASSWORD, rooms: ["#a"] });
  await eve.ask("MODE #a +o bob");
  await agree("one was made a host", follower, "root", "bob");
  await bob.ask("NICK Bob");
  await agree("the host writes its name otherwise", follower, "root", "Bob");
  await bob.ask("PRIVMSG NickServ :DROP");
  await agree("it was asked for once", follower, "root", "Bob");
  await bob.ask("PRIVMSG NickServ :DROP bob");
  await agree("the host has given its name back", follower, "root");
  await bob.ask("PRIVMSG NickServ :REGISTER another-horse");
  await agree("and taken it again", follower, "root");
  await eve.ask("KICK #a gus");
  for (const line of await gus.sync()) follower.hear(line);
  for (const line of await gus.ask("JOIN #a")) follower.hear(line);
  await agree("whoever asks has come again", follower, "root");
  await eve.send("QUIT");
  await agree("the operator has gone", follower);
});

Deno.test("irc: an account that opens a room is seen to act there, and a guest is not", async () => {
  await using server = await startRanked();
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD });
  const follower = new Follower(ann);
  for (const line of await ann.ask("JOIN #a")) follower.hear(line);
  await agree("an account has opened it", follower, "ann");
  using gus = await IrcPeer.enter(server, "gus", { rooms: ["#b"] });
  assertEquals(
    (await gus.ask("NAMES #b")).filter((line) => / 353 /.test(line)),
    [":irc.test 353 gus = #b gus"],
  );
});

Deno.test("irc: whoever is made an operator is told so by MODE, and in words where they are not there", async () => {
  await using server = startIrc();
  for (const name of ["ann", "bob"]) await reserve(server, name);
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#den", "#dew"] });
  await until("ann's being a host", async () => /@ann/.test((await ann.ask("NAMES #dew")).join()));
  using bob = await IrcPeer.enter(server, "bob", { pass: PASSWORD, rooms: ["#den"] });
  const toldBy = async (line: string): Promise<string> => {
    await ann.ask(line);
    await bob.send("PING end");
    const lines: string[] = [];
    for (
      let each = await bob.line();
      !each.endsWith(" PONG irc.test :end");
      each = await bob.line()
    ) {
      lines.push(each);
    }
    return lines.join("\n");
  };
  assertEquals(await toldBy("MODE #den +o bob"), ":irc.test MODE #den +o bob");
  assertEquals(
    await toldBy("MODE #dew +o bob"),
    ":irc.test NOTICE bob :ann made you a host of dew.",
  );
});
