/** What a client of an account is told that was said while it was away: all of it, once, whoever has read it elsewhere. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { listenIrc } from "../lib/irc/listen_irc.ts";
import { Told } from "../lib/irc/told.ts";
import { ToldPlaces } from "../lib/irc/told_places.ts";
import { MOST_TOLD_CLIENTS, ToldMarks } from "../lib/irc/told_marks.ts";
import { Batch } from "../lib/chat/sessions/batch.ts";
import { ann, quit, READS_ALL, said, startDen } from "./fixtures/ann_by_irc.ts";
import type { EventOf } from "../lib/wire/events.ts";
import type { Server } from "../lib/server/serve.ts";
import { joinEvent, type RawPeer, startServer } from "./helpers.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { Proxy } from "./proxy.ts";
import { IrcPeer, type IrcTestServer, PASSWORD, reserve } from "./irc_peer.ts";

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
  // Its side ends without a QUIT: something between may have ended it, which has more than the client got.
  first.peer[Symbol.dispose]();
  await bob.ask("PRIVMSG #den :two", "PRIVMSG ann :for you");
  const { chat } = await server.page.takeType("direct");
  await readAll(server);
  await server.page.ask({ type: "read", chat: chat ?? "", seq: 1_000 });
  const second = await ann(server);
  assertEquals(second.told.toSorted(), ["for you", "one", "two"]);
  await quit(second.peer);
  const third = await ann(server);
  assertEquals(third.told, []);
  await quit(third.peer);
});

Deno.test("irc: what one of two clients of the same settings says is told to the other one", async () => {
  await using server = await startDen();
  const { bob } = server;
  using _page = server.page;
  using _bob = bob;
  const [one, two] = [await ann(server), await ann(server)];
  await bob.ask("PRIVMSG #den :before");
  await one.peer.sync();
  await two.peer.sync();
  two.peer[Symbol.dispose]();
  await one.peer.ask("PRIVMSG #den :from the other one");
  await bob.ask("PRIVMSG #den :the answer");
  await one.peer.sync();
  const again = await ann(server);
  assertEquals(again.told.slice(-2), ["from the other one", "the answer"]);
  await quit(again.peer);
  await quit(one.peer);
});

Deno.test("irc: who comes back while its dead connection is still there is told from where it was, whatever was read", async () => {
  await using server = await startDen();
  const { bob } = server;
  using _page = server.page;
  using _bob = bob;
  const dead = await ann(server);
  await bob.ask("PRIVMSG #den :one");
  await dead.peer.sync();
  await quit(dead.peer);
  const gone = await ann(server);
  // Nobody has read that anywhere, and nothing ends this connection.
  const back = await ann(server);
  assertEquals(back.told, []);
  await quit(back.peer);
  gone.peer[Symbol.dispose]();
});

Deno.test("irc: where another client of its name was there once, who comes back over a dead connection is told from where it was", async () => {
  await using server = await startDen();
  const { bob } = server;
  using _page = server.page;
  using _bob = bob;
  const laptop = { as: "ann@laptop" };
  const dead = await ann(server, laptop);
  const another = await ann(server, laptop);
  await bob.ask("PRIVMSG #den :before");
  await dead.peer.sync();
  await another.peer.sync();
  await quit(another.peer);
  await bob.ask("PRIVMSG #den :since");
  const back = await ann(server, laptop);
  assertEquals(back.told, ["since"]);
  await quit(back.peer);
  dead.peer[Symbol.dispose]();
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
      ...{ hostname: "127.0.0.1", port: 0, name: "irc.test", toldTimes: READS_ALL },
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

Deno.test("irc: of what was sent before the server stops, only what a client has got is not told again", async () => {
  await using dir = await makeDir();
  let kept = "";
  const open = async (): Promise<IrcTestServer> => {
    const server = await startStored(dir.path);
    const irc = listenIrc(server.host, {
      ...{ hostname: "127.0.0.1", port: 0, name: "irc.test", toldTimes: READS_ALL },
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

const message = { type: "message", at: "", from: "bob", text: "hi" } as const;

Deno.test("irc: what a client was sent that has not answered since is told again", () => {
  const places = new ToldPlaces();
  const words: string[] = [];
  const begin = (): Told =>
    new Told(places, {
      ...{ ping: (word) => void words.push(word), onHeard: () => {} },
      ...{ onMoved: () => {}, onEnd: () => {} },
    });
  const told = begin();
  told.take(new Batch([{ ...message, room: "den", seq: 3 }]), () => false);
  told.sweep(1);
  told.sweep(1_900);
  assertEquals(words, []);
  told.sweep(2_001);
  assertEquals(words.length, 1);
  told.answered("another");
  assertEquals(places.in({ room: "Den" }), undefined);
  told.answered(words[0]);
  assertEquals(places.in({ room: "Den" }), 3);
  // The sweep's clock was not that by which answers are timed.
  places.tookMs = 0;
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

/** What a connection was told, with the words that it was asked for. */
function connection(places = new ToldPlaces()): { told: Told; words: string[] } {
  const words: string[] = [];
  const told = new Told(places, {
    ...{ ping: (word) => void words.push(word), onHeard: () => {} },
    ...{ onMoved: () => {}, onEnd: () => {} },
  });
  return { told, words };
}

