/** The requests of a link that have no answer yet: which of them outlive a connection, and their ids. */

import type { Event } from "../wire/events.ts";
import type { Request } from "../wire/requests.ts";
import { utf8Length } from "../wire/text.ts";
import { RequestError } from "./conversation.ts";

/** A request as it is sent. */
export type Sent = Request & { readonly id: string };

interface Pending {
  readonly request: Sent;
  written?: true;
  resolve(event: Event): void;
  reject(error: Error): void;
}

/** Why a message was given up that may have been stored. */
const LOST = "The server has forgotten this session, and may have stored the message or not";

/** Requests that wait for their answers. */
export class Requests {
  /** `say` and `direct` that are not acked, in order. */
  readonly #unacked = new Map<string, Pending>();
  readonly #asked = new Map<string, Pending>();
  readonly #idPrefix = crypto.randomUUID().slice(0, 8);
  #ids = 0;

  /** Notes that a message has gone out: from then on the server may have stored it. */
  written(id: string): void {
    const pending = this.#unacked.get(id);
    if (pending !== undefined) pending.written = true;
  }

  /**
   * Gives up what is not acked, where the server does not know any more what it has got from us: sent
   * again, it could be there twice. What has never gone out is sent.
   */
  dropDoubtful(): void {
    if (![...this.#unacked.values()].some(({ written }) => written)) return;
    rejectAll(this.#unacked, new RequestError("lost", LOST));
  }

  /** What is to be sent again on the next connection, in order. */
  get unacked(): Sent[] {
    return [...this.#unacked.values()].map(({ request }) => request);
  }

  /** The request with an id of its own, if it has none. */
  named(request: Request): Sent {
    return { ...request, id: request.id ?? `${this.#idPrefix}-${++this.#ids}` };
  }

  /** Settles with the answer to a request that is about to be sent. */
  answerTo(request: Sent): Promise<Event> {
    const { promise, resolve, reject } = Promise.withResolvers<Event>();
    (isKept(request) ? this.#unacked : this.#asked).set(request.id, { request, resolve, reject });
    return promise;
  }

  /** Whether an answer with this id is waited for. */
  awaits(id: string | undefined): boolean {
    return id !== undefined && (this.#unacked.has(id) || this.#asked.has(id));
  }

  /** Hands an answer to who asked for it, and says to which request; `undefined`: it answers nothing. */
  answer(event: Event): Sent | undefined {
    const { id } = event;
    if (id === undefined) return undefined;
    const pending = this.#unacked.get(id) ?? this.#asked.get(id);
    if (pending === undefined) return undefined;
    this.#unacked.delete(id);
    this.#asked.delete(id);
    if (event.type === "error") pending.reject(new RequestError(event.code, event.text));
    else pending.resolve(event);
    return pending.request;
  }

  /**
   * Gives up what was written for a server that took more than this one does: sent, it would cost us
   * the connection each time, and keep back all behind it.
   */
  dropExcess(limit: number, isClassic: boolean): void {
    for (const [id, { request, reject }] of this.#unacked) {
      const excess = excessOf(request, limit, isClassic);
      if (excess === undefined) continue;
      this.#unacked.delete(id);
      reject(excess);
    }
  }

  /** The connection is lost, and with it the answers to all but messages. */
  lose(): void {
    const text = "The connection was lost before the answer came";
    rejectAll(this.#asked, new RequestError("offline", text));
  }

  /** No message will be acked any more. */
  end(text: string): void {
    rejectAll(this.#unacked, new RequestError("ended", text));
  }
}

/** Whether a request outlives the connection that it was sent on. */
export function isKept({ type }: Request): boolean {
  return type === "say" || type === "direct";
}

/** Sending more than the server takes would cost us the connection, and each one after it. */
export function excessOf(
  request: Request,
  limit: number,
  isClassic: boolean,
): RequestError | undefined {
  const length = isClassic && request.type === "say"
    ? utf8Length(request.text)
    : utf8Length(JSON.stringify(request));
  if (length <= limit) return undefined;
  const text = `The message takes ${length} bytes, over the server's limit of ${limit}; ` +
    "say it in parts";
  return new RequestError("too-long", text);
}

function rejectAll(pending: Map<string, Pending>, error: RequestError): void {
  for (const { reject } of pending.values()) reject(error);
  pending.clear();
}
