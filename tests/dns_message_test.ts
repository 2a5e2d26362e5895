/** Messages of the DNS: what is read of them, what is refused, and what they can't make us do. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  decodeDns,
  DNS_CAPS,
  type DnsMessage,
  DnsMessageError,
  encodeDns,
} from "../lib/lan/dns_message.ts";
import {
  addressRecord,
  compareClaims,
  dnsKey,
  nsecRecord,
  ptrRecord,
  ptrTarget,
  recordAddress,
  recordKey,
  servicePlaceIn,
  srvRecord,
  textsIn,
  txtRecord,
} from "../lib/lan/dns_records.ts";
import { EMPTY_MESSAGE } from "../lib/lan/lan_world.ts";

/** Bytes as the parts of a message are written by hand: texts, and numbers of a byte each. */
function raw(...parts: Array<string | number>): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "number" ? [part] : [...new TextEncoder().encode(part)]
    ),
  );
}

function header(flags: number, ...counts: number[]): number[] {
  return [0, 0, flags >> 8, flags & 0xff, ...counts.flatMap((count) => [count >> 8, count & 0xff])];
}

/** What another program of mDNS sends: all names but the first are shortened. */
const ANSWER = raw(
  ...header(0x8400, 0, 1, 0, 3),
  ...[9, "_chatroom", 4, "_tcp", 5, "local", 0, 0, 12, 0, 1, 0, 0, 0x11, 0x94, 0, 9],
  ...[6, "Office", 0xc0, 12],
  ...[0xc0, 0x2c, 0, 33, 0x80, 1, 0, 0, 0, 120, 0, 12, 0, 0, 0, 0, 4, 210, 3, "box", 0xc0, 0x1b],
  ...[0xc0, 0x2c, 0, 16, 0x80, 1, 0, 0, 0x11, 0x94, 0, 10, 3, "v=1", 5, "tls=0"],
  ...[0xc0, 0x47, 0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4, 10, 0, 0, 9],
);

Deno.test("what other programs send is read", () => {
  const { answers: [ptr], additionals: [srv, txt, a], isResponse } = decodeDns(ANSWER);
  assert(ptr && srv && txt && a && isResponse);
  const instance = ["Office", "_chatroom", "_tcp", "local"];
  assertEquals([ptr.name, ptr.isUnique, ptr.ttl], [instance.slice(1), false, 4_500]);
  assertEquals(ptrTarget(ptr), instance);
  assertEquals([srv.name, srv.isUnique, srv.ttl], [instance, true, 120]);
  assertEquals(servicePlaceIn(srv), { port: 1234, target: ["box", "local"] });
  assertEquals([...textsIn(txt)], [["v", "1"], ["tls", "0"]]);
  assertEquals([a.name, recordAddress(a)], [["box", "local"], "10.0.0.9"]);
});

Deno.test("no beginning of a message, and nothing behind a wrong length, is taken", () => {
  for (let length = 0; length < ANSWER.length; length++) {
    assertThrows(() => decodeDns(ANSWER.subarray(0, length)), DnsMessageError);
  }
  for (let at = 12; at < ANSWER.length; at++) {
    // Whatever a byte is, what comes of it is a message or the one error.
    for (const byte of [0, 1, 63, 64, 0x80, 0xc0, 0xff]) {
      const bytes = ANSWER.slice();
      bytes[at] = byte;
      try {
        decodeDns(bytes);
      } catch (error) {
        assert(error instanceof DnsMessageError, `${at} ${byte}: ${error}`);
      }
    }
  }
});

