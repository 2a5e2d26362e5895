/** How a client of a load speaks each of our two protocols, and which of all it speaks. */

import { encodeFrame, frameText } from "../wire/frame.ts";
import { IrcTalk } from "./irc_talk.ts";
import { readStamp, STAMP_BYTES } from "./stamp.ts";
import type { Ear, Talk, TalkOptions } from "./talk_options.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const SERVER = encoder.encode("server");
const PONG = encodeFrame('{"type":"pong"}', "right");
/** The beginnings of events that a load ignores, as our server writes them. */
const PASSED_OVER = ["ack", "joined", "left"].map((type) => encoder.encode(`{"type":"${type}"`));

const MESSAGE = encoder.encode('{"type":"message"');

/** Makes the talk for the protocol of the plan. Objects of a class are faster here than closures. */
export function makeTalk(options: TalkOptions): Talk {
  switch (options.plan.protocol) {
    case "classic":
      return new ClassicTalk(options);
    case "event":
      return new EventTalk(options);
    case "irc":
      return new IrcTalk(options);
  }
}

class ClassicTalk implements Talk {
  readonly opening: Uint8Array<ArrayBuffer>;
  readonly #ear: Ear;
  readonly #size: number;
  readonly #tag: Uint8Array;
  readonly #probe: Uint8Array;
  readonly #room: string | undefined;
  #nameNext = true;
  #fromServer = false;

  constructor({ plan, tag, name, room, ear }: TalkOptions) {
    this.#ear = ear;
    this.#size = plan.size;
    this.#tag = encoder.encode(`T${tag}`);
    this.#probe = encoder.encode(`P${tag}`);
    this.#room = room;
    const join = room === undefined ? "" : frameText(`/join ${room}`, "left");
    this.opening = encoder.encode(frameText(name, "left") + join);
  }

  take(bytes: Uint8Array, from: number, to: number): void {
    if (this.#nameNext) {
      this.#nameNext = false;
      this.#fromServer = equal(bytes, from, to, SERVER);
      return;
    }
    this.#nameNext = true;
    if (this.#fromServer) return this.#told(decoder.decode(bytes.subarray(from, to)));
    if (to - from !== this.#size) return;
    const time = readStamp(bytes, from, this.#tag);
    if (time >= 0) this.#ear.message(time);
    else if (readStamp(bytes, from, this.#probe) >= 0) this.#ear.enter();
  }

  #told(text: string): void {
    if (this.#room !== undefined && text === `You are in ${this.#room} now.`) this.#ear.enter();
    else this.#ear.told(text, this.#room !== undefined);
  }
}

class EventTalk implements Talk {
  readonly opening: Uint8Array<ArrayBuffer>;
  readonly #ear: Ear;
  /** The bytes from the beginning of a text to the end of its frame, if the text comes last. */
  readonly #fromEnd: number;
  readonly #tag: Uint8Array;
  readonly #room: string | undefined;

  constructor({ plan, tag, name, room, ear }: TalkOptions) {
    this.#ear = ear;
    this.#fromEnd = plan.size + '"}'.length;
    this.#tag = encoder.encode(`T${tag}`);
    this.#room = room;
    this.opening = encodeFrame(name, "right");
  }

  take(bytes: Uint8Array, from: number, to: number): void {
    const text = to - this.#fromEnd;
    const time = text > from ? readStamp(bytes, text, this.#tag) : -1;
    if (time >= 0) return this.#ear.message(time);
    for (const head of PASSED_OVER) {
      if (equal(bytes, from, Math.min(to, from + head.length), head)) return;
    }
    // Skip messages of others quickly: there may be many.
    const isMessage = equal(bytes, from, Math.min(to, from + MESSAGE.length), MESSAGE);
    if (isMessage && !holds(bytes, from, to, this.#tag)) return;
    this.#event(decoder.decode(bytes.subarray(from, to)));
  }

  /** The slow way, for rare events. */
  #event(payload: string): void {
    const event = JSON.parse(payload) as Record<string, unknown>;
    switch (event["type"]) {
      case "welcome":
        return this.#ear.answer(this.#hello());
      case "ready":
        return this.#ear.enter();
      case "ping":
        return this.#ear.answer(PONG);
      case "message":
        return this.#message(String(event["text"]));
      case "error":
      case "bye":
        return this.#ear.told(String(event["text"]), true);
      case "notice":
        return this.#ear.told(String(event["text"]), false);
    }
  }

  #hello(): Uint8Array<ArrayBuffer> {
    const room = this.#room === undefined ? {} : { room: this.#room };
    return encodeFrame(
      JSON.stringify({ type: "hello", id: "hello", scrollback: 0, ...room }),
      "right",
    );
  }

  /** A message from a server that writes the fields in another order. */
  #message(text: string): void {
    const time = readStamp(encoder.encode(text.slice(0, STAMP_BYTES)), 0, this.#tag);
    if (time >= 0) this.#ear.message(time);
  }
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
