/**
 * What the clients of a crash run sent, were promised and saw, written down outside the server. No
 * two messages have the same text, so that a text tells which message it is.
 */

/** Something that should not have been. */
export interface Fault {
  readonly kind:
    /** A message that was acked is not stored, or not under the number it was acked with. */
    | "lost"
    | "duplicated"
    /** Numbers that are missing in the store, or that a client never saw. */
    | "hole"
    /** Two saw different messages under one number, or what is not stored. */
    | "contradiction"
    /** A client's messages are stored in another order than they were sent in. */
    | "disorder"
    /** A client was refused, or found that it is not known any more. */
    | "refused"
    /** What `chatroom check` found. */
    | "check";
  readonly text: string;
}

/** The most faults of a kind that are kept; a broken server makes them without end. */
const MAX_FAULTS = 10;

/** Where a message stands: `lobby 17`. */
export function placeOf(room: string, seq: number): string {
  return `${room} ${seq}`;
}

/** The journal of one run. */
export class Journal {
  readonly #faults = new Map<Fault["kind"], string[]>();
  /** Texts that were sent, in the order of each client. */
  readonly sent = new Map<string, readonly string[]>();
  /** The place that each text was acked with. */
  readonly acked = new Map<string, string>();
  /** Clients whose messages may be stored in another order than they were sent in. */
  readonly unordered = new Set<string>();
  /** What was seen at each place. */
  readonly seen = new Map<string, string>();
  /** Told of every ack that is new. */
  onAck: () => void = () => {};

  /** The first faults of each kind. */
  get faults(): Fault[] {
    return [...this.#faults].flatMap(([kind, texts]) => texts.map((text) => ({ kind, text })));
  }

  fault(kind: Fault["kind"], text: string): void {
    const texts = this.#faults.get(kind) ?? [];
    this.#faults.set(kind, texts);
    if (texts.push(text) > MAX_FAULTS) texts.pop();
  }

  /** A client was promised that `text` is stored there. */
  ack(text: string, room: string, seq: number): void {
    const place = placeOf(room, seq);
    const earlier = this.acked.get(text);
    if (earlier !== undefined && earlier !== place) {
      return this.fault("contradiction", `${text} was acked as ${earlier}, then as ${place}`);
    }
    this.acked.set(text, place);
    this.see(text, room, seq);
    if (earlier === undefined) this.onAck();
  }

  /** A client saw `text` there. */
  see(text: string, room: string, seq: number): void {
    const place = placeOf(room, seq);
    const earlier = this.seen.get(place);
    if (earlier === undefined) this.seen.set(place, text);
    else if (earlier !== text) {
      this.fault("contradiction", `${place} was ${earlier} to one and ${text} to another`);
    }
  }
}