const QUESTION = [0, 12, 0, 1];
for (
  const [what, bytes] of [
    ["a pointer to itself", raw(...header(0, 1, 0, 0, 0), 0xc0, 12, ...QUESTION)],
    ["a pointer ahead", raw(...header(0, 1, 0, 0, 0), 0xc0, 18, ...QUESTION, 1, "a", 0)],
    ["a circle of two", raw(...header(0, 2, 0, 0, 0), 1, "a", 0xc0, 20, ...QUESTION, 0xc0, 12)],
    ["a pointer into its own name", raw(...header(0, 1, 0, 0, 0), 1, "a", 0xc0, 12, ...QUESTION)],
    ["a label of 64 bytes", raw(...header(0, 1, 0, 0, 0), 64, "a".repeat(64), 0, ...QUESTION)],
    [
      "a name of 256 bytes",
      raw(
        ...header(0, 1, 0, 0, 0),
        ...`${"x".repeat(63)}-`.repeat(4).split("-").slice(0, 4)
          .flatMap((label) => [63, label]),
        0,
        ...QUESTION,
      ),
    ],
    ["a label that is not UTF-8", raw(...header(0, 1, 0, 0, 0), 1, 0xff, 0, ...QUESTION)],
    ["more questions than bytes", raw(...header(0, 9, 0, 0, 0), 0, ...QUESTION)],
    ["very many records", raw(...header(0, 0, 0xffff, 0xffff, 0xffff))],
    ["another kind of request", raw(...header(0x2800, 1, 0, 0, 0), 0, ...QUESTION)],
    ["an error", raw(...header(0x8003, 0, 0, 0, 0))],
    ["more bytes than any", new Uint8Array(DNS_CAPS.bytes + 1)],
    [
      "an address with a name's end behind it",
      raw(...header(0x8400, 0, 1, 0, 0), 0, 0, 12, 0, 1, ...[0, 0, 0, 1, 0, 3, 1, "a"]),
    ],
  ] as const
) {
  Deno.test(`no message is one with ${what}`, () => {
    assertThrows(() => decodeDns(bytes), DnsMessageError);
  });
}

Deno.test("what many names point to is read as often as a message may need, and no more", () => {
  // A name of 127 labels that stands once, and 100 records that all point to it.
  const long = Array.from({ length: 126 }, () => [1, 97]).flat();
  const records = Array.from({ length: 100 }, () => [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0])
    .flat();
  const bytes = raw(...header(0x8400, 1, 100, 0, 0), ...long, 0, ...QUESTION, ...records);
  assertThrows(() => decodeDns(bytes), DnsMessageError, "a name");
});

Deno.test("a long way back by pointers is not gone without end", () => {
  // A chain of pointers, each to the one before, in what a record of no known type tells.
  const bytes = header(0x8400, 0, 2, 0, 0);
  const data = [0];
  const start = bytes.length + 11;
  let last = start;
  for (let n = 0; n < 2_000; n++) {
    const at = start + data.length;
    data.push(0xc0 | last >> 8, last & 0xff);
    last = at;
  }
  bytes.push(0, 0, 99, 0, 1, 0, 0, 0, 1, data.length >> 8, data.length & 0xff, ...data);
  const named = [0xc0 | last >> 8, last & 0xff, 0, 99, 0, 1, 0, 0, 0, 1, 0, 0];
  assertThrows(() => decodeDns(raw(...bytes, ...named)), DnsMessageError, "a pointer");
  // A short one leads to the name.
  const first = start + 1;
  const short = [0xc0 | first >> 8, first & 0xff, ...named.slice(2)];
  assertEquals(decodeDns(raw(...bytes, ...short)).answers[1]?.name, []);
});

Deno.test("another class is passed over, such as that of what EDNS adds", () => {
  const bytes = raw(
    ...header(0, 1, 0, 0, 1),
    1,
    "a",
    0,
    ...QUESTION,
    0,
    0,
    41,
    5,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  );
  const { questions, additionals } = decodeDns(bytes);
  assertEquals([questions.length, additionals.length], [1, 0]);
});

