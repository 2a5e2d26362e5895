/** A thread that reads the database, started when it is first needed. */

import type { FromReader, ToReader } from "./calls.ts";
import type { Reader, ReaderQuestion } from "./read.ts";
import { Unreadable } from "./refusals.ts";

/** How long closing waits for what is being read, in ms. */
const CLOSE_MS = 1_000;

/** Answers questions one after the other, beside everything else. */
export class Reading {
  readonly #path: string;
  /** Called for what could not be read. */
  readonly #onFailed: (failed: Unreadable) => void;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #worker: Worker | undefined;
  #n = 0;
  #closed = false;
  #closing: (() => void) | undefined;

  constructor(path: string, onFailed: (failed: Unreadable) => void = () => {}) {
    this.#path = path;
    this.#onFailed = onFailed;
  }

  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  /** Starts the thread before it is needed. */
  start(): void {
    if (this.#worker !== undefined || this.#closed) return;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromReader>): void => this.#take(data);
    // It is started anew for the next question.
    this.#worker.onerror = (event): void => {
      event.preventDefault();
      const failed = new Unreadable(event.message);
      this.#onFailed(failed);
      this.#fail(failed);
    };
    this.#worker.postMessage({ type: "read", path: this.#path } satisfies ToReader);
  }

  /** Asks the database. Rejects with an {@linkcode Unreadable} when it can't tell. */
  ask<Q extends ReaderQuestion>(
    question: Q,
    ...values: Parameters<Reader[Q]>
  ): Promise<ReturnType<Reader[Q]>> {
    if (this.#closed) return Promise.reject(new Unreadable("the server is stopping"));
    const asked = Promise.withResolvers<unknown>();
    const n = ++this.#n;
    this.#asked.set(n, asked);
    this.#send({ type: "ask", n, question, values });
    return asked.promise as Promise<ReturnType<Reader[Q]>>;
  }

  /** Closes the database once what was asked is answered, or after a second. */
  async close(): Promise<void> {
    this.#closed = true;
    const closed = Promise.withResolvers<void>();
    if (this.#worker !== undefined) {
      this.#closing = closed.resolve;
      const timer = setTimeout(closed.resolve, CLOSE_MS);
      this.#send({ type: "close" });
      await closed.promise;
      clearTimeout(timer);
    }
    this.#fail(new Unreadable("the server is stopping"));
  }

  #send(message: ToReader): void {
    this.start();
    this.#worker?.postMessage(message);
  }

  #take(answer: FromReader): void {
    if ("closed" in answer) return this.#closing?.();
    const asked = this.#asked.get(answer.n);
    this.#asked.delete(answer.n);
    if ("failed" in answer) {
      const failed = new Unreadable(answer.failed, answer.damaged);
      this.#onFailed(failed);
      asked?.reject(failed);
    } else asked?.resolve(answer.found);
  }

  #fail(failed: Unreadable): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#closing?.();
    for (const { reject } of this.#asked.values()) reject(failed);
    this.#asked.clear();
  }
}
