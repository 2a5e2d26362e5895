/** MONITOR: who comes and goes, for clients that share no room with them; and who is invited, for hosts. */

import { assertEquals, assertMatch } from "@std/assert";
import { joinEvent, until } from "./helpers.ts";
import { IrcPeer, type IrcTestServer, startIrc } from "./irc_peer.ts";

const PASSWORD = "correct-horse";

async function reserve({ server }: IrcTestServer, name: string): Promise<void> {
  using peer = await joinEvent(server, name);
  await peer.ask({ type: "register", password: PASSWORD });
  await peer.ask({ type: "quit" }).catch(() => {});
  await until(`${name}'s going`, () => server.host.shared.house.present === 0);
}

/** What a client is told after `count` lines have come. */
async function linesOf(peer: IrcPeer, count: number): Promise<string[]> {
  const lines: string[] = [];
  while (lines.length < count) lines.push(await peer.line());
  return [...lines, ...await peer.sync()];
}

Deno.test("irc: MONITOR tells who comes, goes and is called otherwise, and ISON says the same", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann");
  await ann.expect("MONITOR + bob,Eve", ":irc.test 731 ann bob,Eve");
  using bob = await IrcPeer.enter(server, "bob");
  assertEquals(await linesOf(ann, 1), [":irc.test 730 ann bob!~bob@guest"]);
  await ann.expect("ISON bob eve", ":irc.test 303 ann bob");
  const eve = await joinEvent(server.server, "eve");
  assertEquals(await linesOf(ann, 1), [":irc.test 730 ann eve!~user@guest"]);
  await ann.expect("ISON bob eve", ":irc.test 303 ann :bob eve");
  await ann.expect("MONITOR S", ":irc.test 730 ann bob!~bob@guest,eve!~user@guest");
  // Rooms are nothing to it, nor is a respelling.
  await bob.ask("JOIN #a", "PART #a", "NICK Bob");
  assertEquals(await ann.sync(), []);
  await bob.ask("NICK robert");
  // Who goes is told under the name that they had, as it was written.
  assertEquals(await linesOf(ann, 1), [":irc.test 731 ann Bob"]);
  await bob.ask("NICK bob");
  assertEquals(await linesOf(ann, 1), [":irc.test 730 ann bob!~bob@guest"]);
  await bob.send("QUIT :x");
  await bob.rest();
  assertEquals(await linesOf(ann, 1), [":irc.test 731 ann bob"]);
  // A connection that breaks: the name is kept for a while, and nobody is here by it.
  eve[Symbol.dispose]();
  assertEquals(await linesOf(ann, 1), [":irc.test 731 ann eve"]);
  await ann.expect("ISON bob eve", ":irc.test 303 ann :");
  await ann.expect("MONITOR S", ":irc.test 731 ann bob,Eve");
});

Deno.test("irc: MONITOR's list: taken from, cleared, told, and full at 100", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann");
  await ann.expect("MONITOR L", ":irc.test 733 ann :End of MONITOR list");
  await ann.expect("MONITOR + ann,ANN", ":irc.test 730 ann ann!~ann@guest,ann!~ann@guest");
  const end = ":irc.test 733 ann :End of MONITOR list";
  await ann.expect("MONITOR l", ":irc.test 732 ann ann", end);
  await ann.expect("MONITOR - Ann,none");
  await ann.expect("MONITOR L", end);
  // What is no nick, and names of services: nobody can come by them.
  await ann.expect(
    "MONITOR + *!user@host,#a,NickServ",
    ":irc.test 731 ann *!user@host,#a,NickServ",
  );
  await ann.expect("MONITOR L", ":irc.test 732 ann NickServ", end);
  await ann.expect("MONITOR C");
  const nicks = Array.from({ length: 101 }, (_, at) => `${"n".repeat(12)}${at}`);
  for (let at = 0; at < 100; at += 25) await ann.ask(`MONITOR + ${nicks.slice(at, at + 25)}`);
  await ann.expect(
    `MONITOR + ${nicks[0]},${nicks[100]},more`,
    `:irc.test 731 ann ${nicks[0]}`,
    `:irc.test 734 ann 100 ${nicks[100]},more :That is one nick too many`,
  );
  const told = await ann.ask("MONITOR L");
  assertEquals(told.at(-1), end);
  const listed = told.slice(0, -1).map((line) => /^:irc\.test 732 ann (\S+)$/.exec(line)?.[1]);
  assertEquals(listed.join(",").split(","), nicks.slice(0, 100));
  assertMatch((await ann.ask("MONITOR x"))[0] ?? "", / NOTICE ann :MONITOR: MONITOR takes/);
  await ann.expect("MONITOR", ":irc.test 461 ann MONITOR :Some parameters are missing");
  assertMatch((await ann.ask("VERSION")).join(), / MONITOR=100 /);
});

