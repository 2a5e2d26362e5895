/** What JetStream says of a message that it hands out: in the subject of the answer to it. */

/** Where a message stands. */
export interface NatsPlaceOfMessage {
  /** In the stream. */
  readonly seq: number;
  /** Among what this consumer was handed out: 1, 2, 3 … */
  readonly delivery: number;
  /** When the stream took it, in ms since 1970. */
  readonly at: number;
}

/**
 * Reads `$JS.ACK.<stream>.<consumer>.<tries>.<seq>.<delivery>.<ns>.<pending>`; newer servers have the
 * domain and the account before the stream, and more at the end. `undefined`: it is something else.
 */
export function placeOf(reply: string): NatsPlaceOfMessage | undefined {
  const parts = reply.split(".");
  if (parts[0] !== "$JS" || parts[1] !== "ACK") return undefined;
  const at = parts.length >= 11 ? 7 : parts.length === 9 ? 5 : -1;
  const [seq = "", delivery = "", time = ""] = at < 0 ? [] : parts.slice(at, at + 3);
  if (![seq, delivery, time].every((text) => /^\d+$/.test(text))) return undefined;
  // Nanoseconds are too many for a number.
  return { seq: Number(seq), delivery: Number(delivery), at: Number(time.slice(0, -6)) };
}
