/** How a client of a load speaks each of the two protocols. */

import { encodeFrame, frameText } from "../wire/frame.ts";
import type { LoadPlan } from "./plan.ts";
import { readStamp, STAMP_BYTES } from "./stamp.ts";

/** What a {@linkcode Talk} calls when something was read. */
export interface Ear {
  /** A message of this run, sent at `time`. */
  message(time: number): void;
  /** The client is in its room. */
  enter(): void;
  /** The server said something besides messages; a refusal if the client is not in its room. */
  told(text: string, isRefusal: boolean): void;
  /** Send these bytes in answer. */
  answer(bytes: Uint8Array<ArrayBuffer>): void;
}

/** One client's side of a protocol. */
export interface Talk {
  /** The first bytes that a client sends. */
  readonly opening: Uint8Array<ArrayBuffer>;
  /** Reads the payload of a frame. */
  take(bytes: Uint8Array, from: number, to: number): void;
}

/** Options of {@linkcode makeTalk}. */
export interface TalkOptions {
  readonly plan: Pick<LoadPlan, "protocol" | "size">;
  readonly tag: string;
  readonly name: string;
  /** The room to join; `undefined`: the one that every client begins in. */
  readonly room: string | undefined;
  readonly ear: Ear;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const SERVER = encoder.encode("server");
const PONG = encodeFrame('{"type":"pong"}', "right");
/** The beginnings of events that a load ignores, as our server writes them. */
const PASSED_OVER = ["ack", "joined", "left"].map((type) => encoder.encode(`{"type":"${type}"`));

const MESSAGE = encoder.encode('{"type":"message"');

/** Makes the talk for the protocol of the plan. */
export function makeTalk(options: TalkOptions): Talk {
  return options.plan.protocol === "classic" ? classicTalk(options) : eventTalk(options);
}

function classicTalk({ plan, tag, name, room, ear }: TalkOptions): Talk {
  const ours = encoder.encode(`T${tag}`);
  const probe = encoder.encode(`P${tag}`);
  const join = room === undefined ? "" : frameText(`/join ${room}`, "left");
  let nameNext = true;
  let fromServer = false;
  const told = (text: string): void => {
    if (room !== undefined && text === `You are in ${room} now.`) ear.enter();
    else ear.told(text, room !== undefined);
  };
  return {
    opening: encoder.encode(frameText(name, "left") + join),
    take(bytes, from, to): void {
      if (nameNext) {
        nameNext = false;
        fromServer = equal(bytes, from, to, SERVER);
        return;
      }
      nameNext = true;
      if (fromServer) return told(decoder.decode(bytes.subarray(from, to)));
      if (to - from !== plan.size) return;
      const time = readStamp(bytes, from, ours);
      if (time >= 0) ear.message(time);
      else if (readStamp(bytes, from, probe) >= 0) ear.enter();
    },
  };
}

function eventTalk({ plan, tag, name, room, ear }: TalkOptions): Talk {
  const ours = encoder.encode(`T${tag}`);
  /** The bytes from the beginning of a text to the end of its frame, if the text comes last. */
  const fromEnd = plan.size + '"}'.length;
  /** The slow way, for rare events. */
  const takeEvent = (payload: string): void => {
    const event = JSON.parse(payload) as Record<string, unknown>;
    const text = String(event["text"]);
    switch (event["type"]) {
      case "welcome":
        return ear.answer(helloFrame(room));
      case "ready":
        return ear.enter();
      case "ping":
        return ear.answer(PONG);
      case "message": {
        // From a server that writes the fields in another order.
        const time = readStamp(encoder.encode(text.slice(0, STAMP_BYTES)), 0, ours);
        return time >= 0 ? ear.message(time) : undefined;
      }
      case "error":
      case "bye":
        return ear.told(text, true);
      case "notice":
        return ear.told(text, false);
    }
  };
  return {
    opening: encodeFrame(name, "right"),
    take(bytes, from, to): void {
      const text = to - fromEnd;
      const time = text > from ? readStamp(bytes, text, ours) : -1;
      if (time >= 0) return ear.message(time);
      for (const head of PASSED_OVER) {
        if (equal(bytes, from, Math.min(to, from + head.length), head)) return;
      }
      // Skip messages of others quickly: there may be many.
      const isMessage = equal(bytes, from, Math.min(to, from + MESSAGE.length), MESSAGE);
      if (isMessage && !holds(bytes, from, to, ours)) return;
      takeEvent(decoder.decode(bytes.subarray(from, to)));
    },
  };
}

function helloFrame(room: string | undefined): Uint8Array<ArrayBuffer> {
  const where = room === undefined ? {} : { room };
  const hello = { type: "hello", id: "hello", scrollback: 0, ...where };
  return encodeFrame(JSON.stringify(hello), "right");
}

function equal(bytes: Uint8Array, from: number, to: number, other: Uint8Array): boolean {
  if (to - from !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[from + i] !== other[i]) return false;
  return true;
}

function holds(bytes: Uint8Array, from: number, to: number, part: Uint8Array): boolean {
  const [first = 0] = part;
  for (let at = from; at <= to - part.length; at++) {
    if (bytes[at] === first && equal(bytes, at, at + part.length, part)) return true;
  }
  return false;
}
