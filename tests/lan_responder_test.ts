/** Telling a network of a server: names are claimed, questions answered, and nobody is told too much. */

import { assert, assertEquals } from "@std/assert";
import { LanAnnouncer } from "../lib/lan/announcer.ts";
import { DNS_TYPE, type DnsName, type DnsRecord } from "../lib/lan/dns_message.ts";
import {
  ptrRecord,
  ptrTarget,
  recordAddress,
  servicePlaceIn,
  srvRecord,
  textsIn,
} from "../lib/lan/dns_records.ts";
import { LanHearing } from "../lib/lan/lan_hearing.ts";
import { SERVICE } from "../lib/lan/lan_names.ts";
import type { InterfaceRow } from "../lib/lan/lan_nets.ts";
import { Cable, lanRow } from "./fixtures/lan.ts";

/** A server on a cable that tells of itself. */
class Telling {
  readonly names: string[] = [];
  readonly announcer: LanAnnouncer;
  readonly hearing: LanHearing;
  /** The addresses of this machine; a test may change them. */
  readonly rows: InterfaceRow[];

  constructor(
    cable: Cable,
    { rows = [lanRow("10.0.0.1")], name = "Office", port = 1234, host = "box" }: {
      rows?: InterfaceRow[];
      name?: string;
      port?: number;
      host?: string;
    } = {},
  ) {
    const { clock } = cable;
    this.rows = rows;
    this.announcer = new LanAnnouncer({
      ...clock,
      service: { name, port, texts: ["v=1", "tls=0"] },
      host,
      reachedAt: (addresses) => addresses,
      onName: (told) => void this.names.push(told),
    });
    this.hearing = new LanHearing({
      ...clock,
      open: cable.open,
      rows: () => rows,
      onUp: (net, send) => this.announcer.up(net, send),
      onDown: (net) => this.announcer.down(net),
      onMessage: (net, message, from) => this.announcer.receive(net, message, from),
      onUnheard: (_, problem) => assertEquals(problem, ""),
    });
  }
}

/** A cable with a server that has told of itself, long enough ago that all may be told again. */
function settled(): { cable: Cable; telling: Telling } {
  const cable = new Cable();
  const telling = new Telling(cable);
  cable.clock.pass(10_000);
  cable.sent.length = 0;
  return { cable, telling };
}

const INSTANCE = ["Office", ...SERVICE];
const ALL: DnsName = ["_services", "_dns-sd", "_udp", "local"];

function asks(name: DnsName, type: number, wantsUnicast = false): {
  readonly name: DnsName;
  readonly type: number;
  readonly wantsUnicast: boolean;
} {
  return { name, type, wantsUnicast };
}

/** Each record by its type and what it says. */
function shown(records: readonly DnsRecord[]): string[] {
  return records.map((record) => {
    const { type, ttl, isUnique } = record;
    const mark = `${ttl}${isUnique ? "!" : ""}`;
    switch (type) {
      case DNS_TYPE.PTR:
        return `PTR ${mark} ${ptrTarget(record)?.join(".")}`;
      case DNS_TYPE.SRV:
        return `SRV ${mark} ${servicePlaceIn(record)?.port} ${
          servicePlaceIn(record)?.target.join(".")
        }`;
      case DNS_TYPE.TXT:
        return `TXT ${mark} ${[...textsIn(record)].map((each) => each.join("=")).join(" ")}`;
      case DNS_TYPE.NSEC:
        return `NSEC ${mark} ${record.name.at(0)}`;
      default:
        return `A ${mark} ${recordAddress(record)}`;
    }
  });
}

const SRV = "SRV 120! 1234 box.local";
const TXT = "TXT 4500! v=1 tls=0";
const A = "A 120! 10.0.0.1";
const PTR = "PTR 4500 Office._chatroom._tcp.local";
const DENIALS = ["NSEC 120! Office", "NSEC 120! box"];

Deno.test("a name is asked for three times before it is told, which is done twice", () => {
  const cable = new Cable();
  const telling = new Telling(cable);
  cable.clock.pass(5_000);
  assertEquals(cable.sent.map(({ at, message }) => [at, message.isResponse]), [
    [125, false],
    [375, false],
    [625, false],
    [875, true],
    [1_895, true],
  ]);
  const [first, , , told, again] = cable.sent;
  assert(first && told && again);
  assertEquals(first.message.questions, [asks(INSTANCE, 255), asks(["box", "local"], 255)]);
  assertEquals(
    shown(first.message.authorities),
    [SRV, TXT, A].map((each) => each.replace("!", "")),
  );
  const all = [PTR, SRV, TXT, A, "PTR 4500 _chatroom._tcp.local"];
  assertEquals([shown(told.message.answers), shown(again.message.answers)], [all, all]);
  assertEquals(telling.names, ["Office"]);
});

