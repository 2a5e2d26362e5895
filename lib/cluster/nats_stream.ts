/** A {@linkcode Stream} that NATS JetStream keeps. */

import type { RequestError } from "@nats-io/transport-node";
import { MAX_BATCH_BYTES } from "./batch.ts";
import { checked, NatsApi } from "./nats_api.ts";
import { ledBounds } from "./nats_bounds.ts";
import { NatsLink, type NatsWants } from "./nats_link.ts";
import type { NatsPlace } from "./nats_place.ts";
import { NatsReading } from "./nats_reader.ts";
import { NotSent, type Stream, type StreamBounds, type StreamReader } from "./stream.ts";

/** How long an append may take, in ms: elections take 4 to 8 s. */
const APPEND_MS = 10_000;

/** Room for what an entry has besides the frame that it carries, in bytes. */
const ENVELOPE_BYTES = 4_096;
/** How many bytes of JSON a byte of a frame can come to: a control character is `\u0000`. */
const JSON_FACTOR = 6;

/**
 * The largest message that a cluster appends whose clients send frames of up to `maxPayload` bytes: what many of
 * them come to, or one of the largest.
 */
export function largestAppend(maxPayload: number): number {
  return Math.max(JSON_FACTOR * maxPayload, MAX_BATCH_BYTES) + ENVELOPE_BYTES;
}

/** Options of {@linkcode openNatsStream}. */
export interface NatsStreamOptions extends Omit<NatsWants, "needsBytes"> {
  readonly place: NatsPlace;
  /** The largest frame of a client, in bytes. */
  readonly maxPayload: number;
}

/** Connects to a cluster's stream, whether it is there yet or not. Rejects with `NatsUnfit`. */
export async function openNatsStream(options: NatsStreamOptions): Promise<NatsStream> {
  const { place, maxPayload, ...wants } = options;
  return new NatsStream(
    await NatsLink.open(place, { ...wants, needsBytes: largestAppend(maxPayload) }),
  );
}

/** The stream of one cluster. */
export class NatsStream implements Stream {
  onConnected: (isConnected: boolean) => void = () => {};
  /** What JetStream is asked besides, by those who look after the stream. */
  readonly api: NatsApi;
  readonly #link: NatsLink;

  constructor(link: NatsLink) {
    this.#link = link;
    this.api = new NatsApi(link);
    link.onChange.add((isConnected) => this.onConnected(isConnected));
  }

  get isConnected(): boolean {
    return this.#link.isConnected;
  }

  get maxBytes(): number {
    return this.#link.maxBytes;
  }

  /** The server that it is connected to. */
  get server(): NatsLink["server"] {
    return this.#link.server;
  }

  async append(data: Uint8Array): Promise<number> {
    const { log, stream } = this.#link.names;
    let answer;
    try {
      answer = await this.#link.request(log, data, APPEND_MS);
    } catch (error) {
      const isUnheard = (error as Partial<RequestError>).isNoResponders?.() === true;
      throw isUnheard ? new NotSent("No server has the stream", { cause: error }) : error;
    }
    const { seq, stream: name } = checked<{ seq: number; stream: string }>(answer.json());
    if (name !== stream) throw new Error(`${log} went into the stream ${name}, not ${stream}`);
    return seq;
  }

  send(data: Uint8Array): void {
    this.#link.publish(this.#link.names.log, data);
  }

  read(from: number, reader: StreamReader): NatsReading {
    return new NatsReading(this.#link, this.api, from, reader);
  }

  async bounds(): Promise<StreamBounds> {
    return await ledBounds(this.api, this.#link);
  }

  elsewhere(): void {
    this.#link.elsewhere();
  }

  tell(topic: string, data: Uint8Array): void {
    this.#link.publish(this.#subject(topic), data);
  }

  onTold(topic: string, told: (data: Uint8Array) => void): () => void {
    const subscription = this.#link.subscribe(this.#subject(topic), ({ data }) => told(data));
    return () => subscription.unsubscribe();
  }

  answer(topic: string, answer: (data: Uint8Array) => Promise<Uint8Array | undefined>): () => void {
    const subscription = this.#link.subscribe(this.#subject(topic), async ({ data, reply }) => {
      try {
        const answered = await answer(data);
        if (answered !== undefined && reply) this.#link.publish(reply, answered);
      } catch (error) {
        this.#link.complain(`Another node's question about ${topic} was not answered: ${error}`);
      }
    });
    return () => subscription.unsubscribe();
  }

  async ask(topic: string, data: Uint8Array, withinMs: number): Promise<Uint8Array> {
    return (await this.#link.request(this.#subject(topic), data, withinMs)).data;
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  #subject(topic: string): string {
    return `${this.#link.names.prefix}.${topic}`;
  }
}
