/**
 * One room with everybody in it: WeeChat, irssi and irc-framework, beside the page, a terminal, a client in Python
 * and a script. What one does, each of the others is shown as far as it can show it.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { formatAddress } from "../../lib/cli/values.ts";
import { browserTest, type Person } from "../browser/browser.ts";
import { classicClient, type Script } from "../browser/classic_client.ts";
import { startServe } from "../fixtures/serve_process.ts";
import { makeDir } from "../fixtures/stored_server.ts";
import { device, leave } from "../fixtures/terminal_device.ts";
import { chatroom } from "../program.ts";
import { NO_PTY, type Pty } from "../pty.ts";
import { Framework, Irssi, noFramework, noIrssi, noWeeChat, WeeChat } from "./clients.ts";

const PASSWORD = "correct-horse-battery";
const ROOM = "#lobby";

/** All who are in the room, by what they are there with. */
interface Everybody {
  readonly address: string;
  /** A guest at the page. */
  readonly pam: Person;
  /** A guest at a terminal. */
  readonly tom: Pty;
  readonly python: Script;
  readonly wee: WeeChat;
  readonly iris: Irssi;
  /** The owner of the server, by irc-framework. */
  readonly boss: Framework;
}

browserTest(
  "WeeChat, irssi and irc-framework are in one room with the page, a terminal, Python and a script",
  async (people) => {
    await using dir = await makeDir();
    await using home = await makeDir();
    const added = await chatroom(["user", "add", "boss", "--role", "owner", "--data", dir.path], {
      input: `${PASSWORD}\n`,
    });
    assertEquals([added.code, added.stderr], [0, ""]);
    const server = await startServe(
      ...["--data", dir.path, "--log-level", "error", "--files", "all"],
      ...["--irc", "127.0.0.1:0", "--web", "127.0.0.1:0"],
    );
    try {
      const address = formatAddress(server.addr);
      const pam = await people.join({ addr: { port: Number(new URL(server.page).port) } }, "pam");
      await pam.say("said before they came");
      await pam.hasSent("said before they came");
      await using tom = device(home.path, address, "--name", "tom");
      await tom.expect("You are tom in lobby");
      const python = classicClient(server.addr.port);
      await using wee = await WeeChat.start(server.ircPort, "wee", ROOM);
      await using iris = await Irssi.start(server.ircPort, "iris", ROOM);
      await using boss = new Framework(server.ircPort, "boss", ROOM, PASSWORD);
      const everybody = { address, pam, tom, python, wee, iris, boss };
      await comeIn(everybody);
      await speak(everybody);
      await sendFile(everybody);
      await changeAndReact(everybody);
      await sendOut(everybody);
      await python.end();
      await leave(tom);
    } finally {
      await server.end();
    }
  },
  NO_PTY ?? noWeeChat() ?? noIrssi() ?? noFramework(),
);

/** Who has come by IRC is shown what was said before, and is shown to the others. */
async function comeIn({ tom, wee, iris, boss }: Everybody): Promise<void> {
  await wee.shows("said before they came");
  await iris.shows("said before they came");
  await boss.hears("join", { nick: "boss", channel: ROOM });
  await boss.hears("message", { nick: "pam", message: "said before they came" });
  for (const name of ["wee", "iris", "boss"]) await tom.expect(name);
}

