/** What the web door listens with: HTTP by itself or over TLS, with a deadline for everything. */

import { createServer, type Server } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import { timerMs } from "../chat/timer.ts";
import type { WebLimits } from "./limits.ts";

/** A certificate and its key, which may be changed while the door is open. */
export interface WebIdentity {
  /** Both in PEM. */
  readonly pair: { readonly cert: string; readonly key: string };
  /** Calls back whenever it is another pair, until what is returned is disposed of. */
  follow(changed: () => void): Disposable;
}

/** Where to listen. */
export interface ListenOptions {
  readonly hostname: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** Times in ms, the size in bytes. */
interface HttpOptions {
  readonly maxHeaderSize: number;
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  readonly connectionsCheckingInterval: number;
}

/** How often the deadlines of HTTP requests are looked at, as a part of the shortest. */
const LOOKS_PER_DEADLINE = 4;
const MOST_LOOK_MS = 1_000;

/** What an HTTP server is made with, whether it speaks TLS or not. */
function httpOptions(limits: WebLimits): HttpOptions {
  const requestMs = timerMs(limits.webRequestMs);
  const headersMs = Math.min(timerMs(limits.webHeadersMs), requestMs);
  return {
    maxHeaderSize: limits.webHeaderBytes,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: timerMs(limits.webIdleMs),
    connectionsCheckingInterval: timerMs(Math.min(headersMs / LOOKS_PER_DEADLINE, MOST_LOOK_MS)),
  };
}

/** A server of plain HTTP. */
export function createHttp(limits: WebLimits): Server {
  const options = httpOptions(limits);
  const server = createServer(options);
  // Nobody may hold a connection without a byte either way; WebSockets have deadlines of their own.
  server.timeout = options.requestTimeout;
  return server;
}

/** The same over TLS, 1.2 or later; `onFailed` is told of handshakes that fail. */
export function createHttps(
  limits: WebLimits,
  identity: WebIdentity,
  onFailed: (error: Error) => void,
): SecureServer {
  const options = httpOptions(limits);
  const server = createSecureServer({
    ...options,
    ...identity.pair,
    minVersion: "TLSv1.2",
    // A WebSocket is opened by HTTP/1.1.
    ALPNProtocols: ["http/1.1"],
    handshakeTimeout: options.headersTimeout,
  });
  server.timeout = options.requestTimeout;
  server.on("tlsClientError", onFailed);
  // Connections that there are go on as they are.
  const following = identity.follow(() => server.setSecureContext(identity.pair));
  server.once("close", () => following[Symbol.dispose]());
  return server;
}

/** Rejects when the address can't be had. */
export function listen(server: Server, { hostname, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
