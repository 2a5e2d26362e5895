/** The bot of IRC.md, as it is printed there. */

import { assert, assertEquals } from "@std/assert";
import { readDocument } from "./docs.ts";
import { toolTest } from "./fixtures/tools.ts";
import { joinEvent, until } from "./helpers.ts";
import { IrcPeer, startIrc } from "./irc_peer.ts";

toolTest(
  "the bot in IRC.md answers once, and nothing that was said before",
  ["python3"],
  async () => {
    const [, program = ""] = /```python\n(.*?)```/s.exec(readDocument("lib/irc/IRC.md")) ?? [];
    assert(program.trimEnd().split("\n").length <= 10, "ten lines");
    await using server = startIrc({ limits: { pingMs: 100 } });
    using ann = await IrcPeer.enter(server, "ann", { rooms: ["#dev"] });
    await ann.ask("PRIVMSG #dev :!ping");
    const { hostname, port } = server.irc.addr;
    const child = new Deno.Command("python3", {
      args: ["-c", program, hostname, String(port), "bot", "#dev"],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await ann.until(/^:bot!~bot@guest JOIN #dev$/);
    await ann.send("PRIVMSG #dev :é !ping", "PRIVMSG #dev :!ping");
    assertEquals(await ann.until(/bot/), ":bot!~bot@guest NOTICE #dev :pong, ann");
    using eve = await joinEvent(server.server, "eve", { room: "dev" });
    await eve.ask({ type: "say", room: "dev", text: "!ping" });
    assertEquals(await ann.until(/bot/), ":bot!~bot@guest NOTICE #dev :pong, eve");
    // It answers PING, also where nobody says anything.
    const received = (): number => [...server.server.host.live][1]?.figures.receivedBytes ?? 0;
    const before = received();
    await until("a sign of life", () => received() > before);
    // It ends when the server does.
    await server[Symbol.asyncDispose]();
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    assertEquals([code, decoder.decode(stdout), decoder.decode(stderr)], [0, "", ""]);
  },
);
