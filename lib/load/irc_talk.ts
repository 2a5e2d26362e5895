/** How a client of a load speaks IRC, as RFC 2812 has it, so that any IRC server can be measured. */

import { readStamp } from "./stamp.ts";
import type { Ear, Talk, TalkOptions } from "./talk_options.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const SPACE = 0x20;
const COLON = 0x3a;
/** The first letters of `JOIN`, `MODE` and `QUIT`, and that of the numerics that tell who is in a room. */
const [JOIN, MODE, QUIT, TOLD] = [0x4a, 0x4d, 0x51, 0x33];

/** The channel of a room; of a load in one room, the one that its clients share. */
export function channelOf(tag: string, room: string | undefined): string {
  return `#${room ?? `bench-${tag}`}`;
}

/** One client's side of IRC. It takes a line at a time, without its end. */
export class IrcTalk implements Talk {
  readonly opening: Uint8Array<ArrayBuffer>;
  readonly #ear: Ear;
  readonly #size: number;
  readonly #tag: Uint8Array;
  readonly #channel: string;
  #isIn = false;

  constructor({ plan, tag, name, room, ear }: TalkOptions) {
    this.#ear = ear;
    this.#size = plan.size;
    this.#tag = encoder.encode(`T${tag}`);
    this.#channel = channelOf(tag, room);
    this.opening = encoder.encode(`NICK ${name}\r\nUSER bench 0 * :A load\r\n`);
  }

  take(bytes: Uint8Array, from: number, to: number): void {
    // The text comes last.
    const text = to - this.#size;
    const time = text > from ? readStamp(bytes, text, this.#tag) : -1;
    if (time >= 0) return this.#ear.message(time);
    // A large room tells of everybody who comes: that must cost little.
    if (bytes[from] === COLON) {
      let at = from;
      while (at < to && bytes[at] !== SPACE) at++;
      const first = bytes[at + 1];
      if (first === JOIN || first === QUIT || first === MODE) return;
      if (first === TOLD && this.#isIn) return;
    }
    this.#line(decoder.decode(bytes.subarray(from, to)));
  }

  /** The slow way, for rare lines. */
  #line(line: string): void {
    const [, command = "", rest = ""] = /^(?:@\S* +)?(?::\S* +)?(\S+) ?(.*)$/.exec(line) ?? [];
    switch (command) {
      case "PING":
        return this.#answer(`PONG ${rest}`);
      // Only now is everybody sure to have a name.
      case "001":
        return this.#answer(`JOIN ${this.#channel}`);
      // The end of the names: the client is in.
      case "366":
        this.#isIn = true;
        return this.#ear.enter();
      case "ERROR":
        return this.#ear.told(rest.replace(/^:/, ""), true);
      // There is no message of the day.
      case "422":
        return;
    }
    if (/^[45]\d\d$/.test(command)) this.#ear.told(rest, true);
  }

  #answer(line: string): void {
    this.#ear.answer(encoder.encode(`${line}\r\n`));
  }
}
