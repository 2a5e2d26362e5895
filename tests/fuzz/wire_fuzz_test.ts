/** The wire against random input: the decoder of frames, and what is taken for a request. */

import { assert, assertEquals } from "@std/assert";
import { decodeEvent, decodeRequest } from "../../lib/wire/decode.ts";
import type { Fields } from "../../lib/wire/fields.ts";
import { FrameDecoder, FrameError } from "../../lib/wire/frame.ts";
import { REQUESTS as TABLE } from "../../lib/wire/requests.ts";
import { REQUESTS } from "../fixtures/requests.ts";
import { bytes, classicFrame, eventFrame, type Json } from "../helpers.ts";
import { fuzz } from "./fuzz.ts";
import { mutate, type Random } from "./random.ts";

/** The frames in a stream, and whether it can be read on after them. */
interface Read {
  readonly frames: Array<readonly [padding: string, payload: string]>;
  broken: boolean;
}

/** The slow and plain way to cut a stream that is all there. */
function readPlainly(stream: Uint8Array, cap: number): Read {
  const read: Read = { frames: [], broken: false };
  for (let at = 0; at + 10 <= stream.length;) {
    const header = String.fromCharCode(...stream.subarray(at, at + 10));
    const [, left, right] = /^(?:([0-9]+) *| +([0-9]+))$/.exec(header) ?? [];
    const length = Number(left ?? right ?? NaN);
    if (!(length <= cap)) {
      read.broken = true;
      break;
    }
    const end = at + 10 + length;
    if (end > stream.length) break;
    const padding = left === undefined ? "right" : "left";
    read.frames.push([padding, stream.slice(at + 10, end).toHex()]);
    at = end;
  }
  return read;
}

function readInPieces(pieces: readonly Uint8Array[], cap: number): Read {
  const read: Read = { frames: [], broken: false };
  const decoder = new FrameDecoder(cap);
  for (const piece of pieces) {
    // As it is for a reader, whose next read overwrites the chunk.
    const chunk = piece.slice();
    decoder.take(chunk);
    try {
      for (let frame; (frame = decoder.next()) !== undefined;) {
        read.frames.push([frame.padding, frame.payload.toHex()]);
      }
    } catch (error) {
      assert(error instanceof FrameError, String(error));
      read.broken = true;
      return read;
    }
    chunk.fill(0);
  }
  return read;
}

fuzz("frames in random pieces are those of the whole", 0.15, (random) => {
  const cap = random.pick([0, 1, 9, 10, 100, 600, 65_536]);
  const frames = random.list(
    10,
    () => random.pick([classicFrame, eventFrame])(random.text(random.pick([3, 30, 3_000]))),
  );
  const whole = bytes(...frames);
  const stream = random.oneIn(4) ? whole : mutate(random, whole);
  assertEquals(readInPieces(random.cut(stream), cap), readPlainly(stream, cap));
});

/** The fields that are neither strings, booleans nor numbers, by the letter of their kind. */
const KINDS: Readonly<Record<string, string>> = {
  "hello.resume": "resume",
  "hello.features": "array",
  "join.access": "word of access",
  "room.access": "word of access",
  "invite.link": "invitation",
  "settings.notify": "map",
  "chunk.data": "Uint8Array",
};
const ACCESS = ["open", "unlisted", "invite"];
const NOTIFY = ["all", "mentions", "none"];

