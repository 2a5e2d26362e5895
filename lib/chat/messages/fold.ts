/** Folds what was done about messages into them: what people read of a log, in memory and on disk alike. */

import type { Message, Quote } from "../../wire/events.ts";
import { captionOf } from "../../words/files.js";
import { quoteText } from "../../words/fold.js";
import type { LifeEntry, ReactedEntry, RemovedEntry } from "./entries.ts";
import type { Reactor, Stored } from "./history.ts";

/**
 * The messages as they are to be read. `entries` are all that are about any of them, in ascending order of
 * seq; others do no harm. Reactions of `asker` are marked as its own.
 */
export function fold(
  messages: readonly Stored[],
  entries: readonly LifeEntry[],
  asker?: Reactor,
): readonly Stored[] {
  if (entries.length === 0) return messages;
  const about = Map.groupBy(entries, ({ re }) => re);
  return messages.map((stored) => {
    const own = about.get(stored.message.seq);
    return own === undefined ? stored : foldOne(stored, own, asker);
  });
}

/** The messages with how those begin that they answer; `find` returns such a message, folded. */
export function withQuotes(
  messages: readonly Stored[],
  find: (seq: number) => Message | undefined,
): readonly Stored[] {
  if (messages.every(({ message: { re } }) => re === undefined)) return messages;
  return messages.map((stored) => {
    const { re } = stored.message;
    const quote = re === undefined ? undefined : quoteOf(find(re));
    return quote === undefined ? stored : { ...stored, message: { ...stored.message, quote } };
  });
}

/** How a message begins, which is folded; `undefined` where there is nothing to be quoted. */
export function quoteOf(message: Message | undefined): Quote | undefined {
  if (message === undefined || message.text === "" || message.withheld !== undefined) {
    return undefined;
  }
  const { from, file } = message;
  const said = file === undefined ? message.text : captionOf(message.text, file) || file.name;
  return { from, text: quoteText(said).toWellFormed() };
}

/** The reactions that hold, in the order in which their keys were first given. */
export function reactionsOf(
  entries: readonly LifeEntry[],
): ReadonlyMap<string, ReadonlyMap<Reactor, ReactedEntry>> {
  const keys = new Map<string, Map<Reactor, ReactedEntry>>();
  for (const entry of entries) {
    if (entry.kind !== "reacted") continue;
    const { key, who, off } = entry;
    const people = keys.get(key);
    if (off) {
      people?.delete(who);
      if (people?.size === 0) keys.delete(key);
    } else if (people === undefined) keys.set(key, new Map([[who, entry]]));
    else if (!people.has(who)) people.set(who, entry);
  }
  return keys;
}

/** A message that was removed, without what it said. Who said it, when, and what it answered stays. */
export function emptied({ room, seq, from, at, by, re }: Message): Message {
  return {
    ...{ room, seq, from, at, text: "" },
    ...(by === undefined ? {} : { by }),
    ...(re === undefined ? {} : { re }),
  };
}

/** What has become of a message. */
export interface Become {
  /** It was removed, and then the rest does not matter. */
  readonly removed?: NonNullable<Message["removed"]>;
  /** Its newest text, and since when it has that. */
  readonly edit?: Pick<Message, "text" | "at">;
  readonly reactions: NonNullable<Message["reactions"]>;
  readonly isPinned: boolean;
  /** What was answered to its question, in order. */
  readonly answers?: NonNullable<Message["answers"]>;
}

/** A message as it is to be read, by what has become of it. */
export function asRead(
  stored: Stored,
  { removed, edit, reactions, isPinned, answers = [] }: Become,
): Stored {
  if (removed !== undefined) {
    return { ...stored, message: { ...emptied(stored.message), removed } };
  }
  const message: Message = {
    ...stored.message,
    ...(edit === undefined ? {} : { text: edit.text, edited: edit.at }),
    ...(reactions.length === 0 ? {} : { reactions }),
    ...(isPinned ? { pinned: true } : {}),
    ...(answers.length === 0 ? {} : { answers }),
  };
  return { ...stored, message };
}

function foldOne(stored: Stored, entries: readonly LifeEntry[], asker?: Reactor): Stored {
  const removal = entries.find(({ kind }) => kind === "removed");
  const edit = entries.findLast(({ kind }) => kind === "revised");
  const pin = entries.findLast(({ kind }) => kind === "pinned");
  return asRead(stored, {
    ...(removal?.kind === "removed" ? { removed: removalOf(removal) } : {}),
    ...(edit?.kind === "revised" ? { edit } : {}),
    reactions: counted(entries, asker),
    isPinned: pin?.kind === "pinned" && !pin.off,
    answers: entries.filter((each) => each.kind === "answered")
      .map(({ from, choice, at }) => ({ from, choice, at })),
  });
}

function removalOf({ from: by, at, reason }: RemovedEntry): NonNullable<Message["removed"]> {
  return reason === undefined ? { by, at } : { by, at, reason };
}

function counted(
  entries: readonly LifeEntry[],
  asker: Reactor | undefined,
): NonNullable<Message["reactions"]> {
  return [...reactionsOf(entries)].map(([key, people]) => ({
    key,
    count: people.size,
    ...(asker !== undefined && people.has(asker) ? { mine: true } : {}),
  }));
}
