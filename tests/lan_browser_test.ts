/** Looking for servers on a network: what is asked, what is believed of the answers, and how much is kept. */

import { assert, assertEquals } from "@std/assert";
import { LanAnnouncer } from "../lib/lan/announcer.ts";
import { LanBrowser } from "../lib/lan/browser.ts";
import type { DnsMessage, DnsRecord } from "../lib/lan/dns_message.ts";
import { addressRecord, ptrRecord, srvRecord, txtRecord } from "../lib/lan/dns_records.ts";
import { LanHearing } from "../lib/lan/lan_hearing.ts";
import { SERVICE } from "../lib/lan/lan_names.ts";
import { isOnNet, lanNets } from "../lib/lan/lan_nets.ts";
import type { LanPeer } from "../lib/lan/lan_world.ts";
import { Cable, LanClock, lanRow } from "./fixtures/lan.ts";

/** Somebody who looks on these networks, each on a cable of its own. */
function looking(
  cables: Readonly<Record<string, Cable>>,
  clock: LanClock,
): { readonly browser: LanBrowser; readonly problems: string[] } {
  const browser = new LanBrowser(clock);
  const problems: string[] = [];
  new LanHearing({
    ...clock,
    open: (net, heard, failed) => (cables[net.address] as Cable).open(net, heard, failed),
    rows: () => Object.keys(cables).map((address) => lanRow(address, `net of ${address}`)),
    onUp: (net, send) => browser.up(net, send),
    onDown: (net) => browser.down(net),
    onMessage: (net, message, from) => browser.receive(net, message, from),
    onUnheard: ({ address }, problem) => void problems.push(`${address}: ${problem}`),
  });
  return { browser, problems };
}

/** One who looks on one cable. */
function oneLooking(): { readonly cable: Cable; readonly browser: LanBrowser } {
  const cable = new Cable();
  const { browser } = looking({ "10.0.0.9": cable }, cable.clock);
  return { cable, browser };
}

/** The records of a server. */
function server(
  name: string,
  { host = "box", addresses = ["10.0.0.1"], port = 1234, texts = ["v=1", "tls=0"] } = {},
): DnsRecord[] {
  const instance = [name, ...SERVICE];
  return [
    ptrRecord(SERVICE, instance),
    srvRecord(instance, { port, target: [host, "local"] }),
    txtRecord(instance, texts),
    ...addresses.map((address) => addressRecord([host, "local"], address)),
  ];
}

function answer(...answers: DnsRecord[]): Partial<DnsMessage> {
  return { isResponse: true, answers };
}

function tells(cable: Cable, address: string, name: string): LanAnnouncer {
  const announcer = new LanAnnouncer({
    ...cable.clock,
    service: { name, port: 1234, texts: ["v=1", "tls=0"] },
    host: `host-of-${address.replaceAll(".", "-")}`,
    reachedAt: (addresses) => addresses,
    onName: () => {},
  });
  new LanHearing({
    ...cable.clock,
    open: cable.open,
    rows: () => [lanRow(address)],
    onUp: (net, send) => announcer.up(net, send),
    onDown: (net) => announcer.down(net),
    onMessage: (net, message, from) => announcer.receive(net, message, from),
    onUnheard: () => {},
  });
  return announcer;
}

Deno.test("whoever looks finds all servers of the network, and no more those that have gone", () => {
  const cable = new Cable();
  const attic = tells(cable, "10.0.0.1", "Attic");
  tells(cable, "10.0.0.2", "Office");
  cable.clock.pass(20_000);
  const { browser } = looking({ "10.0.0.9": cable }, cable.clock);
  cable.clock.pass(300);
  assertEquals(browser.found.map(({ name, addresses, port }) => [name, addresses, port]), [
    ["Attic", ["10.0.0.1"], 1234],
    ["Office", ["10.0.0.2"], 1234],
  ]);
  assertEquals([...browser.found[0]?.texts ?? []], [["v", "1"], ["tls", "0"]]);
  attic.stop();
  cable.clock.pass(10);
  assertEquals(browser.found.map(({ name }) => name), ["Office"]);
});

