/** Encodes a batch of events once, for all peers that get it, and for those that get a variant of it. */

import type { Batch } from "../chat/sessions/batch.ts";
import type { Event, EventOf } from "../wire/events.ts";
import { utf8Length } from "../wire/text.ts";

const encoder = new TextEncoder();

/** Encoded events in one piece, and where each of them ends. */
export class Encoded {
  readonly bytes: Uint8Array;
  readonly #texts: readonly string[];
  readonly #isAscii: boolean;
  #ends: number[] | undefined;

  /** `texts` holds the frames of each event; an empty text stands for an event that is not sent. */
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

/** Events as bytes, and where each event ends in them. */
export type Encoding = Pick<Encoded, "bytes" | "ends">;

/** Encodes events for a protocol. Its peers share the result, so they must pass the same function. */
export type Encode = (events: readonly Event[]) => Encoding;

/** The piece of a file that a batch brings: such are told alone, to one client. */
export function pieceIn(batch: Batch): EventOf<"data"> | undefined {
  if (batch.variant !== undefined || batch.size !== 1) return undefined;
  const [event] = batch.events;
  return event?.type === "data" ? event : undefined;
}

/** The bytes of a batch. A variant copies what it shares with other batches; nothing is encoded twice. */
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
  // Up to where `shared` and `added` have been copied, and the end of the next run of `added`.
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
