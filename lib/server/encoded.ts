/** Events as bytes, encoded once and shared, also by those who get a few of them differently. */

import type { Batch } from "../chat/batch.ts";
import type { Event } from "../wire/events.ts";
import { utf8Length } from "../wire/text.ts";

const encoder = new TextEncoder();

/** Events in one piece, which can still be told apart. */
export class Encoded {
  readonly bytes: Uint8Array;
  readonly #texts: readonly string[];
  readonly #isAscii: boolean;
  #ends: number[] | undefined;

  /** `texts` holds the frames of one event each; empty for an event that is not told. */
  constructor(texts: readonly string[]) {
    const whole = texts.length === 1 ? texts[0] as string : texts.join("");
    this.bytes = encoder.encode(whole);
    this.#texts = texts;
    this.#isAscii = this.bytes.length === whole.length;
  }

  /** Where each event ends in `bytes`. */
  get ends(): readonly number[] {
    if (this.#ends !== undefined) return this.#ends;
    let end = 0;
    return this.#ends = this.#texts.map((text) =>
      end += this.#isAscii ? text.length : utf8Length(text)
    );
  }
}

/** What a protocol makes of events: bytes, and where each event ends in them. */
export type Encoding = Pick<Encoded, "bytes" | "ends">;

/** How a protocol writes events. The same function for all of its peers, so that they share. */
export type Encode = (events: readonly Event[]) => Encoding;

/** The bytes of a batch. What a variant shares with other batches is copied, not encoded again. */
export function batchBytes(batch: Batch, encode: Encode): Uint8Array {
  const { variant } = batch;
  if (variant === undefined) return batch.once(encode).bytes;
  const shared = variant.shared.once(encode);
  const added = encode(variant.changes.flatMap(({ event }) => event ?? []));
  const whole = new Uint8Array(shared.bytes.length + added.bytes.length);
  let at = 0;
  const copy = (from: Encoding, begin: number, end: number): void => {
    if (begin === end) return;
    whole.set(from.bytes.subarray(begin, end), at);
    at += end - begin;
  };
  // What is copied so far of each, and up to where the added ones have come in a row.
  let sharedTo = 0;
  let addedTo = 0;
  let addedEnd = 0;
  let addedNext = 0;
  for (const { index, event } of variant.changes) {
    const begin = shared.ends[index - 1] ?? 0;
    if (begin > sharedTo) {
      copy(added, addedTo, addedEnd);
      addedTo = addedEnd;
      copy(shared, sharedTo, begin);
    }
    sharedTo = shared.ends[index] ?? 0;
    if (event !== undefined) addedEnd = added.ends[addedNext++] ?? 0;
  }
  copy(added, addedTo, addedEnd);
  copy(shared, sharedTo, shared.bytes.length);
  return whole.subarray(0, at);
}
