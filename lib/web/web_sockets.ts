/** What makes WebSockets of HTTP requests, and within which bounds they are read. */

import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";

/**
 * Fragments of one message, and pieces in which one fragment may arrive: each takes about 1 KiB,
 * however little is in it.
 */
const MAX_FRAGMENTS = 256;
const MAX_CHUNKS = 1_024;

/** `refuse` answers a request that is not in order, and closes its socket. */
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
