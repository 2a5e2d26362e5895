/** Opens WebSockets for HTTP requests, and sets the limits within which they are read. */

import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";

/**
 * The most fragments of one message, and the most chunks in which one fragment may arrive. Each takes
 * about 1 KiB of memory, however short it is.
 */
const MAX_FRAGMENTS = 256;
const MAX_CHUNKS = 1_024;

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
