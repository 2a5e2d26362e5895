/**
 * One connection: reads requests, writes events, keeps deadlines, and is the house's peer. It knows neither what
 * carries the bytes (its transport does) nor what they mean (its door does).
 */

import type { Batch } from "../chat/sessions/batch.ts";
import type { Traits } from "../chat/sessions/peer.ts";
import type { EventOf } from "../wire/events.ts";
import { addressKey } from "./admission.ts";
import { bye, isForGood } from "./bye.ts";
import { Deadlines } from "./deadlines.ts";
import { discard } from "./discard.ts";
import type { Door, DoorPeer, Taken } from "./door.ts";
import type { ListenerHost, LiveConnection, SharedState } from "./host.ts";
import { ConnectionLog } from "./log.ts";
import { Meter } from "./meter.ts";
import type { Figures } from "./metrics.ts";
import { Outbox } from "./outbox.ts";
import { letFrameGo } from "./piece_blocks.ts";
import type { Sweep, Swept } from "./timers.ts";
import type { Transport } from "./transport.ts";

/** What a connection is made with. */
export interface ConnectionOptions {
  readonly transport: Transport;
  readonly host: Pick<ListenerHost, "shared" | "sweep">;
  /** Makes the door for the peer that it is given. */
  readonly door: (peer: DoorPeer) => Door;
}

/** One peer on a connection. */
export class Connection implements DoorPeer, LiveConnection, Swept {
  readonly address: string;
  readonly words: DoorPeer["words"];
  /** The peer's name, once it is in. */
  #name: string | undefined;
  readonly #transport: Transport;
  readonly #shared: SharedState;
  readonly #sweep: Sweep;
  readonly #door: Door;
  readonly #outbox: Outbox;
  readonly #deadlines: Deadlines;
  readonly #meter: Meter;
  readonly #log: ConnectionLog;
  readonly #flushed = Promise.withResolvers<void>();
  #state: "opening" | "open" | "closing" | "closed" = "opening";
  /** Why the connection is closing; the rooms are told this. */
  #reason: string | undefined;
  /** A request is being answered or delayed; nothing is read meanwhile. */
  #busy = false;
  /** The request is delayed because the peer sends too fast. */
  #slowed = false;
  /** The connection broke; the peer did not end it. */
  #broken = false;
  #heard = 0;
  #stopped = false;

