/** One WebSocket: a peer of the event protocol like any other, on a socket of Node's. */

import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Batch } from "../chat/batch.ts";
import { bye, type Guest, type Lodge, type Threshold } from "../server/door.ts";
import { bytesOf } from "../server/encoded.ts";
import { EventDoor } from "../server/event_door.ts";
import type { Figures } from "../server/metrics.ts";
import { Outbox } from "../server/outbox.ts";
import type { Swept } from "../server/sweep.ts";
import { decodeRequest } from "../wire/decode.ts";
import type { EventOf } from "../wire/event.ts";
import { encodeFrames, PING_FRAME, pongFrame } from "./frames.ts";
import { SocketSink } from "./sink.ts";

/** How long a peer that was told goodbye may take to read it and close, in ms. */
const LINGER_MS = 1_000;

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
const BINARY = 1003;

/** The state of a WebSocket that nobody has said goodbye on. */
const OPEN = 1;

/** A WebSocket that has been opened, and its socket. */
export interface WebPeer {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
}

/** One peer on a WebSocket. */
export class WebConnection implements Threshold, Guest, Swept {
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #lodge: Lodge;
  readonly #outbox: Outbox;
  readonly #door: EventDoor;
  readonly #openedAt: number;
  readonly #ended = Promise.withResolvers<void>();
  #state: "opening" | "open" | "closing" | "closed" = "opening";
  /** Why the connection is closing, as the rooms are told, and with which code. */
  #reason: string | undefined;
  #code = POLICY;
  #lingersFrom = Infinity;
  /** What came while a request is being answered; nothing more is read meanwhile. */
  #waiting: Uint8Array[] = [];
  #busy = false;
  #heardAt: number;
  #pinged = false;
  #stopped = false;
  #progress = 0;
  #progressAt: number;

