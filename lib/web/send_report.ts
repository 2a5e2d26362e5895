/** Sends an answer that is ready as a whole. */

import type { ServerResponse } from "node:http";
import type { Report } from "./watch.ts";

const encoder = new TextEncoder();

/** Sends it, and nothing of its body to who asks for the headers alone. */
export function sendReport({ status, type, body }: Report, response: ServerResponse): void {
  const bytes = encoder.encode(body);
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": bytes.length,
    "Cache-Control": "no-store",
  });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}