Deno.test("whoever asks for servers gets all that is needed to reach one", () => {
  const { cable } = settled();
  cable.say("10.0.0.9", { questions: [asks(SERVICE, DNS_TYPE.PTR)] });
  cable.clock.pass(19);
  assertEquals(cable.sent, [], "others may answer as well");
  cable.clock.pass(101);
  const [answer, ...others] = cable.sent;
  assert(answer && others.length === 0);
  assertEquals(shown(answer.message.answers), [PTR]);
  assertEquals(shown(answer.message.additionals), [SRV, TXT, A, ...DENIALS]);
  assertEquals([answer.to, answer.message.id, answer.message.questions], [undefined, 0, []]);
});

for (
  const [what, name, type, answers] of [
    ["the place", INSTANCE, DNS_TYPE.SRV, [SRV]],
    ["what else is told", INSTANCE, DNS_TYPE.TXT, [TXT]],
    ["all of a server", ["OFFICE", ...SERVICE], DNS_TYPE.ANY, [SRV, TXT]],
    ["an address", ["Box", "local"], DNS_TYPE.A, [A]],
    ["an address that there is not", ["box", "local"], DNS_TYPE.AAAA, ["NSEC 120! box"]],
    ["kinds of services", ALL, DNS_TYPE.PTR, ["PTR 4500 _chatroom._tcp.local"]],
    ["another kind", ["_http", "_tcp", "local"], DNS_TYPE.PTR, []],
    ["another server", ["Attic", ...SERVICE], DNS_TYPE.SRV, []],
  ] as const
) {
  Deno.test(`whoever asks for ${what} gets ${answers.length === 0 ? "no answer" : "that"}`, () => {
    const { cable } = settled();
    cable.say("10.0.0.9", { questions: [asks(name, type)] });
    cable.clock.pass(200);
    assertEquals(cable.sent.flatMap(({ message }) => shown(message.answers)), [...answers]);
  });
}

Deno.test("what somebody knows already is not told, unless it ends soon", () => {
  const { cable } = settled();
  const known = ptrRecord(SERVICE, INSTANCE);
  for (const [ttl, count] of [[4_500, 0], [2_250, 0], [2_249, 1], [0, 1]] as const) {
    cable.sent.length = 0;
    cable.say("10.0.0.9", {
      questions: [asks(SERVICE, DNS_TYPE.PTR)],
      answers: [{ ...known, ttl }],
    });
    cable.clock.pass(2_000);
    assertEquals(cable.sent.length, count, `${ttl}`);
  }
});

Deno.test("what somebody knows may be in more messages than one", () => {
  const { cable } = settled();
  const questions = [asks(SERVICE, DNS_TYPE.PTR)];
  cable.say("10.0.0.9", { questions, isTruncated: true });
  cable.clock.pass(300);
  cable.say("10.0.0.9", { answers: [ptrRecord(SERVICE, INSTANCE)] });
  cable.clock.pass(2_000);
  assertEquals(cable.sent, []);
  cable.say("10.0.0.9", { questions, isTruncated: true });
  cable.clock.pass(2_000);
  assertEquals(cable.sent.length, 1);
});

Deno.test("an answer that somebody else gives meanwhile is not given again", () => {
  const { cable } = settled();
  cable.say("10.0.0.9", { questions: [asks(ALL, DNS_TYPE.PTR)] });
  cable.say("10.0.0.7", { isResponse: true, answers: [ptrRecord(ALL, SERVICE)] });
  cable.clock.pass(2_000);
  assertEquals(cable.sent, []);
});

Deno.test("whatever is asked, and however often, each record is told once a second", () => {
  const { cable } = settled();
  const names = [SERVICE, INSTANCE, ["box", "local"], ALL];
  for (let round = 0; round < 1_000; round++) {
    const from = `10.0.0.${2 + round % 200}`;
    cable.say(from, { questions: names.map((name) => asks(name, DNS_TYPE.ANY)) });
    cable.say(from, { questions: names.map((name) => asks(name, DNS_TYPE.AAAA)) });
    cable.clock.pass(10);
  }
  const told = cable.sent.flatMap(({ at, message: { answers, additionals } }) =>
    shown([...answers, ...additionals]).map((record) => [record, at] as const)
  );
  assert(told.length > 20, "the test no longer sees answers");
  for (const [at, [record, time]] of told.entries()) {
    const earlier = told.slice(0, at).findLast(([other]) => other === record);
    assert(earlier === undefined || time - earlier[1] >= 1_000, `${record} at ${time}`);
  }
});

