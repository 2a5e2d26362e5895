/**
 * The interface of a link: a stream of events to read, and requests to send; and the exit codes for its
 * end. The terminal and the pipe know no more of a link, and tests use another implementation.
 */

import type { Event, EventOf } from "../wire/events.ts";
import type { Request } from "../wire/requests.ts";

/** The state of a link. */
export interface LinkStatus {
  readonly type: "status";
  /** `connecting` (first or again), `online`, `offline` (will try again), `ended` (will not). */
  readonly status: "connecting" | "online" | "offline" | "ended";
  /** A sentence for a person. */
  readonly text: string;
  /** With `online`: we fell back to the classic protocol, which the user should know. */
  readonly fellBack?: true;
  /** With `online`: the server that has let us in, where there are several. */
  readonly server?: string;
  /** With `offline`: the time until the next attempt, in ms. */
  readonly retryInMs?: number;
  /** With `ended`: the cause. */
  readonly cause?: EndCause;
  /** The code of the server's `error`; with `ended` also the reason of its `bye`. */
  readonly code?: string;
}

/**
 * Why a link ended: the server could not be reached, refused us for good (a name, a ban), sent us
 * away, or we left.
 */
export type EndCause = "unreachable" | "refused" | "dismissed" | "left";

/** An event of the server, or the state of the link. */
export type LinkEvent = Event | LinkStatus;

/** A link, as the terminal and the pipe use it. */
export interface Conversation {
  /** Our name on the server; until the server has answered, the name that we asked for. */
  readonly name: string;
  /** The protocol of the server; `undefined` until the first connection is open. */
  readonly protocol: "event" | "classic" | undefined;
  /** What the server says of itself, with its limits and features; `undefined` while we don't know. */
  readonly welcome: EventOf<"welcome"> | undefined;
  /**
   * All that happens, in order, from `connecting` on; ends after `ended`. It takes one reader. Answers
   * to our requests come from {@linkcode Conversation.send}; only an `ack` is also here, in its place
   * among the messages, and `data`, since one request brings many.
   */
  readonly events: AsyncIterable<LinkEvent>;
  /**
   * Sends a request and resolves with its answer. Messages, and what is to become of one, are kept until
   * they are acked, through reconnects; any other request rejects while the link is down. Rejects with a
   * {@linkcode RequestError} if the server answers `error`.
   */
  send(request: Request): Promise<Event>;
  /**
   * Takes back a message that was never written to a server, so that nobody has it: its `send` rejects with
   * the code `withdrawn`. False: it is too late for that.
   */
  withdraw(id: string): boolean;
  /** While there is no connection, does not wait for the next attempt, but makes it now. */
  tryNow(): void;
  /** Ends the link; resolves when its socket is closed. */
  close(): Promise<void>;
}

/** Wraps `conversation` with other events, and with another `send` if there is one. */
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
    get welcome(): Conversation["welcome"] {
      return conversation.welcome;
    },
    events,
    send: send ?? ((request) => conversation.send(request)),
    withdraw: (id) => conversation.withdraw(id),
    tryNow: () => conversation.tryNow(),
    close: () => conversation.close(),
  };
}

/** A conversation that can be used before `coming` has resolved with the real one. */
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
    get welcome(): Conversation["welcome"] {
      return there?.welcome;
    },
    events: events(),
    send: async (request) => await (await coming).send(request),
    withdraw: (id) => there?.withdraw(id) ?? false,
    tryNow: () => there?.tryNow(),
    close: async () => await (await coming).close(),
  };
}

/** The server's `error` to a request, or the link's reason why it can't be answered. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** The server's code, or `offline`, `ended`, `classic`. */
  readonly code: string;
  /** When the server may grant the same, as it says, in ms from then. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, text: string, retryAfterMs?: number) {
    super(text);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Signals that end a program at a terminal. */
export type EndSignal = "SIGTERM" | "SIGHUP";

/** The exit codes by why a conversation ended. */
export const CAUSE_CODES: Readonly<Record<EndCause, number>> = {
  left: 0,
  unreachable: 3,
  refused: 4,
  dismissed: 4,
};

/** The exit codes by the signal that ended the program, as shells define them. */
export const SIGNAL_CODES: Readonly<Record<EndSignal, number>> = { SIGHUP: 129, SIGTERM: 143 };

/** The terminal was closed; SIGHUP reports the same, sooner or later. */
export const GONE_CODE = 129;

/** The person pressed Ctrl-C. */
export const INTERRUPT_CODE = 130;

/** No reply came in time. */
export const NO_REPLY_CODE = 3;

/** A question was answered by another choice than the first. */
export const OTHER_CHOICE_CODE = 5;

/** Nobody has answered a question in time. */
export const UNANSWERED_CODE = 6;

/** There is no such command to run, as shells say it. */
export const NO_COMMAND_CODE = 127;

/** A command can't be run, as shells say it. */
export const NOT_RUN_CODE = 126;
