/// <reference lib="deno.worker" />
/**
 * A thread beside the server's that has a connection to the database: the one that writes, whose
 * commits hold nobody up, or one that reads, which holds no commit up.
 */

import type { DatabaseSync } from "node:sqlite";
import type { Page } from "../chat/history.ts";
import type { FromReader, ReaderQuestion, ToReader, ToWriter, WriterOptions } from "./calls.ts";
import { isDamage } from "./faults.ts";
import { readAudit } from "./people.ts";
import { Reader } from "./read.ts";
import { openForReading } from "./schema.ts";
import { startWriter } from "./writer.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = ({ data }: MessageEvent<ToWriter | ToReader>): void => {
  if (data.type === "open") write(data.options);
  else if (data.type === "read") read(data.path);
};

function read(path: string): void {
  const db = openForReading(path, true);
  const reader = new Reader(db);
  const answer = ({ n, question }: Extract<ToReader, { type: "ask" }>): FromReader => {
    try {
      switch (question.type) {
        case "page":
          return { n, found: reader.page(question.log, question.range) };
        case "salvage":
          return { n, found: salvage(reader, question) };
        case "search":
          return { n, found: reader.search(question.search) };
        case "recall":
          return { n, found: reader.recall(question.session, question.since) };
        case "audit":
          return { n, found: readAudit(db, question.limit) };
        case "checkpoint":
          return { n, found: checkpoint(db) };
      }
    } catch (error) {
      return { n, failed: (error as Error).message, damaged: isDamage(error) };
    }
  };
  scope.onmessage = ({ data }: MessageEvent<ToReader>): void => {
    if (data.type === "ask") scope.postMessage(answer(data));
    if (data.type !== "close") return;
    db.close();
    scope.postMessage({ closed: true } satisfies FromReader);
  };
}

function salvage(
  reader: Reader,
  { log, from, to, session }: Extract<ReaderQuestion, { type: "salvage" }>,
): Page {
  return { entries: reader.salvage(log, from, to, session), more: false };
}

/** As far as nobody is in the way; who writes goes on meanwhile. What fails is done by a commit, in the end. */
function checkpoint(db: DatabaseSync): undefined {
  try {
    db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch {
    // Whoever reads next is told what is wrong.
  }
}

function write(options: WriterOptions): void {
  const writer = startWriter(options, (message) => {
    scope.postMessage(message);
    if (message.type === "closed") scope.close();
  });
  scope.onmessage = ({ data }: MessageEvent<ToWriter>): void => writer?.take(data);
}