  constructor({ transport, host: { shared, sweep }, door }: ConnectionOptions) {
    this.#transport = transport;
    this.#shared = shared;
    this.#sweep = sweep;
    this.address = addressKey(transport.remote.hostname);
    this.#deadlines = new Deadlines(shared.limits, performance.now());
    this.#log = new ConnectionLog(shared.log, transport.remote, () => this.#name);
    const isServed = (): boolean => this.#state === "opening" || this.#state === "open";
    this.#meter = new Meter(shared.rates, shared.ticks, isServed);
    this.#outbox = new Outbox({
      sink: transport,
      gate: shared.gate,
      maxBytes: shared.limits.outboxBytes,
      onOverflow: () => this.#tooSlow(),
      onBroken: () => this.destroy(),
      onWritten: letFrameGo,
      onFlushed: () => this.#finish(),
    });
    this.#door = door(this);
    this.words = this.#door.words;
  }

  /** Reads until the peer or the server ends the connection; never throws. */
  async run(): Promise<void> {
    this.#sweep.add(this);
    this.#log.connected();
    try {
      this.#door.begin();
      await this.#serve();
    } catch (error) {
      this.#fail(error as Error);
      await this.#discard();
    }
    // What is closed here reads as if its peer had ended it.
    this.#door.ended?.(undefined, this.#broken || this.#state === "closed");
    // The rooms must get its last message before they hear that it left.
    await this.#shared.house.idle(this);
    // A peer that closed or reset the connection has left for good. One that we cut off may come back.
    this.#shared.house.gone(this, this.#reason === undefined, this.#reason);
    this.#log.ended(this.#reason, this.#broken, this.#deadlines.openedAt);
    this.#outbox.end();
    await this.#flushed.promise;
    this.destroy();
    this.#shared.metrics.ended(this.figures, this.#reason);
    this.#sweep.delete(this);
  }

  deliver(batch: Batch): void {
    this.#outbox.push(this.#door.encode(batch), this.#shared.metrics.delivers(batch));
  }

  get figures(): Figures {
    const { receivedBytes } = this.#transport;
    const { writtenBytes: sentBytes, bytes: outboxBytes } = this.#outbox;
    return { door: this.#door.kind, receivedBytes, sentBytes, outboxBytes };
  }

  /** Takes no more requests; those that were taken are answered. */
  readonly stopReading = (): void => void (this.#stopped = true);
  readonly push = (bytes: Uint8Array): void => this.#outbox.push(bytes);

  get traits(): Traits {
    return this.#door.traits;
  }

  get door(): string {
    return this.#door.kind;
  }

  get takesBytes(): boolean {
    return this.#door.takesBytes ?? false;
  }

  get servers(): readonly string[] | undefined {
    return this.#door.servers;
  }

  readonly tellServers: LiveConnection["tellServers"] = (batch) => {
    if (this.#state === "open" && this.#door.hearsServers) this.deliver(batch);
  };

  get hasEnded(): boolean {
    return this.#transport.hasEnded;
  }

  named(name: string): void {
    this.#name = name;
    this.#door.named?.(name);
    if (this.#state !== "opening") return;
    this.#state = "open";
    this.#log.entered();
  }

  readonly says: NonNullable<DoorPeer["says"]> = () => this.#door.says;
  readonly costly: DoorPeer["costly"] = (kind) => this.#meter.costly(kind, this.#sweep.now);
  readonly link: NonNullable<DoorPeer["link"]> = (file, owner) =>
    this.#shared.links?.link(file, owner, this.#transport.came);
  readonly pageUrl: NonNullable<DoorPeer["pageUrl"]> = () =>
    this.#shared.links?.page(this.#transport.came);
  readonly toldIn: NonNullable<DoorPeer["toldIn"]> = (room) => this.#door.toldIn?.(room);
  readonly paced: NonNullable<DoorPeer["paced"]> = (bytes) =>
    this.#meter.transfer(bytes, this.#sweep.now);
  readonly inTurn: DoorPeer["inTurn"] = (answer) =>
    this.#shared.turns.run(this.address, answer, () => this.#listens);
  readonly drained = (): Promise<void> | undefined => this.#outbox.drained();

  close(event: EventOf<"bye">): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#state = "closing";
    // Not the time of the last sweep, which may be long ago when the machine is busy.
    if (event.reason === "slow") this.#deadlines.linger(performance.now());
    this.#reason = event.reason;
    this.#door.ended?.(event.reason, false);
    const last = this.#door.lastWords(event);
    // Tell the rooms now, and not when the peer has closed the connection.
    this.#shared.house.gone(this, isForGood(event.reason), event.reason);
    this.#outbox.held &&= this.#door.isUnheard?.(performance.now()) ?? false;
    this.#outbox.end(last);
  }

  sweep(now: number): void {
    const { fault, isEnding } = this.#transport;
    // The door may still be busy with earlier requests, and would notice the fault too late.
    if (fault !== undefined) this.close(bye("bad-frame", fault));
    if (isEnding) this.#deadlines.linger(now);
    // It may have gone while a request of it waits for its turn.
    if (this.#busy && !this.#slowed && this.#listens) this.#transport.lookAhead?.();
    const door = this.#door;
    const verdict = this.#deadlines.due(now, {
      state: this.#state,
      busy: this.#busy,
      slowed: this.#slowed,
      outbox: this.#outbox,
      receivedBytes: this.#transport.receivedBytes,
      pending: door.pending,
      whole: door.whole,
      canBeAsked: door.ping !== undefined,
      awaits: door.awaits,
    });
    this.#outbox.behind = this.#deadlines.isBehind(now);
    // What has come from it may wait for its turn.
    this.#outbox.held = !this.#busy && (door.isUnheard?.(now) ?? false);
    if (verdict === undefined) return;
    if (verdict === "destroy") this.destroy();
    else if (verdict === "slow") this.#tooSlow();
    else if (verdict !== "ping") this.close(verdict);
    else if (door.ping !== undefined) this.#outbox.push(door.ping);
  }

  /** Reads requests and answers them one after the other, until the peer has ended its side. */
  async #serve(): Promise<void> {
    const door = this.#door;
    for (;;) {
      let chunk: Uint8Array | undefined;
      try {
        const read = this.#transport.read();
        // Don't await what has come already: that would split the rooms' round of messages in two.
        chunk = read instanceof Promise ? await read : read;
      } catch {
        this.#broken = true;
      }
      if (chunk === undefined) return;
      if (!this.#listens) return await this.#discard();
      this.#heard = this.#shared.gate.heard(this.#heard);
      door.take(chunk);
      while (this.#listens) {
        const taken = door.next();
        if (taken === undefined) break;
        // It was heard: what waits for that goes now, and not with the next sweep.
        this.#outbox.held &&= door.isUnheard?.(performance.now()) ?? false;
        if (taken.waits !== undefined) await this.#whileBusy(taken.waits);
        const slowed = this.#counted(taken, door.fileBytes);
        if (slowed !== undefined) await slowed;
      }
      if (!this.#listens) return await this.#discard();
    }
  }

  /** Whether requests are still answered. */
  get #listens(): boolean {
    return !this.#stopped && (this.#state === "open" || this.#state === "opening");
  }

  /** Waits without reading; meanwhile the peer's silence does not count against it. */
  async #whileBusy(waits: Promise<void>): Promise<void> {
    this.#busy = true;
    await waits;
    this.#busy = false;
  }

  /** Counts what the peer has sent; settles when more may be read; `undefined`: at once. */
  #counted({ bytes, count }: Taken, fileBytes: number | undefined): Promise<void> | undefined {
    const waits = this.#meter.heard({ bytes, count, fileBytes }, this.#sweep.now);
    return waits && this.#slow(waits, fileBytes === undefined);
  }

  /** Delays the next read, or closes the connection if the peer has been too fast for too long. */
  async #slow(waits: Promise<void>, isTooFast: boolean): Promise<void> {
    const flooded = this.#meter.flooded(this.#shared.limits.floodMs);
    if (flooded !== undefined) return this.close(flooded);
    // That a file comes no faster than it may is nothing that its sender could do about.
    if (isTooFast) this.#log.slowed();
    this.#slowed = true;
    await this.#whileBusy(waits);
    this.#slowed = false;
  }

  /** Reads and throws away what the peer sends after the end. */
  async #discard(): Promise<void> {
    try {
      await discard(this.#transport, this.#shared.ticks, () => this.#state === "closed");
    } catch {
      this.#broken = true;
    }
  }

  /** A bug of ours costs this peer its connection, and no other peer anything. */
  #fail(error: Error): void {
    this.#log.failed(error);
    this.close(bye("internal", "The server failed on your last request; it is not your fault."));
  }

  #tooSlow(): void {
    this.#outbox.drop();
    this.close(bye("slow", "You read more slowly than messages come.", 1_000));
  }

  #finish(): void {
    this.#deadlines.linger(performance.now());
    this.#transport.finish(this.#reason).catch(() => {}).then(() => this.#flushed.resolve());
  }

  /** Lets go of the connection at once, whatever is still in flight. */
  destroy(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#outbox.close();
    this.#transport.destroy();
    this.#flushed.resolve();
  }
}