Deno.test("it is asked a few times, ever more rarely, with what is known", () => {
  const { cable } = oneLooking();
  cable.clock.pass(500);
  cable.say("10.0.0.1", answer(...server("Office")));
  cable.clock.pass(60_000);
  assertEquals(cable.sent.map(({ at, message: { answers } }) => [at, answers.length]), [
    [70, 0],
    [1_070, 1],
    [3_070, 1],
    [7_070, 1],
  ]);
  assert(cable.sent.every(({ to, message }) => to === undefined && !message.isResponse));
});

Deno.test("what is missing of a server is asked for, and not without end", () => {
  const { cable, browser } = oneLooking();
  cable.clock.pass(500);
  const [ptr, srv, txt, a] = server("Office");
  assert(ptr && srv && txt && a);
  cable.sent.length = 0;
  for (const [record, types] of [[ptr, [33, 16]], [srv, [16, 1]], [txt, [1]]] as const) {
    cable.say("10.0.0.1", answer(record));
    cable.clock.pass(120);
    assertEquals(cable.sent.pop()?.message.questions.map(({ type }) => type), [...types]);
    assertEquals(browser.found, []);
  }
  cable.say("10.0.0.1", answer(a));
  assertEquals(browser.found.length, 1);
  for (let n = 0; n < 100; n++) {
    cable.say("10.0.0.1", answer(...server(`${n}`).slice(0, 1)));
    cable.clock.pass(150);
  }
  assert(cable.sent.length < 10, `${cable.sent.length}`);
});

Deno.test("a server is nowhere but on this network", () => {
  const { cable, browser } = oneLooking();
  const addresses = ["127.0.0.1", "8.8.8.8", "10.0.1.1", "::1", "2001:db8::1"];
  cable.say("10.0.0.1", answer(...server("Elsewhere", { addresses })));
  assertEquals(browser.found, []);
  cable.say("10.0.0.1", answer(...server("Both", { addresses: ["8.8.8.8", "10.0.0.7"] })));
  assertEquals(browser.found.map(({ addresses }) => addresses), [["10.0.0.7"], ["10.0.0.7"]]);
});

Deno.test("what is of another network, or of another port, is not heard", () => {
  const { cable, browser } = oneLooking();
  for (const from of [{ address: "10.0.1.1", port: 5_353 }, { address: "10.0.0.1", port: 53 }]) {
    cable.say(from, answer(...server("Office")));
  }
  cable.say("10.0.0.1", { questions: [], answers: server("Question") });
  assertEquals(browser.found, []);
  cable.say("10.0.0.1", answer(...server("Office")));
  assertEquals(browser.found.length, 1);
});

Deno.test("so many servers are kept, and so many of one host; others are still found", () => {
  const { cable, browser } = oneLooking();
  const flood = (address: string, from: number): void => {
    for (let n = 0; n < 200; n++) {
      cable.say(address, answer(...server(`fake ${from + n}`, { host: `h${from + n}` })));
      cable.clock.pass(100);
    }
  };
  flood("10.0.0.66", 0);
  assertEquals([browser.found.length, browser.isFull], [16, true]);
  cable.say("10.0.0.1", answer(...server("Office")));
  assertEquals(browser.found.filter(({ name }) => name === "Office").length, 1);
  for (let n = 0; n < 100; n++) flood(`10.0.0.${100 + n}`, 1_000 * n);
  assertEquals(browser.found.length, 64);
  assertEquals(browser.found.filter(({ name }) => name === "Office").length, 1);
  const many = Array.from({ length: 100 }, (_, n) => `10.0.0.${n + 1}`);
  cable.clock.pass(2_000);
  cable.say("10.0.0.1", answer(...server("Office", { addresses: many })));
  assertEquals(browser.found.find(({ name }) => name === "Office")?.addresses.length, 8);
});

Deno.test("names that are no server's are left out", () => {
  const { cable, browser } = oneLooking();
  const odd = [
    ptrRecord(SERVICE, ["Office", "_http", "_tcp", "local"]),
    ptrRecord(SERVICE, SERVICE),
  ];
  cable.say("10.0.0.1", answer(...odd, ptrRecord(["_http", "_tcp", "local"], ["x", ...SERVICE])));
  cable.clock.pass(200);
  assertEquals(cable.sent.map(({ message }) => message.questions.length), [1]);
  assertEquals(browser.found, []);
});

