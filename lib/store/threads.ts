/** The threads of a store: where its writer runs, and the threads that read. */

import type { FromReader, ToReader, ToWriter } from "./calls.ts";
import type { Reader, ReaderQuestion } from "./read.ts";
import { Unreadable } from "./refusals.ts";
import type { Tell, Writer } from "./writer.ts";

/** How long closing waits for questions that are not answered yet, in ms. */
const CLOSE_MS = 1_000;

/** Has a question asked, now or soon. */
export type BeforeReading = (question: ReaderQuestion, ask: () => void) => void;

/** Has a separate thread answer questions, one after the other. */
export class Reading {
  readonly #path: string;
  /** Called each time something could not be read. */
  readonly #onFailed: (failed: Unreadable) => void;
  readonly #before: BeforeReading;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #worker: Worker | undefined;
  #n = 0;
  #closed = false;
  #closing: (() => void) | undefined;

  constructor(
    path: string,
    onFailed: (failed: Unreadable) => void = () => {},
    before: BeforeReading = (_, ask) => ask(),
  ) {
    this.#path = path;
    this.#onFailed = onFailed;
    this.#before = before;
  }

  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  /** Starts the thread before it is needed. */
  start(): void {
    if (this.#worker !== undefined || this.#closed) return;
    this.#worker = startWorker((answer: FromReader) => this.#take(answer), (why) => {
      const failed = new Unreadable(why);
      this.#onFailed(failed);
      // The next question starts it again.
      this.#fail(failed);
    });
    this.#worker.postMessage({ type: "read", path: this.#path } satisfies ToReader);
  }

  /** Asks the thread. Rejects with an {@linkcode Unreadable} when it can't read the answer. */
  ask<Q extends ReaderQuestion>(
    question: Q,
    ...values: Parameters<Reader[Q]>
  ): Promise<ReturnType<Reader[Q]>> {
    if (this.#closed) return Promise.reject(new Unreadable("the server is stopping"));
    const asked = Promise.withResolvers<unknown>();
    const n = ++this.#n;
    this.#asked.set(n, asked);
    this.#before(question, () => this.#send({ type: "ask", n, question, values }));
    return asked.promise as Promise<ReturnType<Reader[Q]>>;
  }

  /** Closes the database once all questions are answered, or after {@linkcode CLOSE_MS}. */
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

/** Where a writer runs, and how to reach it. */
export interface WriterPlace {
  send(message: ToWriter, transfer: Transferable[]): void;
  /** Calls `flush` soon, once the facts that are being put now have all been put. */
  soon(flush: () => void): void;
  end(): void;
}

/** How many rows a step of upkeep deals with on the server's thread: about 1 ms of work. */
const STEP_ROWS = 100;
/**
 * At this many pages (64 MiB), a commit copies the write-ahead log into the database after all. The
 * log gets that long only if the reading thread can't keep up.
 */
const MOST_LOG_PAGES = 16_384;

/**
 * A writer on a separate thread: a commit that waits for the disk holds nobody up there. `broke` is
 * called if the thread ends by itself.
 */
export function onItsOwnThread(tell: Tell, broke: (why: string) => void): WriterPlace {
  const worker = startWorker(tell, broke);
  return {
    send: (message, transfer) => worker.postMessage(message, transfer),
    soon: queueMicrotask,
    end: () => worker.terminate(),
  };
}

/**
 * A writer on the server's thread, for commits that don't wait for the disk: each takes a quarter
 * of the time that a message to another thread and back would. Copying the write-ahead log into the
 * database does wait for the disk, so the reading thread does that.
 */
export async function onThisThread(tell: Tell): Promise<WriterPlace> {
  const { startWriter } = await import("./writer.ts");
  let writer: Writer | undefined;
  return {
    send(message): void {
      if (message.type !== "open") return writer?.take(message);
      const options = { stepRows: STEP_ROWS, autocheckpoint: MOST_LOG_PAGES, ...message.options };
      writer = startWriter(options, tell);
    },
    // A microtask would run after each peer's messages, and would make a commit for each peer.
    soon: (flush) => void setImmediate(flush),
    end(): void {},
  };
}

/** Starts a thread; `broke` is called if it ends by itself. */
function startWorker<Answer>(
  take: (answer: Answer) => void,
  broke: (why: string) => void,
): Worker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Answer>): void => take(data);
  worker.onerror = (event): void => {
    event.preventDefault();
    broke(event.message);
  };
  return worker;
}
