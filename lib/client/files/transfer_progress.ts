/** How far one transfer is: what its makers write down, and others read as a `FileTransfer`. */

import { RequestError } from "../conversation.ts";
import type { FileTransfer, TransferState } from "./file_transfer.ts";
import { TransferRate } from "../../words/transfer_rate.js";

/** How often the progress of one transfer is told, in ms. */
const TELL_EVERY_MS = 100;

/** What a transfer begins with. */
export interface TransferStart {
  readonly direction: "upload" | "download";
  readonly name: string;
  readonly size: number | undefined;
  /** Called when it has got on, and when its state has changed. */
  readonly told: () => void;
}

/** The progress of one transfer. */
export class TransferProgress<Result> implements FileTransfer<Result> {
  readonly direction: "upload" | "download";
  readonly #told: () => void;
  readonly #settled = Promise.withResolvers<Result>();
  readonly #cancelling = new AbortController();
  readonly #rate = new TransferRate();
  #name: string;
  #size: number | undefined;
  #done = 0;
  #state: TransferState = "waiting";
  #toldAt = -Infinity;
  /** The last step is being taken. */
  #isClosing = false;

  constructor({ direction, name, size, told }: TransferStart) {
    this.direction = direction;
    this.#name = name;
    this.#size = size;
    this.#told = told;
    // Whoever reads the state need not catch it.
    this.#settled.promise.catch(() => {});
  }

  get name(): string {
    return this.#name;
  }

  get size(): number | undefined {
    return this.#size;
  }

  get done(): number {
    return this.#done;
  }

  get rate(): number {
    return this.#state === "running" ? this.#rate.at(this.#done, performance.now()) : 0;
  }

  get leftMs(): number | undefined {
    const { rate } = this;
    if (this.#size === undefined || rate === 0) return undefined;
    return Math.max(0, this.#size - this.#done) * 1_000 / rate;
  }

  get state(): TransferState {
    return this.#state;
  }

  get result(): Promise<Result> {
    return this.#settled.promise;
  }

  /** Aborts when it was cancelled. */
  get signal(): AbortSignal {
    return this.#cancelling.signal;
  }

  cancel(): void {
    if (this.#isClosing || this.isOver) return;
    this.#cancelling.abort(new RequestError("cancelled", `${this.#name} was cancelled`));
  }

  /** Whether its state is final. */
  get isOver(): boolean {
    return this.#state !== "waiting" && this.#state !== "running";
  }

  /** It is known now what it is, of what was named by its id alone. */
  known({ name, size }: Pick<FileTransfer, "name" | "size">): void {
    this.#name = name;
    this.#size = size;
  }

  /** Bytes begin to move, after the first `done`. */
  run(done: number): void {
    this.#done = done;
    this.#rate.start(done, performance.now());
    this.#become("running");
  }

  /** It waits for the connection. */
  wait(): void {
    this.#become("waiting");
  }

  /** So many bytes have arrived at the other side. */
  moved(done: number): void {
    if (this.#state !== "running") return;
    const now = performance.now();
    this.#done = done;
    this.#rate.moved(done, now);
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#told();
  }

  /** The last step begins: from now on it can't be cancelled. Throws if it was. */
  closing(): void {
    this.signal.throwIfAborted();
    this.#isClosing = true;
  }

  /** The last step failed, and others follow. */
  reopen(): void {
    this.#isClosing = false;
  }

  finish(result: Result): void {
    this.#settled.resolve(result);
    this.#become("done");
  }

  fail(error: unknown): void {
    this.#settled.reject(error);
    this.#become(this.signal.aborted ? "cancelled" : "failed");
  }

  #become(state: TransferState): void {
    if (this.#state === state && state !== "running") return;
    this.#state = state;
    this.#told();
  }
}