Deno.test("irc: who was told many lines, of whatever kind, is asked at once whether it has got them", () => {
  const { told, words } = connection();
  told.note("#den", 40);
  told.toldLines(19);
  told.sweep(1);
  assertEquals(words.length, 0);
  told.toldLines(1);
  told.sweep(2);
  assertEquals(words.length, 1);
  told.answered(words[0]);
  told.note("#den", 41);
  told.sweep(3);
  assertEquals(words.length, 1);
  // What is said now counts as what was said before: each line of it, but for what is held.
  const says = (seq: number, text: string, room = "den"): void =>
    told.take(new Batch([{ ...message, text, room, seq }]), (key) => key === "#held");
  says(42, "one\ntwo");
  says(1, "three\n".repeat(20), "held");
  told.toldLines(7);
  for (let seq = 43; seq < 53; seq++) says(seq, "text");
  told.sweep(4);
  assertEquals(words.length, 1);
  says(53, "text");
  told.sweep(5);
  assertEquals(words.length, 2);
  // While that is not answered, nothing more is asked.
  for (let seq = 54; seq < 80; seq++) says(seq, "text");
  told.sweep(6);
  assertEquals(words.length, 2);
  told.answered(words[1]);
  told.sweep(7);
  assertEquals(words.length, 3);
});

Deno.test("irc: who leaves over a slow line is told again what may have been on its way", () => {
  for (
    const [tookMs, hasReadAll, reached] of [[0, false, 5], [1_000, false, 3], [
      1_000,
      true,
      5,
    ]] as const
  ) {
    const { told, words } = connection();
    told.note("#den", 3);
    told.toldLines(20);
    told.sweep(performance.now() - tookMs);
    told.answered(words[0]);
    told.note("#den", 5);
    told.end(true, hasReadAll);
    assertEquals(told.places.in({ room: "den" }), reached, `${tookMs} ms, ${hasReadAll}`);
    // So it is on its next connection, before it has answered there.
    const next = connection(told.places);
    next.told.note("#den", 7);
    next.told.end(true);
    assertEquals(told.places.in({ room: "den" }), tookMs === 0 ? 7 : reached);
  }
});

Deno.test("irc: who leaves before the first answer has come from a slow line is told again", () => {
  for (const [owedMs, reached] of [[10, 25], [1_500, undefined]] as const) {
    const { told } = connection();
    told.note("#den", 25);
    told.toldLines(25);
    told.sweep(performance.now() - owedMs);
    told.end(true);
    assertEquals(told.places.in({ room: "den" }), reached, `${owedMs} ms`);
  }
});

