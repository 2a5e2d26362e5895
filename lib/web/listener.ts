/** What the web door listens with: HTTP by itself or over TLS, with a deadline for everything. */

import { createServer, type Server } from "node:http";
import type { Socket as NetSocket } from "node:net";
import { connections } from "../server/accept.ts";
import type { Socket } from "../server/socket.ts";
import { closeQuietly } from "../wire/close_quietly.ts";
import { timerMs } from "../wire/within.ts";
import { ConnSocket } from "./conn_socket.ts";
import type { WebLimits } from "./limits.ts";

/** A connection that is to speak TLS. */
export interface SecureSocket extends Socket {
  /** Settles when it does; rejects when the peer does not get through, or does not try to. */
  shakeHands(): Promise<void>;
}

/** Makes a connection that was accepted one over TLS. */
export type Secure = (conn: Deno.TcpConn) => SecureSocket;

/** Where to listen. */
export interface ListenOptions {
  readonly hostname: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Plain HTTP unless given. */
  readonly secure?: Secure;
}

/** What a listener tells of. */
export interface ListenEvents {
  /** A connection has come, which may never get to speak HTTP. */
  readonly onConnection: (socket: NetSocket) => void;
  /** Somebody began to speak TLS and did not get through, or something else. */
  readonly onInsecure: (error: Error, socket: NetSocket) => void;
  readonly onTrouble: (error: Error) => void;
}

/** A listener that is open. */
export interface Listening {
  readonly addr: { readonly hostname: string; readonly port: number };
  /** Accepts nothing more; settles when it has stopped. Connections that there are go on. */
  close(): Promise<void>;
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
/** What a handshake may take where the HTTP server has no deadline of its own. */
const HANDSHAKE_MS = 10_000;

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

/** A server of HTTP, which does not listen yet. */
export function createHttp(limits: WebLimits): Server {
  const options = httpOptions(limits);
  const server = createServer(options);
  // Nobody may hold a connection without a byte either way; WebSockets have deadlines of their own.
  server.timeout = options.requestTimeout;
  return server;
}

/**
 * Listens, and hands what is accepted here to the HTTP server when it speaks HTTP. Node's own sockets
 * would read on into memory over TLS when nobody wants what comes; one that is reset while it is
 * written to may end the process with a rejection that nobody hears; and not every runtime tells where
 * they come from. Throws when the address can't be had.
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
    const socket = socketOver(secured ?? conn, conn);
    // Whoever goes is told of by `close`; this is so that no error is without a listener.
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
        // One connection must not cost all others the door.
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
      // Ends its looks at deadlines; it says that it does not listen, which is so.
      server.close(() => {});
      await accepting;
    },
  };
}

/** As if it listened itself: it keeps connections for a next request, and looks at deadlines. */
function seemsToListen(server: Server, listens: () => boolean): void {
  // Some runtimes set it, at the end, and must not fail at that.
  Object.defineProperty(server, "listening", { get: listens, set: () => {}, configurable: true });
  server.emit("listening");
}

/** Hands a connection to the HTTP server when its handshake is over, which may take so long. */
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

function socketOver(conn: Socket, { remoteAddr, localAddr }: Deno.TcpConn): NetSocket {
  const local = localAddr as Deno.NetAddr;
  const socket = new ConnSocket(conn, {
    remoteAddress: remoteAddr.hostname,
    remotePort: remoteAddr.port,
    localAddress: local.hostname,
    localPort: local.port,
  });
  // All of a socket that HTTP, WebSockets and this folder use.
  return socket as unknown as NetSocket;
}
