/** Reads the body of an HTTP request, as far as it may be. */

import type { IncomingMessage } from "node:http";
import { joinBytes } from "../../wire/join_bytes.ts";

/** So much more than it may have is let come: who still sends when the connection ends reads no answer. */
const SPARE_BYTES = 1_048_576;

/** The body, unless it has more than `most` bytes, of which nothing is kept, or the client goes before its end. */
export function readBody(
  request: IncomingMessage,
  most: number,
): Promise<Uint8Array | "too-long" | "gone"> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array | "too-long" | "gone">();
  let parts: Uint8Array[] = [];
  let size = 0;
  request.on("data", (part: Uint8Array) => {
    size += part.length;
    if (size <= most) parts.push(part);
    else parts = [];
    if (size > most + SPARE_BYTES) resolve("too-long");
  });
  request.on("end", () => resolve(size <= most ? joinBytes(parts) : "too-long"));
  for (const end of ["error", "close"]) request.on(end, () => resolve("gone"));
  // Nobody waits for what is known to be too long.
  if (Number(request.headers["content-length"] ?? 0) > most + SPARE_BYTES) resolve("too-long");
  return promise;
}
