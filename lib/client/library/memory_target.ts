/** A file that is fetched into memory. */

import type { DownloadTarget } from "../files/downloader.ts";

/** Where the bytes go; the result is all of them. */
export function inMemory(): DownloadTarget<Uint8Array> {
  let parts: Uint8Array[] = [];
  const drop = (): Promise<void> => {
    parts = [];
    return Promise.resolve();
  };
  return {
    readBack(take): Promise<number> {
      for (const part of parts) take(part);
      return Promise.resolve(lengthOf(parts));
    },
    write(bytes): Promise<void> {
      // The bytes are valid until this settles.
      parts.push(bytes.slice());
      return Promise.resolve();
    },
    finish(): Promise<Uint8Array> {
      const whole = new Uint8Array(lengthOf(parts));
      let at = 0;
      for (const part of parts) {
        whole.set(part, at);
        at += part.length;
      }
      return Promise.resolve(whole);
    },
    empty: drop,
    discard: drop,
    [Symbol.dispose](): void {},
  };
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
