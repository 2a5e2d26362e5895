/** One connection: the reader task, its deadlines, and the peer that the house delivers to. */

import type { Batch } from "../chat/batch.ts";
import type { EventOf } from "../wire/event.ts";
import { encodeEvent } from "../wire/event.ts";
import { type Frame, FrameDecoder, FrameError } from "../wire/frame.ts";
import { decodeText } from "../wire/text.ts";
import { ClassicDoor, encodeClassic } from "./classic_door.ts";
import { bye, type Door, type Guest, type Premises, type Threshold } from "./door.ts";
import { bytesOf, type Encode } from "./encoded.ts";
import { EventDoor } from "./event_door.ts";
import type { Figures } from "./metrics.ts";
import { Outbox } from "./outbox.ts";
import type { Sweep, Swept } from "./sweep.ts";

/** How long a peer that was told goodbye may take to read it and close, in ms. */
const LINGER_MS = 1_000;

const PING = encodeEvent({ type: "ping" });

/** One peer on a TCP connection. */
export class Connection implements Threshold, Guest, Swept {
  readonly #conn: Deno.TcpConn;
  readonly #premises: Premises;
  readonly #sweep: Sweep;
  readonly #decoder: FrameDecoder;
  readonly #outbox: Outbox;
  readonly #openedAt: number;
  #door: Door | undefined;
  /** The door's way to encode, at hand for every delivery. */
  #encode: Encode | undefined;
  #state: "opening" | "open" | "closing" | "closed" = "opening";
  /** Why the connection is closing, as the rooms are told. */
  #reason: string | undefined;
  /** When the peer's time to let go began: with its last words, or before them if it is slow. */
  #lingersFrom = Infinity;
  /** A request is being answered, and nothing is read meanwhile. */
  #busy = false;
  #received = 0;
  #heardAt: number;
  #pinged = false;
  #stopped = false;
  #progress = 0;
  #progressAt: number;

