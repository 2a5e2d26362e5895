/// <reference lib="deno.worker" />
/**
 * A thread beside the server's that has a connection to the database: the one that writes, whose
 * commits hold nobody up, or one that reads, which holds no commit up.
 */

import type { FromReader, ToReader, ToWriter, WriterOptions } from "./calls.ts";
import { readAudit } from "./people.ts";
import { Reader } from "./read.ts";
import { openForReading } from "./schema.ts";
import { openWriter } from "./writer.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = ({ data }: MessageEvent<ToWriter | ToReader>): void => {
  if (data.type === "open") startWriter(data.options);
  else if (data.type === "read") openReader(data.path);
};

function openReader(path: string): void {
  const db = openForReading(path, true);
  const reader = new Reader(db);
  const answer = ({ n, question }: Extract<ToReader, { type: "ask" }>): FromReader => {
    try {
      switch (question.type) {
        case "page":
          return { n, found: reader.page(question.log, question.range) };
        case "search":
          return { n, found: reader.search(question.search) };
        case "recall":
          return { n, found: reader.recall(question.session, question.since) };
        case "audit":
          return { n, found: readAudit(db, question.limit) };
        case "checkpoint":
          // As far as nobody is in the way; who writes goes on meanwhile.
          db.exec("PRAGMA wal_checkpoint(PASSIVE)");
          return { n, found: undefined };
      }
    } catch (error) {
      return { n, failed: (error as Error).message };
    }
  };
  scope.onmessage = ({ data }: MessageEvent<ToReader>): void => {
    if (data.type === "ask") scope.postMessage(answer(data));
    if (data.type !== "close") return;
    db.close();
    scope.postMessage({ closed: true } satisfies FromReader);
  };
}

function startWriter(options: WriterOptions): void {
  const writer = openWriter(options, (message) => {
    scope.postMessage(message);
    if (message.type === "closed") scope.close();
  });
  scope.onmessage = ({ data }: MessageEvent<ToWriter>): void => writer?.take(data);
}
