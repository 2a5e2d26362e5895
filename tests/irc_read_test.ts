/** MARKREAD: up to when somebody has read, as clients say it and are told it. */

import { assertEquals, assertMatch } from "@std/assert";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { joinEvent, until } from "./helpers.ts";
import { IrcPeer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

const CAPS = ["draft/read-marker", "server-time", "echo-message"];
const time = (year: number): string => `timestamp=${year}-01-01T00:00:00.000Z`;

Deno.test("irc: a client is told the time that it has marked, also where nothing was said then", async () => {
  await using server = startIrc();
  using bob = await IrcPeer.enter(server, "bob");
  using ann = await IrcPeer.enter(server, "ann", { caps: CAPS, rooms: ["#den"] });
  for (const target of ["#den", "bob"]) {
    const told = (year: number): string => `:irc.test MARKREAD ${target} ${time(year)}`;
    await ann.expect(`MARKREAD ${target}`, `:irc.test MARKREAD ${target} *`);
    await ann.expect(`MARKREAD ${target} ${time(2020)}`, told(2020));
    await ann.expect(`MARKREAD ${target} ${time(2019)}`, told(2020));
    await ann.expect(`MARKREAD ${target}`, told(2020));
  }
  await ann.ask("PART #den");
  assertEquals(
    (await ann.ask("JOIN #den")).filter((line) => line.includes("MARKREAD")),
    [`:irc.test MARKREAD #den ${time(2020)}`],
  );
  // Nothing is read that is said later.
  const [late = ""] = await ann.ask(`MARKREAD #den ${time(2200)}`);
  const marked = Date.parse(/ timestamp=(\S+)$/.exec(late)?.[1] ?? "");
  assertEquals(marked > Date.parse("2020-01-01") && marked <= Date.now(), true, late);
  assertMatch((await ann.ask(`MARKREAD nobody ${time(2020)}`)).join(), / INVALID_PARAMS nobody /);
  await bob.expect("MARKREAD #den", ":irc.test MARKREAD #den *");
});

Deno.test("irc: the other clients of an account are told what was marked, once, and other doors go on from there", async () => {
  await using server = startIrc();
  using peer = await joinEvent(server.server, "ann");
  await peer.ask({ type: "register", password: PASSWORD });
  await peer.ask({ type: "join", room: "den" });
  using one = await IrcPeer.enter(server, "ann", { caps: CAPS, pass: PASSWORD });
  using two = await IrcPeer.enter(server, "ann", { caps: CAPS, pass: PASSWORD });
  for (const each of [one, two]) {
    await until("the room", async () => / #den /.test((await each.ask("WHO #den")).join()));
  }
  using bob = await IrcPeer.enter(server, "bob", { caps: ["server-time"], rooms: ["#den"] });
  for (const each of [one, two]) await each.sync();
  await one.expect(`MARKREAD #den ${time(2020)}`, `:irc.test MARKREAD #den ${time(2020)}`);
  assertEquals(await two.sync(), [`:irc.test MARKREAD #den ${time(2020)}`]);
  await bob.ask("PRIVMSG #den :hello");
  const said = /^@time=(\S+) /.exec(await one.until(/:hello$/))?.[1] ?? "";
  await two.until(/:hello$/);
  await one.expect(`MARKREAD #den timestamp=${said}`, `:irc.test MARKREAD #den timestamp=${said}`);
  assertEquals(await two.sync(), [`:irc.test MARKREAD #den timestamp=${said}`]);
  // Whoever marks it as unread elsewhere means that, and is not told what was marked before.
  await peer.ask({ type: "read", room: "den", seq: 0, back: true });
  assertMatch((await one.ask("MARKREAD #den")).at(-1) ?? "", /^:irc\.test MARKREAD #den \*$/);
});

/** Clocks that differ from the machine's: by how much, in ms, and whether the house knows. */
const CLOCKS = [
  { name: "an hour ahead", ms: 3_600_000, isKnown: true },
  { name: "an hour behind", ms: -3_600_000, isKnown: true },
  { name: "an hour ahead of all others", ms: 3_600_000, isKnown: false },
];

for (const { name, ms, isKnown } of CLOCKS) {
  Deno.test(`irc: what is marked goes by the times of messages, also with a log ${name}`, async () => {
    const date = (): number => Date.now() + ms;
    const factLog = new MemoryLog({
      ...{ messagesPerRoom: 100, maxBytes: 1_000_000, idsPerSession: 10, epoch: "e" },
      ...{ now: date, pause: () => Promise.resolve() },
    });
    await using server = startIrc({ factLog, ...(isKnown ? { date } : {}) });
    await reserve(server, "ann");
    using page = await joinEvent(server.server, "ann", {
      login: PASSWORD,
      room: "den",
      features: ["people"],
    });
    using ann = await IrcPeer.enter(server, "ann", { caps: CAPS, pass: PASSWORD });
    await until("the room", async () => / #den /.test((await ann.ask("WHO #den")).join()));
    using bob = await IrcPeer.enter(server, "bob", { rooms: ["#den"] });
    await ann.sync();
    const hears = async (text: string): Promise<string> => {
      await bob.ask(`PRIVMSG #den :${text}`);
      const [line = ""] = (await ann.sync()).filter((line) => line.endsWith(` :${text}`));
      return /^@time=(\S+) /.exec(line)?.[1] ?? "";
    };
    const one = await hears("one");
    const answer = `:irc.test MARKREAD #den timestamp=${one}`;
    await ann.expect(`MARKREAD #den timestamp=${one}`, answer);
    const { seq } = await page.takeType("read");
    // A client may say until now by its own clock: what comes after that is not read.
    const later = new Date(Math.max(Date.now(), Date.parse(one)) + 60_000).toISOString();
    const [told = ""] = await ann.ask(`MARKREAD #den timestamp=${later}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const two = await hears("two");
    const marked = / timestamp=(\S+)$/.exec(told)?.[1] ?? "";
    assertEquals(one <= marked && marked < two, true, `${one} ${marked} ${two}`);
    await ann.expect(`MARKREAD #den timestamp=${two}`, answer.replace(one, two));
    assertEquals((await page.takeType("read")).seq > seq, true);
  });
}
