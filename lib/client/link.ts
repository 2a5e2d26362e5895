/**
 * The client's link to a server: connects, comes back when the connection breaks, takes up where
 * it was, and keeps what is not acked. The client folder knows no flags, and no more of rooms than
 * a server tells it.
 */

import type { Event, Request } from "../wire/event.ts";
import { MAX_PAYLOAD_BYTES } from "../wire/frame.ts";
import { backoffMs } from "./backoff.ts";
import { Memory } from "./memory.ts";
import { Queue } from "./queue.ts";
import { openWire, type Stream, type Wire } from "./wire.ts";

/** How the link stands. */
export interface LinkStatus {
  readonly type: "status";
  /** `connecting` (first or again), `online`, `offline` (will try again), `ended` (will not). */
  readonly status: "connecting" | "online" | "offline" | "ended";
  /** One sentence for a person. */
  readonly text: string;
  /** With `offline`: when the next attempt begins. */
  readonly retryInMs?: number;
  /** With `ended`: why. */
  readonly cause?: EndCause;
}

/**
 * Why a link ended: the server could not be reached, refused us for good (a name, a ban), sent us
 * away, or we left.
 */
export type EndCause = "unreachable" | "refused" | "dismissed" | "left";

/** What a link tells: events of the server, and its own status. */
export type LinkEvent = Event | LinkStatus;

/** What the terminal and the pipe need of a link. */
export interface Conversation {
  /** The name that the server knows us by; what was asked for until it has answered. */
  readonly name: string;
  /** `undefined` until the first opening. */
  readonly protocol: "event" | "classic" | undefined;
  /**
   * Everything that happens, in order; ends after `ended`. For one reader. Answers to our own
   * requests come from {@linkcode send}; of these only `ack` is here too, in its place among the
   * messages.
   */
  readonly events: AsyncIterable<LinkEvent>;
  /**
   * Sends a request and resolves with its answer. `say` and `direct` are kept until they are acked,
   * through reconnects; anything else rejects while the link is down. Rejects with a
   * {@linkcode RequestError} when the server says `error`.
   */
  send(request: Request): Promise<Event>;
  /** Ends the link; resolves when its socket is closed. */
  close(): Promise<void>;
}

/** A server's `error` to a request, or the link's own reason why a request can't be answered. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** The server's code, or `offline`, `ended`, `classic`. */
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/** What a link is made with. */
export interface LinkOptions {
  /** Makes a connection; called again for each attempt. The signal aborts when the link closes. */
  readonly connect: (signal: AbortSignal) => Promise<Stream>;
  readonly name: string;
  /** The rooms to be in; the server's default room if empty. */
  readonly rooms?: readonly string[];
  /** Speak the classic protocol without asking for the other. */
  readonly classic?: boolean;
  /** How long to go on trying after a connection was lost, in ms; for ever unless told. */
  readonly giveUpMs?: number;
  /** How long a server may take to answer the name, in ms. */
  readonly fallbackMs?: number;
  readonly random?: () => number;
}

interface Pending {
  readonly request: Request & { readonly id: string };
  resolve(event: Event): void;
  reject(error: Error): void;
}

/** Events that may wait for their reader before the link stops reading. */
const MAX_WAITING = 1_000;
const LINGER_MS = 500;
const HEARTBEAT_MS = 5_000;
const PING_AFTER_MS = 30_000;
const DEAD_AFTER_MS = 45_000;

/** `bye` reasons after which coming back would be wrong. */
const FINAL_REASONS = new Set(["kicked", "banned", "replaced", "quit"]);

const encoder = new TextEncoder();

/** Thrown inside when the server will not have us. */
class Refused extends Error {
  readonly code: string;
  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/** A link that keeps itself up. It connects at once. */
export class Link implements Conversation {
  readonly #options: LinkOptions;
  readonly #memory: Memory;
  readonly #queue = new Queue<LinkEvent>();
  /** `say` and `direct` that are not acked, in order. */
  readonly #unacked = new Map<string, Pending>();
  readonly #asked = new Map<string, Pending>();
  readonly #idPrefix = crypto.randomUUID().slice(0, 8);
  readonly #closing = new AbortController();
  readonly #finished: Promise<void>;
  #ids = 0;
  #stream: Stream | undefined;
  #wire: Wire | undefined;
  #ready = false;
  #ended = false;
  #protocol: "event" | "classic" | undefined;
  #heardAt = 0;
  #payloadLimit = MAX_PAYLOAD_BYTES;
  #bye: Event & { type: "bye" } | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#memory = new Memory(options.name, options.rooms ?? []);
    this.#finished = this.#run();
  }

