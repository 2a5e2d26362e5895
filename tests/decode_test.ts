/** Requests and events, decoded from what anybody may send. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeEvent, decodeRequest } from "../lib/wire/decode.ts";
import { countColons, MAX_DEPTH } from "../lib/wire/depth.ts";
import { encodeEvent, rawFrameHead } from "../lib/wire/encode.ts";
import { fileFrame } from "../lib/wire/file_frame.ts";
import { hasNameTwice } from "../lib/wire/twice.ts";
import { tries } from "./fixtures/thorough.ts";
import { bytes } from "./helpers.ts";

const none = { permissions: "none" } as const;

const request = (value: unknown): ReturnType<typeof decodeRequest> =>
  decodeRequest(bytes(typeof value === "string" ? value : JSON.stringify(value)));

Deno.test("a request keeps the fields that are known and drops the others", none, () => {
  assertEquals(request({ type: "say", id: "1", room: "r", text: "t", extra: 1 }), {
    kind: "value",
    value: { type: "say", id: "1", room: "r", text: "t" },
  });
  assertEquals(request('{"type":"ping","__proto__":{"type":"x"},"constructor":1}'), {
    kind: "value",
    value: { type: "ping" },
  });
});

Deno.test("a say is read alike in its usual form and in any other", none, () => {
  const field = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme-ascii", maxLength: 70, size: "max" }),
    fc.constantFrom("", '"', "\\", "\n", "\u007f", "\u2028", "é", "x".repeat(64), "ü".repeat(21)),
  );
  const fields = fc.record({ id: field, room: field, text: field }, {
    requiredKeys: ["room", "text"],
  });
  fc.assert(fc.property(fields, (said) => {
    const usual = JSON.stringify({
      type: "say",
      ...(said.id === undefined ? {} : { id: said.id }),
      room: said.room,
      text: said.text,
    });
    // A blank that means nothing takes it off the short way.
    assertEquals(request(usual), request(` ${usual}`));
  }));
  for (const broken of ['"\t"', '"a""', '"\\x"', '"\\ud800"', '"a",', "null"]) {
    const text = `{"type":"say","room":"r","text":${broken}}`;
    assertEquals(request(text), request(` ${text}`), broken);
  }
});

Deno.test("a piece of a file is read alike on its short way and on that of all else", none, () => {
  const data = "abcd".repeat(600);
  const usual = `{"type":"chunk","file":"f","offset":5,"data":"${data}"}`;
  const told = `{"id":"1","type":"data","data":"${
    data.slice(2)
  }A=","last":true,"offset":0,"file":"f"}`;
  for (const text of [usual, told]) assert(fileFrame(text) !== undefined, text);
  const about = '"about":{"id":"i","name":"a","size":1,"type":"t","sha256":"s"}';
  const others = [
    usual.replace('"offset":5', '"offset":-5'),
    usual.replace('"offset":5', '"offset":5,"offset":5'),
    usual.replace('"file":"f"', '"id":"ü","file":"ü"'),
    usual.replace('"file":"f"', '"file":"\\ud800"'),
    usual.replace('"data"', '"x\\"data"'),
    usual.replace('"data"', '"data" : "","x\\"data"'),
    usual.replace('"data"', '"data" : "","data"'),
    usual.replace("}", ',"data":""}'),
    usual.replace("}", ',"data" : "dcba"}'),
    usual.replace("}", `,"x":"${"x".repeat(2_000)}"}`),
    usual.replace('"data":', '"data":"","x":{"data":').replace("}", "}}"),
    usual.replace("}", ""),
    usual.replace("abcd", "a\\/cd"),
    usual.replace("abcd", "a\ncd"),
    usual.replace("abcd", "abc="),
    usual.replace("abcd", "äää"),
    usual.replace("abcd", "ab"),
    usual.replace("chunk", "chunks"),
    told.replace("}", `,${about}}`),
  ];
  for (const text of [usual, told, ...others]) {
    for (const decode of [decodeRequest, decodeEvent]) {
      // A blank that means nothing takes it off the short way.
      assertEquals(decode(bytes(text)), decode(bytes(` ${text}`)), text);
    }
  }
  const broken = bytes(usual);
  broken[1_000] = 0xff;
  assertEquals(decodeRequest(broken).kind, "error");
});

Deno.test(
  "a piece of a file is written as JSON with its bytes in base64, however many",
  none,
  () => {
    for (const length of [0, 1, 2, 3, 600, 1_800, 49_000]) {
      const data = Uint8Array.from({ length }, (_, n) => n * 7);
      const piece = { type: "chunk", id: "ü", file: "f", offset: 5, data } as const;
      const payload = encodeEvent(piece).subarray(10);
      const json = { ...piece, data: data.toBase64() };
      assertEquals(JSON.parse(new TextDecoder().decode(payload)), json);
      assertEquals(decodeRequest(payload), { kind: "value", value: piece });
    }
  },
);

Deno.test("bytes in JSON are base64 as it is written down, and nothing else", none, () => {
  const chunk = (data: string): ReturnType<typeof request> =>
    request({ type: "chunk", file: "f", offset: 0, data });
  for (
    const data of [
      ...["=", "====", "A", "AA", "AAA", "AA=", "A===", "AAAA=", "AA==AA==", "AAA=AAAA"],
      ...["AA A", "AAA\n", " AAAA", "AAAA    ", "AAAA\n\n\n\n", "AA=\n", "A-_A", "AAA\u0000"],
      // Bits that stand for nothing.
      ...["AB==", "AAB=", "AAAé", "AAA\ud83d\ude00", `${"A".repeat(2_000)}BA=`],
    ]
  ) {
    const decoded = chunk(data);
    assertEquals(decoded.kind === "error" && decoded.code, "bad-field", JSON.stringify(data));
  }
  for (const [data, bytes] of [["", []], ["AA==", [0]], ["AAE=", [0, 1]], ["AAEC", [0, 1, 2]]]) {
    assertEquals(chunk(data as string), {
      kind: "value",
      value: { type: "chunk", file: "f", offset: 0, data: Uint8Array.from(bytes as number[]) },
    });
  }
});

Deno.test("a raw piece of a file is read as what it was written from", none, () => {
  const piece = fc.record({
    type: fc.constantFrom("chunk" as const, "data" as const),
    id: fc.string({ unit: "grapheme", maxLength: 8 }),
    file: fc.string({ unit: "binary", maxLength: 50 }),
    offset: fc.maxSafeNat(),
    data: fc.uint8Array({ maxLength: 5_000, size: "max" }),
  }, { requiredKeys: ["type", "file", "offset", "data"] });
  fc.assert(fc.property(piece, (value) => {
    const frame = bytes(rawFrameHead(value), value.data);
    assertEquals(Number(new TextDecoder().decode(frame.subarray(0, 10))), frame.length - 10);
    const decode = value.type === "chunk" ? decodeRequest : decodeEvent;
    const decoded: unknown = decode(frame.subarray(10));
    assertEquals(decoded, { kind: "value", value });
  }));
});

Deno.test("what is raw and wrong is refused as its JSON alone would be", none, () => {
  const raw = (json: string, ...rest: string[]): ReturnType<typeof decodeRequest> =>
    decodeRequest(bytes("\0", json, "\0", ...rest));
  const chunk = '{"type":"chunk","id":"1","file":"f","offset":0}';
  const data = bytes("a\0b");
  assertEquals(raw(chunk, "a\0b"), {
    kind: "value",
    value: { type: "chunk", id: "1", file: "f", offset: 0, data },
  });
  // Other requests have no bytes, as they have no other fields that nobody knows.
  assertEquals(raw('{"type":"ping"}', "x"), { kind: "value", value: { type: "ping" } });
  for (
    const json of [
      chunk.replace("}", ',"data":""}'),
      chunk.replace("}", ',"data":"AAAA"}'),
      chunk.replace("}", ',"offset":0}'),
      chunk.replace("}", ',"x":{"y":1,"y":1}}'),
      chunk.replace(":0", ":-1"),
    ]
  ) {
    const { kind, ...error } = raw(json, "abcd");
    assertEquals([kind, "code" in error && error.code, "id" in error && error.id], [
      ...["error", "bad-field", "1"],
    ], json);
  }
  for (const json of ["", "[]", "{", "1", " ", '{"x":'.repeat(40)]) {
    assertEquals(raw(json, "abcd").kind, "fatal", json);
  }
  assertEquals(raw("\ud800").kind, "fatal");
  assertEquals(decodeRequest(bytes("\0")).kind, "fatal");
  assertEquals(decodeRequest(bytes("\0", chunk)).kind, "fatal");
  const long = chunk.replace('"f"', `"${"f".repeat(4_096 - chunk.length + 1)}"`);
  assertEquals(raw(long, "a").kind, "value");
  assertEquals(raw(` ${long}`, "a").kind, "fatal");
  const broken = bytes("\0", chunk, "\0", "abc");
  broken[20] = 0xff;
  assertEquals(decodeRequest(broken).kind, "error");
});

Deno.test("an error carries the id of the request where it can be read", none, () => {
  const missing = request({ type: "say", id: "7", room: "r" });
  assertEquals(missing, {
    kind: "error",
    code: "bad-field",
    id: "7",
    text: "The field text is missing: it must be a string (of whole characters)",
  });
  const unknown = request({ type: "toString", id: "8" });
  assertEquals(unknown.kind === "error" && [unknown.code, unknown.id], ["unknown-type", "8"]);
  const badId = request({ type: "ping", id: 5 });
  assertEquals(badId.kind === "error" && [badId.code, badId.id], ["bad-field", undefined]);
});

Deno.test(
  "a name that is in an object twice is found at any depth, and nothing else is",
  none,
  () => {
    const twice = (text: string): boolean => hasNameTwice(countColons(text) ?? 0, JSON.parse(text));
    for (
      const text of [
        '{"a":1,"a":1}',
        '{"a":1,"\\u0061":2}',
        '{"a":[{"b":{"c":1,"c":2}}]}',
        '{"__proto__":1,"__proto__":2}',
        '{"a\\\\":1,"a\\\\":2}',
        '{ "a" : ":" , "a" : ":" }',
      ]
    ) assert(twice(text), text);
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      assert(!twice(JSON.stringify(value)));
      assert(!twice(JSON.stringify(value, null, 2)));
      assert(!twice(JSON.stringify({ text: JSON.stringify(value) })));
    }));
  },
);

Deno.test("what is nested deep is refused before it is parsed, and nothing else is", none, () => {
  const [open, close] = ["[", "]"].map((bracket) => bracket.repeat(MAX_DEPTH - 1)) as [
    string,
    string,
  ];
  const ping = (x: string): string => `{"type":"ping","x":${x}}`;
  const text = `The payload is nested deeper than ${MAX_DEPTH} levels`;
  for (
    const deep of [
      `[${open}${close}]`,
      `[${open}`,
      '{"":'.repeat(MAX_DEPTH),
      `["\\"",${open}${close}]`,
      "[".repeat(60_000),
    ]
  ) {
    assertEquals(request(ping(deep)), { kind: "fatal", text }, deep.slice(0, 80));
    assertEquals(decodeEvent(bytes(ping(deep))), { kind: "fatal", text });
  }
  assertEquals(request("[".repeat(MAX_DEPTH + 1)), { kind: "fatal", text });
  const inString = JSON.stringify(`\\"${"[".repeat(1_000)}`);
  for (const flat of [open + close, `[${"[],".repeat(100)}[]]`, inString, `[{},${inString}]`]) {
    assertEquals(request(ping(flat)), { kind: "value", value: { type: "ping" } });
  }
});

Deno.test("resume is checked to its bottom", none, () => {
  const hello = (resume: unknown): string => request({ type: "hello", resume }).kind;
  assertEquals(hello({ epoch: "e", seq: { lobby: 3 } }), "value");
  assertEquals(hello({ epoch: "e", seq: {}, direct: 0 }), "value");
  for (
    const bad of [
      null,
      [],
      "x",
      {},
      { epoch: "e" },
      { epoch: 1, seq: {} },
      { epoch: "e", seq: [] },
      { epoch: "e", seq: { lobby: -1 } },
      { epoch: "e", seq: { lobby: "1" } },
      { epoch: "e", seq: { lobby: 1e300 } },
      { epoch: "e", seq: {}, direct: null },
    ]
  ) assertEquals(hello(bad), "error", JSON.stringify(bad));
});

Deno.test("whatever JSON or bytes come, decoding answers and never throws", none, () => {
  const types = ["hello", "say", "history", "page", "rooms", "gap", "welcome", "ready"];
  const object = fc.record({
    type: fc.oneof(fc.constantFrom(...types), fc.string()),
    id: fc.oneof(fc.string(), fc.jsonValue()),
    room: fc.jsonValue(),
    text: fc.jsonValue(),
    messages: fc.jsonValue(),
    resume: fc.jsonValue(),
  }, { requiredKeys: [] });
  const noise = fc.oneof(
    fc.uint8Array(),
    fc.jsonValue().map((value) => bytes(JSON.stringify(value))),
    object.map((value) => bytes(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(noise, (payload) => {
      for (const decode of [decodeRequest, decodeEvent]) {
        assert(["value", "error", "fatal"].includes(decode(payload).kind));
      }
    }),
    { numRuns: tries(150, 3_000) },
  );
});
