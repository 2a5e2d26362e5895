/** Our own messages: those on their way, and those that were shown, which must not be shown again. */

import { nameKey } from "../../words/names.js";
import type { RequestOf } from "../../wire/requests.ts";
import { conversationWith } from "./conversations.ts";
import type { PrintedEntry } from "./entry.ts";
import { Recent } from "./recent.ts";

/** A message, or what is to become of one, that was sent and may not have arrived. */
export type Outgoing = RequestOf<
  "say" | "direct" | "revise" | "remove" | "react" | "pin" | "answer"
>;

/** How many of our own messages we recognise when they come a second time. */
const MAX_OWN = 200;

/** What was sent, as the person would know it again. */
export function outgoingText(request: Outgoing): string {
  switch (request.type) {
    case "say":
    case "direct":
      return request.text;
    case "revise":
      return `/edit ${request.re} ${request.text}`;
    case "remove":
      return `/remove ${request.re}`;
    case "react":
      return `/${request.off ? "unreact" : "react"} ${request.re} ${request.key}`;
    case "answer":
      return `/answer ${request.re} ${request.choice}`;
    case "pin":
      return `/${request.off ? "unpin" : "pin"} ${request.re}`;
  }
}

/** A message, or what is to become of one, that has no ack. */
interface Waiting {
  readonly request: Outgoing;
  /** When it was sent, in ms of a clock that never goes back. */
  readonly at: number;
  /** What stands of it where it will be: it waits for a connection, or for long. */
  readonly told?: PrintedEntry;
  /** The server may have it. */
  readonly isOnItsWay: boolean;
}

/** The line that a message was typed as. */
export function lineOf({ text, re, action }: RequestOf<"say" | "direct">): string {
  if (re !== undefined) return `/re ${re} ${text}`;
  if (action) return `/me ${text}`;
  return text.startsWith("/") ? `/${text}` : text;
}

/** Who knows what a conversation goes by here. */
interface Places {
  placeOf(log: { readonly chat: string }): string;
}

/** Where something is said, as it goes here; empty: nobody knows. */
export function placeSaid(request: RequestOf<"say" | "direct">, known: Places): string {
  if (request.type === "say") return request.room;
  const { to, chat = "" } = request;
  return to === undefined ? known.placeOf({ chat }) : conversationWith(to);
}

/**
 * What is sent, with a word to the server where not all that was said there is on screen: then it marks nothing else
 * as read. `shows`: whether the last of a place is.
 */
export function asSeen(
  request: Outgoing,
  known: Places,
  shows: (place: string) => boolean,
): Outgoing {
  if (request.type !== "say" && request.type !== "direct") return request;
  return shows(placeSaid(request, known)) ? request : { ...request, unseen: true };
}

/** Our messages by the ids with which they were sent, and by their numbers in the room. */
export class OwnMessages {
  readonly #waiting = new Map<string, Waiting>();
  readonly #doubtful: Outgoing[] = [];
  #shown = new Recent(MAX_OWN);

  /** How many have no ack. */
  get unsent(): number {
    return this.#waiting.size;
  }

  /** How many were sent at the time `before` or earlier, and have no ack. */
  sentBefore(before: number): number {
    return [...this.#waiting.values()].filter(({ at }) => at <= before).length;
  }

  /** The messages that were sent at the time `before` or earlier, have no ack, and stand nowhere. */
  untold(before: number): Array<readonly [id: string, request: Outgoing]> {
    return [...this.#waiting].flatMap(([id, { request, at, told }]) => {
      const isSaid = request.type === "say" || request.type === "direct";
      return isSaid && at <= before && told === undefined ? [[id, request] as const] : [];
    });
  }

  /** `told` is where one of them stands. */
  tell(id: string, told: PrintedEntry): void {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) this.#waiting.set(id, { ...waiting, told });
  }

  /** Notes a message that may have arrived or not. */
  doubt(request: Outgoing): void {
    this.#doubtful.push(request);
  }

  /** Removes and returns the messages that may have arrived or not. */
  takeDoubtful(): Outgoing[] {
    return this.#doubtful.splice(0);
  }

  /** A message of ours has come; if it was in doubt, it is no longer. */
  arrived(room: string, text: string): void {
    const at = this.#doubtful.findIndex((each) =>
      each.type === "say" && nameKey(each.room) === nameKey(room) && each.text === text
    );
    if (at >= 0) this.#doubtful.splice(at, 1);
  }

  /** `told`: what stands of it while it waits for a connection; without, it goes to the server. */
  send(id: string, request: Outgoing, at: number, told?: PrintedEntry): void {
    const waits = told === undefined ? {} : { told };
    this.#waiting.set(id, { request, at, isOnItsWay: told === undefined, ...waits });
  }

  /** There is a connection: what has waited goes to the server. */
  transmitted(): void {
    for (const [id, each] of this.#waiting) this.#waiting.set(id, { ...each, isOnItsWay: true });
  }

  /** Those that have no ack, by their ids, in the order in which they were sent. */
  get waiting(): ReadonlyMap<string, Pick<Waiting, "request" | "isOnItsWay">> {
    return this.#waiting;
  }

  /** Removes and returns a message that has arrived, or never will. */
  settle(id: string): Pick<Waiting, "request" | "told"> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** Whether to show the message with this number; from then on it counts as shown. */
  isNew(room: string, seq: number): boolean {
    return this.#shown.use(`${seq} ${room}`);
  }

  /** The numbers begin again: those that were used before mean other messages now. */
  renumber(): void {
    this.#shown = new Recent(MAX_OWN);
  }
}
