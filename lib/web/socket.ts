/** One WebSocket: a peer of the event protocol like any other, on a socket of Node's. */

import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Batch } from "../chat/batch.ts";
import { EVENT_TRAITS } from "../chat/peer.ts";
import { ConnectionLog } from "../server/connection_log.ts";
import { Deadlines } from "../server/deadlines.ts";
import { bye, type Guest, isForGood, type Lodge, type Threshold } from "../server/door.ts";
import { bytesOf } from "../server/encoded.ts";
import { EventDoor } from "../server/event_door.ts";
import { type Costly, Meter } from "../server/meter.ts";
import type { Figures } from "../server/metrics.ts";
import { Outbox } from "../server/outbox.ts";
import type { Swept } from "../server/sweep.ts";
import { decodeRequest } from "../wire/decode.ts";
import type { EventOf } from "../wire/event.ts";
import { encodeFrames, PING_FRAME, pongFrame } from "./frames.ts";
import { SocketSink } from "./sink.ts";
import { addressKey } from "../server/admission.ts";

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
/** The code for one that has ended without a goodbye. */
const BROKEN = 1006;

/** The header of a client's ping or pong. */
const CONTROL_HEADER_BYTES = 6;

/** A WebSocket that has been opened, and its socket. */
export interface WebPeer {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  /** The client's, also where a proxy stands between. */
  readonly address: string;
}

/** One peer on a WebSocket. */
export class WebConnection implements Threshold, Guest, Swept {
  readonly address: string;
  readonly traits = EVENT_TRAITS;
  /** What the peer is called, once it is in. */
  #name: string | undefined;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #lodge: Lodge;
  readonly #outbox: Outbox;
  readonly #door: EventDoor;
  readonly #deadlines: Deadlines;
  readonly #meter: Meter;
  readonly #log: ConnectionLog;
  readonly #ended = Promise.withResolvers<void>();
  #state: "opening" | "open" | "closing" | "closed" = "opening";
  /** Why the connection is closing, as the rooms are told, and with which code. */
  #reason: string | undefined;
  #code = POLICY;
  /** What came while a request is being answered; nothing more is read meanwhile. */
  #waiting: Uint8Array[] = [];
  #busy = false;
  /** The connection broke, as against ended. */
  #broken = false;
  #stopped = false;
  /** Bytes that had been read when deadlines were looked at. */
  #read: number;
  /** Bytes of complete messages, pings and pongs, at least; what was read since then is of the next. */
  #whole: number;

