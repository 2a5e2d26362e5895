/**
 * The engine's side of a cluster, as little of it as is needed: a stream that is ordered and durable, and
 * calls that reach the other nodes and are not kept. Nothing else of an engine is used, so that a test can
 * have one that loses, doubles and delays, and another engine can take its place.
 */

/** One message of the stream. */
export interface StreamMessage {
  /** Its place: 1, 2, 3 … without holes. */
  readonly seq: number;
  /** When the stream took it, in ms since 1970: the same for all who read it. */
  readonly at: number;
  readonly data: Uint8Array;
}

/**
 * The places of what is kept. `last` is 0 for a stream that never had anything; where nothing is kept
 * any more, `first` is `last + 1`.
 */
export interface StreamBounds {
  readonly first: number;
  readonly last: number;
}

/** Thrown by {@linkcode Stream.append} when it is certain that the message is not in the stream. */
export class NotSent extends Error {
  override readonly name = "NotSent";
}

/** Reading is under way. */
export interface StreamReading {
  /**
   * Asks for no more, or for more again: for a reader that falls behind. What is on its way still comes,
   * up to 32 MiB of it.
   */
  hold(isHeld: boolean): void;
  /** Ends it; nothing is told after this returns. */
  stop(): void;
}

/** Told of what is read. */
export interface StreamReader {
  /** In the order of the stream, from where reading began, without holes and once. Waits for nothing. */
  onMessage(message: StreamMessage): void;
  /**
   * What was to be read next is kept no longer, or is beyond the end: the stream was cut, wiped or
   * replaced. Told once; reading has ended.
   */
  onLost(bounds: StreamBounds): void;
}

/** A stream that all nodes append to and read. */
export interface Stream {
  /**
   * Appends a message. Resolves with its place when a quorum has it on disk. When it rejects the message
   * may be in the stream or not, or be there later; who reads the stream sees. It rejects after 10 s at
   * the latest, at once when the connection is lost, and with {@linkcode NotSent} where it is certain
   * that the message is not in the stream and will not be. Messages may come into the stream in another
   * order than that of the calls, and more than once.
   */
  append(data: Uint8Array): Promise<number>;
  /**
   * The same without an answer, which costs less: who reads the stream sees whether it is there. While there
   * is no connection it does nothing.
   */
  send(data: Uint8Array): void;
  /** Reads from a place on, until it is stopped; goes on by itself when the connection comes back. */
  read(from: number, reader: StreamReader): StreamReading;
  bounds(): Promise<StreamBounds>;
  /** The largest message that the engine takes now, in bytes; a larger one is not sent. */
  readonly maxBytes: number;
  /** Whether the engine can be reached, as far as is known; what is told may be some seconds old. */
  readonly isConnected: boolean;
  /** Called whenever that changes. */
  onConnected: (isConnected: boolean) => void;
  /** The engine does not answer, though it can be reached: takes another way to it, if there is one. */
  elsewhere(): void;
  /** Tells all other nodes something that is not kept: at most once, in no order with the stream. */
  tell(topic: string, data: Uint8Array): void;
  /** What other nodes tell, and this one, until what is returned is called. */
  onTold(topic: string, told: (data: Uint8Array) => void): () => void;
  /** Answers what other nodes ask, until what is returned is called. Nothing: it does not answer. */
  answer(topic: string, answer: (data: Uint8Array) => Promise<Uint8Array | undefined>): () => void;
  /** Asks whoever answers to a topic; the first answer counts. Rejects when there is none in `withinMs`. */
  ask(topic: string, data: Uint8Array, withinMs: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
