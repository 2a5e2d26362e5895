/** One connection: the reader task, its deadlines, and the peer that the house delivers to. */

import type { Batch } from "../chat/batch.ts";
import { EVENT_TRAITS, type Traits } from "../chat/peer.ts";
import type { EventOf } from "../wire/event.ts";
import { encodeEvent } from "../wire/event.ts";
import { type Frame, FrameDecoder, FrameError, type Padding } from "../wire/frame.ts";
import { decodeText } from "../wire/text.ts";
import { addressKey } from "./admission.ts";
import { ClassicDoor } from "./classic_door.ts";
import { ConnectionLog } from "./connection_log.ts";
import { Deadlines } from "./deadlines.ts";
import { bye, type Door, type Guest, isForGood, type Premises, type Threshold } from "./door.ts";
import { bytesOf, type Encode } from "./encoded.ts";
import { EventDoor } from "./event_door.ts";
import { lastWords } from "./goodbye.ts";
import { type Costly, Meter } from "./meter.ts";
import type { Figures } from "./metrics.ts";
import { Outbox } from "./outbox.ts";
import type { Socket } from "./socket.ts";
import type { Sweep, Swept } from "./sweep.ts";

const PING = encodeEvent({ type: "ping" });

/** One peer on a connection. */
export class Connection implements Threshold, Guest, Swept {
  readonly address: string;
  /** What the peer is called, once it is in. */
  #name: string | undefined;
  readonly #conn: Socket;
  readonly #premises: Premises;
  readonly #sweep: Sweep;
  readonly #decoder: FrameDecoder;
  readonly #outbox: Outbox;
  readonly #deadlines: Deadlines;
  #door: Door | undefined;
  /** The door's way to encode, at hand for every delivery. */
  #encode: Encode | undefined;
  #state: "opening" | "open" | "closing" | "closed" = "opening";
  /** Why the connection is closing, as the rooms are told. */
  #reason: string | undefined;
  /** A request is being answered, and nothing is read meanwhile. */
  #busy = false;
  readonly #meter: Meter;
  readonly #log: ConnectionLog;
  /** The connection broke, as against ended. */
  #broken = false;
  #received = 0;
  #heard = 0;
  #firstByte: number | undefined;
  #stopped = false;

  constructor(conn: Socket, premises: Premises, sweep: Sweep) {
    this.#conn = conn;
    this.#premises = premises;
    this.#sweep = sweep;
    this.#decoder = new FrameDecoder(premises.limits.payloadBytes);
    this.#deadlines = new Deadlines(premises.limits, sweep.now);
    const { hostname, port } = conn.remoteAddr;
    this.address = addressKey(hostname);
    const address = hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
    this.#log = new ConnectionLog(premises.log, address, () => this.#name);
    this.#meter = new Meter(
      premises.rates,
      premises.ticks,
      () => this.#state === "opening" || this.#state === "open",
    );
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
    this.#log.connected();
    try {
      this.#setUp();
      await this.#read();
    } catch (error) {
      if (error instanceof FrameError) this.close(bye(error.reason, `${error.message}.`));
      else this.#fail(error as Error);
      await this.#discard();
    }
    // What it said last is told before its leaving.
    await this.#premises.house.settled();
    // Who closes or resets has gone of its own accord; who was cut off may want to come back.
    this.#premises.house.gone(this, this.#reason === undefined, this.#reason);
    this.#log.ended(this.#reason, this.#broken, this.#deadlines.openedAt);
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

  get traits(): Traits {
    return this.#door?.traits ?? EVENT_TRAITS;
  }

