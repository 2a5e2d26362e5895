/**
 * Reads a stream of JetStream in order, without holes and once, for as long as it takes. JetStream
 * forgets consumers when a server goes, and may lose what it sends; so each attempt is a consumer of
 * its own that begins where the last one ended, and ends at the first thing that is not as expected.
 */

import type { Msg, Subscription } from "@nats-io/transport-node";
import {
  boundsOf,
  nanoseconds,
  type NatsApi,
  NatsCodes,
  NatsRefusal,
  type NatsStreamInfo,
} from "./nats_api.ts";
import type { NatsLink } from "./nats_link.ts";
import { placeOf } from "./nats_reply.ts";
import type { StreamReader, StreamReading } from "./stream.ts";

/** How often JetStream tells that it is there when there is nothing to read, in ms. */
const HEARTBEAT_MS = 500;
/** After how many of these without a word another attempt begins. */
const MOST_SILENT = 4;
/** How long JetStream may take to answer, in ms. */
const ANSWER_MS = 3_000;
/** How long to wait before another attempt, in ms. */
const PAUSE_MS = 250;
/** How long JetStream keeps a consumer that nobody listens to, in ms. */
const FORGET_MS = 5_000;
/** How often, a second apart, JetStream must say that something is lost before it counts as lost. */
const SURE = 3;
const SURE_PAUSE_MS = 1_000;

/** A consumer, until something goes wrong. */
interface Attempt {
  readonly name: string;
  readonly subscription: Subscription;
  /** What the consumer has sent, and the reader has got. */
  delivered: number;
  /** Heartbeats that should have come since it was last heard. */
  silent: number;
  /** Ends it. */
  readonly end: () => void;
  readonly hasEnded: Promise<void>;
}

/** Reading that goes on until it is stopped, or what is to be read is lost. */
export class NatsReading implements StreamReading {
  readonly #link: NatsLink;
  readonly #api: NatsApi;
  readonly #reader: StreamReader;
  #next: number;
  #attempt: Attempt | undefined;
  #isStopped = false;
  #isHeld = false;
  /** Where JetStream wants to hear that it may go on, while it may not. */
  #goOn: string | undefined;
  /** When the stream was made that is being read. */
  #created: string | undefined;
  /** How often in a row JetStream has said that something is lost. */
  #doubts = 0;
  /** How often in a row the message to be read next was left out. */
  #leftOut = 0;

  constructor(link: NatsLink, api: NatsApi, from: number, reader: StreamReader) {
    this.#link = link;
    this.#api = api;
    this.#next = from;
    this.#reader = reader;
    this.#run();
  }

  stop(): void {
    this.#isStopped = true;
    this.#attempt?.end();
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld || this.#goOn === undefined) return;
    this.#link.publish(this.#goOn);
    this.#goOn = undefined;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped && !this.#link.isClosed) {
      let pauseMs = PAUSE_MS;
      try {
        if (this.#link.isConnected) pauseMs = await this.#try();
      } catch {
        // JetStream is being elected, or the connection is lost: it will be better later.
      }
      if (!this.#isStopped) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** One attempt; resolves when it has ended, with how long to wait before the next. */
  async #try(): Promise<number> {
    const info = await this.#look();
    if (this.#isStopped) return 0;
    if (info === undefined || this.#isLost(info)) {
      if (++this.#doubts < SURE) return SURE_PAUSE_MS;
      this.#isStopped = true;
      this.#reader.onLost(info === undefined ? { first: 1, last: 0 } : boundsOf(info));
      return 0;
    }
    this.#doubts = 0;
    this.#created = info.created;
    const attempt = this.#listen();
    try {
      await this.#api.createConsumer(this.#config(attempt), ANSWER_MS);
      await this.#follow(attempt);
    } finally {
      this.#attempt = undefined;
      this.#goOn = undefined;
      attempt.subscription.unsubscribe();
      this.#api.deleteConsumer(attempt.name, ANSWER_MS).catch(() => {});
    }
    return attempt.delivered > 0 ? 0 : PAUSE_MS;
  }

  /** The stream as it is; `undefined`: there is none. */
  async #look(): Promise<NatsStreamInfo | undefined> {
    try {
      return await this.#api.ledStream(ANSWER_MS);
    } catch (error) {
      if (error instanceof NatsRefusal && error.code === NatsCodes.streamNotFound) return undefined;
      throw error;
    }
  }

  #isLost(info: NatsStreamInfo): boolean {
    const { first, last } = boundsOf(info);
    return first > this.#next || last < this.#next - 1 || this.#leftOut >= SURE ||
      this.#created !== undefined && this.#created !== info.created;
  }

  #listen(): Attempt {
    const { promise, resolve } = Promise.withResolvers<void>();
    const name = crypto.randomUUID().replaceAll("-", "");
    const attempt: Attempt = {
      name,
      subscription: this.#link.subscribe(`${this.#link.names.inbox}.read.${name}`, (message) => {
        if (this.#attempt === attempt && !this.#isStopped) this.#onMessage(attempt, message);
      }),
      delivered: 0,
      silent: 0,
      end: resolve,
      hasEnded: promise,
    };
    this.#attempt = attempt;
    return attempt;
  }

  #config({ name, subscription }: Attempt): Parameters<NatsApi["createConsumer"]>[0] {
    return {
      name,
      deliver_subject: subscription.getSubject(),
      deliver_policy: "by_start_sequence",
      opt_start_seq: this.#next,
      ack_policy: "none",
      max_deliver: 1,
      replay_policy: "instant",
      flow_control: true,
      idle_heartbeat: nanoseconds(HEARTBEAT_MS),
      inactive_threshold: nanoseconds(FORGET_MS),
      mem_storage: true,
      num_replicas: 1,
    };
  }

  /** Resolves when the attempt has ended, for whatever reason. */
  async #follow(attempt: Attempt): Promise<void> {
    const onChange = (): void => attempt.end();
    this.#link.onChange.add(onChange);
    // Ticks are counted, not time: after this process was held up, what has come is read first.
    const timer = setInterval(() => {
      if (++attempt.silent > MOST_SILENT) attempt.end();
    }, HEARTBEAT_MS);
    try {
      if (this.#isStopped || !this.#link.isConnected) return;
      await attempt.hasEnded;
    } finally {
      clearInterval(timer);
      this.#link.onChange.delete(onChange);
    }
  }

  #onMessage(attempt: Attempt, message: Msg): void {
    attempt.silent = 0;
    const { headers } = message;
    if (headers !== undefined && headers.code > 0) return this.#onStatus(attempt, message);
    const place = placeOf(message.reply ?? "");
    if (place === undefined || place.delivery !== attempt.delivered + 1) return attempt.end();
    attempt.delivered = place.delivery;
    // A server that has not caught up yet begins too early.
    if (place.seq < this.#next) return;
    if (place.seq > this.#next) {
      this.#leftOut++;
      return attempt.end();
    }
    this.#leftOut = 0;
    this.#next = place.seq + 1;
    this.#reader.onMessage({ seq: place.seq, at: place.at, data: message.data });
  }

  #onStatus(attempt: Attempt, { headers, reply }: Msg): void {
    if (headers?.code !== 100) return attempt.end();
    const last = headers.get("Nats-Last-Consumer");
    // One that was lost on the way, with nothing behind it that would show that.
    if (last !== "" && Number(last) !== attempt.delivered) return attempt.end();
    const stalled = headers.get("Nats-Consumer-Stalled") || reply;
    if (stalled === undefined || stalled === "") return;
    if (this.#isHeld) this.#goOn = stalled;
    else this.#link.publish(stalled);
  }
}
