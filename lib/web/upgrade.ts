/** Opens WebSockets for HTTP requests, within limits for reading them, or refuses to. */

import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { HttpRefusal } from "./http_refusal.ts";
import { securityHeaders } from "./headers.ts";
import type { SocketProtocol } from "./socket_protocol.ts";

/**
 * The most fragments of one message, and the most chunks in which one fragment may arrive. Each takes
 * about 1 KiB of memory, however short it is.
 */
const MAX_FRAGMENTS = 256;
const MAX_CHUNKS = 1_024;

/** How long the answer may take to be read, in ms. */
const LINGER_MS = 1_000;

/** The version of RFC 6455. Earlier drafts are not supported. */
const VERSION = "13";

/** A protocol, and what opens WebSockets for it. */
export interface OpenedProtocol {
  readonly protocol: SocketProtocol;
  readonly webSockets: WebSocketServer;
}

/** What opens WebSockets for these protocols, by their paths; `refuse` answers a wrong request, and closes its socket. */
export function openProtocols(
  protocols: readonly SocketProtocol[],
  refuse: (socket: Duplex, text: string) => void,
): ReadonlyMap<string | undefined, OpenedProtocol> {
  return new Map(protocols.map((protocol) => {
    const webSockets = openWebSockets(protocol, refuse);
    return [protocol.path, { protocol, webSockets }] as const;
  }));
}

/** What is wrong with a request for a WebSocket, whoever asks. */
export function wrongUpgrade({ method, headers }: IncomingMessage): HttpRefusal | undefined {
  if (method !== "GET") return { status: 405, text: "A WebSocket is asked for with GET." };
  const { "sec-websocket-version": version = VERSION } = headers;
  if (version === VERSION) return undefined;
  const text = `This is a WebSocket of version ${VERSION} (RFC 6455); the request is for another.`;
  return { status: 426, text };
}

function openWebSockets(
  { maxPayload, names }: SocketProtocol,
  refuse: (socket: Duplex, text: string) => void,
): WebSocketServer {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    handleProtocols: (asked) => [...asked].find((name) => names.includes(name)) ?? false,
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
    ...(status === 426 ? { "Upgrade": "websocket", "Sec-WebSocket-Version": VERSION } : {}),
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
