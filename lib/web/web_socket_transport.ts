/** One WebSocket, on a socket of Node's, as what carries a connection: each chunk is one message. */

import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Transport } from "../server/transport.ts";

/**
 * What one write takes at most, in bytes. Node tells only of a whole write, and a peer that takes
 * less than this within the write deadline counts as stalled.
 */
const MAX_WRITE_BYTES = 65_536;

/** What a WebSocket is closed with, by the reason of the `bye` before it. */
const CLOSE_CODES: Readonly<Record<string, number>> = {
  quit: 1000,
  shutdown: 1001,
  "bad-frame": 1007,
  internal: 1011,
  slow: 1013,
};
/** For any other reason: a rule of ours was broken. */
const POLICY = 1008;

/** The state of a WebSocket on which neither side has said goodbye. */
const OPEN = 1;
/** The code for one that has ended without a goodbye. */
const BROKEN = 1006;

/** The header of a client's ping or pong. */
const CONTROL_HEADER_BYTES = 6;

const NOTHING = new Uint8Array();

/**
 * What a chunk is: a message, a ping or pong with its content, or a sign that the peer's frames were
 * wrong, which `ws` has answered with a close.
 */
export type ChunkKind = "text" | "binary" | "ping" | "pong" | "wrong";

/** A chunk that waits to be read. */
interface Arrived {
  readonly kind: ChunkKind;
  readonly bytes: Uint8Array;
}

/** A WebSocket that has been opened, and its socket. */
export interface OpenWebSocket {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  /** The client's, also where a proxy stands between. */
  readonly address: string;
}

/** Reads the messages of a WebSocket, and writes frames that are ready to its socket. */
export class WebSocketTransport implements Transport {
  readonly remote: { readonly hostname: string };
  /** What the chunk is that was read last. */
  kind: ChunkKind = "text";
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  /** What came while no read waited; the socket is paused until this has been read. */
  #arrived: Arrived[] = [];
  #reader: PromiseWithResolvers<Uint8Array | undefined> | undefined;
  #paused = false;
  #end: "ended" | "broken" | undefined;
  readonly #closed = Promise.withResolvers<void>();
  #finished = false;
  /** What to close with where the reason of the `bye` does not tell it. */
  closeCode: number | undefined;
  fault: string | undefined;
  /** Bytes of complete messages, pings and pongs, at least; what was read since then is of the next. */
  #whole: number;

  constructor({ webSocket, socket, address }: OpenWebSocket) {
    this.remote = { hostname: address };
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#whole = socket.bytesRead;
    socket.setNoDelay(true);
    webSocket.on("message", (data, isBinary) => this.#message(data, isBinary));
    webSocket.on("ping", (data) => this.#control("ping", data));
    webSocket.on("pong", (data) => this.#control("pong", data));
    webSocket.on("error", () => this.#wrong());
    webSocket.on("close", (code) => this.#close(code));
    // This comes after `ws` has looked at the same bytes: it tells of no goodbye itself.
    socket.on("data", () => this.#look());
  }

  get receivedBytes(): number {
    return this.#socket.bytesRead;
  }

  get isEnding(): boolean {
    return this.#webSocket.readyState !== OPEN;
  }

  /** Bytes of a message that is not complete. */
  get pending(): number {
    return this.#socket.bytesRead - this.#whole;
  }

  read(): Uint8Array | Promise<Uint8Array | undefined> {
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) {
      this.kind = arrived.kind;
      return arrived.bytes;
    }
    this.#reader = Promise.withResolvers();
    const { promise } = this.#reader;
    if (this.#end !== undefined) this.#tellEnd(this.#end);
    else this.#resume();
    return promise;
  }

  /** Writes frames. They are on their way when the system has taken all of them. */
  write(bytes: Uint8Array): Promise<number> {
    // After a close nothing may come.
    if (this.isEnding) return Promise.resolve(0);
    const part = bytes.length > MAX_WRITE_BYTES ? bytes.subarray(0, MAX_WRITE_BYTES) : bytes;
    return new Promise((resolve, reject) => {
      this.#socket.write(part, (error) => error ? reject(error) : resolve(part.length));
    });
  }

  /** Says goodbye with the code for the reason. */
  finish(reason = ""): Promise<void> {
    this.#finished = true;
    const code = this.closeCode ?? CLOSE_CODES[reason] ?? POLICY;
    // One that waits would not hear the peer's goodbye.
    this.#resume();
    this.#webSocket.close(code, reason);
    // The answer to a goodbye is on its way until the socket has closed.
    return this.#end === undefined ? Promise.resolve() : this.#closed.promise;
  }

  destroy(): void {
    this.#webSocket.terminate();
  }

  #message(data: Buffer, isBinary: boolean): void {
    this.#whole = this.#socket.bytesRead;
    this.#take(isBinary ? "binary" : "text", data);
  }

  #wrong(): void {
    this.fault = "That was no WebSocket frame.";
    this.#take("wrong", NOTHING);
  }

  /** A ping or pong, which may come in the middle of a message. */
  #control(kind: "ping" | "pong", data: Buffer): void {
    const whole = this.#whole + CONTROL_HEADER_BYTES + data.length;
    this.#whole = Math.min(whole, this.#socket.bytesRead);
    this.#take(kind, data);
  }

  #take(kind: ChunkKind, bytes: Uint8Array): void {
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#reader = undefined;
      this.kind = kind;
      return reader.resolve(bytes);
    }
    if (this.#finished) return;
    this.#arrived.push({ kind, bytes });
    if (this.#paused) return;
    this.#paused = true;
    this.#webSocket.pause();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#webSocket.resume();
  }

  /** The peer has ended its side when it has said goodbye, though it may keep the socket open. */
  #look(): void {
    if (!this.isEnding || this.#finished || this.fault !== undefined) return;
    this.#end ??= "ended";
    if (this.#reader !== undefined) this.#tellEnd(this.#end);
  }

  #close(code: number): void {
    this.#end ??= code === BROKEN ? "broken" : "ended";
    this.#closed.resolve();
    if (this.#reader !== undefined) this.#tellEnd(this.#end);
  }

  #tellEnd(end: "ended" | "broken"): void {
    if (end === "ended") this.#reader?.resolve(undefined);
    else this.#reader?.reject(new Error("The WebSocket ended without a goodbye"));
    this.#reader = undefined;
  }
}
