/** WeeChat on an account that is also on another device: nothing is missed when it connects again, and nothing comes twice. */

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { startServe } from "../fixtures/serve_process.ts";
import { testUnless } from "../fixtures/tools.ts";
import { joinEvent, type RawPeer } from "../helpers.ts";
import { noWeeChat, WeeChat } from "./clients.ts";

const PASSWORD = "correct-horse-battery";

/** Ann reads all of the room on her other device. */
async function readAll(page: RawPeer): Promise<void> {
  await page.ask({ type: "read", room: "dev", seq: 1_000 });
}

testUnless(
  noWeeChat(),
  "WeeChat that connects again misses nothing that its account has read elsewhere, and is told nothing twice",
  async () => {
    const server = await startServe("--memory", "--irc", "127.0.0.1:0", "--log-level", "error");
    try {
      const features = ["people"];
      using page = await joinEvent(server, "ann", { room: "dev", features });
      await page.ask({ type: "register", password: PASSWORD });
      using bob = await joinEvent(server, "bob", { room: "dev", features });
      await using wee = await WeeChat.start(server.ircPort, "ann", "#dev", `ann@wee:${PASSWORD}`);
      const say = async (text: string): Promise<void> => {
        await bob.ask({ type: "say", room: "dev", text });
      };
      await say("the first is here");
      await wee.shows("the first is here");
      for (const text of ["second", "third"]) {
        // What crosses a QUIT comes again: this has come for longer than anything is on its way.
        await delay(1_000);
        const before = wee.shown.split("disconnected").length;
        await wee.type("/disconnect t");
        await wee.shows(new RegExp(`(?:disconnected[^]*){${before}}`));
        await say(`the ${text} is away`);
        await readAll(page);
        await wee.type("/connect t");
        await wee.shows(`the ${text} is away`);
        await say(`the ${text} is here`);
        await wee.shows(`the ${text} is here`);
      }
      const said = [...wee.shown.matchAll(/the \w+ is (?:here|away)/g)].map(([text]) => text);
      assertEquals(said, [
        "the first is here",
        ...["the second is away", "the second is here"],
        ...["the third is away", "the third is here"],
      ]);
    } finally {
      await server.end();
    }
  },
);
