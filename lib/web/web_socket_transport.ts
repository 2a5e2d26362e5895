/** The transport for a WebSocket: each chunk is one message. */

import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { CameBy, Transport } from "../server/transport.ts";

/**
 * The most bytes that one write takes. Node reports only the end of a whole write, so a peer that takes
 * less than this within the write deadline counts as stalled.
 */
const MAX_WRITE_BYTES = 65_536;

/** The close codes by the reason of the `bye` before. */
const CLOSE_CODES: Readonly<Record<string, number>> = {
  quit: 1000,
  shutdown: 1001,
  "bad-frame": 1007,
  internal: 1011,
  slow: 1013,
};
/** The close code for any other reason: the peer has broken a rule of ours. */
const POLICY = 1008;

/** The state of a WebSocket on which neither side has said goodbye. */
const OPEN = 1;
/** The code of a WebSocket that has ended without a goodbye. */
const BROKEN = 1006;

/** The length of the header of a client's ping or pong, in bytes. */
const CONTROL_HEADER_BYTES = 6;

const NOTHING = new Uint8Array();

/**
 * The kind of a chunk: a message, the content of a ping or pong, or a sign that the peer's frames were
 * wrong; `ws` has answered that with a close.
 */
type ChunkKind = "text" | "binary" | "ping" | "pong" | "wrong";

/** An open WebSocket, and its socket. */
export interface OpenWebSocket {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  /** The address of the client, also behind a proxy. */
  readonly address: string;
  /** The origin that the client has called. */
  readonly origin: string;
  /** Whether nobody can read what is sent on its way: it comes over TLS, or from this machine. */
  readonly isPrivate: boolean;
}

/** Reads the messages of a WebSocket, and writes encoded frames to its socket. */
export class WebSocketTransport implements Transport {
  readonly remote: { readonly hostname: string };
  readonly came: CameBy;
  /** The kind of the chunk that was read last. */
  kind: ChunkKind = "text";
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  /** Chunks that came while no read waited. The socket is paused until they have been read. */
  readonly #arrived: Array<{ kind: ChunkKind; bytes: Uint8Array }> = [];
  #reader: PromiseWithResolvers<Uint8Array | undefined> | undefined;
  #paused = false;
  #end: "ended" | "broken" | undefined;
  readonly #closed = Promise.withResolvers<void>();
  #finished = false;
  /** The code to close with, if the reason of the `bye` does not imply one. */
  closeCode: number | undefined;
  /** What was wrong with the peer's frames; `undefined`: nothing. */
  fault: string | undefined;
  /** At least how many bytes belong to complete messages, pings and pongs; the rest is of the next. */
  #whole: number;

  constructor({ webSocket, socket, address, origin }: OpenWebSocket) {
    this.remote = { hostname: address };
    this.came = { origin };
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#whole = socket.bytesRead;
    socket.setNoDelay(true);
    webSocket.on("message", (data, isBinary) => this.#message(data, isBinary));
    webSocket.on("ping", (data) => this.#control("ping", data));
    webSocket.on("pong", (data) => this.#control("pong", data));
    webSocket.on("error", () => this.#wrong());
    webSocket.on("close", (code) => this.#close(code));
    // This listener runs after that of `ws`, which does not report a goodbye itself.
    socket.on("data", () => this.#look());
  }

  get receivedBytes(): number {
    return this.#socket.bytesRead;
  }

  get isEnding(): boolean {
    return this.#webSocket.readyState !== OPEN;
  }

  get hasEnded(): boolean {
    return this.isEnding;
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

  /** Writes frames; resolves when the system has taken all of them. */
  write(bytes: Uint8Array): Promise<number> {
    // Nothing may follow a close.
    if (this.isEnding) return Promise.resolve(0);
    const part = bytes.length > MAX_WRITE_BYTES ? bytes.subarray(0, MAX_WRITE_BYTES) : bytes;
    return new Promise((resolve, reject) => {
      this.#socket.write(part, (error) => error ? reject(error) : resolve(part.length));
    });
  }

  /** Sends a close with the code for the reason. */
  finish(reason = ""): Promise<void> {
    this.#finished = true;
    const code = this.closeCode ?? CLOSE_CODES[reason] ?? POLICY;
    // A paused socket would not receive the peer's close.
    this.#resume();
    this.#webSocket.close(code, reason);
    // If the peer closed first, the answer is on its way until the socket has closed.
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

  /** A ping or pong has come, perhaps in the middle of a message. */
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

  /** Ends the reading when the peer has sent a close, though it may keep the socket open. */
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
