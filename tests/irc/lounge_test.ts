/** The Lounge in the same room as a client of the page's protocol: as a guest, and as the owner of a name by SASL. */

import { assert, assertEquals } from "@std/assert";
import { formatAddress } from "../../lib/cli/values.ts";
import { browserTest, type People } from "../browser/browser.ts";
import { startServe } from "../fixtures/serve_process.ts";
import { makeDir } from "../fixtures/stored_server.ts";
import { joinEvent, type RawPeer } from "../helpers.ts";
import { chatroom } from "../program.ts";
import { Lounge, type LoungePage, noLounge } from "./lounge.ts";

const PASSWORD = "correct-horse-battery";

const NAME = "The Lounge shows what was said before and what others do, to a guest and by SASL";
const missing = noLounge();

// No package of a system has it, so it is left out also where all tools have to be there.
if (missing === undefined) browserTest(NAME, meetLounge);
else Deno.test({ name: `${NAME} (skipped: ${missing})`, ignore: true, fn: () => {} });

async function meetLounge(people: People): Promise<void> {
  const server = await startServe(
    ...["--memory", "--irc", "127.0.0.1:0", "--web", "127.0.0.1:0", "--log-level", "error"],
    ...["--files", "all"],
  );
  try {
    using ann = await joinEvent(server, "ann", { room: "dev", features: ["people", "life"] });
    {
      using zoe = await joinEvent(server, "zoe");
      await zoe.ask({ type: "register", password: PASSWORD });
    }
    await ann.ask({ type: "say", room: "dev", text: "said before it came" });
    await using lounge = await Lounge.start();
    const page = await lounge.open(people);
    await page.connect({ port: server.ircPort, nick: "gus", channels: "#dev" });
    await talkAsGuest(page, ann);
    await sendFile(page, formatAddress(server.addr));
    await ann.ask({ type: "direct", to: "zoe", text: "while you were away" });
    await page.connect({
      ...{ port: server.ircPort, nick: "zoe", channels: "#dev", password: PASSWORD },
    });
    await talkAsOwner(page, ann);
  } finally {
    await server.end();
  }
}

/** Waits for a message in the room, and resolves with the account that has said it. */
async function hears(ann: RawPeer, from: string, text: string): Promise<string | undefined> {
  for (;;) {
    const event = await ann.takeType("message");
    if (event.from === from && event.text === text) return event.by;
  }
}

/** What came before is shown once; edits are shown, and directs go to and fro. */
async function talkAsGuest(page: LoungePage, ann: RawPeer): Promise<void> {
  await page.look(0, "#dev");
  await page.shows("said before it came");
  assertEquals(await page.count("said before it came"), 1);
  await page.say("hello from The Lounge");
  assertEquals(await hears(ann, "gus", "hello from The Lounge"), undefined);
  const { seq } = await ann.ask({ type: "say", room: "dev", text: "the first words" });
  await page.shows("the first words");
  await ann.ask({ type: "revise", room: "dev", re: seq, text: "the second words" });
  await page.shows("the second words");
  await ann.ask({ type: "react", room: "dev", re: seq, key: "👍" });
  await ann.ask({ type: "direct", to: "gus", text: "for you alone" });
  await page.look(0, "ann");
  await page.shows("for you alone");
  await page.say("and for you");
  assertEquals((await ann.takeType("direct")).text, "and for you");
}

/** A file comes as a link under which it is. */
async function sendFile(page: LoungePage, address: string): Promise<void> {
  await using dir = await makeDir();
  await Deno.writeTextFile(`${dir.path}/plan.txt`, "first we take Manhattan");
  const file = ["--file", `${dir.path}/plan.txt`];
  const sent = await chatroom(["send", address, "--name", "robot", "--room", "dev", ...file]);
  assertEquals(sent.code, 0, sent.stderr);
  await page.look(0, "#dev");
  const link = await page.link("plan.txt");
  assertEquals(await (await fetch(link)).text(), "first we take Manhattan");
}

/** Whoever has shown a password goes by the account, and is told what was said to it before. */
async function talkAsOwner(page: LoungePage, ann: RawPeer): Promise<void> {
  await page.look(1, "ann");
  await page.shows("while you were away");
  await page.look(1, "#dev");
  await page.shows("said before it came");
  await page.say("hello by SASL");
  assert(await hears(ann, "zoe", "hello by SASL") !== undefined);
}
