/** What a client of an account is told that was said while it was away: all of it, once, whoever has read it elsewhere. */

import { assertEquals, assertMatch } from "@std/assert";
import { listenIrc } from "../lib/irc/listen_irc.ts";
import { Told, ToldPlaces } from "../lib/irc/told.ts";
import { MOST_TOLD_CLIENTS, ToldMarks } from "../lib/irc/told_marks.ts";
import { MOST_MISSED } from "../lib/irc/commands/unread.ts";
import { Batch } from "../lib/chat/sessions/batch.ts";
import type { EventOf } from "../lib/wire/events.ts";
import { LIFE } from "./fixtures/life_evening.ts";
import { joinEvent, type RawPeer, startServer } from "./helpers.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { Proxy } from "./proxy.ts";
import { IrcPeer, type IrcTestServer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

/** Somebody's words in lines, in the order in which they came. */
function said(lines: readonly string[]): string[] {
  return lines.flatMap((line) => / PRIVMSG \S+ :(.*)$/.exec(line)?.[1] ?? []);
}

/** A client of Ann's that comes in, the words that it is told by then, and how it leaves. */
async function ann(
  server: Pick<IrcTestServer, "irc">,
  { as = "ann", caps = [], user = "ann", lines = [] }: {
    readonly as?: string;
    readonly caps?: readonly string[];
    readonly user?: string;
    readonly lines?: readonly string[];
  } = {},
): Promise<{ peer: IrcPeer; told: string[] }> {
  const peer = await IrcPeer.connect(server);
  if (caps.length > 0) await peer.send(`CAP REQ :${caps.join(" ")}`);
  await peer.send(`PASS :${as}:${PASSWORD}`, "NICK ann", `USER ${user} 0 * :Ann`);
  if (caps.length > 0) await peer.send("CAP END");
  await peer.until(/ 422 /);
  return { peer, told: said([...await peer.sync(), ...await peer.ask(...lines)]) };
}

async function quit(peer: IrcPeer): Promise<void> {
  await peer.send("QUIT");
  await peer.rest();
  peer[Symbol.dispose]();
}

/** A server with Ann at the page, in the room `den` with Bob. */
async function startDen(): Promise<
  IrcTestServer & { readonly page: RawPeer; readonly bob: IrcPeer }
> {
  const server = startIrc();
  await reserve(server, "ann");
  const page = await joinEvent(server.server, "ann", {
    login: PASSWORD,
    room: "den",
    features: ["people"],
  });
  const bob = await IrcPeer.enter(server, "bob", { rooms: ["#den"] });
  return { ...server, page, bob };
}

/** Ann reads all at the page. */
async function readAll({ page }: { readonly page: RawPeer }): Promise<void> {
  await page.ask({ type: "read", room: "den", seq: 1_000 });
}

Deno.test("irc: a client that comes again is told what another device of its account has read meanwhile", async () => {
  await using server = await startDen();
  const { bob } = server;
  using _page = server.page;
  using _bob = bob;
  const first = await ann(server);
  assertEquals(first.told, []);
  await bob.ask("PRIVMSG #den :one");
  assertEquals(said(await first.peer.sync()), ["one"]);
  // Its side ends, without a word.
  first.peer[Symbol.dispose]();
  await bob.ask("PRIVMSG #den :two", "PRIVMSG ann :for you");
  const { chat } = await server.page.takeType("direct");
  await readAll(server);
  await server.page.ask({ type: "read", chat: chat ?? "", seq: 1_000 });
  const second = await ann(server);
  assertEquals(second.told.toSorted(), ["for you", "two"]);
  await quit(second.peer);
  const third = await ann(server);
  assertEquals(third.told, []);
  await quit(third.peer);
});

Deno.test("irc: who only listens is not told the same again each time it comes", async () => {
  await using server = await startDen();
  using _page = server.page;
  const { bob } = server;
  using _bob = bob;
  for (const text of ["one", "two", "three"]) {
    const { peer, told } = await ann(server);
    assertEquals(told, []);
    await bob.ask(`PRIVMSG #den :${text}`, `PRIVMSG ann :${text} for you`);
    assertEquals(said(await peer.sync()), [text, `${text} for you`]);
    await quit(peer);
  }
});

Deno.test("irc: clients that have names are told each for itself, and so are different programs", async () => {
  await using server = await startDen();
  using _page = server.page;
  const { bob } = server;
  using _bob = bob;
  for (const client of [{ as: "ann@home" }, { as: "ann@phone" }, {}, { user: "annie" }]) {
    await quit((await ann(server, client)).peer);
  }
  await bob.ask("PRIVMSG #den :one");
  for (const client of [{ as: "ann@home" }, { as: "Ann@phone" }, {}, { user: "annie" }]) {
    const { peer, told } = await ann(server, client);
    assertEquals(told, ["one"]);
    await quit(peer);
  }
  for (const client of [{ as: "ann@home" }, {}]) {
    const { peer, told } = await ann(server, client);
    assertEquals(told, []);
    await quit(peer);
  }
});

Deno.test("irc: SASL takes the name of a client as PASS does", async () => {
  await using server = await startDen();
  using _page = server.page;
  const { bob } = server;
  using _bob = bob;
  const login = async (device: string): Promise<string[]> => {
    const peer = await IrcPeer.connect(server);
    await peer.send("CAP REQ :sasl", "NICK ann", "USER ann 0 * :Ann", "AUTHENTICATE PLAIN");
    await peer.until(/^AUTHENTICATE/);
    await peer.send(`AUTHENTICATE ${btoa(`\0ann@${device}\0${PASSWORD}`)}`, "CAP END");
    await peer.until(/ 422 /);
    const told = said(await peer.sync());
    await quit(peer);
    return told;
  };
  for (const device of ["home", "phone"]) assertEquals(await login(device), []);
  await bob.ask("PRIVMSG #den :one");
  assertEquals(await login("home"), ["one"]);
  assertEquals(await login("home"), []);
  assertEquals(await login("phone"), ["one"]);
});

Deno.test("irc: a room that a client joins by its settings begins where it was told last", async () => {
  await using server = await startDen();
  using _page = server.page;
  const { bob } = server;
  using _bob = bob;
  await bob.ask("JOIN #own", "PRIVMSG #own :before");
  const lines = ["JOIN #own"];
  const first = await ann(server, { lines });
  assertEquals(first.told, ["before"]);
  await bob.ask("PRIVMSG #own :one");
  assertEquals(said(await first.peer.sync()), ["one"]);
  await quit(first.peer);
  await bob.ask("PRIVMSG #own :two");
  const second = await ann(server, { lines });
  assertEquals(second.told, ["two"]);
  await quit(second.peer);
});

Deno.test("irc: a client that asks for history itself is told nothing that was said before", async () => {
  await using server = await startDen();
  using _page = server.page;
  const { bob } = server;
  using _bob = bob;
  await bob.ask("PRIVMSG #den :one");
  const { peer, told } = await ann(server, { caps: ["draft/chathistory", "batch"] });
  assertEquals(told, []);
  await quit(peer);
});

Deno.test("irc: how far clients were told outlives a door that keeps it, and is told again by one that does not", async () => {
  await using server = startServer();
  await reserve({ server }, "ann");
  using page = await joinEvent(server, "ann", {
    login: PASSWORD,
    room: "den",
    features: ["people"],
  });
  let kept = "";
  const open = (): IrcTestServer["irc"] =>
    listenIrc(server.host, {
      ...{ hostname: "127.0.0.1", port: 0, name: "irc.test" },
      toldFile: { kept, keep: (text) => Promise.resolve(void (kept = text)) },
    });
  {
    await using irc = open();
    await quit((await ann({ irc })).peer);
  }
  await page.ask({ type: "say", room: "den", text: "one" });
  {
    await using irc = open();
    const { peer, told } = await ann({ irc });
    assertEquals(told, ["one"]);
    await quit(peer);
  }
  {
    await using irc = open();
    const { peer, told } = await ann({ irc });
    assertEquals(told, []);
    await quit(peer);
  }
  kept = kept.replace(/^.*/, '"another epoch"');
  await using irc = open();
  const { peer, told } = await ann({ irc });
  assertEquals(told, ["one"]);
  await quit(peer);
});

/** Bob says something in the room, and gives its number. */
async function says(bob: RawPeer, text: string): Promise<number> {
  const { seq } = await bob.ask({ type: "say", room: "den", text }) as EventOf<"ack">;
  return seq ?? 0;
}

Deno.test("irc: a client that comes again is told what was changed meanwhile of what it had been told", async () => {
  await using server = await startDen();
  const { bob: guest, page } = server;
  using _page = page;
  using _guest = guest;
  using bob = await joinEvent(server.server, "bob at the page", { room: "den", ...LIFE });
  const caps = ["draft/message-redaction", "message-tags"];
  const first = await ann(server, { caps });
  const [one, two] = [await says(bob, "one"), await says(bob, "two")];
  const { chat, seq } = await bob.ask({ type: "direct", to: "ann", text: "for you" }) as EventOf<
    "ack"
  >;
  assertEquals(said(await first.peer.sync()), ["one", "two", "for you"]);
  await quit(first.peer);
  await bob.ask({ type: "revise", room: "den", re: one, text: "one, changed" });
  await bob.ask({ type: "revise", chat, re: seq, text: "for you, changed" });
  const three = await says(bob, "three");
  await bob.ask({ type: "revise", room: "den", re: three, text: "three, changed" });
  await bob.ask({ type: "remove", room: "den", re: two });
  await bob.ask({ type: "react", room: "den", re: one, key: "👍" });
  const second = await IrcPeer.connect(server);
  await second.send(`CAP REQ :${caps.join(" ")}`, `PASS :ann:${PASSWORD}`, "NICK ann");
  await second.send("USER ann 0 * :Ann", "CAP END");
  await second.until(/ 422 /);
  const lines = await second.sync();
  assertEquals(said(lines.filter((line) => / #den /.test(line))), [
    "three, changed",
    "* one, changed",
  ]);
  assertEquals(said(lines.filter((line) => / PRIVMSG ann /.test(line))), ["* for you, changed"]);
  assertEquals(lines.filter((line) => / REDACT #den /.test(line)).length, 1);
  assertEquals(lines.filter((line) => /react=👍.* TAGMSG #den$/.test(line)).length, 1);
  await quit(second);
  const third = await ann(server, { caps });
  assertEquals(third.told, []);
  await quit(third.peer);
});

Deno.test("irc: a client that has missed more than it is told at once hears how much that is, and reads it", async () => {
  await using server = await startDen();
  using page = server.page;
  using _bob = server.bob;
  await quit((await ann(server)).peer);
  for (let i = 1; i <= MOST_MISSED + 3; i++) {
    await page.ask({ type: "say", room: "den", text: `text ${i}` });
  }
  const peer = await IrcPeer.connect(server);
  await peer.send(`PASS :ann:${PASSWORD}`, "NICK ann", "USER ann 0 * :Ann");
  await peer.until(/ 422 /);
  const lines = await peer.sync();
  const told = said(lines);
  assertEquals([told.length, told[0], told.at(-1)], [
    MOST_MISSED,
    "text 4",
    `text ${MOST_MISSED + 3}`,
  ]);
  const notices = lines.filter((line) => / NOTICE #den :/.test(line));
  const [, count, command = ""] =
    / :(\S+) messages before these .*\/quote (.*)$/.exec(notices[0] ?? "") ??
      [];
  assertEquals(count, "3");
  assertEquals(said(await peer.ask(command)), ["text 1", "text 2", "text 3"]);
  // Whoever comes into the room anew has missed nothing.
  const anew = await peer.ask("PART #den", "JOIN #den");
  assertEquals(anew.filter((line) => line.includes("/quote")), []);
  await quit(peer);
  assertEquals((await ann(server)).told, []);
});

Deno.test("irc: who reserves the nick that it goes by is not told again what it has got as a guest", async () => {
  const password = "correct-horse";
  await using server = startIrc();
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#den"] });
  const login = async (): Promise<IrcPeer> => {
    const peer = await IrcPeer.connect(server);
    await peer.send("CAP REQ :server-time sasl", "NICK ann", "USER ann 0 * :Ann");
    await peer.send("AUTHENTICATE PLAIN");
    await peer.until(/^AUTHENTICATE/);
    await peer.send(`AUTHENTICATE ${btoa(`\0ann\0${password}`)}`, "CAP END");
    await peer.until(/ 422 /);
    return peer;
  };
  for (const how of [`PRIVMSG NickServ :REGISTER ${password}`, `REGISTER * * :${password}`]) {
    // Clients ask for SASL only once they are to log in.
    const guest = await IrcPeer.connect(server);
    await guest.send("CAP REQ :server-time", "NICK ann", "USER ann 0 * :Ann", "CAP END");
    await guest.until(/ 422 /);
    await guest.ask("JOIN #den");
    await bob.ask("PRIVMSG #den :one", "PRIVMSG ann :for you");
    assertEquals(said(await guest.sync()).toSorted(), ["for you", "one"]);
    await guest.ask(how);
    await bob.ask("PRIVMSG #den :two");
    assertEquals(said(await guest.sync()), ["two"]);
    await quit(guest);
    await bob.ask("PRIVMSG #den :three");
    const peer = await login();
    assertEquals(said(await peer.sync()), ["three"], how);
    await peer.ask(`PRIVMSG NickServ :DROP`);
    await quit(peer);
  }
});

Deno.test("irc: of what was sent before the server stops, only what a client has got is not told again", async () => {
  await using dir = await makeDir();
  let kept = "";
  const open = async (): Promise<IrcTestServer> => {
    const server = await startStored(dir.path);
    const irc = listenIrc(server.host, {
      ...{ hostname: "127.0.0.1", port: 0, name: "irc.test" },
      toldFile: { kept, keep: (text) => Promise.resolve(void (kept = text)) },
    });
    const close = async (): Promise<void> => {
      await server.shutdown();
      await irc[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    };
    return { server, irc, [Symbol.asyncDispose]: close };
  };
  const [phone, home] = [{ as: "ann@phone" }, { as: "ann@home" }];
  {
    await using server = await open();
    await using proxy = new Proxy({ addr: server.irc.addr });
    await reserve(server, "ann");
    const login = { login: PASSWORD, room: "den", features: ["people"] };
    using _page = await joinEvent(server.server, "ann", login);
    using bob = await IrcPeer.enter(server, "bob", { rooms: ["#den"] });
    using vanished = (await ann({ irc: { ...server.irc, addr: proxy.addr } }, phone)).peer;
    const { peer } = await ann(server, home);
    // The phone is out of reach: nothing passes, not even an end.
    proxy.hold();
    await bob.ask("PRIVMSG #den :one");
    assertEquals(said(await peer.sync()), ["one"]);
    const stopped = server.server.shutdown();
    assertMatch(await peer.rest(), /^ERROR /);
    peer[Symbol.dispose]();
    await stopped;
    proxy.release();
    await vanished.rest().catch(() => {});
  }
  await using server = await open();
  for (const [client, missed] of [[phone, ["one"]], [home, []]] as const) {
    const { peer, told } = await ann(server, client);
    assertEquals(told, [...missed], client.as);
    await quit(peer);
  }
});

Deno.test("irc: who identifies when it is in hears how much was said meanwhile, and reads it", async () => {
  await using server = await startDen();
  using _page = server.page;
  const { bob } = server;
  using _bob = bob;
  await bob.ask("PRIVMSG #den :one", "PRIVMSG #den :two", "PRIVMSG ann :for you");
  const identify = async (): Promise<string[]> => {
    const peer = await IrcPeer.connect(server);
    await peer.send("NICK guest", "USER ann 0 * :Ann");
    await peer.until(/ 422 /);
    const lines = await peer.ask(`PRIVMSG NickServ :IDENTIFY ann ${PASSWORD}`);
    const told = lines.flatMap((line) => / :Said meanwhile .*\/quote (.*)$/.exec(line)?.[1] ?? []);
    const words = said(await peer.ask(...told));
    await quit(peer);
    return words;
  };
  assertEquals(await identify(), ["one", "two", "for you"]);
  assertEquals(await identify(), []);
  await bob.ask("PRIVMSG #den :three");
  assertEquals(await identify(), ["three"]);
});

const message = { type: "message", at: "", from: "bob", text: "hi" } as const;

Deno.test("irc: what a client was sent that has not answered since is told again", () => {
  const places = new ToldPlaces();
  const words: string[] = [];
  const begin = (): Told =>
    new Told(places, { ping: (word) => void words.push(word), onMoved: () => {}, onEnd: () => {} });
  const told = begin();
  told.take(new Batch([{ ...message, room: "den", seq: 3 }]), () => false);
  told.sweep(1);
  told.sweep(9_000);
  assertEquals(words, []);
  told.sweep(10_001);
  assertEquals(words.length, 1);
  told.answered("another");
  assertEquals(places.in({ room: "Den" }), undefined);
  told.answered(words[0]);
  assertEquals(places.in({ room: "Den" }), 3);
  told.take(new Batch([{ ...message, room: "den", seq: 4 }]), () => false);
  told.end(false);
  assertEquals(places.in({ room: "den" }), 3);
  const late = begin();
  late.take(new Batch([{ ...message, room: "den", seq: 5 }]), () => false);
  late.sweep(-20_000);
  late.sweep(-10_000);
  // It was asked long ago and has not answered: that its side has ended says nothing of what it got.
  late.end(true);
  assertEquals(places.in({ room: "den" }), 3);
  const next = begin();
  next.take(new Batch([{ ...message, room: "den", seq: 6 }]), () => false);
  next.end(true);
  assertEquals(places.in({ room: "den" }), 6);
});

Deno.test("irc: of an account so many clients are remembered, the one that was away for longest goes", () => {
  const marks = new ToldMarks({ epoch: () => "e", isAccount: () => true, onProblem: () => {} });
  const come = (client: string): void => marks.begin("id", client, () => {}).end(true);
  for (let i = 0; i < MOST_TOLD_CLIENTS; i++) come(`c${i}`);
  come("c0");
  come("new");
  const known = ["c0", "c1", "c2", "new"].filter((client) => marks.of("id", client) !== undefined);
  assertEquals(known, ["c0", "c2", "new"]);
});