Deno.test("whoever asks from a port of its own is answered there, shortly, and not without end", () => {
  const { cable } = settled();
  const dig = { address: "10.0.0.9", port: 40_000 };
  cable.say(dig, { id: 77, questions: [asks(INSTANCE, DNS_TYPE.SRV)] });
  const [answer] = cable.sent;
  assert(answer);
  assertEquals([answer.to, answer.message.id], [dig, 77]);
  assertEquals(answer.message.questions, [asks(INSTANCE, DNS_TYPE.SRV)]);
  assertEquals(shown(answer.message.answers), ["SRV 10 1234 box.local"]);
  assert(answer.message.additionals.every(({ ttl, isUnique }) => ttl <= 10 && !isUnique));
  for (let n = 0; n < 300; n++) {
    cable.say({ address: `10.0.0.${n % 200}`, port: 999 }, { questions: [asks(INSTANCE, 33)] });
  }
  assertEquals(cable.sent.length, 10, "at once");
  cable.clock.pass(1_000);
  for (let n = 0; n < 30; n++) cable.say(dig, { questions: [asks(INSTANCE, DNS_TYPE.SRV)] });
  assertEquals(cable.sent.length, 15, "and five a second");
});

Deno.test("whoever wants the answer alone gets it alone, if the others have heard it lately", () => {
  const { cable } = settled();
  cable.say("10.0.0.9", { questions: [asks(INSTANCE, DNS_TYPE.TXT, true)] });
  cable.clock.pass(200);
  assertEquals(cable.sent.map(({ to }) => to?.address), ["10.0.0.9"]);
  cable.sent.length = 0;
  cable.clock.pass(4_500_000 / 4);
  cable.say("10.0.0.9", { questions: [asks(INSTANCE, DNS_TYPE.TXT, true)] });
  cable.clock.pass(200);
  assertEquals(cable.sent.map(({ to }) => to?.address), [undefined]);
});

Deno.test("who is of no network of ours gets no answer at all", () => {
  const { cable } = settled();
  for (const address of ["10.0.1.9", "192.168.0.1", "8.8.8.8", "127.0.0.1", "fe80::1", "", "x"]) {
    for (const port of [5_353, 53]) {
      cable.say({ address, port }, { questions: [asks(SERVICE, 12), asks(INSTANCE, 255, true)] });
    }
  }
  cable.clock.pass(5_000);
  assertEquals(cable.sent, []);
});

Deno.test("a name that somebody has is left to them", () => {
  const cable = new Cable();
  const first = new Telling(cable);
  cable.clock.pass(5_000);
  const second = new Telling(cable, { rows: [lanRow("10.0.0.2")], host: "cube" });
  cable.clock.pass(5_000);
  const third = new Telling(cable, { rows: [lanRow("10.0.0.3")], host: "box" });
  cable.clock.pass(10_000);
  assertEquals([first.names, second.names, third.names], [
    ["Office"],
    ["Office (2)"],
    ["Office (3)"],
  ]);
});

Deno.test("of several who want one name at the same moment each gets another", () => {
  const cable = new Cable();
  const all = [1, 2, 3, 4].map((n) =>
    new Telling(cable, { rows: [lanRow(`10.0.0.${n}`)], host: `box${n}`, port: 1_000 + n })
  );
  cable.clock.pass(30_000);
  assertEquals(all.map(({ names }) => names.at(-1)).sort(), [
    "Office",
    "Office (2)",
    "Office (3)",
    "Office (4)",
  ]);
});

Deno.test("who tells otherwise of our name makes us claim it anew, and keep it", () => {
  const { cable, telling } = settled();
  const place = { port: 9, target: ["evil", "local"] };
  cable.say("10.0.0.66", { isResponse: true, answers: [srvRecord(INSTANCE, place)] });
  cable.clock.pass(10_000);
  assertEquals(cable.sent.slice(0, 3).map(({ message }) => message.isResponse), [
    false,
    false,
    false,
  ]);
  assertEquals(telling.names, ["Office"]);
  assertEquals(shown(cable.sent.at(-1)?.message.answers ?? []).slice(0, 2), [PTR, SRV]);
});

Deno.test("who always says that the name is theirs gets it, at a bounded rate", () => {
  const cable = new Cable();
  const telling = new Telling(cable);
  for (let second = 0; second < 600; second++) {
    cable.clock.pass(100);
    const asked = cable.sent.at(-1)?.message.questions[0]?.name ?? INSTANCE;
    const answers = [srvRecord(asked, { port: 9, target: ["evil", "local"] })];
    cable.say("10.0.0.66", { isResponse: true, answers });
  }
  // Within a minute: the first claims follow each other, and then each waits for five seconds.
  assert(cable.sent.length > 15 && cable.sent.length < 90, `${cable.sent.length}`);
  assertEquals(telling.names, []);
});

