/**
 * The messages of a load. A text begins with a tag, which marks the messages of a run, and the time at
 * which it was sent. Both have a fixed length, so that a message is a copy of one template.
 */

import { frameText, HEADER_BYTES } from "../wire/frame.ts";

/** The protocols that a load can speak. */
export const LOAD_PROTOCOLS = ["classic", "event", "irc"] as const;

/** A protocol that a load can speak. */
export type LoadProtocol = typeof LOAD_PROTOCOLS[number];

/** The length of a tag in bytes: a letter and four characters. */
const TAG_BYTES = 5;
/** Digits of a number in a message, in base 32. They are `0` to `O`, which JSON does not escape. */
const DIGITS = 7;
const ZERO = 0x30;

/** The length of tag and time at the beginning of a text, in bytes. */
export const STAMP_BYTES: number = TAG_BYTES + DIGITS;

const encoder = new TextEncoder();

/** A message of a load as bytes, into which the time and id are written. */
export class Template {
  /** Its length in bytes. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #timeAt: number;
  readonly #idAt: number | undefined;

  /**
   * `size`: length of the text in bytes. `tag`: five ASCII characters. `room`: for the event protocol, and for
   * IRC the channel.
   */
  constructor(protocol: LoadProtocol, size: number, tag: string, room = "lobby") {
    const zeros = "0".repeat(DIGITS);
    let text = tag + zeros;
    while (text.length < size) text += String.fromCharCode(0x61 + text.length % 26);
    if (protocol === "classic") {
      this.#bytes = encoder.encode(frameText(text, "left"));
      this.#timeAt = HEADER_BYTES + TAG_BYTES;
    } else if (protocol === "irc") {
      this.#bytes = encoder.encode(`PRIVMSG ${room} :${text}\r\n`);
      this.#timeAt = this.#bytes.length - size - "\r\n".length + TAG_BYTES;
    } else {
      const say = JSON.stringify({ type: "say", id: zeros, room, text });
      this.#bytes = encoder.encode(frameText(say, "right"));
      this.#timeAt = this.#bytes.length - size - '"}'.length + TAG_BYTES;
      this.#idAt = HEADER_BYTES + '{"type":"say","id":"'.length;
    }
    this.length = this.#bytes.length;
  }

  /** Writes the message into `target` at `at`; `id` must be different each time. */
  write(target: Uint8Array, at: number, time: number, id: number): void {
    target.set(this.#bytes, at);
    writeDigits(target, at + this.#timeAt, time);
    if (this.#idAt !== undefined) writeDigits(target, at + this.#idAt, id);
  }
}

/** The time in the text that begins at `at`; -1 if the text does not begin with `tag`. */
export function readStamp(bytes: Uint8Array, at: number, tag: Uint8Array): number {
  for (let i = 0; i < TAG_BYTES; i++) if (bytes[at + i] !== tag[i]) return -1;
  let time = 0;
  for (let i = at + TAG_BYTES; i < at + STAMP_BYTES; i++) {
    time = time * 32 + (bytes[i] as number) - ZERO;
  }
  return time;
}

function writeDigits(bytes: Uint8Array, at: number, value: number): void {
  let rest = value;
  for (let i = at + DIGITS - 1; i >= at; i--) {
    bytes[i] = ZERO + rest % 32;
    rest = Math.floor(rest / 32);
  }
}
