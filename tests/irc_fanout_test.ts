/** What many IRC clients are told at once: made once for all of them, and in its place for each. */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { Batch } from "../lib/chat/sessions/batch.ts";
import { IRC_TRAITS, IrcDoor } from "../lib/irc/irc_door.ts";
import { type IrcServer, ircServer } from "../lib/irc/irc_server.ts";
import { until } from "./helpers.ts";
import { startIrc } from "./irc_peer.ts";

const decoder = new TextDecoder();
const isPong = (piece: Uint8Array): boolean => / PONG \S+ :in\r/.test(decoder.decode(piece));

/** A client without a socket: what it sends is answered in the task in which the test says so. */
class Client {
  readonly #door: IrcDoor;
  /** The pieces that would have been written. */
  readonly pieces: Uint8Array[] = [];

  private constructor(server: IrcServer) {
    const push = (bytes: Uint8Array): void => void this.pieces.push(bytes);
    const peer = {
      traits: IRC_TRAITS,
      named: (name: string) => this.#door.named(name),
      says: () => this.#door.says,
      deliver: (batch: Batch) => push(this.#door.encode(batch)),
      push,
      close: () => server.shared.house.gone(peer, true, "quit"),
      drained: () => undefined,
      costly: () => undefined,
      inTurn: (answer: () => void | Promise<void>) => answer(),
    };
    this.#door = new IrcDoor(server, peer, { isPrivate: true });
  }

  static async enter(
    server: IrcServer,
    nick: string,
    rooms: readonly string[],
    caps: readonly string[] = [],
  ): Promise<Client> {
    const client = new Client(server);
    await client.ask(`CAP REQ :${caps.join(" ")}`, `NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    await client.ask("CAP END", ...rooms.map((room) => `JOIN ${room}`), "PING in");
    await until(`${nick} is in`, () => client.pieces.some(isPong));
    return client;
  }

  /** Sends lines in one piece; resolves when the last has been answered. */
  async send(...lines: readonly string[]): Promise<void> {
    this.#door.take(new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join("")));
    for (let taken = this.#door.next(); taken !== undefined; taken = this.#door.next()) {
      if (taken.waits !== undefined) await taken.waits;
    }
  }

  /** The same; then all that it brings about has been told. */
  async ask(...lines: readonly string[]): Promise<void> {
    await this.send(...lines);
    await told();
  }

  /** The lines that have come since this was called last: so many at least. */
  async lines(least: number): Promise<string[]> {
    const come = (): string[] =>
      this.pieces.map((piece) => decoder.decode(piece)).join("").split("\r\n").slice(0, -1);
    await until(`${least} lines`, () => come().length >= least);
    // What should not come has had its time.
    await told();
    const lines = come();
    this.pieces.length = 0;
    return lines;
  }
}

/** Waits until all rounds have gone out: there are no writes that could hold one up. */
async function told(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("irc: what is said and who leaves is one piece of bytes for all with the same capabilities", async () => {
  await using started = startIrc();
  const server = ircServer(started.server.host.shared, { name: "irc.test" });
  const [ann, bob, cat, tags, dan, eve] = [
    await Client.enter(server, "ann", ["#a"]),
    await Client.enter(server, "bob", ["#a"]),
    // What makes no difference to what others do makes none here.
    await Client.enter(server, "cat", ["#a"], ["echo-message"]),
    await Client.enter(server, "tags", ["#a"], ["message-tags"]),
    await Client.enter(server, "dan", ["#a"]),
    await Client.enter(server, "eve", ["#a"]),
  ];
  for (const each of [ann, bob, cat, tags]) await each.lines(0);
  const heard = [
    ":ann!~ann@guest PRIVMSG #a :one",
    ":ann!~ann@guest PRIVMSG #a :two",
    ":dan!~dan@guest PART #a :to sleep",
    ":eve!~eve@guest QUIT :Quit: bye",
  ];
  await ann.ask("PRIVMSG #a :one", "PRIVMSG #a :two");
  assertEquals([bob.pieces.length, cat.pieces.length], [1, 1], "two lines of one piece");
  await dan.ask("PART #a :to sleep");
  await eve.ask("QUIT :bye");
  await until("what eve has said last", () => bob.pieces.length >= 3);
  await told();
  assertEquals([bob.pieces.length, cat.pieces.length, tags.pieces.length], [3, 3, 3]);
  for (const [at, piece] of bob.pieces.entries()) {
    assertStrictEquals(cat.pieces[at], piece);
    assert(tags.pieces[at] !== piece);
  }
  assertEquals(await ann.lines(2), heard.slice(2));
  for (const each of [bob, cat]) assertEquals(await each.lines(4), heard);
  assertEquals((await tags.lines(4)).map((line) => line.replace(/^@msgid=\S+ /, "")), heard);
});

Deno.test("irc: who shares two rooms with one that leaves is told once, beside those who share one", async () => {
  await using started = startIrc();
  const server = ircServer(started.server.host.shared, { name: "irc.test" });
  const both = await Client.enter(server, "both", ["#a", "#b"]);
  const one = await Client.enter(server, "one", ["#b"]);
  for (const text of ["first", "second"]) {
    const dan = await Client.enter(server, "dan", ["#a", "#b"]);
    for (const each of [both, one]) await each.lines(0);
    await dan.ask("PRIVMSG #b :hm", `QUIT :${text}`);
    const heard = [":dan!~dan@guest PRIVMSG #b :hm", `:dan!~dan@guest QUIT :Quit: ${text}`];
    assertEquals(await one.lines(2), heard);
    assertEquals((await both.lines(2)).toSorted(), heard);
  }
});

Deno.test("irc: what is told to all and what answers one client come in the order in which they were said", async () => {
  await using started = startIrc();
  const server = ircServer(started.server.host.shared, { name: "irc.test" });
  const caps = ["echo-message", "labeled-response"];
  const ann = await Client.enter(server, "ann", ["#a"], caps);
  const bob = await Client.enter(server, "bob", ["#a"]);
  const dan = await Client.enter(server, "dan", []);
  for (const each of [ann, bob, dan]) await each.lines(0);
  // All in one task: nothing of it has gone out before the last of it is said.
  await Promise.all([
    ann.send("PRIVMSG #a :1", "PING x", "@label=l PRIVMSG #a :2"),
    dan.send("JOIN #a"),
    bob.send("PRIVMSG #a :3"),
    ann.send("PRIVMSG #a :4"),
  ]);
  await told();
  const said = (text: string, nick = "ann"): string =>
    `:${nick}!~${nick}@guest PRIVMSG #a :${text}`;
  const joined = ":dan!~dan@guest JOIN #a";
  const names = [":irc.test 353 dan = #a :ann bob dan", ":irc.test 366 dan #a :End of /NAMES list"];
  assertEquals(await ann.lines(6), [
    ...[said("1"), ":irc.test PONG irc.test :x", `@label=l ${said("2")}`, joined],
    ...[said("3", "bob"), said("4")],
  ]);
  assertEquals(await bob.lines(4), [said("1"), said("2"), joined, said("4")]);
  // Who comes in the middle is told what was said since, and before that what was said earlier.
  const lines = await dan.lines(7);
  assertEquals(lines.slice(0, 3), [joined, ...names]);
  assertEquals(lines.slice(-2), [said("3", "bob"), said("4")]);
  assertEquals(lines.filter((line) => /PRIVMSG #a :[12]$/.test(line)), [said("1"), said("2")]);
});