/** What each says all others are shown, and what is said to one alone nobody else. */
async function speak(everybody: Everybody): Promise<void> {
  const { address, pam, tom, python, wee, iris, boss } = everybody;
  await pam.say("hello from the page");
  tom.type("hello from the terminal\r");
  await python.say("hello from Python");
  await wee.type("hello from WeeChat");
  await iris.type("hello from irssi");
  await boss.send(`PRIVMSG ${ROOM} :hello from irc-framework`);
  const sent = await chatroom(["send", address, "--name", "robot", "hello from a script"]);
  assertEquals([sent.code, sent.stderr], [0, ""]);
  const said = {
    ...{ pam: "the page", tom: "the terminal", python: "Python", wee: "WeeChat", iris: "irssi" },
    ...{ boss: "irc-framework", robot: "a script" },
  };
  for (const [nick, where] of Object.entries(said)) {
    const text = `hello from ${where}`;
    await pam.sees(text);
    await tom.expect(text);
    await wee.shows(text);
    await iris.shows(text);
    await boss.hears("message", { nick, message: text });
  }
  // This one says at its end what it has heard, and comes to hear last what was said last.
  const heard = await python.heard("robot: hello from a script");
  assertEquals(heard.filter((line) => line.endsWith("hello from WeeChat")).length, 1);
  await iris.type("/me waves");
  await tom.expect("iris waves");
  await boss.hears("message", { nick: "iris", message: "waves", type: "action" });
  await wee.type("/msg iris psst, iris");
  await iris.shows("psst, iris");
  tom.type("/msg wee psst, wee\r");
  await wee.shows("psst, wee");
  await wee.type("/msg tom psst, tom");
  await tom.expect("psst, tom");
  assertEquals(boss.events.filter(([, { message }]) => /^psst/.test(String(message))), []);
  await wee.type("/topic what it is about");
  await tom.expect("what it is about");
  await boss.hears("topic", { nick: "wee", topic: "what it is about" });
}

/** A file comes as a link under which it is. */
async function sendFile({ address, wee, iris, boss }: Everybody): Promise<void> {
  await using dir = await makeDir();
  const path = `${dir.path}/plan.txt`;
  await Deno.writeTextFile(path, "first we take Manhattan");
  const sent = await chatroom(["send", address, "--name", "robot", "--file", path]);
  assertEquals(sent.code, 0, sent.stderr);
  for (const client of [wee, iris]) await client.shows(/plan\.txt.*http:\/\/\S+/);
  await boss.hears("message", { nick: "robot", target: ROOM });
  const link = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(wee.shown)?.[0] ?? "";
  assertMatch(link, /^http:/);
  assertEquals(await (await fetch(link)).text(), "first we take Manhattan");
}

/** An edit comes as a message with a mark, and reactions go to and fro where clients know of them. */
async function changeAndReact({ pam, tom, wee, iris, boss }: Everybody): Promise<void> {
  tom.type("lunch at noon?\r");
  const { msgid = "" } = await boss.hears("message", { nick: "tom", message: "lunch at noon?" });
  tom.type("s/noon/one/\r");
  await wee.shows("* lunch at one?");
  await iris.shows("* lunch at one?");
  await boss.hears("message", { nick: "tom", message: "* lunch at one?" });
  await pam.sees("lunch at one?");
  await boss.send(`@+draft/react=👍;+draft/reply=${msgid} TAGMSG ${ROOM}`);
  await tom.expect("👍");
  await pam.page.locator("#list .said .chip", { hasText: "👍" }).waitFor();
  tom.type(`/react ${/^\d+/.exec(msgid)?.[0]} 🎉\r`);
  await pam.page.locator("#list .said .chip", { hasText: "🎉" }).waitFor();
  await boss.hears("tagmsg", { nick: "tom", target: ROOM });
  await boss.send(`PRIVMSG ${ROOM} :taken back`);
  await pam.sees("taken back");
}

/** Who is sent out sees by whom and why, and does not come back in when it is banned. */
async function sendOut({ pam, tom, wee, iris, boss }: Everybody): Promise<void> {
  await boss.send(`KICK ${ROOM} iris :too loud`);
  await boss.hears("kick", { nick: "boss", kicked: "iris", channel: ROOM, message: "too loud" });
  await iris.shows("too loud");
  await wee.shows("too loud");
  await tom.expect("too loud");
  await iris.type(`/join ${ROOM}`);
  await boss.hears("join", { nick: "iris", channel: ROOM });
  await iris.type("I am back");
  await pam.sees("I am back");
  await boss.send(`MODE ${ROOM} +b iris!*@*`);
  await tom.expect("banned by boss");
  await iris.shows(/kicked[^]*kicked/);
  await iris.type(`/join ${ROOM}`);
  await iris.shows(/Cannot join.*banned/i);
}
