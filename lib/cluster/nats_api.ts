/** What is asked of JetStream, beyond appending: the stream, and consumers that read it. */

import type { NatsLink } from "./nats_link.ts";
import type { StreamBounds } from "./stream.ts";

/** Thrown when JetStream refuses. */
export class NatsRefusal extends Error {
  override readonly name = "NatsRefusal";
  /** Its number for the reason (`err_code`). */
  readonly code: number;

  constructor(code: number, description: string) {
    super(description);
    this.code = code;
  }
}

/** The numbers of reasons that we know. */
export const NatsCodes = {
  streamNotFound: 10_059,
  nameInUse: 10_058,
  noStorage: 10_047,
  notEnabled: 10_039,
  notEnabledHere: 10_076,
  noCluster: 10_074,
} as const;

/** A stream as JetStream tells of it; what we do not read is left out. */
export interface NatsStreamInfo {
  /** When it was made: another stream of the same name has another time. */
  readonly created: string;
  readonly config: NatsStreamConfig;
  readonly state: {
    readonly messages: number;
    readonly bytes: number;
    readonly first_seq: number;
    readonly last_seq: number;
    readonly first_ts: string;
    readonly last_ts: string;
  };
  /** None where there is one server only. */
  readonly cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly {
      readonly name: string;
      readonly current: boolean;
      readonly offline?: boolean;
      /** Entries that it is behind. */
      readonly lag?: number;
    }[];
  };
}

/** How a stream is kept. Times are in ns, as JetStream has them. */
export interface NatsStreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly num_replicas: number;
  readonly max_age: number;
  readonly max_bytes: number;
  readonly [other: string]: unknown;
}

/** How a consumer is to read; times are in ns. */
export interface NatsConsumerConfig {
  readonly name: string;
  readonly [other: string]: unknown;
}

const NS_PER_MS = 1_000_000;

/** Milliseconds as JetStream wants times. */
export function nanoseconds(ms: number): number {
  return ms * NS_PER_MS;
}

/** The places of what a stream has. */
export function boundsOf({ state }: NatsStreamInfo): StreamBounds {
  const { messages, first_seq: first, last_seq: last } = state;
  return { first: messages === 0 ? last + 1 : first, last };
}

/** What JetStream takes as requests. All reject with {@linkcode NatsRefusal} where it refuses. */
export class NatsApi {
  readonly #link: NatsLink;

  constructor(link: NatsLink) {
    this.#link = link;
  }

  async streamInfo(withinMs: number): Promise<NatsStreamInfo> {
    return await this.#ask(`STREAM.INFO.${this.#link.names.stream}`, undefined, withinMs);
  }

  async createStream(config: NatsStreamConfig, withinMs: number): Promise<NatsStreamInfo> {
    return await this.#ask(`STREAM.CREATE.${config.name}`, config, withinMs);
  }

  /**
   * The stream as its leader tells of it. Rejects where there is none: a server that has the stream and hears of
   * no leader answers for itself, and may be far behind.
   */
  async ledStream(withinMs: number): Promise<NatsStreamInfo> {
    const info = await this.streamInfo(withinMs);
    if (info.cluster === undefined || info.cluster.leader) return info;
    throw new Error("The stream has no leader now");
  }

  async deleteStream(withinMs: number): Promise<void> {
    await this.#ask(`STREAM.DELETE.${this.#link.names.stream}`, undefined, withinMs);
  }

  /** Forgets what is before `first`; a stream that denies that refuses. */
  async purge(first: number, withinMs: number): Promise<void> {
    await this.#ask(`STREAM.PURGE.${this.#link.names.stream}`, { seq: first }, withinMs);
  }

  async createConsumer(config: NatsConsumerConfig, withinMs: number): Promise<void> {
    const { stream } = this.#link.names;
    const body = { stream_name: stream, config, action: "create" };
    await this.#ask(`CONSUMER.CREATE.${stream}.${config.name}`, body, withinMs);
  }

  async deleteConsumer(name: string, withinMs: number): Promise<void> {
    await this.#ask(`CONSUMER.DELETE.${this.#link.names.stream}.${name}`, undefined, withinMs);
  }

  async #ask<T>(subject: string, body: unknown, withinMs: number): Promise<T> {
    const data = body === undefined ? "" : JSON.stringify(body);
    const answer = await this.#link.request(`$JS.API.${subject}`, data, withinMs);
    return checked(answer.json());
  }
}

/** An answer of JetStream, unless it is a refusal. */
export function checked<T>(answer: unknown): T {
  const { error } = answer as { error?: { err_code?: number; description?: string } };
  if (error === undefined) return answer as T;
  throw new NatsRefusal(error.err_code ?? 0, error.description ?? "JetStream gives no reason");
}

/** Why JetStream refuses what another try would not change, and what to do; `undefined`: it may pass. */
export function lastingProblem(error: Error): string | undefined {
  if (!(error instanceof NatsRefusal)) return undefined;
  switch (error.code) {
    case NatsCodes.noCluster:
      return "These NATS servers are no cluster, so that a stream has one replica at most; make them " +
        "one, or go without: --cluster-replicas 1";
    case NatsCodes.noStorage:
      return `The NATS servers have too little storage left for the stream (${error.message}); ` +
        "give them more (max_file_store), or say less with --log-bytes";
    case NatsCodes.notEnabled:
    case NatsCodes.notEnabledHere:
      return "JetStream is off for this account of the NATS servers; turn it on";
    case NatsCodes.nameInUse:
      return "There is a stream of this name already that is kept differently; chatroom cluster status " +
        "shows it";
    default:
      return undefined;
  }
}