  named(name: string): void {
    this.#name = name;
    if (this.#state !== "opening") return;
    this.#state = "open";
    this.#log.entered();
  }

  costly(kind: Costly): Promise<void> | undefined {
    return this.#meter.costly(kind, this.#sweep.now);
  }

  drained(): Promise<void> | undefined {
    return this.#outbox.drained();
  }

  close(event: EventOf<"bye">, inEvents = this.#door?.answersPing): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#state = "closing";
    if (event.reason === "slow") this.#deadlines.linger(this.#sweep.now);
    this.#reason = event.reason;
    const last = lastWords(event, this.#firstByte, inEvents);
    // The rooms are told now, not when the peer has let go of the connection.
    this.#premises.house.gone(this, isForGood(event.reason), event.reason);
    this.#outbox.end(last);
  }

  sweep(now: number): void {
    const verdict = this.#deadlines.due(now, {
      state: this.#state,
      busy: this.#busy,
      outbox: this.#outbox,
      pending: this.#decoder.pending,
      answersPing: this.#door?.answersPing ?? false,
      waitsForPerson: this.#door?.waitsForPerson ?? false,
    });
    this.#outbox.behind = this.#deadlines.isBehind(now);
    if (verdict === undefined) return;
    if (verdict === "destroy") this.destroy();
    else if (verdict === "slow") this.#tooSlow();
    else if (verdict === "ping") this.#outbox.push(PING);
    else this.close(verdict);
  }

  /** Reads frames until the end. */
  async #read(): Promise<void> {
    const decoder = this.#decoder;
    for (;;) {
      const space = decoder.space();
      const count = await this.#receive(space);
      if (count === 0) return;
      this.#firstByte ??= space[0];
      this.#received += count;
      this.#heard = this.#premises.gate.heard(this.#heard);
      this.#deadlines.heard(this.#sweep.now);
      decoder.filled(count);
      for (let first = true;; first = false) {
        if (this.#stopped || this.#state === "closing" || this.#state === "closed") {
          return await this.#discard();
        }
        const frame = decoder.next();
        if (frame === undefined) {
          this.#deadlines.left(decoder.pending, !first, this.#sweep.now);
          break;
        }
        const { length } = frame.payload;
        const waits = this.#door === undefined ? this.#opening(frame) : this.#frame(frame);
        if (waits !== undefined) await this.#whileBusy(waits);
        const slowed = this.#meter.request(length, this.#sweep.now);
        if (slowed !== undefined) await this.#slow(slowed);
      }
    }
  }

  /** Waits; the peer, who is not listened to meanwhile, is not blamed for its silence. */
  async #whileBusy(waits: Promise<void>): Promise<void> {
    this.#busy = true;
    await waits;
    this.#busy = false;
  }

  /** Reads on later, unless this has been going on for too long. */
  async #slow(waits: Promise<void>): Promise<void> {
    const flooded = this.#meter.flooded(this.#premises.limits.floodMs);
    if (flooded !== undefined) return this.close(flooded);
    this.#log.slowed();
    await this.#whileBusy(waits);
  }

  /**
   * Small messages should not wait for acknowledgements of the network's own, and a peer that is
   * gone without a word is to be noticed, though it may take the system hours.
   */
  #setUp(): void {
    try {
      this.#conn.setNoDelay(true);
      this.#conn.setKeepAlive(true);
    } catch {
      // macOS refuses this for a socket that was reset; the first read will tell.
    }
  }

  /** Bytes read; 0 when the peer has closed its side or the connection broke. */
  async #receive(space: Uint8Array): Promise<number> {
    try {
      return await this.#conn.read(space) ?? 0;
    } catch {
      this.#broken = true;
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
    if (this.#conn.lacksTls) return this.#refusePlain(padding);
    const name = decodeText(payload);
    if (name === undefined) return this.close(bye("bad-utf8", "The name was not valid UTF-8."));
    if (name === "") return this.close(bye("bad-name", "The name was empty."));
    if (padding === "left") return this.#openClassic(name);
    const door = new EventDoor(this.#premises, this, name);
    this.#door = door;
    this.#encode = door.encode;
    door.greet();
  }

  /** Says in the peer's own protocol that it should have begun with TLS. */
  #refusePlain(padding: Padding): void {
    const text = "This server speaks TLS; connect with --tls.";
    this.close(bye("needs-tls", text), padding === "right");
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
    this.#log.failed(error);
    this.close(bye("internal", "The server failed on your last request; it is not your fault."));
  }

  #tooSlow(): void {
    this.#outbox.drop();
    this.close(bye("slow", "You read more slowly than messages come.", 1_000));
  }

  readonly #flushed = Promise.withResolvers<void>();

  #finish(): void {
    this.#deadlines.linger(this.#sweep.now);
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