  constructor({ webSocket, socket, address }: WebPeer, lodge: Lodge) {
    const { premises, sweep } = lodge;
    this.address = addressKey(address);
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#lodge = lodge;
    this.#read = this.#whole = socket.bytesRead;
    this.#deadlines = new Deadlines(premises.limits, sweep.now);
    this.#log = new ConnectionLog(premises.log, address, () => this.#name);
    this.#meter = new Meter(
      premises.rates,
      premises.ticks,
      () => this.#state === "opening" || this.#state === "open",
    );
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
      this.push(pongFrame(data));
      this.#control(data);
    });
    webSocket.on("pong", (data) => this.#control(data));
    webSocket.on("error", () => this.#misspoke());
    webSocket.on("close", (code) => {
      this.#broken = code === BROKEN;
      this.#ended.resolve();
    });
  }

  async run(): Promise<void> {
    const { premises, sweep } = this.#lodge;
    sweep.add(this);
    this.#log.connected();
    this.#door.greet();
    await this.#ended.promise;
    this.#state = "closed";
    // What it said last is told before its leaving.
    await premises.house.settled();
    premises.house.gone(this, this.#reason === undefined, this.#reason);
    this.#log.ended(this.#reason, this.#broken, this.#deadlines.openedAt);
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

  named(name: string): void {
    this.#name = name;
    if (this.#state !== "opening") return;
    this.#state = "open";
    this.#log.entered();
  }

  costly(kind: Costly): Promise<void> | undefined {
    return this.#meter.costly(kind, this.#lodge.sweep.now);
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
    // Both have said goodbye, and the peer should let go of the socket.
    if (this.#webSocket.readyState !== OPEN) this.#deadlines.linger(now);
    const { bytesRead } = this.#socket;
    if (bytesRead !== this.#read) this.#deadlines.heard(now);
    this.#read = bytesRead;
    const pending = bytesRead - this.#whole;
    this.#deadlines.left(pending, false, now);
    const verdict = this.#deadlines.due(now, {
      state: this.#state,
      busy: this.#busy,
      outbox: this.#outbox,
      pending,
      answersPing: true,
      waitsForPerson: false,
    });
    this.#outbox.behind = this.#deadlines.isBehind(now);
    if (verdict === undefined) return;
    if (verdict === "destroy") this.destroy();
    else if (verdict === "slow") this.#tooSlow();
    else if (verdict === "ping") this.push(PING_FRAME);
    else this.close(verdict);
  }

  /** A ping or pong, which may come in the middle of a message. */
  #control({ length }: Uint8Array): void {
    this.#whole = Math.min(this.#whole + CONTROL_HEADER_BYTES + length, this.#socket.bytesRead);
    const slowed = this.#meter.request(length, this.#lodge.sweep.now);
    if (slowed !== undefined && !this.#busy) this.#wait(undefined, slowed);
  }

  #message(data: Buffer, isBinary: boolean): void {
    this.#whole = this.#socket.bytesRead;
    this.#deadlines.left(0, true, this.#lodge.sweep.now);
    if (isBinary) {
      return this.#close(bye("bad-frame", "The message was binary; events are text."), BINARY);
    }
    if (!this.#busy) return this.#take(data);
    this.#waiting.push(data);
  }

  #take(data: Uint8Array): void {
    if (this.#stopped || this.#state === "closing" || this.#state === "closed") return;
    try {
      const waits = this.#door.take(decodeRequest(data)) ?? undefined;
      const slowed = this.#meter.request(data.length, this.#lodge.sweep.now);
      if (waits !== undefined || slowed !== undefined) this.#wait(waits, slowed);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /**
   * Reads nothing until a request has been answered, and a rest taken after too many; then first
   * what had come by then.
   */
  async #wait(waits: Promise<void> | undefined, slowed: Promise<void> | undefined): Promise<void> {
    this.#busy = true;
    this.#webSocket.pause();
    try {
      await waits;
      if (slowed !== undefined) await this.#slow(slowed);
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#busy = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((data) => this.#busy ? this.#waiting.push(data) : this.#take(data));
    if (!this.#busy) this.#webSocket.resume();
  }

  /** Goes on later, unless this has been going on for too long. */
  #slow(waits: Promise<void>): Promise<void> | undefined {
    const flooded = this.#meter.flooded(this.#lodge.premises.limits.floodMs);
    if (flooded === undefined) {
      this.#log.slowed();
      return waits;
    }
    this.close(flooded);
    return undefined;
  }

  /** The frames were wrong, which `ws` has answered with a close: nothing may come after it. */
  #misspoke(): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#state = "closing";
    this.#reason = "bad-frame";
    this.#deadlines.linger(this.#lodge.sweep.now);
    this.#outbox.close();
    this.#lodge.premises.house.gone(this, false, this.#reason);
  }

  /** A mistake of ours costs this peer its connection, and nobody else anything. */
  #fail(error: Error): void {
    this.#log.failed(error);
    this.close(bye("internal", "The server failed on your last request; it is not your fault."));
  }

  #tooSlow(): void {
    this.#outbox.drop();
    this.close(bye("slow", "You read more slowly than messages come.", 1_000));
  }

  #close(event: EventOf<"bye">, code: number): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#state = "closing";
    if (event.reason === "slow") this.#deadlines.linger(this.#lodge.sweep.now);
    this.#reason = event.reason;
    this.#code = code;
    // The rooms are told now, not when the peer has let go of the connection.
    this.#lodge.premises.house.gone(this, isForGood(event.reason), event.reason);
    this.#outbox.end(encodeFrames([event]).bytes);
  }

  /** All is written: the two sides say goodbye, and whoever does not is cut off. */
  #finish(): void {
    if (this.#state !== "closing") return;
    this.#deadlines.linger(this.#lodge.sweep.now);
    // One that waits would not hear the peer's goodbye.
    this.#webSocket.resume();
    this.#webSocket.close(this.#code, this.#reason ?? "");
  }
}