/** What each field of a request may be: string, boolean, number or one of KINDS; `?` if at all. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.fromEntries(
  Object.entries(TABLE).map(([type, fields]) => [
    type,
    Object.fromEntries(
      Object.entries(fields as Fields).map(([field, { optional }]) => {
        const kind = KINDS[`${type}.${field}`] ??
          typeof (REQUESTS[type as keyof typeof TABLE] as Json)[field];
        return [field, `${kind}${optional ? "?" : ""}`];
      }),
    ),
  ]),
);

function randomValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 7 : 9)) {
    case 0:
      return null;
    case 1:
      return random.oneIn(2);
    case 2:
      return random.below(1_000);
    case 3:
      return random.pick([-1, 1.5, 2 ** 53, 1e300, -0, Number.MAX_SAFE_INTEGER]);
    case 4:
      return random.pick(["\ud800", "\udc00x", "", "__proto__", "constructor"]);
    case 5:
    case 6:
      return random.text(20);
    case 7:
      return random.list(4, () => randomValue(random, depth + 1));
    default:
      return Object.fromEntries(
        random.list(4, () => [random.text(5), randomValue(random, depth + 1)] as const),
      );
  }
}

function rightValue(random: Random, kind: string): unknown {
  switch (kind[0]) {
    case "s":
      return random.text(20);
    case "b":
      return random.oneIn(2);
    case "n":
      return random.below(1_000);
    case "a":
      return random.list(3, () => random.text(5));
    case "w":
      return random.pick(ACCESS);
    case "U":
      // In JSON it is base64.
      return new Uint8Array(random.list(random.pick([9, 3_000]), () => random.below(256)))
        .toBase64();
    case "i":
      return { uses: random.below(9), ...random.oneIn(2) ? { register: random.oneIn(2) } : {} };
    case "m":
      return Object.fromEntries(random.list(3, () => [random.text(5), random.pick(NOTIFY)]));
    default: {
      const seq = Object.fromEntries(random.list(3, () => [random.text(5), random.below(9)]));
      return { epoch: random.text(5), seq, ...random.oneIn(2) ? { direct: 1 } : {} };
    }
  }
}

/** A request that is nearly right, as JSON. */
function nearlyRequest(random: Random): string {
  const type = random.pick(Object.keys(FIELDS));
  const request: Json = { type, ...random.oneIn(2) ? { id: random.text(20) } : {} };
  for (const [field, kind] of Object.entries(FIELDS[type] ?? {})) {
    if (!random.oneIn(8)) request[field] = rightValue(random, kind);
    if (random.oneIn(8)) request[field] = randomValue(random);
  }
  if (random.oneIn(4)) request[random.pick(["__proto__", "toString", "x", "id"])] = 1;
  return JSON.stringify(random.oneIn(30) ? randomValue(random) : request);
}

function isRight(value: unknown, kind: string): boolean {
  if (value === undefined) return kind.endsWith("?");
  switch (kind[0]) {
    case "s":
      return typeof value === "string" && value.isWellFormed();
    case "b":
      return typeof value === "boolean";
    case "n":
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case "a":
      return Array.isArray(value) && value.every((each) => isRight(each, "s"));
    case "w":
      return ACCESS.includes(value as string);
    case "U":
      return value instanceof Uint8Array;
    case "i": {
      const { forMs, uses, register, ...others } = value as Json;
      return [forMs, uses].every((each) => isRight(each, "n?")) && isRight(register, "b?") &&
        Object.keys(others).length === 0;
    }
    case "m":
      return Object.values(value as Json).every((each) => NOTIFY.includes(each));
    default: {
      const { epoch, seq, direct, chats = {}, ...others } = value as Json;
      return isRight(epoch, "s") && isRight(direct, "n?") && Object.keys(others).length === 0 &&
        [seq, chats].every((each) => Object.values(each).every((count) => isRight(count, "n")));
    }
  }
}

fuzz(
  "what is taken for a request has known fields of the right kind, and no others",
  0.15,
  (random) => {
    const json = bytes(nearlyRequest(random));
    const payload = random.oneIn(2) ? json : mutate(random, json);
    const events = decodeEvent(payload);
    assert(["value", "error", "fatal"].includes(events.kind));
    const decoded = decodeRequest(payload);
    if (decoded.kind !== "value") return assert(decoded.text !== "");
    const { type, id, ...fields } = decoded.value as Json;
    const kinds = FIELDS[type];
    assert(kinds !== undefined, `an unknown type: ${type}`);
    assert(isRight(id, "s?") && bytes(id ?? "").length <= 64, "the id");
    for (const field of Object.keys(fields)) {
      assert(
        Object.hasOwn(kinds, field),
        `unknown: ${field}`,
      );
    }
    for (const [field, kind] of Object.entries(kinds)) {
      assert(isRight(fields[field], kind), `${field} is ${JSON.stringify(fields[field])}`);
    }
    assertEquals(Object.getPrototypeOf(decoded.value), Object.prototype);
  },
);
