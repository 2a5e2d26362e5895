/** Reads the message that a stream begins with. */

import type { Stream } from "./stream.ts";

/**
 * The first message of a stream; `gone` where it is kept no longer or is not there, `late` where nothing
 * has come within so many ms.
 */
export async function firstMessage(
  stream: Pick<Stream, "read">,
  withinMs: number,
): Promise<Uint8Array | "gone" | "late"> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array | "gone" | "late">();
  const timer = setTimeout(() => resolve("late"), withinMs);
  const reading = stream.read(1, {
    onMessage({ seq, data }): void {
      if (seq === 1) resolve(data);
    },
    onLost: () => resolve("gone"),
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    reading.stop();
  }
}
