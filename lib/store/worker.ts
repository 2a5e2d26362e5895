/// <reference lib="deno.worker" />
/**
 * A thread beside the server's that has a connection to the database: the one that writes, whose
 * commits hold nobody up, or one that reads, which holds no commit up.
 */

import type { FromReader, FromWriter, ToReader, ToWriter, WriterOptions } from "./calls.ts";
import { closeEpoch, openEpoch } from "./epoch.ts";
import { Log } from "./log.ts";
import { Reader } from "./read.ts";
import { openForReading, openForWriting, StoreError } from "./schema.ts";
import { Upkeep } from "./upkeep.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

/** How long nothing must have come for upkeep to go on, in ms, and how long it is put off at most. */
const IDLE_MS = 20;
const PUT_OFF_MS = 100;
/** How long upkeep rests when there is nothing to do, in ms. */
const REST_MS = 10_000;

scope.onmessage = ({ data }: MessageEvent<ToWriter | ToReader>): void => {
  if (data.type === "open") openWriter(data.options);
  else if (data.type === "read") openReader(data.path);
};

function openReader(path: string): void {
  const reader = new Reader(openForReading(path));
  const answer = ({ n, question }: Extract<ToReader, { type: "ask" }>): FromReader => {
    try {
      switch (question.type) {
        case "page":
          return { n, found: reader.page(question.room, question.range) };
        case "search":
          return { n, found: reader.search(question.search) };
        case "recall":
          return { n, found: reader.recall(question.session, question.since) };
      }
    } catch (error) {
      return { n, failed: (error as Error).message };
    }
  };
  scope.onmessage = ({ data }: MessageEvent<ToReader>): void => {
    if (data.type === "ask") scope.postMessage(answer(data));
  };
}

function openWriter(options: WriterOptions): void {
  try {
    const { dir } = options;
    const db = openForWriting(options);
    const epoch = openEpoch(db, dir);
    const rooms = new Reader(db).rooms();
    const writer = new Writer(
      new Log(db),
      (log) => new Upkeep(db, options.rules, () => log.refresh()),
      () => {
        closeEpoch(db, dir);
        db.close();
      },
    );
    scope.onmessage = ({ data }: MessageEvent<ToWriter>): void => writer.take(data);
    tell({ type: "opened", epoch, rooms });
  } catch (error) {
    const known = error instanceof StoreError;
    tell({ type: "unusable", text: (error as Error).message, known });
  }
}

function tell(message: FromWriter): void {
  scope.postMessage(message);
}

/** The thread that writes. */
class Writer {
  readonly #log: Log;
  readonly #upkeep: Upkeep;
  readonly #close: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = 0;
  #takenAt = 0;
  #steppedAt = 0;
  #troubled = false;

  constructor(log: Log, upkeep: (log: Log) => Upkeep, close: () => void) {
    this.#log = log;
    this.#upkeep = upkeep(log);
    this.#close = close;
    this.#schedule(IDLE_MS);
  }

  take(message: ToWriter): void {
    switch (message.type) {
      case "append":
        this.#append(message);
        this.#takenAt = performance.now();
        return this.#schedule(IDLE_MS);
      case "index":
        return this.#index();
      case "close":
        return this.#end();
    }
  }

  #append({ packed }: Extract<ToWriter, { type: "append" }>): void {
    let answer: FromWriter;
    try {
      answer = { type: "stored", receipts: this.#log.append(packed) };
    } catch (error) {
      answer = { type: "failed", why: (error as Error).message };
    }
    tell(answer);
  }

  /** Upkeep waits for a pause, but not for ever. */
  readonly #step = (): void => {
    this.#timer = undefined;
    const now = performance.now();
    const wait = Math.min(this.#takenAt + IDLE_MS, this.#steppedAt + PUT_OFF_MS) - now;
    if (wait > 1) return this.#schedule(wait);
    this.#steppedAt = now;
    this.#schedule(this.#try() ? 1 : REST_MS);
  };

  /** One step of upkeep; whether there is more to do. */
  #try(): boolean {
    try {
      const { more, pruned } = this.#upkeep.step();
      if (pruned.length > 0) tell({ type: "pruned", rooms: pruned });
      this.#troubled = false;
      return more;
    } catch (error) {
      // A full disk is told by those who store; said once, it need not be said at every step.
      const text = `Can't tidy up the stored messages: ${(error as Error).message}`;
      if (!this.#troubled) tell({ type: "problem", text });
      this.#troubled = true;
      return false;
    }
  }

  /** Brings the index of words up to date, and lets what is to be stored go first in between. */
  #index(): void {
    let more = false;
    try {
      more = this.#upkeep.index();
    } catch {
      // What is in the index can be found nevertheless.
    }
    if (more) setTimeout(() => this.#index(), 0);
    else tell({ type: "indexed" });
  }

  #schedule(ms: number): void {
    const dueAt = performance.now() + ms;
    if (this.#timer !== undefined && this.#dueAt <= dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(this.#step, ms);
  }

  #end(): void {
    clearTimeout(this.#timer);
    try {
      this.#close();
    } catch (error) {
      tell({
        type: "problem",
        text: `Can't close the stored messages: ${(error as Error).message}`,
      });
    }
    tell({ type: "closed" });
    scope.close();
  }
}