  get name(): string {
    return this.#memory.name;
  }

  get protocol(): "event" | "classic" | undefined {
    return this.#protocol;
  }

  get events(): AsyncIterable<LinkEvent> {
    return this.#queue;
  }

  send(request: Request): Promise<Event> {
    if (this.#ended || this.#closing.signal.aborted) {
      return Promise.reject(new RequestError("ended", "The connection has ended"));
    }
    const kept = request.type === "say" || request.type === "direct";
    if (this.#protocol === "classic" && request.type !== "say") {
      const text = "This server speaks the classic protocol, which has messages only";
      return Promise.reject(new RequestError("classic", text));
    }
    if (!kept && !this.#ready) {
      return Promise.reject(new RequestError("offline", "There is no connection at the moment"));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Event>();
    const id = request.id ?? `${this.#idPrefix}-${++this.#ids}`;
    const pending = { request: { ...request, id }, resolve, reject };
    const excess = this.#excess(pending.request);
    if (excess !== undefined) return Promise.reject(excess);
    (kept ? this.#unacked : this.#asked).set(id, pending);
    if (this.#ready) this.#transmit(pending.request);
    return promise;
  }

  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) {
      this.#closing.abort();
      this.#queue.release();
      const wire = this.#wire;
      if (wire === undefined) closeQuietly(this.#stream);
      else {
        const timer = setTimeout(() => wire.close(), LINGER_MS);
        await wire.end().catch(() => wire.close());
        await this.#finished;
        clearTimeout(timer);
      }
    }
    await this.#finished;
  }

  async #run(): Promise<void> {
    let lostAt: number | undefined;
    for (let attempt = 0;; attempt++) {
      this.#status("connecting", "Connecting …");
      const refused = await this.#attempt();
      const wasReady = this.#ready;
      this.#ready = false;
      this.#rejectAsked();
      if (this.#closing.signal.aborted) return this.#end("left", "You have left.");
      if (this.#bye !== undefined && FINAL_REASONS.has(this.#bye.reason)) {
        return this.#end("dismissed", this.#bye.text);
      }
      if (wasReady) {
        attempt = 0;
        lostAt = performance.now();
      }
      if (refused instanceof Refused && (lostAt === undefined || refused.code !== "name-taken")) {
        return this.#end("refused", refused.message);
      }
      const reason = refused?.message ?? this.#bye?.text ?? "The connection was lost";
      if (lostAt === undefined) return this.#end("unreachable", reason);
      const waitMs = this.#bye?.retryAfterMs ?? backoffMs(attempt, this.#options.random);
      this.#bye = undefined;
      if (performance.now() - lostAt + waitMs > (this.#options.giveUpMs ?? Infinity)) {
        return this.#end("unreachable", reason);
      }
      this.#queue.push({ type: "status", status: "offline", text: reason, retryInMs: waitMs });
      await pause(waitMs, this.#closing.signal);
    }
  }

  /** One connection from its beginning to its end; resolves with what went wrong. */
  async #attempt(): Promise<Error | undefined> {
    try {
      const stream = await this.#options.connect(this.#closing.signal);
      this.#stream = stream;
      const { classic, fallbackMs } = this.#options;
      const wire = await openWire(stream, {
        name: this.#memory.name,
        classic: classic || this.#protocol === "classic",
        ...(fallbackMs === undefined ? {} : { fallbackMs }),
      });
      this.#wire = wire;
      this.#protocol = wire.protocol;
      await this.#converse(wire);
      return undefined;
    } catch (error) {
      return error as Error;
    } finally {
      this.#wire = undefined;
      closeQuietly(this.#stream);
      this.#stream = undefined;
    }
  }

  async #converse(wire: Wire): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#heardAt = performance.now();
    const heart = setInterval(() => this.#beat(wire), HEARTBEAT_MS);
    try {
      if (wire.welcome === undefined) this.#beClassic();
      else {
        this.#payloadLimit = wire.welcome.limits.payload;
        await wire.send(this.#memory.hello(wire.welcome));
      }
      for await (const event of wire.events()) {
        this.#heardAt = performance.now();
        this.#take(wire, event);
        await this.#queue.below(MAX_WAITING);
      }
    } finally {
      clearInterval(heart);
    }
  }

  /** Sending more than the server takes would cost us the connection, and each one after it. */
  #excess(request: Request): RequestError | undefined {
    const length = this.#protocol === "classic" && request.type === "say"
      ? utf8Length(request.text)
      : utf8Length(JSON.stringify(request));
    if (length <= this.#payloadLimit) return undefined;
    const text = `The message takes ${length} bytes, over the server's limit of ` +
      `${this.#payloadLimit}; say it in parts`;
    return new RequestError("too-long", text);
  }

  /** A link can be dead without a word; only silence tells. */
  #beat(wire: Wire): void {
    if (wire.protocol === "classic") return;
    const silence = performance.now() - this.#heardAt;
    if (silence > DEAD_AFTER_MS) wire.close();
    else if (silence > PING_AFTER_MS) wire.send({ type: "ping" }).catch(() => {});
  }

  #beClassic(): void {
    const text = "Online. The server speaks the classic protocol: messages only.";
    this.#goOnline(this.#memory.classicReady(), text);
  }

  #goOnline(ready: Event, text: string): void {
    this.#ready = true;
    this.#status("online", text);
    this.#queue.push(ready);
    for (const { request } of this.#unacked.values()) this.#transmit(request);
  }

  #take(wire: Wire, event: Event): void {
    if (!this.#ready && event.type === "error") throw new Refused(event.code, event.text);
    switch (event.type) {
      case "ping":
        return void wire.send({ type: "pong" }).catch(() => {});
      case "pong":
        return;
      case "bye":
        this.#bye = event;
        if (!this.#ready && event.reason !== "shutdown") {
          throw new Refused(event.reason, event.text);
        }
        break;
      case "ready":
        this.#memory.take(event);
        this.#goOnline(event, "Online.");
        return this.#joinRest();
      case "ack":
        this.#memory.take(event);
        // An ack that comes a second time, for a message that was sent again, is no news.
        if (this.#awaits(event.id)) this.#queue.push(event);
        this.#answer(event);
        return;
    }
    if (this.#memory.take(event) && !this.#answer(event)) this.#queue.push(event);
  }

  #joinRest(): void {
    for (const room of this.#memory.missingRooms()) {
      this.send({ type: "join", room }).then(
        (event) => this.#queue.push(event),
        (error: Error) => this.#queue.push({ type: "notice", text: error.message }),
      );
    }
  }

  #awaits(id: string | undefined): boolean {
    return id !== undefined && (this.#unacked.has(id) || this.#asked.has(id));
  }

  /** Hands an answer to who asked for it; false when it answers nothing. */
  #answer(event: Event): boolean {
    const { id } = event;
    if (id === undefined) return false;
    const pending = this.#unacked.get(id) ?? this.#asked.get(id);
    if (pending === undefined) return false;
    this.#unacked.delete(id);
    this.#asked.delete(id);
    if (event.type === "error") pending.reject(new RequestError(event.code, event.text));
    else pending.resolve(event);
    return true;
  }

  /** A request that can't be written now is lost with the connection, or kept if it is a message. */
  #transmit(request: Request & { readonly id: string }): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    wire.send(request).then(() => {
      if (wire.protocol !== "classic") return;
      const ack: Event = { type: "ack", id: request.id, at: new Date().toISOString() };
      this.#queue.push(ack);
      this.#answer(ack);
    }, () => wire.close());
  }

  #rejectAsked(): void {
    for (const { reject } of this.#asked.values()) {
      reject(new RequestError("offline", "The connection was lost before the answer came"));
    }
    this.#asked.clear();
  }

  #status(status: LinkStatus["status"], text: string): void {
    this.#queue.push({ type: "status", status, text });
  }

  #end(cause: EndCause, text: string): void {
    this.#ended = true;
    for (const { reject } of this.#unacked.values()) reject(new RequestError("ended", text));
    this.#unacked.clear();
    this.#queue.push({ type: "status", status: "ended", text, cause });
    this.#queue.end();
  }
}

function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

function closeQuietly(stream: Stream | undefined): void {
  try {
    stream?.close();
  } catch {
    // Closed already.
  }
}

/** Waits, but no longer than until the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
    if (signal.aborted) over();
  });
}
