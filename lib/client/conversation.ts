/**
 * What a link is to those who use it: a stream of events to read, and requests to send. The
 * terminal and the pipe know no more of it, and tests put another in its place.
 */

import type { Event } from "../wire/events.ts";
import type { Request } from "../wire/requests.ts";

/** How the link stands. */
export interface LinkStatus {
  readonly type: "status";
  /** `connecting` (first or again), `online`, `offline` (will try again), `ended` (will not). */
  readonly status: "connecting" | "online" | "offline" | "ended";
  /** One sentence for a person. */
  readonly text: string;
  /** With `online`: the server does not speak our protocol, which its user should know. */
  readonly fellBack?: true;
  /** With `offline`: when the next attempt begins. */
  readonly retryInMs?: number;
  /** With `ended`: why. */
  readonly cause?: EndCause;
  /** The code of the server's `error`, with `ended` also the reason of its `bye`. */
  readonly code?: string;
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
   * Everything that happens, in order, from `connecting` on; ends after `ended`. For one reader. Answers to our own
   * requests come from {@linkcode Conversation.send}; of these only `ack` is here too, in its place among the
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

/** `conversation` with other events, and other answers where `send` is given. */
export function altered(
  conversation: Conversation,
  { events, send }: Pick<Conversation, "events"> & Partial<Pick<Conversation, "send">>,
): Conversation {
  return {
    get name(): string {
      return conversation.name;
    },
    get protocol(): Conversation["protocol"] {
      return conversation.protocol;
    },
    events,
    send: send ?? ((request) => conversation.send(request)),
    close: () => conversation.close(),
  };
}

/** The conversation that `coming` resolves with, as if it were there already, under `name`. */
export function arriving(coming: Promise<Conversation>, name: string): Conversation {
  let there: Conversation | undefined;
  async function* events(): AsyncGenerator<LinkEvent> {
    there = await coming;
    yield* there.events;
  }
  return {
    get name(): string {
      return there?.name ?? name;
    },
    get protocol(): Conversation["protocol"] {
      return there?.protocol;
    },
    events: events(),
    send: async (request) => await (await coming).send(request),
    close: async () => await (await coming).close(),
  };
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
