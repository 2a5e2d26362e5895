/** The conversations with one person each: who they are with, and what they go by among the rooms. */

import { sameName } from "../../words/names.js";
import type { ListedChat } from "../../wire/events.ts";

/** No room's name has this character, which the name of a conversation begins with here. */
const MARK = "\0";
/** The most conversations that are remembered. */
const MAX_KNOWN = 1_000;

/** What a conversation with somebody goes by among the rooms. */
export function conversationWith(name: string): string {
  return MARK + name;
}

/** Whom a conversation is with; `undefined` for what is a room. */
export function partnerIn(place: string): string | undefined {
  return place.startsWith(MARK) ? place.slice(MARK.length) : undefined;
}

/** What a room or a conversation is called. */
export function titleOf(place: string): string {
  const partner = partnerIn(place);
  return partner === undefined ? place : `@${partner}`;
}

/** What somebody is told who says something in a conversation that there is no more. */
export function noConversationText(partner: string): string {
  return `Your conversation with ${partner} is gone, as that of guests is when one has left for good; ` +
    `/msg ${partner} TEXT writes to whoever has that name now.`;
}

/** What is known of one; `last` and `read` are 0 as long as nobody has told us. */
interface KnownConversation extends Pick<ListedChat, "with" | "last" | "read"> {
  readonly gone: boolean;
}

/** Those that we know of, by their keys. */
export class Conversations {
  readonly #known = new Map<string, KnownConversation>();
  /** The server has others, with news before this time; `undefined`: it has told of all. */
  olderThan: string | undefined;

  /** Notes a conversation; returns the name by which it was known before, if that was another. */
  note(
    chat: string,
    told: Pick<ListedChat, "with" | "gone"> & Partial<Pick<ListedChat, "last" | "read">>,
  ): string | undefined {
    const before = this.#known.get(chat);
    const { with: partner, gone = false, last = before?.last ?? 0, read = before?.read ?? 0 } =
      told;
    this.#known.delete(chat);
    this.#known.set(chat, { with: partner, gone, last, read });
    const [oldest = ""] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN) this.#known.delete(oldest);
    return before === undefined || sameName(before.with, partner) ? undefined : before.with;
  }

  /** The numbers of the last message of a conversation, and of the last one that was read. */
  standing(chat: string): Pick<ListedChat, "last" | "read"> {
    const { last, read } = this.#known.get(chat) ?? { last: 0, read: 0 };
    return { last, read };
  }

  /** What the conversation with this key goes by. */
  place(chat: string): string | undefined {
    const known = this.#known.get(chat);
    return known && conversationWith(known.with);
  }

  /** The key of the one with this person; the latest one with somebody who is not gone. */
  keyOf(name: string): string | undefined {
    const all = [...this.#known].filter(([, partner]) => sameName(partner.with, name)).reverse();
    return (all.find(([, { gone }]) => !gone) ?? all[0])?.[0];
  }

  /** The people of all of them. */
  get names(): string[] {
    return [...this.#known.values()].map((partner) => partner.with).reverse();
  }
}