Deno.test("irc: extended-monitor tells what those become who are in no room with one", async () => {
  await using server = startIrc();
  await reserve(server, "owner");
  const caps = ["extended-monitor", "away-notify", "account-notify", "setname"];
  using ann = await IrcPeer.enter(server, "ann", { caps, rooms: ["#a"] });
  using plain = await IrcPeer.enter(server, "plain", { caps: caps.slice(1) });
  using bob = await IrcPeer.enter(server, "bob");
  for (const each of [ann, plain]) await each.ask("MONITOR + bob,owner");
  await bob.ask("AWAY :tea", "SETNAME :Robert", "AWAY");
  assertEquals(await ann.sync(), [
    ":bob!~bob@guest AWAY tea",
    ":bob!~bob@guest SETNAME Robert",
    ":bob!~bob@guest AWAY",
  ]);
  // In a room with them it is told once.
  await bob.ask("JOIN #a");
  await ann.until(/JOIN/);
  await bob.ask("AWAY :tea", "SETNAME :Bob", "AWAY", "PART #a");
  assertEquals((await ann.sync()).map((line) => line.split(" ")[1]), [
    ...["AWAY", "SETNAME", "AWAY", "PART"],
  ]);
  await bob.ask(`NICKSERV IDENTIFY owner :${PASSWORD}`);
  const gone = [":irc.test 731 ann bob", ":irc.test 730 ann owner!~bob@owner.member"];
  assertEquals((await linesOf(ann, 2)).sort(), gone.sort());
  assertEquals((await plain.sync()).map((line) => line.split(" ")[1]).sort(), ["730", "731"]);
});

Deno.test("irc: MONITOR counts a person once, whichever devices they have", async () => {
  await using server = startIrc();
  await reserve(server, "owner");
  using ann = await IrcPeer.enter(server, "ann", { caps: ["extended-monitor", "account-notify"] });
  await ann.ask("MONITOR + owner");
  using first = await IrcPeer.enter(server, "owner", { pass: PASSWORD });
  assertEquals(await linesOf(ann, 1), [":irc.test 730 ann owner!~owner@owner.member"]);
  {
    using second = await IrcPeer.enter(server, "owner", { pass: PASSWORD });
    await second.send("QUIT");
    await second.rest();
  }
  await until("one device", () => server.server.host.shared.house.present === 2);
  assertEquals(await ann.sync(), []);
  await first.send("QUIT");
  await first.rest();
  assertEquals(await linesOf(ann, 1), [":irc.test 731 ann owner"]);
});

