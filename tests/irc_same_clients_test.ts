/** An IRC client that comes anew while an older connection of it is there: a dead one is ended, one that lives is not. */

import { assertEquals, assertMatch } from "@std/assert";
import { ann, quit, said, startDen } from "./fixtures/ann_by_irc.ts";
import { IrcPeer, type IrcTestServer, PASSWORD } from "./irc_peer.ts";

/** No answer is late by itself, however busy this machine is: see {@linkcode later}. */
const TIMES = { owedMs: 60_000 };

/** So much later: whoever has been asked by now and has not answered is late. */
function later({ irc }: Pick<IrcTestServer, "irc">): void {
  irc.server.same.sweep(performance.now() + 2 * TIMES.owedMs);
}

Deno.test("irc: a client that comes again and again over lines that die throws out no device of its account that lives", async () => {
  await using server = await startDen(TIMES);
  using page = server.page;
  using _bob = server.bob;
  const ways = [{ as: "ann@phone" }, {}, { caps: ["draft/chathistory"] }];
  for (const client of ways) {
    const dead: IrcPeer[] = [];
    for (let n = 0; n < 10; n++) {
      dead.push((await ann(server, client)).peer);
      later(server);
    }
    const last = dead.pop();
    for (const peer of dead) {
      assertMatch(await peer.rest(), /^ERROR :.*anew.*60 s/m);
      peer[Symbol.dispose]();
    }
    await last?.sync();
    if (last !== undefined) await quit(last);
    assertEquals((await page.ask({ type: "ping" })).type, "pong");
  }
});

Deno.test("irc: two clients by one name that live do not throw each other out", async () => {
  await using server = await startDen(TIMES);
  const { bob } = server;
  using _page = server.page;
  using _bob = bob;
  const client = { as: "ann@phone" };
  const first = (await ann(server, client)).peer;
  const second = (await ann(server, client)).peer;
  const pong = (await first.until(/^PING :?alive/)).replace("PING", "PONG");
  await first.ask(pong);
  later(server);
  // It says something else first.
  const third = (await ann(server, client)).peer;
  await first.until(/^PING :?alive/);
  await first.ask("PRIVMSG #den :I live");
  await second.until(/^PING :?alive/);
  await second.ask(pong);
  later(server);
  await bob.ask("PRIVMSG #den :you all");
  for (const peer of [first, second, third]) {
    assertEquals(said(await peer.sync()).at(-1), "you all");
    await quit(peer);
  }
});

Deno.test("irc: who identifies when it is in comes anew, too; another client of the account does not", async () => {
  await using server = await startDen(TIMES);
  using _page = server.page;
  using _bob = server.bob;
  const another = (await ann(server, { as: "ann@phone" })).peer;
  for (const caps of [[], ["draft/chathistory"]]) {
    const dead = (await ann(server, { caps })).peer;
    const guest = await IrcPeer.connect(server);
    await guest.send(...caps.map((cap) => `CAP REQ :${cap}`), "NICK guest", "USER ann 0 * :Ann");
    if (caps.length > 0) await guest.send("CAP END");
    await guest.until(/ 422 /);
    later(server);
    await dead.sync();
    await guest.ask(`PRIVMSG NickServ :IDENTIFY ann ${PASSWORD}`);
    later(server);
    assertMatch(await dead.rest(), /^ERROR :.*anew/m);
    dead[Symbol.dispose]();
    await another.sync();
    await quit(guest);
  }
  await quit(another);
});
