/** What a transfer needs of the link: whether it is there, requests, and the bytes that come. */

import type { EventOf } from "../../wire/events.ts";
import { type Conversation, type LinkEvent, RequestError } from "../conversation.ts";
import { orAborted } from "../../words/or_aborted.js";

/** The feature of servers that take files. */
const FILES = "files";

/** One connection of the link, of which each has a higher number than the one before. */
export interface Connected {
  readonly number: number;
  /** Changes when the server has forgotten our session, and with it which requests it has answered. */
  readonly session: number;
}

/** The link as transfers use it. */
export class TransferLink {
  readonly #conversation: Conversation;
  readonly #listeners = new Map<string, (event: EventOf<"data">) => void>();
  #connected: Connected = { number: 0, session: 0 };
  #isOnline = false;
  #hasEnded = false;
  #changed = Promise.withResolvers<void>();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  get welcome(): Conversation["welcome"] {
    return this.#conversation.welcome;
  }

  send(request: Parameters<Conversation["send"]>[0]): ReturnType<Conversation["send"]> {
    return this.#conversation.send(request);
  }

  /**
   * Does something that belongs to one connection, and again in the next one whenever that is lost. `wait`
   * is called each time before it waits. Rejects as {@linkcode TransferLink.online} does.
   */
  async throughBreaks<T>(
    { signal, wait }: { readonly signal: AbortSignal; readonly wait?: () => void },
    attempt: (connected: Connected) => Promise<T>,
  ): Promise<T> {
    for (let number = 0;;) {
      const connected = await this.online(number, signal);
      number = connected.number;
      this.#checkFiles();
      try {
        return await attempt(connected);
      } catch (error) {
        if (!(error instanceof RequestError) || error.code !== "offline") throw error;
      }
      wait?.();
    }
  }

  /**
   * Resolves with the connection when there is one with a higher number than `after`. Rejects with a
   * `RequestError` (`ended`) when there will be none, and as `signal` says when that aborts.
   */
  async online(after: number, signal: AbortSignal): Promise<Connected> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#hasEnded) throw new RequestError("ended", "The connection has ended");
      if (this.#isOnline && this.#connected.number > after) return this.#connected;
      await orAborted(signal, this.#changed.promise);
    }
  }

  /** Calls `take` with the bytes of a file that come, until disposed of. */
  listen(file: string, take: (event: EventOf<"data">) => void): Disposable {
    this.#listeners.set(file, take);
    return {
      [Symbol.dispose]: () => {
        if (this.#listeners.get(file) === take) this.#listeners.delete(file);
      },
    };
  }

  /** Takes note of an event; returns whether it was for transfers alone. */
  take(event: LinkEvent): boolean {
    switch (event.type) {
      case "data":
        this.#listeners.get(event.file)?.(event);
        return true;
      case "ready": {
        const { number, session } = this.#connected;
        this.#connected = { number: number + 1, session: session + (event.lost ? 1 : 0) };
        this.#isOnline = true;
        break;
      }
      case "status":
        this.#isOnline &&= event.status === "online";
        this.#hasEnded ||= event.status === "ended";
        break;
      default:
        return false;
    }
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    return false;
  }

  /** Throws a `RequestError` (`no-files`) if the server has none. */
  #checkFiles(): void {
    const { protocol, welcome } = this.#conversation;
    const isClassic = protocol === "classic";
    if (!isClassic && (welcome === undefined || welcome.features?.includes(FILES))) return;
    const why = isClassic
      ? "it speaks the classic protocol, which has messages only"
      : "its operator has switched them off, or it is of an earlier version";
    throw new RequestError("no-files", `This server takes no files: ${why}`);
  }

  /** There will be no more events. */
  end(): void {
    this.#hasEnded = true;
    this.#changed.resolve();
  }
}
