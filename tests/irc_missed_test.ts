/** What a client of an account has missed: how much of it is told, of what was changed, and of whom it may be. */

import { assert, assertEquals } from "@std/assert";
import { MOST_MISSED } from "../lib/irc/commands/unread.ts";
import type { EventOf } from "../lib/wire/events.ts";
import { ann, pong, quit, READS_ALL, said, startDen } from "./fixtures/ann_by_irc.ts";
import { LIFE } from "./fixtures/life_evening.ts";
import { joinEvent, type RawPeer } from "./helpers.ts";
import { IrcPeer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

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

Deno.test("irc: what a client was told in a room, an edit too, it is not told again when it joins again", async () => {
  await using server = await startDen();
  using _page = server.page;
  using _guest = server.bob;
  using bob = await joinEvent(server.server, "bob at the page", { room: "own", ...LIFE });
  const says = async (text: string): Promise<number> =>
    (await bob.ask({ type: "say", room: "own", text }) as EventOf<"ack">).seq ?? 0;
  const one = await says("one");
  const lines = ["JOIN #own"];
  const first = await ann(server, { lines });
  assertEquals(first.told, ["one"]);
  await bob.ask({ type: "revise", room: "own", re: one, text: "one, changed" });
  assertEquals(said(await first.peer.sync()), ["* one, changed"]);
  // On the same connection it has left and joins again, and then on a new one.
  await first.peer.ask("PART #own");
  await says("two");
  assertEquals(said(await first.peer.ask("JOIN #own")), ["two"]);
  await quit(first.peer);
  const second = await ann(server, { lines });
  assertEquals(second.told, []);
  await bob.ask({ type: "revise", room: "own", re: one, text: "one, changed again" });
  assertEquals(said(await second.peer.sync()), ["* one, changed again"]);
  await second.peer.ask("PART #own");
  for (let n = 0; n < 60; n++) await says(`${n}`);
  const again = await second.peer.ask("JOIN #own");
  assertEquals(said(again), Array.from({ length: 50 }, (_, n) => `${n + 10}`));
  assert(
    again.some((line) => / NOTICE #own :10 messages before these that you have missed/.test(line)),
  );
  await quit(second.peer);
});

Deno.test("irc: a client that comes again hears what was answered meanwhile, and is not shown a settled question as open", async () => {
  await using server = await startDen();
  using _page = server.page;
  using _guest = server.bob;
  const knows = { features: ["people", "life", "ask"] };
  using bob = await joinEvent(server.server, "bob at the page", { room: "den", ...knows });
  using eve = await joinEvent(server.server, "eve", { room: "den", ...knows });
  const asks = async (text: string): Promise<number> => {
    const ask = { choices: ["yes", "no"] };
    const { seq } = await bob.ask({ type: "say", room: "den", text, ask }) as EventOf<"ack">;
    return seq ?? 0;
  };
  const first = await ann(server);
  const before = await asks("before?");
  await first.peer.sync();
  await quit(first.peer);
  const meanwhile = await asks("meanwhile?");
  for (const re of [before, meanwhile]) {
    await eve.ask({ type: "answer", room: "den", re, choice: "no" });
  }
  const { peer } = await ann(server, { lines: [] });
  const lines = (await peer.ask("CHATHISTORY LATEST #den * 1")).join("\n");
  assertEquals(/[/!]answer /.test(lines), false);
  await quit(peer);
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

Deno.test("irc: who reads back by hand is told with each page how to read on, until nothing was said before", async () => {
  await using server = await startDen();
  using page = server.page;
  using _bob = server.bob;
  const texts = Array.from({ length: 7 }, (_, n) => `text ${n}`);
  for (const text of texts) await page.ask({ type: "say", room: "den", text });
  const { peer } = await ann(server);
  const pages: string[][] = [];
  for (let command: string | undefined = "CHATHISTORY LATEST #den * 3"; command !== undefined;) {
    const lines: string[] = await peer.ask(command);
    pages.unshift(said(lines));
    command = lines.flatMap((line) =>
      / NOTICE #den :There is more before these: \/quote (.*)$/.exec(line)?.[1] ?? []
    )[0];
  }
  assertEquals(pages.flat(), texts);
  assertEquals(pages.length, 3);
  await quit(peer);
  const { peer: knowing } = await ann(server, { caps: ["draft/chathistory", "batch"] });
  const lines = await knowing.ask("CHATHISTORY LATEST #den * 3");
  assertEquals(lines.some((line) => line.includes(" NOTICE ")), false);
  await quit(knowing);
});

Deno.test("irc: of many places a client is told so much in all, of conversations first, and hears of the rest", async () => {
  await using server = await startDen();
  using page = server.page;
  using _bob = server.bob;
  const rooms = ["den", "one", "two", "three"];
  for (const room of rooms.slice(1)) await page.ask({ type: "join", room });
  await quit((await ann(server)).peer);
  for (const room of rooms) {
    for (let i = 1; i <= MOST_MISSED; i++) await page.ask({ type: "say", room, text: `${i}` });
  }
  const { peer, told } = await ann(server);
  assertEquals(told.length, 1_000 + rooms.length * 50);
  await quit(peer);
});

Deno.test("irc: what a client has missed that is long comes in parts, between which others have their turn", async () => {
  await using server = startIrc({}, { ...READS_ALL, askMs: 0 });
  await reserve(server, "ann");
  using page = await joinEvent(server.server, "ann", { login: PASSWORD, room: "den", ...LIFE });
  await quit((await ann(server)).peer);
  const numbers = Array.from({ length: 20 }, (_, i) => `text ${i + 1}`);
  for (const text of numbers) {
    await page.ask({ type: "say", room: "den", text: `${text}\n${"long ".repeat(2_000)}` });
  }
  const peer = await IrcPeer.connect(server);
  await peer.send(`PASS :ann:${PASSWORD}`, "NICK ann", "USER ann 0 * :Ann");
  await peer.until(/ 422 /);
  const lines: string[] = [];
  // Who does not answer may not have got it.
  const readTo = async (end: RegExp): Promise<void> => {
    do {
      lines.push(await peer.line());
      await pong(peer, lines.slice(-1));
    } while (!end.test(lines.at(-1) ?? ""));
  };
  await readTo(/:text 20$/);
  assertEquals(said(lines).filter((text) => text.startsWith("text")), numbers);
  const parts = lines.flatMap((line) => / :(\d+) earlier messages, /.exec(line)?.[1] ?? []);
  assert(parts.length > 1, `${parts.length}`);
  assertEquals(parts.reduce((sum, count) => sum + Number(count), 0), numbers.length);
  await page.ask({ type: "say", room: "den", text: "the end" });
  await readTo(/the end$/);
  // What it answers now comes after all that, however slow it is.
  await readTo(/PING /);
  await peer.sync();
  await quit(peer);
  assertEquals((await ann(server)).told, []);
});

Deno.test("irc: who reserves the nick that it goes by is not told again what it has got as a guest", async () => {
  const password = "correct-horse";
  await using server = startIrc({}, READS_ALL);
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
    for (let n = 0; n < 2; n++) await peer.ask(`PRIVMSG NickServ :DROP ann`);
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

Deno.test("irc: a room that other devices have left and joined again begins where a client was told last", async () => {
  await using server = await startDen();
  const { bob: guest, page } = server;
  using _page = page;
  using _guest = guest;
  using bob = await joinEvent(server.server, "bob at the page", { room: "den", ...LIFE });
  const { peer } = await ann(server);
  const one = await says(bob, "one");
  assertEquals(said(await peer.sync()), ["one"]);
  await page.ask({ type: "leave", room: "den" });
  await peer.sync();
  const two = await says(bob, "two");
  await says(bob, "three");
  await bob.ask({ type: "revise", room: "den", re: one, text: "one, changed" });
  await bob.ask({ type: "revise", room: "den", re: two, text: "two, changed" });
  assertEquals(said(await peer.sync()), []);
  await page.ask({ type: "join", room: "den" });
  await peer.until(/ 366 /);
  await says(bob, "four");
  const lines: string[] = [];
  do lines.push(await peer.line()); while (!/ :four$/.test(lines.at(-1) ?? ""));
  assertEquals(said(lines), ["two, changed", "three", "* one, changed", "four"]);
  await quit(peer);
  const again = await ann(server);
  assertEquals(again.told, []);
  await quit(again.peer);
});