Deno.test("irc: whom the house hides MONITOR does not tell: guests who came by a link", async () => {
  await using server = startIrc();
  await reserve(server, "owner");
  using owner = await joinEvent(server.server, "owner", {
    login: PASSWORD,
    features: ["people"],
  });
  await owner.ask({ type: "join", room: "den", access: "invite" });
  const { token } = await owner.ask({ type: "invite", room: "den", link: {} });
  using ann = await IrcPeer.enter(server, "ann");
  using host = await IrcPeer.enter(server, "owner", { pass: PASSWORD });
  await ann.expect("MONITOR + guest", ":irc.test 731 ann guest");
  await host.expect("MONITOR + guest", ":irc.test 731 owner guest");
  await host.ask("JOIN #den");
  using guest = await joinEvent(server.server, "guest", { invite: token, room: "den" });
  await host.until(/ 730 owner guest!/);
  assertEquals(await ann.sync(), []);
  await ann.expect("ISON guest", ":irc.test 303 ann :");
  // Whoever leaves the room knows of them no more, and the other way round.
  await host.ask("PART #den :detach");
  await host.ask("PING x");
  await host.expect("ISON guest", ":irc.test 303 owner :");
  await guest.ask({ type: "quit" }).catch(() => {});
  assertEquals(await ann.sync(), []);
});

Deno.test("irc: nothing is left of what a client monitored when it has gone", async () => {
  await using server = startIrc();
  const { house } = server.server.host.shared;
  using ann = await IrcPeer.enter(server, "ann");
  // WHOWAS and the news of bans go on by themselves, from the first client on.
  const before = watching(server);
  await ann.ask("MONITOR + bob");
  assertEquals(watching(server), before + 1);
  await ann.ask("MONITOR - bob");
  assertEquals(watching(server), before);
  {
    using eve = await IrcPeer.enter(server, "eve");
    await eve.ask("MONITOR + bob,none");
    assertEquals(watching(server), before + 1);
  }
  await until("eve's going", () => house.present === 1 && watching(server) === before);
});

Deno.test("irc: invite-notify tells the hosts of a room, who may see who is invited", async () => {
  await using server = startIrc();
  for (const name of ["owner", "other"]) await reserve(server, name);
  const caps = ["invite-notify"];
  using host = await joinEvent(server.server, "owner", { login: PASSWORD, features: ["people"] });
  await host.ask({ type: "join", room: "den" });
  using own = await IrcPeer.enter(server, "owner", { caps, pass: PASSWORD, rooms: ["#den"] });
  using plain = await IrcPeer.enter(server, "plain", { caps, rooms: ["#den"] });
  using other = await IrcPeer.enter(server, "other", { pass: PASSWORD });
  using eve = await IrcPeer.enter(server, "eve");
  await own.sync();
  await host.ask({ type: "invite", room: "den", name: "other" });
  assertEquals(await linesOf(other, 1), [":owner!~user@owner.member INVITE other #den"]);
  assertEquals(await linesOf(own, 1), [":owner!~user@owner.member INVITE other #den"]);
  await own.ask("INVITE eve #den");
  assertEquals((await linesOf(eve, 1)).length, 1);
  // Its own answer is no news to it.
  assertEquals(await own.sync(), []);
  assertEquals((await plain.sync()).filter((line) => / INVITE /.test(line)), []);
});

/** How many watch the house. */
function watching({ server }: IrcTestServer): number {
  let count = 0;
  const { house } = server.host.shared;
  for (const session of house.state.registry.sessions.present) {
    if (session.peer !== undefined) {
      count = house.read(session.peer, ({ watchers }) => watchers.size) ?? 0;
    }
  }
  return count;
}

Deno.test("irc: whoever joins and leaves rooms costs nothing for each client that monitors the name", async () => {
  await using server = startIrc();
  const { house } = server.server.host.shared;
  const read = house.read.bind(house);
  let reads = 0;
  house.read = (peer, by) => {
    reads++;
    return read(peer, by);
  };
  using bob = await IrcPeer.enter(server, "bob");
  const readsOf = async (): Promise<number> => {
    const before = reads;
    await bob.ask("JOIN #a", "PART #a");
    return reads - before;
  };
  const alone = await readsOf();
  await using clients = new AsyncDisposableStack();
  for (let at = 0; at < 5; at++) {
    const ann = clients.use(await IrcPeer.enter(server, `ann${at}`));
    await ann.expect("MONITOR + bob", `:irc.test 730 ann${at} bob!~bob@guest`);
  }
  assertEquals(await readsOf(), alone);
});
