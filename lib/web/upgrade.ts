/** Opens WebSockets for HTTP requests, within limits for reading them, or refuses to. */

import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { HttpRefusal } from "./gatekeeper.ts";
import { securityHeaders } from "./headers.ts";

/**
 * The most fragments of one message, and the most chunks in which one fragment may arrive. Each takes
 * about 1 KiB of memory, however short it is.
 */
const MAX_FRAGMENTS = 256;
const MAX_CHUNKS = 1_024;

/** How long the answer may take to be read, in ms. */
const LINGER_MS = 1_000;

/** `refuse` answers a wrong request, and closes its socket. */
export function openWebSockets(
  maxPayload: number,
  refuse: (socket: Duplex, text: string) => void,
): WebSocketServer {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    handleProtocols: () => false,
    autoPong: false,
    maxPayload,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_CHUNKS,
  });
  webSockets.on("wsClientError", ({ message }, socket) => refuse(socket, `${message}.`));
  return webSockets;
}

/** Answers why there is no WebSocket, and closes the socket. */
export function refuseUpgrade(socket: Duplex, { status, text, retryAfterMs }: HttpRefusal): void {
  const body = `${text}\n`;
  const headers = {
    ...securityHeaders(),
    "Connection": "close",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(body.length),
    "Cache-Control": "no-store",
    ...(status === 426 ? { "Upgrade": "websocket", "Sec-WebSocket-Version": "13" } : {}),
    ...(status === 405 ? { "Allow": "GET" } : {}),
    ...(retryAfterMs === undefined ? {} : { "Retry-After": secondsText(retryAfterMs) }),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("\r\n")}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

/** A time as `Retry-After` has it. */
export function secondsText(ms: number): string {
  return String(Math.ceil(ms / 1_000));
}
