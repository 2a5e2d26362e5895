/// <reference lib="deno.worker" />
/**
 * A thread with its own connection to the database: either the writer's, whose commits then hold
 * nobody up, or one that reads, without holding up commits.
 */

import type { FromReader, ToReader, ToWriter, WriterOptions } from "./calls.ts";
import { isDamage } from "./faults.ts";
import { isLoose, Reader } from "./read.ts";
import { openForReading } from "./schema.ts";
import { snapshot } from "./sql.ts";
import { startWriter } from "./writer.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = ({ data }: MessageEvent<ToWriter | ToReader>): void => {
  if (data.type === "open") write(data.options);
  else if (data.type === "read") read(data.path);
};

function read(path: string): void {
  const db = openForReading(path, true);
  const reader = new Reader(db);
  const answer = ({ n, question, values }: Extract<ToReader, { type: "ask" }>): FromReader => {
    try {
      const method = reader[question] as (...values: unknown[]) => unknown;
      const found = (): unknown => method.apply(reader, values);
      return { n, found: isLoose(question) ? found() : snapshot(db, found) };
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

function write(options: WriterOptions): void {
  const writer = startWriter(options, (message) => {
    scope.postMessage(message);
    if (message.type === "closed") scope.close();
  });
  scope.onmessage = ({ data }: MessageEvent<ToWriter>): void => writer?.take(data);
}