  constructor(conn: Deno.TcpConn, premises: Premises, sweep: Sweep) {
    this.#conn = conn;
    this.#premises = premises;
    this.#sweep = sweep;
    this.#decoder = new FrameDecoder(premises.limits.payloadBytes);
    this.#openedAt = this.#heardAt = this.#progressAt = sweep.now;
    this.#outbox = new Outbox({
      sink: conn,
      gate: premises.gate,
      maxBytes: premises.limits.outboxBytes,
      onOverflow: () => this.#tooSlow(),
      onBroken: () => this.destroy(),
      onFlushed: () => this.#finish(),
    });
  }

  /** Reads until the peer or the server ends the connection; never throws. */
  async run(): Promise<void> {
    this.#sweep.add(this);
    try {
      this.#sendAtOnce();
      await this.#read();
    } catch (error) {
      if (error instanceof FrameError) this.close(bye("bad-frame", `${error.message}.`));
      else this.#fail(error as Error);
      await this.#discard();
    }
    // What it said last is told before its leaving.
    await this.#premises.house.settled();
    // Who closes or resets has gone of its own accord; who was cut off may want to come back.
    this.#door?.gone(this.#reason === undefined, this.#reason);
    this.#outbox.end();
    await this.#flushed.promise;
    this.destroy();
    this.#premises.metrics.ended(this.figures, this.#reason);
    this.#sweep.delete(this);
  }

  deliver(batch: Batch): void {
    if (this.#encode === undefined) return;
    this.#outbox.push(bytesOf(batch, this.#encode), this.#premises.metrics.delivers(batch));
  }

  get figures(): Figures {
    return {
      door: this.#door === undefined ? "opening" : this.#door.answersPing ? "event" : "classic",
      receivedBytes: this.#received,
      sentBytes: this.#outbox.writtenBytes,
      outboxBytes: this.#outbox.bytes,
    };
  }

  /** Takes no more requests; those that were taken are answered. */
  stopReading(): void {
    this.#stopped = true;
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

  close(event: EventOf<"bye">): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#state = "closing";
    if (event.reason === "slow") this.#lingersFrom = this.#sweep.now;
    this.#reason = event.reason;
    const last = this.#door?.answersPing ? encodeEvent(event) : encodeClassic([event]).bytes;
    // The rooms are told now, not when the peer has let go of the connection.
    this.#door?.gone(event.reason === "quit", event.reason);
    this.#outbox.end(last);
  }

  sweep(now: number): void {
    const { limits } = this.#premises;
    if (now - this.#lingersFrom > LINGER_MS) return this.destroy();
    if (this.#state === "opening" && now - this.#openedAt > limits.handshakeMs) {
      const seconds = limits.handshakeMs / 1_000;
      return this.close(bye("handshake", `No name and hello came within ${seconds} s.`));
    }
    if (this.#outbox.progress !== this.#progress || !this.#outbox.writing) {
      this.#progress = this.#outbox.progress;
      this.#progressAt = now;
    } else if (now - this.#progressAt > limits.writeMs) {
      return this.#state === "closing" ? this.destroy() : this.#tooSlow();
    }
    if (this.#busy) this.#heardAt = now;
    this.#sweepSilence(now - this.#heardAt);
  }

  #sweepSilence(silence: number): void {
    const { limits } = this.#premises;
    if (this.#state !== "open") return;
    if (this.#decoder.pending > 0 && silence > limits.frameMs) {
      const seconds = limits.frameMs / 1_000;
      return this.close(bye("idle", `A frame was begun and not ended within ${seconds} s.`));
    }
    if (!this.#door?.answersPing) return;
    if (silence > limits.silenceMs) {
      const seconds = limits.silenceMs / 1_000;
      this.close(bye("idle", `Nothing was heard from you for ${seconds} s.`));
    } else if (silence > limits.pingMs && !this.#pinged) {
      this.#pinged = true;
      this.#outbox.push(PING);
    }
  }

  /** Reads frames until the end. */
  async #read(): Promise<void> {
    const decoder = this.#decoder;
    for (;;) {
      const count = await this.#receive(decoder.space());
      if (count === 0) return;
      this.#received += count;
      this.#heardAt = this.#sweep.now;
      this.#pinged = false;
      decoder.filled(count);
      for (;;) {
        if (this.#stopped || this.#state === "closing" || this.#state === "closed") {
          return await this.#discard();
        }
        const frame = decoder.next();
        if (frame === undefined) break;
        const waits = this.#door === undefined ? this.#opening(frame) : this.#frame(frame);
        if (waits === undefined) continue;
        this.#busy = true;
        await waits;
        this.#busy = false;
      }
    }
  }

  /** Small messages should not wait for acknowledgements of the network's own. */
  #sendAtOnce(): void {
    try {
      this.#conn.setNoDelay(true);
    } catch {
      // macOS refuses this for a socket that was reset; the first read will tell.
    }
  }

  /** Bytes read; 0 when the peer has closed its side or the connection broke. */
  async #receive(space: Uint8Array): Promise<number> {
    try {
      return await this.#conn.read(space) ?? 0;
    } catch {
      return 0;
    }
  }

  /**
   * Reads on without looking until the peer has closed too: a socket that is closed with bytes
   * unread is reset, and the reset can overtake the last words.
   */
  async #discard(): Promise<void> {
    const bin = new Uint8Array(4_096);
    while (this.#state !== "closed" && await this.#receive(bin) > 0);
  }

  #opening({ padding, payload }: Frame): void {
    const name = decodeText(payload);
    if (name === undefined) return this.close(bye("bad-utf8", "The name was not valid UTF-8."));
    if (name === "") return this.close(bye("bad-name", "The name was empty."));
    if (padding === "left") return this.#openClassic(name);
    const door = new EventDoor(this.#premises, this, name);
    this.#door = door;
    this.#encode = door.encode;
    door.greet();
  }

  #openClassic(name: string): void {
    const door = new ClassicDoor(this.#premises, this);
    this.#door = door;
    this.#encode = door.encode;
    door.enter(name);
  }

  /** A client that asked for events but missed the answer goes on as a classic client. */
  #frame(frame: Frame): void | Promise<void> {
    const door = this.#door;
    if (frame.padding === "left" && door instanceof EventDoor && !door.ready) {
      this.#openClassic(door.name);
    }
    return this.#door?.frame(frame);
  }

  /** A mistake of ours costs this peer its connection, and nobody else anything. */
  #fail(error: Error): void {
    this.#premises.onProblem?.(`A connection failed: ${error.stack ?? error.message}`);
    this.close(bye("internal", "The server failed on your last request; it is not your fault."));
  }

  #tooSlow(): void {
    this.#outbox.drop();
    this.close(bye("slow", "You read more slowly than messages come.", 1_000));
  }

  readonly #flushed = Promise.withResolvers<void>();

  #finish(): void {
    this.#lingersFrom = Math.min(this.#lingersFrom, this.#sweep.now);
    this.#conn.closeWrite().catch(() => {}).then(() => this.#flushed.resolve());
  }

  /** Lets go of the socket at once, whatever is still in flight. */
  destroy(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#outbox.close();
    try {
      this.#conn.close();
    } catch {
      // Closed already.
    }
    this.#flushed.resolve();
  }
}
