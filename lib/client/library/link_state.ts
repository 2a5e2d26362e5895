/** What a link of the library keeps between two connections. */

import type { Event, EventOf } from "../../wire/events.ts";
import type { ResumePoint } from "../../wire/requests.ts";
import { ResumeState } from "../resume_state.ts";

/** What a `ready` does not say by itself. */
export interface Entrance {
  /** Which numbers are counted in from here on. */
  readonly epoch: string;
  /** Conversations that began while we were away, of which nobody tells, and what was read in them. */
  readonly begun: ReadonlyMap<string, number>;
  /** It is the first after the state was set back: what follows goes on at that point. */
  readonly isRewound: boolean;
}

/** The state of a link, which can be set back, and notes how each connection came in. */
export class LinkState extends ResumeState {
  readonly #entrances = new WeakMap<EventOf<"ready">, Entrance>();
  #isRewound = false;

  override rewind(point: ResumePoint): void {
    super.rewind(point);
    this.#isRewound = true;
  }

  override take(event: Event): boolean {
    if (event.type !== "ready") return super.take(event);
    const before = this.point;
    const isNews = super.take(event);
    const { epoch } = this;
    if (epoch === undefined) return isNews;
    const begun = before?.epoch === epoch ? begunIn(event, before) : new Map();
    this.#entrances.set(event, { epoch, begun, isRewound: this.#isRewound });
    this.#isRewound = false;
    return isNews;
  }

  /** How we came in with this `ready`; `undefined`: at a server that numbers nothing. */
  entrance(ready: EventOf<"ready">): Entrance | undefined {
    return this.#entrances.get(ready);
  }
}

function begunIn(
  { chats = [] }: EventOf<"ready">,
  { chats: known = {} }: ResumePoint,
): ReadonlyMap<string, number> {
  const begun = chats.filter(({ chat, unread }) => unread > 0 && !Object.hasOwn(known, chat));
  return new Map(begun.map(({ chat, read }) => [chat, read]));
}
