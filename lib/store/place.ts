/** Where the writer of a database is: on a thread of its own, or on the server's. */

import { setImmediate } from "node:timers";
import type { FromWriter, ToWriter } from "./calls.ts";
import type { Tell, Writer } from "./writer.ts";

/** A way to a writer and back. */
export interface WriterPlace {
  send(message: ToWriter, transfer: Transferable[]): void;
  /** Calls `flush` once all that comes at the same time has come. */
  soon(flush: () => void): void;
  end(): void;
}

/** What a step of upkeep deals with on the server's thread: a millisecond's worth. */
const STEP_ROWS = 100;
/** 64 MiB of log, which only a reading thread that can't keep up lets it come to. */
const MOST_LOG_PAGES = 16_384;

/** Where a commit that waits for the disk holds nobody up. `broke` is told when the thread ends. */
export function onItsOwnThread(tell: Tell, broke: (why: string) => void): WriterPlace {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<FromWriter>): void => tell(data);
  worker.onerror = (event): void => {
    event.preventDefault();
    broke(event.message);
  };
  return {
    send: (message, transfer) => worker.postMessage(message, transfer),
    soon: queueMicrotask,
    end: () => worker.terminate(),
  };
}

/**
 * Where a commit that waits for no disk takes a quarter of the way to another thread and back. What
 * does wait for the disk, writing the log into the database, is left to somebody else.
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
    // A microtask would come after each peer's messages, and there is a commit for each.
    soon: (flush) => void setImmediate(flush),
    end(): void {},
  };
}
