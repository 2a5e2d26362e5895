/** The conversations with one person each: who they are with, and what they go by among the rooms. */

import { nameKey } from "../../words/names.js";
import type { ListedChat } from "../../wire/events.ts";

/** No room's name has this character, which the name of a conversation begins with here. */
const MARK = "\0";
/** The most conversations that are remembered. */
const MAX_KNOWN = 1_000;

/**
 * What a conversation with somebody goes by among the rooms. `before`: it is not the one with whoever has the name
 * now, but the first, second … of those with people who had it before.
 */
export function conversationWith(name: string, before = 0): string {
  return MARK + name + (before === 0 ? "" : MARK + before);
}

/** Whom a conversation is with; `undefined` for what is a room. */
export function partnerIn(place: string): string | undefined {
  return place.startsWith(MARK) ? place.split(MARK)[1] : undefined;
}

/** What a room or a conversation is called. */
export function titleOf(place: string): string {
  const partner = partnerIn(place);
  if (partner === undefined) return place;
  const [, , before = ""] = place.split(MARK);
  return `@${partner}${before === "" ? "" : before === "1" ? ", earlier" : `, earlier ${before}`}`;
}

/** What somebody is told who says something in a conversation that there is no more. */
export function noConversationText(partner: string): string {
  return `Your conversation with ${partner} is gone, as that of guests is when one has left for good; ` +
    `/msg ${partner} TEXT writes to whoever has that name now.`;
}

/** What somebody is told who writes to a name that is on screen, and that nobody has any more. */
export function goneText(name: string): string {
  return `${name} is not here any more, or has another name by now: ` +
    "a guest who has left can't be written to";
}

/** What somebody is told who closes a conversation. */
export function closedText(place: string): string {
  const [partner = "", title] = [partnerIn(place), titleOf(place)];
  const opens = title === `@${partner}` ? `/chat ${partner}` : `/go ${title.slice(1)}`;
  return `The conversation is closed; ${opens} opens it again.`;
}

/** A place that somebody keeps in mind, by what it goes by now. */
export interface FollowedPlace extends Disposable {
  readonly place: string;
}

/** What is known of one; `last` and `read` are 0 as long as nobody has told us. */
export interface KnownConversation extends Pick<ListedChat, "with" | "last" | "read"> {
  readonly chat: string;
  /** What the name comes to. */
  readonly name: string;
  /** Nothing can be said in it any more. */
  readonly gone: boolean;
  /** Those with later news have a higher one. */
  readonly rank: number;
  /** When it was begun, if somebody has told us. */
  readonly begun: string | undefined;
  /** Higher for those known later. */
  readonly nth: number;
  /** What it goes by. */
  place: string;
}

/** Conversations that go by something else than before. */
export class MovedPlaces {
  readonly #to = new Map<string, string>();

  get isEmpty(): boolean {
    return this.#to.size === 0;
  }

  add(from: string, to: string): void {
    this.#to.set(nameKey(from), to);
  }

  /** What a place goes by now. */
  to(place: string): string {
    return this.#to.get(nameKey(place)) ?? place;
  }

  /**
   * What is kept by the keys of such places is kept by those that they have now; where two become one, `both`.
   */
  moveKeys<T>(kept: Map<string, T>, both: (one: T, other: T) => T): void {
    const before = [...kept];
    kept.clear();
    for (const [place, each] of before) {
      const key = nameKey(this.to(place));
      const other = kept.get(key);
      kept.set(key, other === undefined ? each : both(other, each));
    }
  }

  has(place: string): boolean {
    return this.#to.has(nameKey(place));
  }

  /** Those that they went by, by their keys, and what they go by now. */
  get all(): Array<readonly [from: string, to: string]> {
    return [...this.#to];
  }
}

/** Those that we know of, by their keys. */
export class Conversations {
  readonly #known = new Map<string, KnownConversation>();
  /** Their keys by what they go by. */
  readonly #keys = new Map<string, string>();
  /** Who is told when some go by something else. */
  readonly onMoved = new Set<(moved: MovedPlaces) => void>();
  #latest = 0;
  #earliest = 0;
  #count = 0;
  /** Up to which number those had come that were closed. */
  readonly #closed = new Map<string, number>();
  /** Told when one is closed, and up to which number it had come; `undefined`: it is opened again. */
  onClosed: ((chat: string, last: number | undefined) => void) | undefined;
  /** The server has others, with news before this time; `undefined`: it has told of all. */
  olderThan: string | undefined;

