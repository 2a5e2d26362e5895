/** The bytes of one file that come in one connection, within the credit that they are given. */

import type { EventOf, SentFile } from "../../wire/events.ts";
import { joinBytes } from "../../wire/join_bytes.ts";
import { RequestError } from "../conversation.ts";
import { letPieceGo } from "../pieces.ts";
import { AdaptiveWindow } from "../../words/adaptive_window.js";
import type { TransferLink } from "./transfer_link.ts";

/** For how many bytes credit is given at least, unless the file ends before. */
const CHUNK_BYTES = 16_384;

/** So many bytes are worth a write to the disk, whatever the window. */
const TAKEN_BYTES = 262_144;
/** The part of the window that is taken at once at least, so that the rest is on its way meanwhile. */
const TAKEN_SHARE = 1 / 4;

/** Asks for a file from some place on, and holds what comes until it is taken. */
export class IncomingBytes implements Disposable {
  readonly #link: TransferLink;
  readonly #file: SentFile;
  readonly #listening: Disposable;
  readonly #window = new AdaptiveWindow(CHUNK_BYTES);
  /** What has come and was not taken. */
  readonly #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Where it is joined, as large as the most that was taken at once. */
  #space = new Uint8Array();
  /** A piece that was taken as it is. */
  #lent: Uint8Array | undefined;
  /** Up to where credit was given when, for what has not come yet. */
  readonly #grants: Array<{ readonly upTo: number; readonly at: number }> = [];
  /** Up to where the bytes have come, and up to where credit was given. */
  #come: number;
  #given: number;
  #isComplete = false;
  #failure: { readonly error: unknown } | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(link: TransferLink, file: SentFile, from: number) {
    this.#link = link;
    this.#file = file;
    this.#come = this.#given = from;
    this.#listening = link.listen(file.id, (event) => this.#take(event));
    const credit = Math.max(1, this.#wanted(from));
    this.#grant(credit);
    link.send({ type: "get", file: file.id, offset: from, credit })
      .catch((error) => this.#fail(error));
  }

  /**
   * What has come since, in order, when it is worth a write; `undefined` at the end. It is valid until the next
   * call. Up to `taken` all is where it should be, so that more may come. Rejects with a `RequestError`.
   */
  async next(taken: number): Promise<Uint8Array | undefined> {
    this.#giveCredit(taken);
    if (this.#lent !== undefined) letPieceGo(this.#lent);
    this.#lent = undefined;
    for (;;) {
      if (this.#heldBytes > 0 && this.#isWorthIt) {
        return this.#taken();
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#isComplete) return undefined;
      await this.#changed.promise;
    }
  }

  #taken(): Uint8Array {
    if (this.#space.length < this.#heldBytes) this.#space = new Uint8Array(this.#heldBytes);
    this.#heldBytes = 0;
    const pieces = this.#held.splice(0);
    const whole = joinBytes(pieces, this.#space);
    // A single one is the whole itself.
    if (pieces.length > 1) { for (const piece of pieces) letPieceGo(piece); }
    else this.#lent = whole;
    return whole;
  }

  /** No more is wanted. */
  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    if (this.#isComplete) return;
    this.#link.send({ type: "cancel", file: this.#file.id }).catch(() => {});
  }

  /** Whether what has come is a good part of what may come, or nothing more will. */
  get #isWorthIt(): boolean {
    const share = Math.min(this.#window.bytes * TAKEN_SHARE, TAKEN_BYTES);
    return this.#heldBytes >= share || this.#come === this.#given || this.#isComplete ||
      this.#failure !== undefined;
  }

  /** For how many bytes more credit can be given. */
  #wanted(taken: number): number {
    const most = Math.floor(this.#window.bytes) - (this.#given - taken);
    return Math.min(most, this.#file.size - this.#given);
  }

  #giveCredit(taken: number): void {
    const credit = this.#wanted(taken);
    const isRest = this.#given + credit === this.#file.size;
    if (credit <= 0 || credit < CHUNK_BYTES && !isRest) return;
    this.#grant(credit);
    this.#link.send({ type: "credit", file: this.#file.id, credit })
      .catch((error) => this.#fail(error));
  }

  #grant(credit: number): void {
    this.#given += credit;
    this.#grants.push({ upTo: this.#given, at: performance.now() });
  }

  #take({ offset, data, last }: EventOf<"data">): void {
    // What an earlier request has asked for may still come.
    if (offset !== this.#come || this.#isComplete) return;
    if (data.length > this.#given - offset) {
      const text = `The server sends ${this.#file.name} as nobody has asked for it`;
      return this.#fail(new RequestError("no-answer", text));
    }
    this.#come += data.length;
    this.#measure(data.length);
    if (data.length > 0) this.#held.push(data);
    this.#heldBytes += data.length;
    this.#isComplete = last === true || this.#come === this.#file.size;
    this.#wake();
  }

  /** The last bytes that came were asked for with the first grant that is not used up before them. */
  #measure(bytes: number): void {
    while ((this.#grants[0]?.upTo ?? this.#come) < this.#come) this.#grants.shift();
    const [grant] = this.#grants;
    if (grant === undefined) return;
    this.#window.answered(grant.at, performance.now(), bytes);
    if (grant.upTo === this.#come) this.#grants.shift();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
