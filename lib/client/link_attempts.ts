/** Decides after each connection of a link whether it tries again, at which server and when. */

import type { EventOf } from "../wire/events.ts";
import type { EndCause } from "./conversation.ts";
import type { LinkOptions } from "./link_options.ts";
import { finalCause, isOfServer, RefusedError, retryAfter } from "./refusal.ts";
import { RetrySchedule } from "./retry_schedule.ts";
import { Servers } from "./servers.ts";
import { toldServers } from "./told_servers.ts";

/** A connection that has ended, or was not to be had. */
export interface Ended {
  /** The server's `bye`, if there was one. */
  readonly bye: EventOf<"bye"> | undefined;
  /** What has gone wrong, if that is known. */
  readonly error: Error | undefined;
  /** When it came up (`performance.now()`); `undefined`: it never did. */
  readonly onlineAt: number | undefined;
  /** Whether it has brought a message or an ack. */
  readonly served: boolean;
}

/** What comes after a connection: the end of the link, or another attempt after a pause. */
export interface AfterConnection {
  /** Why it ends; `undefined`: it tries again. */
  readonly cause?: EndCause;
  /** Until the next attempt, in ms. */
  readonly waitMs: number;
  /** A sentence that says what has happened. */
  readonly text: string;
  readonly code: string | undefined;
}

/** The attempts of one link. */
export class LinkAttempts {
  readonly servers: Servers;
  readonly #given: readonly string[];
  readonly #retries: RetrySchedule;
  readonly #wasReached: boolean | undefined;
  /** Whether a server has let us in, in the last connection or before. */
  #known = false;

  constructor(
    { servers = [""], giveUpMs, random, wasReached }: Pick<
      LinkOptions,
      "servers" | "giveUpMs" | "random" | "wasReached"
    >,
  ) {
    this.#wasReached = wasReached;
    this.servers = new Servers(servers, random);
    this.#given = servers;
    this.#retries = new RetrySchedule(giveUpMs, random);
  }

  /** A server has told which others there are. */
  told(list: readonly string[] = []): void {
    this.servers.told(toldServers(list, this.#given));
  }

  /** Decides, and goes on to the server that is to be tried next. */
  after({ bye, error, onlineAt, served }: Ended): AfterConnection {
    const refusal = error instanceof RefusedError ? error.code : undefined;
    const text = bye?.text ?? error?.message ?? "The connection was lost";
    const isKnown = this.#known ||= onlineAt !== undefined;
    const cause = finalCause({ bye, error, known: isKnown, wasReached: this.#wasReached });
    const goesOn = cause !== undefined && this.#isOnlyThere(cause, bye?.reason ?? refusal);
    if (cause !== undefined && !goesOn) {
      return { cause, waitMs: 0, text, code: refusal ?? bye?.reason };
    }
    const retryAfterMs = retryAfter({ bye, error });
    const waitMs = this.#retries.next({ onlineAt, served, retryAfterMs, goesOn }, this.servers);
    if (waitMs === undefined) return { cause: "unreachable", waitMs: 0, text, code: undefined };
    return { waitMs, text, code: refusal };
  }

  /** Waits before the next attempt, until `closing` or {@linkcode hurry}. */
  async pause(waitMs: number, closing: AbortSignal): Promise<void> {
    await this.#retries.pause(waitMs, closing);
  }

  /** Ends a pause, to try at once. */
  hurry(): void {
    this.#retries.hurry();
  }

  /** Whether that would end a link with one server, and this one has others to try. */
  #isOnlyThere(cause: EndCause, code: string | undefined): boolean {
    if (isOfServer(code)) return this.servers.drop();
    return cause === "unreachable" && this.servers.hasOthers;
  }
}
