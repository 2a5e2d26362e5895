/**
 * Real clients of IRC in one room with a client of the page's protocol and with scripts: WeeChat without a screen,
 * irssi on a terminal, and irc-framework. Each test says when its client is not installed, and is left out then.
 */

import { assert } from "@std/assert";
import { startServe } from "../fixtures/serve_process.ts";
import { testUnless } from "../fixtures/tools.ts";
import { joinEvent, type RawPeer } from "../helpers.ts";
import {
  Framework,
  type IrcClient,
  Irssi,
  noFramework,
  noIrssi,
  noWeeChat,
  WeeChat,
} from "./clients.ts";

/** What a client shows of a text that was edited. */
const EDITED = "the second words";

/** A server with a room in which somebody has said something before the client comes. */
async function openRoom(): Promise<
  AsyncDisposable & { readonly port: number; readonly ann: RawPeer }
> {
  const server = await startServe("--memory", "--irc", "127.0.0.1:0", "--log-level", "error");
  const ann = await joinEvent(server, "ann", { room: "dev", features: ["people", "life"] });
  await ann.ask({ type: "say", room: "dev", text: "said before it came" });
  return {
    port: server.ircPort,
    ann,
    async [Symbol.asyncDispose](): Promise<void> {
      ann[Symbol.dispose]();
      await server.end();
    },
  };
}

/** Waits for a message in the room, as a client of the page's protocol hears it. */
async function hears(ann: RawPeer, from: string, text: string): Promise<void> {
  for (;;) {
    const event = await ann.takeType("message");
    if (event.from === from && event.text === text) return;
  }
}

/** What a person does with a client, and what it shows of what others do. */
async function talk(ann: RawPeer, client: IrcClient, nick: string): Promise<void> {
  await client.shows("said before it came");
  await client.type(`hello from ${nick}`);
  await hears(ann, nick, `hello from ${nick}`);
  await ann.ask({ type: "say", room: "dev", text: "hello from ann" });
  await client.shows("hello from ann");
  await client.type("/me waves");
  const waved = await ann.takeType("message");
  assert(waved.action === true && waved.text === "waves", JSON.stringify(waved));
  const { seq } = await ann.ask({ type: "say", room: "dev", text: "the first words" });
  await ann.ask({ type: "revise", room: "dev", re: seq, text: EDITED });
  await client.shows(EDITED);
  await ann.ask({ type: "direct", to: nick, text: "for you alone" });
  await client.shows("for you alone");
  await ann.ask({ type: "topic", room: "dev", text: "what it is about" });
  await client.shows("what it is about");
  const sent = await ann.ask({ type: "rename", name: "annabel" });
  assert(sent.type === "renamed");
  await client.shows("annabel");
}

testUnless(
  noWeeChat(),
  "WeeChat talks with the others, and sees what was said before",
  async () => {
    await using room = await openRoom();
    await using weechat = await WeeChat.start(room.port, "wee", "#dev");
    await talk(room.ann, weechat, "wee");
  },
);

testUnless(noIrssi(), "irssi talks with the others, and sees what was said before", async () => {
  await using room = await openRoom();
  await using irssi = await Irssi.start(room.port, "iris", "#dev");
  await talk(room.ann, irssi, "iris");
});

testUnless(
  noFramework(),
  "irc-framework hears messages, reactions and who comes and goes",
  async () => {
    await using room = await openRoom();
    const { ann } = room;
    await using bot = new Framework(room.port, "bot", "#dev");
    await bot.hears("join", { nick: "bot", channel: "#dev" });
    await bot.hears("message", { nick: "ann", message: "said before it came" });
    await bot.send("PRIVMSG #dev :I am a bot");
    await hears(ann, "bot", "I am a bot");
    await bot.send("NOTICE #dev :and this is a notice");
    const notice = await ann.takeType("message");
    assert(notice.notice === true, JSON.stringify(notice));
    await ann.ask({ type: "say", room: "dev", text: "well", action: true });
    await bot.hears("message", { nick: "ann", message: "well", type: "action" });
    await ann.ask({ type: "join", room: "tea" });
    await ann.ask({ type: "leave", room: "dev", text: "tea is ready" });
    await bot.hears("part", { nick: "ann", channel: "#dev", message: "tea is ready" });
  },
);