  /** Follows a place through a while in which it may come to go by something else. */
  follow(place: string): FollowedPlace {
    let now = place;
    const move = (moved: MovedPlaces): void => void (now = moved.to(now));
    this.onMoved.add(move);
    return {
      get place(): string {
        return now;
      },
      [Symbol.dispose]: () => void this.onMoved.delete(move),
    };
  }

  /** Notes a conversation with the latest news of all, or with the earliest (`isOld`). */
  note(
    chat: string,
    told: Pick<ListedChat, "with" | "gone"> & Partial<Pick<ListedChat, "last" | "read" | "begun">>,
    isOld = false,
  ): void {
    const before = this.#known.get(chat);
    const { with: partner, gone = false, last = before?.last ?? 0, read = before?.read ?? 0 } =
      told;
    const rank = isOld ? before?.rank ?? --this.#earliest : ++this.#latest;
    const { place = "", nth = ++this.#count } = before ?? {};
    const { begun = before?.begun } = told;
    const name = nameKey(partner);
    const known = { chat, name, with: partner, gone, last, read, rank, begun, nth, place };
    this.#known.set(chat, known);
    this.#place(new Set([name, before?.name ?? name]));
    if (this.#known.size > MAX_KNOWN) this.#forgetOldest();
  }

  /** The numbers of the last message of a conversation, and of the last one that was read. */
  standing(chat: string): Pick<ListedChat, "last" | "read"> {
    const { last, read } = this.#known.get(chat) ?? { last: 0, read: 0 };
    return { last, read };
  }

  /** What the conversation with this key goes by. */
  place(chat: string): string | undefined {
    return this.#known.get(chat)?.place;
  }

  /** Whom the conversation with this key is with. */
  partner(chat: string): string | undefined {
    return this.#known.get(chat)?.with;
  }

  /** The key of what goes by that. */
  keyOf(place: string): string | undefined {
    return this.#keys.get(nameKey(place));
  }

  /** Has one left out of the list until something new comes there, of which this is the last. */
  close(place: string, last: number): void {
    const known = this.#known.get(this.keyOf(place) ?? "");
    if (known === undefined) return;
    this.closed(known.chat, Math.max(known.last, last));
    this.onClosed?.(known.chat, Math.max(known.last, last));
  }

  /** One that may not be known yet was closed when it had come up to that number. */
  closed(chat: string, last: number): void {
    this.#closed.set(chat, last);
  }

  /** One is opened again. */
  reopen(chat = ""): void {
    if (this.#closed.delete(chat)) this.onClosed?.(chat, undefined);
  }

  /** What all of them go by, those with the latest news first. */
  get places(): string[] {
    return this.byNews.map(({ place }) => place);
  }

  /** The same without those that were closed. */
  get listed(): string[] {
    return this.byNews.filter(({ chat, last }) => last > (this.#closed.get(chat) ?? -1))
      .map(({ place }) => place);
  }

  /** All, those with the latest news first. */
  get byNews(): KnownConversation[] {
    return [...this.#known.values()].sort((a, b) => b.rank - a.rank);
  }

  /**
   * Says what those with people of these names go by. The one that has the name alone is with somebody who can be
   * written to; of several it is the one with the latest news.
   */
  #place(names: ReadonlySet<string>): void {
    const moved = new MovedPlaces();
    const those = [...this.#known.values()].filter(({ name }) => names.has(name));
    for (const { place } of those) this.#keys.delete(nameKey(place));
    for (const name of names) {
      const all = those.filter((each) => each.name === name)
        .sort((a, b) => Number(a.gone) - Number(b.gone) || b.rank - a.rank);
      const isFree = all[0]?.gone === true;
      for (const [n, known] of all.entries()) {
        const place = conversationWith(known.with, isFree ? n + 1 : n);
        if (known.place !== "" && nameKey(known.place) !== nameKey(place)) {
          moved.add(known.place, place);
        }
        known.place = place;
      }
    }
    for (const { chat, place } of those) this.#keys.set(nameKey(place), chat);
    if (!moved.isEmpty) { for (const tell of this.onMoved) tell(moved); }
  }

  #forgetOldest(): void {
    const [oldest] = [...this.#known.values()].sort((a, b) => a.rank - b.rank);
    if (oldest === undefined) return;
    this.#known.delete(oldest.chat);
    this.#keys.delete(nameKey(oldest.place));
  }
}
