/**
 * What strangers on a network may send: no message does more than be refused, and whatever they say, a server
 * is found when they have stopped.
 */

import { assert, assertEquals } from "@std/assert";
import { LanAnnouncer } from "../../lib/lan/announcer.ts";
import { LanBrowser } from "../../lib/lan/browser.ts";
import {
  decodeDns,
  DNS_CAPS,
  DNS_TYPE,
  type DnsMessage,
  DnsMessageError,
  type DnsName,
  type DnsRecord,
  encodeDns,
} from "../../lib/lan/dns_message.ts";
import { addressRecord, ptrRecord, srvRecord, txtRecord } from "../../lib/lan/dns_records.ts";
import { type HearingOptions, LanHearing } from "../../lib/lan/lan_hearing.ts";
import { SERVICE } from "../../lib/lan/lan_names.ts";
import { EMPTY_MESSAGE } from "../../lib/lan/lan_world.ts";
import { Cable, lanRow } from "../fixtures/lan.ts";
import { fuzz } from "./fuzz.ts";
import { mutate, type Random } from "./random.ts";

const NAMES: readonly DnsName[] = [
  SERVICE,
  ["Office", ...SERVICE],
  ["Office (2)", ...SERVICE],
  ["Attic", ...SERVICE],
  ["box", "local"],
  ["box-2", "local"],
  ["_services", "_dns-sd", "_udp", "local"],
  [],
];

function anyRecord(random: Random): DnsRecord {
  const [name, other] = [random.pick(NAMES), random.pick(NAMES)];
  const address = random.pick(["10.0.0.1", "10.0.0.66", "127.0.0.1", "2001:db8::1"]);
  const made = random.pick([
    () => ptrRecord(name, other),
    () => srvRecord(name, { port: random.below(65_536), target: other }),
    () => txtRecord(name, random.list(4, () => random.text(20))),
    () => addressRecord(name, address),
    () => ({ ...ptrRecord(name, other), type: random.below(300), data: random.bytes(40) }),
  ])();
  return { ...made, ttl: random.pick([made.ttl, 0, 1, 0xffff_ffff]), isUnique: random.oneIn(2) };
}

function anyMessage(random: Random): DnsMessage {
  const type = (): number => random.pick([...Object.values(DNS_TYPE), random.below(65_536)]);
  return {
    id: random.below(3),
    isResponse: random.oneIn(2),
    isTruncated: random.oneIn(5),
    questions: random.list(
      5,
      () => ({ name: random.pick(NAMES), type: type(), wantsUnicast: random.oneIn(3) }),
    ),
    answers: random.list(4, () => anyRecord(random)),
    authorities: random.list(2, () => anyRecord(random)),
    additionals: random.list(4, () => anyRecord(random)),
  };
}

/** Bytes of a message, or of something that was one. */
function anyBytes(random: Random): Uint8Array {
  if (random.oneIn(10)) return random.bytes(600);
  const bytes = encodeDns(anyMessage(random));
  return random.oneIn(3) ? bytes : mutate(random, bytes);
}

fuzz("bytes are a message of the DNS, or refused as none", 0.03, (random) => {
  const bytes = anyBytes(random);
  let message: DnsMessage;
  try {
    message = decodeDns(bytes);
  } catch (error) {
    assert(error instanceof DnsMessageError, String(error));
    return;
  }
  const { questions, answers, authorities, additionals } = message;
  const records = [...answers, ...authorities, ...additionals];
  assert(questions.length <= DNS_CAPS.questions && records.length <= DNS_CAPS.records);
  // What a name was shortened to in data may be longer than what a message can have.
  if (records.every(({ data }) => data.length < 65_536)) {
    const again = encodeDns(message);
    if (again.length <= DNS_CAPS.bytes) assertEquals(decodeDns(again), message);
  }
});

/** A machine on a cable. */
function machine(
  cable: Cable,
  address: string,
  part: Pick<HearingOptions, "onUp" | "onDown" | "onMessage">,
): void {
  const { open, clock } = cable;
  new LanHearing({ ...clock, open, rows: () => [lanRow(address)], onUnheard: () => {}, ...part });
}

fuzz(
  "whatever strangers say, little is answered, and a server is found when they stop",
  0.1,
  (random) => {
    const cable = new Cable();
    const announcer = new LanAnnouncer({
      ...cable.clock,
      service: { name: "Office", port: 1234, texts: ["v=1", "tls=0"] },
      reachedAt: (addresses) => addresses,
      host: "box",
      onName: () => {},
    });
    machine(cable, "10.0.0.1", {
      onUp: (net, send) => announcer.up(net, send),
      onDown: (net) => announcer.down(net),
      onMessage: (net, message, from) => announcer.receive(net, message, from),
    });
    for (let n = 0; n < 60; n++) {
      cable.clock.pass(random.pick([0, 1, 30, 260, 2_000]));
      const address = `10.0.${random.pick([0, 0, 0, 7])}.${random.below(256)}`;
      const port = random.pick([5_353, 5_353, 5_353, 53, 40_000]);
      cable.say({ address, port }, anyBytes(random));
    }
    const seconds = Math.ceil(cable.clock.now() / 1_000) + 1;
    assert(cable.sent.length <= 20 * seconds + 20, `${cable.sent.length} in ${seconds} s`);
    for (const { to } of cable.sent) assert(to === undefined || to.address.startsWith("10.0.0."));
    cable.clock.pass(30_000);
    const browser = new LanBrowser(cable.clock);
    machine(cable, "10.0.0.9", {
      onUp: (net, send) => browser.up(net, send),
      onDown: (net) => browser.down(net),
      onMessage: (net, message, from) => browser.receive(net, message, from),
    });
    cable.clock.pass(3_000);
    const [found] = browser.found;
    assertEquals([found?.port, found?.addresses], [1234, ["10.0.0.1"]]);
    assert(found?.name.startsWith("Office"));
  },
);

fuzz(
  "what strangers tell of servers is kept in bounds, and shown as it was told",
  0.05,
  (random) => {
    const cable = new Cable();
    const browser = new LanBrowser(cable.clock);
    machine(cable, "10.0.0.9", {
      onUp: (net, send) => browser.up(net, send),
      onDown: (net) => browser.down(net),
      onMessage: (net, message, from) => browser.receive(net, message, from),
    });
    for (let n = 0; n < 60; n++) {
      cable.clock.pass(random.pick([0, 1, 30, 260, 2_000]));
      const bytes = random.oneIn(2) ? anyBytes(random) : encodeDns({
        ...EMPTY_MESSAGE,
        isResponse: true,
        answers: random.list(9, () => anyRecord(random)),
      });
      cable.say(`10.0.0.${random.below(256)}`, bytes);
    }
    assert(browser.found.length <= 64);
    for (const { addresses, port } of browser.found) {
      assert(port > 0 && addresses.length > 0 && addresses.length <= 8);
      for (const address of addresses) assert(address.startsWith("10.0.0."), address);
    }
    assert(cable.sent.length <= 8, `${cable.sent.length}`);
  },
);
