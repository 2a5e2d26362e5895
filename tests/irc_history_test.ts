/** What was said before, as IRC clients are told of it or ask for it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { IrcPeer, startIrc } from "./irc_peer.ts";

const PASSWORD = "correct-horse-battery";
const CAPS = ["batch", "draft/chathistory"];
const EVER = "timestamp=2000-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z";

Deno.test("irc: TARGETS tells when the last was said in each place, and not the first", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { caps: CAPS, rooms: ["#a", "#b"] });
  for (const room of ["#a", "#b", "#a"]) {
    await ann.ask(`PRIVMSG ${room} :hi`);
    // The next one comes in another millisecond.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const targets = (lines: readonly string[]): string[] =>
    lines.flatMap((line) => / TARGETS (\S+)/.exec(line)?.[1] ?? []);
  assertEquals(targets(await ann.ask(`CHATHISTORY TARGETS ${EVER} 10`)), ["#b", "#a"]);
});

Deno.test("irc: what was said to somebody who was not here comes as said to them", async () => {
  await using server = startIrc();
  using bob = await IrcPeer.enter(server, "bob");
  {
    using ann = await IrcPeer.enter(server, "ann");
    await ann.ask(`NS REGISTER ${PASSWORD}`, "PRIVMSG bob :first");
    await ann.send("QUIT");
    await ann.rest();
  }
  await bob.ask("PRIVMSG ann :second", "NOTICE ann :third");
  using ann = await IrcPeer.connect(server);
  await ann.send(`PASS ${PASSWORD}`, "NICK ann", "USER ann 0 * :Ann");
  await ann.until(/ 422 /);
  const [count = "", ...said] = await ann.sync();
  assertMatch(count, /^:irc\.test NOTICE ann :2 earlier messages of the conversation with bob, /);
  assertEquals(said, [":bob!~bob@guest PRIVMSG ann :second", ":bob!~bob@guest NOTICE ann :third"]);
});

Deno.test("irc: looking for times counts as history, whether anything is found or not", async () => {
  await using server = startIrc({ limits: { historyPerSecond: 5 } });
  const [one, other] = [1, 2].map((second) => `timestamp=2020-01-01T00:00:0${second}.000Z`);
  const asks = [
    [`CHATHISTORY BETWEEN #a ${one} ${other} 1`, 12],
    [`MARKREAD #a ${one}`, 24],
  ] as const;
  for (const [line, count] of asks) {
    using ann = await IrcPeer.enter(server, "ann", { caps: CAPS, rooms: ["#a"] });
    await ann.ask("PRIVMSG #a :hi");
    const begun = performance.now();
    await ann.ask(...Array<string>(count).fill(line));
    // Of 24, 20 may come at once, and then 5 in each second.
    assert(performance.now() - begun > 500, line);
    await ann.send("QUIT");
    await ann.rest();
  }
});

Deno.test("irc: TARGETS costs a page for every ten rooms, and none for each conversation", async () => {
  await using server = startIrc();
  const { shared } = server.server.host;
  using ann = await IrcPeer.enter(server, "ann", { caps: CAPS });
  const rooms = Array.from({ length: 12 }, (_, i) => `#r${i}`);
  await ann.ask(`JOIN ${rooms.join()}`, ...rooms.map((room) => `PRIVMSG ${room} :hi`));
  for (let i = 0; i < 8; i++) {
    using peer = await IrcPeer.enter(server, `p${i}`);
    await peer.ask("PRIVMSG ann :hi");
  }
  await ann.sync();
  const { Connection } = await import("../lib/server/connection.ts");
  let [costly, pages] = [0, 0];
  for (const each of server.server.host.live) {
    if (!(each instanceof Connection)) continue;
    const count = each.costly;
    Object.assign(each, {
      costly: (kind: "history" | "search") => {
        costly++;
        return count(kind);
      },
    });
  }
  const page = shared.house.index.page;
  Object.assign(shared.house.index, {
    page: (...asked: Parameters<typeof page>) => {
      pages++;
      return page.apply(shared.house.index, asked);
    },
  });
  const lines = await ann.ask(`CHATHISTORY TARGETS ${EVER} 100`);
  assertEquals(lines.filter((line) => / TARGETS /.test(line)).length, 20);
  assertEquals({ costly, pages }, { costly: 3, pages: 12 });
});
