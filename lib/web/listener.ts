/** The listener of the web door: HTTP, plain or over TLS, with a deadline for everything. */

import { createServer, type Server } from "node:http";
import type { Socket as NetSocket } from "node:net";
import { connections } from "../server/accept.ts";
import type { Socket } from "../server/tcp_transport.ts";
import { closeQuietly } from "../wire/close_quietly.ts";
import { timerMs } from "../wire/within.ts";
import { ConnSocket } from "./conn_socket.ts";
import type { WebLimits } from "./limits.ts";

/** A connection that should speak TLS. */
export interface SecureSocket extends Socket {
  /** Resolves after the handshake; rejects if it fails, or if the peer does not speak TLS. */
  shakeHands(): Promise<void>;
}

/** Wraps an accepted connection in TLS. */
export type Secure = (conn: Deno.TcpConn) => SecureSocket;

/** Where to listen. */
export interface ListenOptions {
  readonly hostname: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** By default plain HTTP. */
  readonly secure?: Secure;
}

/** What {@linkcode listen} calls. */
export interface ListenEvents {
  /** A connection has come. It may never speak HTTP. */
  readonly onConnection: (socket: NetSocket) => void;
  /** A TLS handshake failed, or the peer did not speak TLS. */
  readonly onInsecure: (error: Error, socket: NetSocket) => void;
  readonly onTrouble: (error: Error) => void;
}

/** An open listener. */
export interface Listening {
  readonly addr: { readonly hostname: string; readonly port: number };
  /** Stops accepting; settles when it has stopped. Open connections go on. */
  close(): Promise<void>;
}

/** Deadlines of requests are checked so many times within the shortest of them. */
const LOOKS_PER_DEADLINE = 4;
const MOST_LOOK_MS = 1_000;
/** How long a handshake may take if the HTTP server has no deadline for headers, in ms. */
const HANDSHAKE_MS = 10_000;

/** Makes an HTTP server that does not listen yet. */
export function createHttp(limits: WebLimits): Server {
  const { headersTimeout, requestTimeout, keepAliveTimeout } = deadlinesOf(limits);
  const lookMs = Math.min(headersTimeout / LOOKS_PER_DEADLINE, MOST_LOOK_MS);
  const server = createServer({
    maxHeaderSize: limits.webHeaderBytes,
    ...{ headersTimeout, requestTimeout, keepAliveTimeout },
    connectionsCheckingInterval: timerMs(lookMs),
  });
  setDeadlines(server, limits);
  return server;
}

/** Has an HTTP server go by the deadlines of these limits from now on. */
export function setDeadlines(server: Server, limits: WebLimits): void {
  Object.assign(server, deadlinesOf(limits));
}

function deadlinesOf(
  limits: WebLimits,
): Pick<Server, "headersTimeout" | "requestTimeout" | "keepAliveTimeout" | "timeout"> {
  const requestMs = timerMs(limits.webRequestMs);
  return {
    headersTimeout: Math.min(timerMs(limits.webHeadersMs), requestMs),
    requestTimeout: requestMs,
    keepAliveTimeout: timerMs(limits.webIdleMs),
    // Closes a connection on which nothing moves. WebSockets have deadlines of their own.
    timeout: requestMs,
  };
}

/**
 * Listens, and hands accepted connections to the HTTP server. We don't use Node's own sockets: over
 * TLS they read into memory without end; a reset during a write may end the process with an unhandled
 * rejection; and not every runtime tells their addresses. Throws if the address can't be used.
 */
export function listen(
  server: Server,
  { hostname, port, secure }: ListenOptions,
  events: ListenEvents,
): Listening {
  const listener = Deno.listen({ hostname, port });
  const stopping = new AbortController();
  seemsToListen(server, () => !stopping.signal.aborted);
  server.on("error", events.onTrouble);
  const take = (conn: Deno.TcpConn): void => {
    const secured = secure?.(conn);
    // It has all that HTTP, WebSockets and this folder use of a socket.
    const socket = new ConnSocket(secured ?? conn, conn) as unknown as NetSocket;
    // `close` reports the end. An error without a listener would be uncaught.
    socket.on("error", () => socket.destroy());
    events.onConnection(socket);
    if (socket.destroyed) return;
    if (secured === undefined) return void server.emit("connection", socket);
    shakeHands(server, secured, socket).catch((error) => {
      events.onInsecure(error as Error, socket);
      socket.destroy();
    });
  };
  const accept = async (): Promise<void> => {
    const onProblem = (error: Error): void => events.onTrouble(error);
    for await (const conn of connections(listener, { signal: stopping.signal, onProblem })) {
      try {
        take(conn);
      } catch (error) {
        // An error with one connection must not close the door for all others.
        events.onTrouble(error as Error);
        closeQuietly(conn);
      }
    }
  };
  const accepting = accept();
  return {
    addr: listener.addr,
    async close(): Promise<void> {
      stopping.abort();
      listener.close();
      // Stops its checks of deadlines. Its error, that it does not listen, is no news.
      server.close(() => {});
      await accepting;
    },
  };
}

/** Makes the server act as if it listened itself: keep-alive and deadlines depend on that. */
function seemsToListen(server: Server, listens: () => boolean): void {
  // Some runtimes set the property at the end; that must not fail.
  Object.defineProperty(server, "listening", { get: listens, set: () => {}, configurable: true });
  server.emit("listening");
}

/** Hands a connection to the HTTP server after its handshake, which has a time limit. */
async function shakeHands(server: Server, conn: SecureSocket, socket: NetSocket): Promise<void> {
  const late = Promise.withResolvers<never>();
  const ms = Number.isFinite(server.headersTimeout) ? server.headersTimeout : HANDSHAKE_MS;
  const timer = setTimeout(() => {
    late.reject(new Error(`The handshake was not over after ${ms / 1_000} s`));
  }, ms);
  const gone = (): void => late.reject(new Error("The connection was closed in the handshake"));
  socket.once("close", gone);
  try {
    await Promise.race([conn.shakeHands(), late.promise]);
  } finally {
    clearTimeout(timer);
    socket.off("close", gone);
  }
  server.emit("connection", socket);
}