Deno.test("one machine on one network with two cards does not quarrel with itself", () => {
  const cable = new Cable();
  const rows = [lanRow("10.0.0.1", "eth0"), lanRow("10.0.0.2", "wlan0")];
  const telling = new Telling(cable, { rows });
  cable.clock.pass(20_000);
  assertEquals(telling.names, ["Office"]);
  assertEquals(cable.sent.filter(({ message }) => !message.isResponse).length, 6);
});

Deno.test("at the end all is taken back, and whoever asks later gets nothing", () => {
  const { cable, telling } = settled();
  telling.announcer.stop();
  const [bye] = cable.sent;
  assertEquals(bye?.message.answers.map(({ ttl }) => ttl), [0, 0, 0, 0, 0]);
  cable.say("10.0.0.9", { questions: [asks(SERVICE, DNS_TYPE.PTR)] });
  cable.clock.pass(5_000);
  assertEquals(cable.sent.length, 1);
  telling.rows.push(lanRow("10.0.5.1", "wlan0"));
  cable.clock.pass(20_000);
  assertEquals(cable.sent.length, 1, "nor is a network that comes then told");
});

Deno.test("who says that what we tell has ended is contradicted", () => {
  const { cable } = settled();
  cable.say("10.0.0.66", {
    isResponse: true,
    answers: [{ ...ptrRecord(SERVICE, INSTANCE), ttl: 0 }],
  });
  cable.clock.pass(200);
  assertEquals(cable.sent.flatMap(({ message }) => shown(message.answers)), [PTR]);
});

Deno.test("what changes is told, and nothing else", () => {
  const { cable, telling } = settled();
  const service = { name: "Office", port: 1234, texts: ["v=1", "tls=1"] };
  telling.announcer.update(service);
  telling.announcer.update(service);
  cable.clock.pass(5_000);
  assertEquals(cable.sent.map(({ message }) => shown(message.answers)), [
    ["TXT 4500! v=1 tls=1"],
    ["TXT 4500! v=1 tls=1"],
  ]);
});

Deno.test("a network that comes is told, and one that goes is no longer", () => {
  const cable = new Cable();
  const rows = [lanRow("10.0.0.1")];
  const telling = new Telling(cable, { rows });
  cable.clock.pass(10_000);
  cable.sent.length = 0;
  rows.push({ ...lanRow("2001:db8::1"), family: "IPv6", netmask: "ffff:ffff:ffff:ffff::" });
  rows.push(lanRow("10.0.5.1", "wlan0"));
  cable.clock.pass(10_000);
  const from = (address: string): string[] =>
    cable.sent.filter((sent) => sent.from === address && sent.message.isResponse)
      .flatMap(({ message }) => shown(message.answers));
  assertEquals(new Set(from("10.0.0.1")), new Set(["A 120! 2001:db8::1"]));
  assert(from("10.0.5.1").includes("A 120! 10.0.5.1"));
  assert(!from("10.0.5.1").includes(A), "each network is told of the addresses there alone");
  rows.splice(0);
  cable.clock.pass(10_000);
  assertEquals(telling.hearing.nets, []);
  cable.sent.length = 0;
  cable.say("10.0.0.9", { questions: [asks(SERVICE, DNS_TYPE.PTR)] });
  cable.clock.pass(1_000);
  assertEquals(cable.sent, []);
});

Deno.test("an address that goes is told of by those that stay", () => {
  const cable = new Cable();
  const rows = [lanRow("10.0.0.1"), lanRow("10.0.0.2")];
  new Telling(cable, { rows });
  cable.clock.pass(10_000);
  cable.sent.length = 0;
  rows.pop();
  cable.clock.pass(10_000);
  assertEquals(cable.sent.map(({ message }) => shown(message.answers)), [[A], [A]]);
});

Deno.test("a long name loses its end, and has its number all the same", () => {
  const cable = new Cable();
  const name = "é".repeat(40);
  const [first, second] = [1, 2].map((n) =>
    new Telling(cable, { rows: [lanRow(`10.0.0.${n}`)], name, host: `box${n}` })
  );
  cable.clock.pass(20_000);
  const names = [first, second].map((each) => each?.names.at(-1)).sort();
  assertEquals(names, [`${"é".repeat(29)} (2)`, "é".repeat(31)]);
});