const label = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => text.isWellFormed() && new TextEncoder().encode(text).length <= 63);
const name = fc.array(label, { maxLength: 3 });
const record = fc.record({
  name,
  type: fc.constantFrom(1, 16, 28, 47, 99),
  isUnique: fc.boolean(),
  ttl: fc.nat(0xffff_ffff),
  data: fc.uint8Array({ maxLength: 30 }),
});
const pointing = fc.tuple(name, name, fc.nat(65_535)).map(([from, to, port]) =>
  port % 2 === 0 ? ptrRecord(from, to) : srvRecord(from, { port, target: to })
);
const section = fc.array(fc.oneof(record, pointing), { maxLength: 4 });

Deno.test("what is written is read as it was", () => {
  const question = fc.record({ name, type: fc.nat(65_535), wantsUnicast: fc.boolean() });
  const message: fc.Arbitrary<DnsMessage> = fc.record({
    id: fc.nat(65_535),
    isResponse: fc.boolean(),
    isTruncated: fc.boolean(),
    questions: fc.array(question, { maxLength: 4 }),
    answers: section,
    authorities: section,
    additionals: section,
  });
  fc.assert(
    fc.property(message, (sent) => assertEquals(decodeDns(encodeDns(sent)), sent)),
    { numRuns: 300 },
  );
});

Deno.test("a name that is there twice takes two bytes the second time", () => {
  const target = ["Office", "_chatroom", "_tcp", "local"];
  const one = encodeDns({ ...EMPTY_MESSAGE, answers: [txtRecord(target, ["v=1"])] });
  const two = encodeDns({
    ...EMPTY_MESSAGE,
    answers: [txtRecord(target, ["v=1"]), txtRecord(target, ["v=1"])],
  });
  assertEquals(two.length - one.length, 2 + 10 + 4);
});

Deno.test("addresses of both kinds are read as they were written", () => {
  for (const address of ["10.0.0.9", "2001:db8::1", "fe80::1", "::", "1:2:3:4:5:6:7:8", "1::"]) {
    assertEquals(recordAddress(addressRecord(["a"], address)), address);
  }
  assertEquals(recordAddress(addressRecord(["a"], "fe80::1%eth0")), "fe80::1");
  assertEquals(
    recordAddress({ ...addressRecord(["a"], "10.0.0.9"), data: new Uint8Array(3) }),
    undefined,
  );
});

Deno.test("of a TXT record the first of a key counts, and what is odd is left out", () => {
  const texts = textsIn(
    txtRecord(["a"], ["v=1", "V=2", "=x", "novalue", "esc=\u001b[2J", "a=b=c", "é=1"]),
  );
  assertEquals([...texts], [["v", "1"], ["a", "b=c"]]);
  assertEquals([...textsIn({ ...txtRecord(["a"], []), data: raw(9, "v=1") })], [["v", "1"]]);
});

Deno.test("names are the same in capitals of ASCII, also where they are pointed to", () => {
  assertEquals(dnsKey(["Office", "LOCAL"]), dnsKey(["oFFICE", "local"]));
  assert(dnsKey(["É"]) !== dnsKey(["é"]));
  // A dot in a label divides nothing.
  assert(dnsKey(["a.b"]) !== dnsKey(["a", "b"]));
  const [one, two] = ["Box", "box"].map((host) => srvRecord(["a"], { port: 1, target: [host] }));
  assert(one && two && recordKey(one) === recordKey(two));
});

Deno.test("of two claims one is the greater, whoever compares", () => {
  const [low, high] = ["10.0.0.1", "10.0.0.2"].map((address) => [addressRecord(["a"], address)]);
  assert(low && high);
  assertEquals([compareClaims(low, high) < 0, compareClaims(high, low) > 0], [true, true]);
  assertEquals(compareClaims(low, low), 0);
  assert(compareClaims(low, [...low, ...high]) < 0);
});

Deno.test("which types a name has is a set of bits", () => {
  const { data } = nsecRecord(["a"], [1, 28, 47]);
  // After RFC 4034, 4.1.2: the window 0, its length, and a bit for each type.
  assertEquals(data, raw(1, "a", 0, 0, 6, 0x40, 0, 0, 8, 0, 1));
});