  constructor({ webSocket, socket }: WebPeer, lodge: Lodge) {
    const { premises, sweep } = lodge;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#lodge = lodge;
    this.#openedAt = this.#heardAt = this.#progressAt = sweep.now;
    this.#outbox = new Outbox({
      sink: new SocketSink(socket),
      gate: premises.gate,
      maxBytes: premises.limits.outboxBytes,
      onOverflow: () => this.#tooSlow(),
      onBroken: () => this.destroy(),
      onFlushed: () => this.#finish(),
    });
    this.#door = new EventDoor(premises, this, "");
    socket.setNoDelay(true);
    webSocket.on("message", (data, isBinary) => this.#message(data, isBinary));
    webSocket.on("ping", (data) => {
      this.#heard();
      this.push(pongFrame(data));
    });
    webSocket.on("pong", () => this.#heard());
    webSocket.on("error", () => this.#misspoke());
    webSocket.on("close", () => this.#ended.resolve());
  }

  async run(): Promise<void> {
    const { premises, sweep } = this.#lodge;
    sweep.add(this);
    this.#door.greet();
    await this.#ended.promise;
    this.#state = "closed";
    // What it said last is told before its leaving.
    await premises.house.settled();
    this.#door.gone(this.#reason === undefined, this.#reason);
    this.#outbox.close();
    premises.metrics.ended(this.figures, this.#reason);
    sweep.delete(this);
  }

  deliver(batch: Batch): void {
    const { metrics } = this.#lodge.premises;
    this.#outbox.push(bytesOf(batch, encodeFrames), metrics.delivers(batch));
  }

  get figures(): Figures {
    return {
      door: "web",
      receivedBytes: this.#socket.bytesRead,
      sentBytes: this.#outbox.writtenBytes,
      outboxBytes: this.#outbox.bytes,
    };
  }

  push(bytes: Uint8Array): void {
    this.#outbox.push(bytes);
  }

  welcome(): void {
    if (this.#state === "opening") this.#state = "open";
  }

  drained(): Promise<void> | undefined {
    return this.#outbox.drained();
  }

  stopReading(): void {
    this.#stopped = true;
  }

  close(event: EventOf<"bye">): void {
    this.#close(event, CLOSE_CODES[event.reason] ?? POLICY);
  }

  destroy(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#outbox.close();
    this.#webSocket.terminate();
  }

  sweep(now: number): void {
    const { limits } = this.#lodge.premises;
    // Both have said goodbye, and the peer should let go of the socket.
    if (this.#webSocket.readyState !== OPEN) this.#lingersFrom = Math.min(this.#lingersFrom, now);
    if (now - this.#lingersFrom > LINGER_MS) return this.destroy();
    if (this.#state === "opening" && now - this.#openedAt > limits.handshakeMs) {
      return this.close(bye("handshake", `No hello came within ${limits.handshakeMs / 1_000} s.`));
    }
    if (this.#outbox.progress !== this.#progress || !this.#outbox.writing) {
      this.#progress = this.#outbox.progress;
      this.#progressAt = now;
    } else if (now - this.#progressAt > limits.writeMs) {
      return this.#state === "closing" ? this.destroy() : this.#tooSlow();
    }
    if (this.#busy) this.#heardAt = now;
    const silence = now - this.#heardAt;
    if (this.#state !== "open") return;
    if (silence > limits.silenceMs) {
      this.close(bye("idle", `Nothing was heard from you for ${limits.silenceMs / 1_000} s.`));
    } else if (silence > limits.pingMs && !this.#pinged) {
      this.#pinged = true;
      this.push(PING_FRAME);
    }
  }

  #heard(): void {
    this.#heardAt = this.#lodge.sweep.now;
    this.#pinged = false;
  }

  #message(data: Buffer, isBinary: boolean): void {
    this.#heard();
    if (isBinary) {
      return this.#close(bye("bad-frame", "The message was binary; events are text."), BINARY);
    }
    if (!this.#busy) return this.#take(data);
    this.#waiting.push(data);
  }

  #take(data: Uint8Array): void {
    if (this.#stopped || this.#state === "closing" || this.#state === "closed") return;
    try {
      const waits = this.#door.take(decodeRequest(data));
      if (waits !== undefined) this.#wait(waits);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Reads nothing until a request has been answered, and then first what had come by then. */
  async #wait(waits: Promise<void>): Promise<void> {
    this.#busy = true;
    this.#webSocket.pause();
    try {
      await waits;
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#busy = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((data) => this.#busy ? this.#waiting.push(data) : this.#take(data));
    if (!this.#busy) this.#webSocket.resume();
  }

  /** The frames were wrong, which `ws` has answered with a close: nothing may come after it. */
  #misspoke(): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#state = "closing";
    this.#reason = "bad-frame";
    this.#lingersFrom = this.#lodge.sweep.now;
    this.#outbox.close();
    this.#door.gone(false, this.#reason);
  }

  /** A mistake of ours costs this peer its connection, and nobody else anything. */
  #fail(error: Error): void {
    this.#lodge.premises.onProblem?.(`A WebSocket failed: ${error.stack ?? error.message}`);
    this.close(bye("internal", "The server failed on your last request; it is not your fault."));
  }

  #tooSlow(): void {
    this.#outbox.drop();
    this.close(bye("slow", "You read more slowly than messages come.", 1_000));
  }

  #close(event: EventOf<"bye">, code: number): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#state = "closing";
    if (event.reason === "slow") this.#lingersFrom = this.#lodge.sweep.now;
    this.#reason = event.reason;
    this.#code = code;
    // The rooms are told now, not when the peer has let go of the connection.
    this.#door.gone(event.reason === "quit", event.reason);
    this.#outbox.end(encodeFrames([event]).bytes);
  }

  /** All is written: the two sides say goodbye, and whoever does not is cut off. */
  #finish(): void {
    if (this.#state !== "closing") return;
    this.#lingersFrom = Math.min(this.#lingersFrom, this.#lodge.sweep.now);
    // One that waits would not hear the peer's goodbye.
    this.#webSocket.resume();
    this.#webSocket.close(this.#code, this.#reason ?? "");
  }
}