Deno.test("irc: what clients were told is kept within 2 s, and later the more there is to keep", async () => {
  const kept: string[] = [];
  const marks = new ToldMarks({
    ...{ epoch: () => "e", isAccount: () => true, onProblem: () => {} },
    file: { kept: "", keep: (text) => Promise.resolve(void kept.push(text)) },
    times: { askMs: 0, owedMs: 0 },
  });
  const words: string[] = [];
  const told = marks.begin("ann", "phone", (word) => void words.push(word));
  const move = (seq: number, rooms: readonly string[], now: number): void => {
    told.take(new Batch(rooms.map((room) => ({ ...message, room, seq }))), () => false);
    told.sweep(now);
    told.answered(words.at(-1));
  };
  const keptAt = async (now: number): Promise<number> => {
    marks.sweep(now);
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
    return kept.length;
  };
  move(3, ["den"], 1_000);
  assertEquals([await keptAt(1_999), await keptAt(2_000)], [0, 1]);
  assertMatch(kept[0] ?? "", /"phone",\[\["[^"]*den",3\]/);
  const rooms = Array.from({ length: 400 }, (_, n) => `${"a long name of a room, ".repeat(8)}${n}`);
  move(4, rooms, 3_000);
  assertEquals([await keptAt(3_999), await keptAt(4_000)], [1, 2]);
  const waitMs = (kept[1] ?? "").length / 32;
  assert(waitMs > 2_000, `${waitMs} ms`);
  move(5, rooms, 5_000);
  assertEquals([await keptAt(4_000 + waitMs - 1), await keptAt(4_000 + waitMs)], [2, 3]);
  told.end(false);
  await marks.close();
});

/** Settles when the deadlines have been looked at so often. */
function rounds(server: Server, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = count;
  const swept = { sweep: (): void => left-- > 0 ? undefined : resolve() };
  server.host.sweep.add(swept);
  return promise.finally(() => server.host.sweep.delete(swept));
}

/** Lines up to one that asks for a sign of life, and to so many messages, in whatever order. */
async function asked(peer: IrcPeer, messages: number): Promise<{ told: string[]; pong: string }> {
  const lines: string[] = [];
  const ping = (): string | undefined => lines.find((line) => /^PING :?told-/.test(line));
  while (ping() === undefined || said(lines).length < messages) lines.push(await peer.line());
  return { told: said(lines), pong: (ping() ?? "").replace("PING", "PONG") };
}

Deno.test("irc: who owes an answer is sent nothing more until it is heard, and told again only what came before", async () => {
  await using server = startServer();
  await using irc = listenIrc(server.host, {
    ...{ hostname: "127.0.0.1", port: 0, name: "irc.test" },
    toldTimes: { askMs: 0, owedMs: 0, ...READS_ALL },
  });
  await reserve({ server }, "ann");
  const login = { login: PASSWORD, room: "den", features: ["people"] };
  using page = await joinEvent(server, "ann", login);
  using bob = await joinEvent(server, "bob", { room: "den" });
  const says = (text: string): Promise<unknown> => bob.ask({ type: "say", room: "den", text });
  const come = async (): Promise<IrcPeer> => {
    const peer = await IrcPeer.connect({ irc });
    await peer.send(`PASS :ann:${PASSWORD}`, "NICK ann", "USER ann 0 * :Ann");
    await peer.until(/ 422 /);
    return peer;
  };
  const first = await come();
  const { pong } = await asked(first, 0);
  await rounds(server, 3);
  await says("one");
  await says("two");
  // What waits comes when it answers; then it is silent again.
  await first.send(pong);
  assertEquals((await asked(first, 2)).told, ["one", "two"]);
  await rounds(server, 3);
  await says("three");
  await page.ask({ type: "logout", others: true });
  const rest = await first.rest();
  assertMatch(rest, /^ERROR /m);
  assertEquals(said(rest.split(/\r?\n/)), []);
  first[Symbol.dispose]();
  const second = await come();
  const again = await asked(second, 3);
  assertEquals(again.told, ["one", "two", "three"]);
  await rounds(server, 3);
  await says("four");
  // It is heard, and quits at once: it is sent what waits, which it may not read any more.
  await second.send(again.pong, "QUIT");
  assertEquals(said((await second.rest()).split(/\r?\n/)), ["four"]);
  second[Symbol.dispose]();
  const third = await ann({ irc });
  assertEquals(third.told, ["four"]);
  await quit(third.peer);
});

Deno.test("irc: what a client has said itself it is not told again, but what has become of that since", async () => {
  await using server = await startDen();
  using page = server.page;
  using _bob = server.bob;
  for (const caps of [[], ["echo-message"]]) {
    const as = `ann@${caps.length}`;
    await quit((await ann(server, { as, caps })).peer);
    const { peer } = await ann(server, { as, caps });
    await peer.ask("PRIVMSG #den :mine", "PRIVMSG #den :changed", "PRIVMSG #den :gone");
    const { seq = 0 } = await page.ask({
      type: "say",
      room: "den",
      text: "at the page",
    }) as EventOf<
      "ack"
    >;
    // Its side ends without a QUIT.
    peer[Symbol.dispose]();
    await page.ask({ type: "revise", room: "den", re: seq - 2, text: "changed now" });
    await page.ask({ type: "remove", room: "den", re: seq - 1 });
    const next = await ann(server, { as, caps });
    const shown = ["at the page", "* changed now"];
    const told = ["mine", "changed now", "at the page"];
    assertEquals(next.told, caps.length === 0 ? shown : told);
    await quit(next.peer);
    const third = await ann(server, { as, caps });
    assertEquals(third.told, []);
    await quit(third.peer);
  }
});

Deno.test("irc: of what a client has said itself as much is remembered as was not told, up to a limit", () => {
  const places = new ToldPlaces();
  for (let seq = 1; seq <= 102; seq++) places.said("#den", seq);
  assertEquals([...places.saidIn("#den")].slice(0, 2), [3, 4]);
  places.reach("#den", 101);
  assertEquals([...places.saidIn("#den")], [102]);
  places.reach("#den", 102);
  assertEquals(places.saidIn("#den").size, 0);
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
