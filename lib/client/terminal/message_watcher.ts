/** Somebody who shows messages in another way than the stream, and so wants to know of all of them. */

import type { Event, EventOf } from "../../wire/events.ts";
import type { LifeEvent } from "../../words/fold.js";
import type { ShownMessage } from "./shown_messages.ts";

/** Is told what happens in rooms and conversations, each by what it goes by here (conversations.ts). */
export interface MessageWatcher {
  /** A message has come, also one of our own, or one that was said before. */
  said(message: ShownMessage): void;
  /** Something was done about a message. */
  done(place: string, entry: LifeEvent): void;
  /** What was said there is not kept any more. */
  emptied(place: string, from: number, to: number): void;
  /** Messages are missing that can't be had one by one; `renumbered`: the numbers begin again. */
  lost(place: string, renumbered: boolean): void;
  /** What was said there is to be shown, of which nothing was. */
  recalled(place: string): void;
  /** So many messages of a place that is looked at, those after number `from`, count as unread again. */
  held(place: string, from: number, count: number): void;
  /** A room has this topic now; empty: none. */
  titled(room: string, topic: string): void;
  /** Somebody came, went, goes by another name or is away, or the server has listed who is there. */
  met(event: Event): void;
  /** The server has let us in, at first or again. */
  back(): void;
  /** The person comes in; returns whether they look already at somewhere else than where the server says. */
  begins(ready: EventOf<"ready">): boolean;
}