Deno.test("a server that is on two networks of this machine is one, with both addresses", () => {
  const clock = new LanClock();
  const [one, two] = [new Cable(clock), new Cable(clock)];
  const { browser } = looking({ "10.0.0.9": one, "10.0.7.9": two }, clock);
  one.say("10.0.0.1", answer(...server("Office")));
  two.say("10.0.7.1", answer(...server("Office", { addresses: ["10.0.7.1"] })));
  two.say("10.0.7.2", answer(...server("Attic", { addresses: ["10.0.7.2"], host: "den" })));
  assertEquals(browser.found.map(({ name, addresses }) => [name, addresses]), [
    ["Attic", ["10.0.7.2"]],
    ["Office", ["10.0.0.1", "10.0.7.1"]],
  ]);
});

Deno.test("a network that floods is not listened to for a while, and nothing else suffers", () => {
  const clock = new LanClock();
  const [flooded, calm] = [new Cable(clock), new Cable(clock)];
  const { browser, problems } = looking({ "10.0.0.9": flooded, "10.0.7.9": calm }, clock);
  const garbage = new Uint8Array(1_000).fill(0xc0);
  for (let n = 0; n < 5_000; n++) flooded.say("10.0.0.66", garbage);
  assertEquals(problems, ["10.0.0.9: too much is sent there"]);
  flooded.say("10.0.0.1", answer(...server("Office")));
  assertEquals(browser.found, []);
  calm.say("10.0.7.1", answer(...server("Attic", { addresses: ["10.0.7.1"] })));
  assertEquals(browser.found.map(({ name }) => name), ["Attic"]);
  clock.pass(16_000);
  flooded.say("10.0.0.1", answer(...server("Office")));
  assertEquals(browser.found.map(({ name }) => name), ["Attic", "Office"]);
});

Deno.test("what one host sends without end keeps nobody else from being heard", () => {
  const { cable, browser } = oneLooking();
  const garbage = new Uint8Array(100).fill(7);
  for (let n = 0; n < 1_000; n++) cable.say("10.0.0.66", garbage);
  cable.say("10.0.0.66", answer(...server("Late")));
  cable.say("10.0.0.1", answer(...server("Office")));
  assertEquals(browser.found.map(({ name }) => name), ["Office"]);
});

Deno.test("a socket that can't be opened, or fails, is tried again", () => {
  const cable = new Cable();
  const problems: string[] = [];
  let isBroken = true;
  let fail: (error: Error) => void = () => {};
  const hearing = new LanHearing({
    ...cable.clock,
    open: (net, heard, failed) => {
      if (isBroken) throw new Error("no buffer space");
      fail = failed;
      return cable.open(net, heard, failed);
    },
    rows: () => [lanRow("10.0.0.1")],
    onUp: () => {},
    onDown: () => {},
    onMessage: () => {},
    onUnheard: (_, problem) => void problems.push(problem),
  });
  assertEquals([hearing.nets.length, problems], [0, ["no buffer space"]]);
  isBroken = false;
  cable.clock.pass(15_000);
  assertEquals(hearing.nets.length, 1);
  fail(new Error("network is down"));
  fail(new Error("network is down"));
  assertEquals([hearing.nets.length, problems.length], [0, 2]);
  cable.clock.pass(15_000);
  assertEquals(hearing.nets.length, 1);
});

Deno.test("networks are those with others on them, and no more than there can be", () => {
  const ids = (rows: Parameters<typeof lanNets>[0]): string[] =>
    lanNets(rows).map(({ address }) => address);
  assertEquals(ids([lanRow("127.0.0.1", "lo"), lanRow("10.0.0.1")]), ["10.0.0.1"]);
  assertEquals(ids([{ ...lanRow("10.8.0.1", "tun0"), netmask: "255.255.255.255" }]), []);
  assertEquals(ids([lanRow("10.0.0.1"), lanRow("10.0.0.2"), lanRow("10.0.1.1")]), [
    "10.0.0.1",
    "10.0.1.1",
  ]);
  assertEquals(ids(Array.from({ length: 99 }, (_, n) => lanRow(`10.0.${n}.1`))).length, 16);
  const [net] = lanNets([lanRow("10.0.0.1")]);
  assert(net);
  const near: LanPeer["address"][] = ["10.0.0.9", "10.0.1.9", "8.8.8.8", "::1", "", "10.0.0", "a"];
  assertEquals(near.filter((address) => isOnNet(net, address)), ["10.0.0.9"]);
});
