/** Messages in the order in which they are shown, and the lines between old and new ones. */

import type { EventOf, Message } from "../../wire/events.ts";
import type { Request, RequestOf } from "../../wire/requests.ts";
import { Attention } from "./attention.ts";
import { type Blocked, foldText } from "./blocked.ts";
import { conversationWith, partnerIn, titleOf } from "./conversations.ts";
import { clock, notShown, type PrintedEntry, type ScreenEntry } from "./entry.ts";
import { foldEntry, type LifeEvent } from "../../words/fold.js";
import { type EntryContext, messageEntry } from "./message_entry.ts";
import type { MessageWatcher } from "./message_watcher.ts";
import { heldMessage, takeLate } from "./seen.ts";
import type { ShownMessage } from "./shown_messages.ts";
import type { Preferences } from "./preferences.ts";
import { type JoinedRoom, MAX_AWAITED } from "./rooms.ts";

/** Options of a {@linkcode MessageStream}. */
export interface StreamOptions extends EntryContext {
  readonly preferences: Preferences;
  readonly blocked: Blocked;
  readonly now: () => Date;
  /** Asks the server for what is shown when the answer comes. */
  readonly ask: (request: Request) => void;
  /** Whoever shows messages in another way, if somebody does. */
  readonly watcher: () => MessageWatcher | undefined;
  /** How a request names a room or conversation; `undefined` if nothing was said in it yet. */
  readonly logOf: (name: string) => Pick<RequestOf<"history">, "room" | "chat"> | undefined;
}

/** How many earlier messages are asked for when a room is looked at: at least, and at most. */
const MIN_RECALLED = 30;
const MAX_RECALLED = 200;
/** How many of them are shown before what is new. */
const BEFORE_NEW = 10;

/** Makes entries of messages. */
export class MessageStream {
  readonly #options: StreamOptions;
  readonly attention: Attention;
  /** The room of the last message without a mark. */
  #shownRoom = "";
  /** Where and of whom it was told last that what they say is left out. */
  #folded = "";

  constructor(options: StreamOptions) {
    this.#options = options;
    this.attention = new Attention(options.now);
  }

  /**
   * We have joined a room, and its earlier messages will come, up to number `last`; `unread` of them are
   * new to the person.
   */
  entered(name: string, last: number | undefined, unread = 0): void {
    const { rooms, ask } = this.#options;
    const room = rooms.get(name);
    if (room === undefined) return;
    if (rooms.isCurrent(room.name)) this.#shownRoom = room.name;
    ask({ type: "who", room: room.name });
    this.#options.watcher()?.recalled(room.name);
    const since = unread > 0 ? { newFrom: room.read, unread } : {};
    if (last !== undefined) room.awaited = { upTo: last, messages: new Map(), ...since };
  }

  /**
   * The earlier messages that were asked for. Without an answer only what has come since is shown, and
   * they are asked for again later.
   */
  recalled(name: string, page: EventOf<"page"> | undefined): ScreenEntry[] {
    const { rooms, messages, logKey } = this.#options;
    const room = rooms.get(name);
    const found = page === undefined ? [] : messages.foldPage(logKey(name), page);
    for (const message of found) {
      room?.awaited?.messages.set(message.seq, { ...message, room: name });
    }
    if (room !== undefined && page === undefined) room.unseen = true;
    const shown = this.begin(name);
    // Nothing has named the room or conversation yet.
    const isBare = shown.length === 0 && rooms.isCurrent(name);
    return isBare ? [this.#rule(titleOf(name))] : shown;
  }

  /** Something was done about a message: those that wait to be shown are shown so. */
  fold(name: string, entry: LifeEvent): void {
    const room = this.#options.rooms.get(name);
    this.#options.watcher()?.done(name, entry);
    if (room === undefined) return;
    room.held = room.held.map((message) => foldEntry(message, entry));
    const awaited = room.awaited?.messages;
    for (const [seq, message] of awaited ?? []) awaited?.set(seq, foldEntry(message, entry));
  }

  /** Shows the earlier messages of a room, and those that have come since. */
  begin(name: string): ScreenEntry[] {
    const { rooms, preferences } = this.#options;
    const room = rooms.get(name);
    const awaited = room?.awaited;
    if (room === undefined || awaited === undefined) return [];
    room.awaited = undefined;
    const { upTo, newFrom = upTo, unread = 0 } = awaited;
    const all = [...awaited.messages.values()].sort((a, b) => a.seq - b.seq);
    const shown = all.filter(({ from }) => !preferences.ignores(from));
    const old = shown.filter(({ seq }) => seq <= upTo);
    const live = shown.slice(old.length).flatMap((message) => this.#live(room, message));
    const isNews = (message: ShownMessage): boolean => this.#isNews(message);
    const begins = old.findIndex((message) => message.seq > newFrom && isNews(message));
    const read = begins < 0 ? old : old.slice(0, begins);
    const fresh = old.slice(read.length);
    const title = titleOf(room.name);
    const news = fresh.filter(isNews).length;
    const lacking = unread - news;
    // The answer that ends them may overtake the last of them.
    if (unread > 0 && news === 0) room.late = { upTo, newFrom, unread };
    return [
      ...read.length === 0 ? [] : [this.#rule(`earlier in ${title}`), ...this.#entriesOf(read)],
      ...fresh.length === 0 ? [] : [
        this.#rule(`${title}: ${Math.max(unread, news)} new`),
        ...lacking > 0 && read.length === 0 ? [this.#lacking(lacking)] : [],
        ...this.#entriesOf(fresh),
      ],
      ...live,
    ];
  }

  /** Whether a message that was not read is new to the person: what they said is not, nor what is gone. */
  #isNews({ own, from, text }: ShownMessage): boolean {
    return text !== "" && own !== true && !this.#options.isOwn(from);
  }

  /** A message of somebody. */
  message(message: Message): ScreenEntry[] {
    this.#options.watcher()?.said(message);
    const room = this.#options.rooms.get(message.room);
    if (room?.awaited === undefined) {
      const late = room !== undefined && this.#isNews(message) ? takeLate(room, message.seq) : 0;
      const rule = late === 0 ? [] : [this.#rule(`${titleOf(message.room)}: ${late} new`)];
      return [...rule, ...this.#live(room, message)];
    }
    room.awaited.messages.set(message.seq, message);
    // If one of them never comes, the others must not wait for ever.
    const { upTo, messages, asked } = room.awaited;
    const isAll = asked === undefined && message.seq >= upTo;
    return isAll || messages.size >= MAX_AWAITED ? this.begin(room.name) : [];
  }

  /** A message of ours. */
  own(message: ShownMessage): ScreenEntry[] {
    this.#options.watcher()?.said({ ...message, own: true });
    return [...this.#heading(message.room), this.entryOf(message)];
  }

  /** A message for the reader alone, from a server that has no conversations. */
  direct(event: EventOf<"direct">): ScreenEntry[] {
    const rings = this.#options.preferences.all.bell !== "off";
    const { from, to, at, n: seq = 0 } = event;
    const said = this.#options.files.said({ ...event, room: conversationWith(from), seq });
    const entry: ScreenEntry = { kind: "direct", from, to, at: new Date(at), ...said };
    return [...this.#sinceAway(), rings ? { ...entry, alert: true } : entry];
  }

  /** Looks at another room. */
  look(name: string): ScreenEntry[] {
    const { rooms } = this.#options;
    return rooms.isCurrent(name) ? [] : this.#arrive(rooms.enter(name));
  }

  /** Leaves a room; if it was on screen, looks at another one. */
  leave(name: string): ScreenEntry[] {
    const next = this.#options.rooms.leave(name);
    return next === undefined ? [] : this.#arrive(next);
  }

  /** What is new in a room that is on screen now; it is given as it was before. */
  #arrive({ unread, since, held, unseen, name: entered }: JoinedRoom): ScreenEntry[] {
    if (unseen) {
      const isAsked = this.recall(entered, unread);
      return isAsked ? [] : [this.#rule(titleOf(entered))];
    }
    if (unread === 0 || since === undefined) return [];
    this.#shownRoom = entered;
    const above = held.length === 0 ? ", shown above" : "";
    const heading = this.#rule(`${titleOf(entered)}: ${unread} new since ${clock(since)}${above}`);
    const lacking = held.length === 0 ? 0 : unread - held.length;
    return [heading, ...lacking > 0 ? [this.#lacking(lacking)] : [], ...this.#entriesOf(held)];
  }

  /**
   * Asks for what was said in a room that is looked at for the first time; `unread` messages are new.
   * Returns whether there is anything to ask for, which has a heading of its own.
   */
  recall(name: string, unread: number): boolean {
    const { rooms, ask, logOf } = this.#options;
    const room = rooms.get(name);
    if (room === undefined) return false;
    room.unseen = false;
    this.#shownRoom = room.name;
    if (partnerIn(room.name) === undefined) ask({ type: "who", room: room.name });
    const log = logOf(room.name);
    const watcher = this.#options.watcher();
    watcher?.recalled(room.name);
    if (watcher !== undefined || room.last === 0 || log === undefined) return false;
    // Of a guest the server does not know what they have read.
    const since = unread > 0 ? { newFrom: room.seen ?? room.read, unread } : {};
    room.awaited = { upTo: room.last, messages: new Map(), asked: true, ...since };
    const limit = Math.min(MAX_RECALLED, Math.max(MIN_RECALLED, unread + BEFORE_NEW));
    ask({ type: "history", ...log, limit });
    return true;
  }

  /**
   * Earlier messages that were asked for, of one room or conversation if there is a `title`; `what` they
   * are is in the heading. Those of several are all marked with theirs.
   */
  page(messages: readonly ShownMessage[], title?: string, what = "earlier"): ScreenEntry[] {
    const shown = messages.filter(({ from }) => !this.#options.preferences.ignores(from));
    return [
      this.#rule(title === undefined ? "what was for you" : `${what} in ${title}`),
      ...this.#entriesOf(shown, title === undefined ? false : undefined),
      this.#rule(title === undefined ? "that was all" : `${title} goes on`),
    ];
  }

  /** The entry for a message as it is now; without its mark if `isHere`, by default if its room is on screen. */
  entryOf(message: ShownMessage, isHere?: boolean): PrintedEntry {
    return messageEntry(message, this.#options, isHere);
  }

  #entriesOf(messages: readonly ShownMessage[], isHere?: boolean): ScreenEntry[] {
    const { blocked } = this.#options;
    return blocked.stretches(messages).flatMap((stretch) => {
      const [first] = stretch;
      if (first === undefined || !blocked.says(first)) {
        return stretch.map((message) => this.entryOf(message, isHere));
      }
      return [this.#left(first, foldText(first.from, stretch.length))];
    });
  }

  #live(room: JoinedRoom | undefined, message: Message): ScreenEntry[] {
    const { rooms, blocked } = this.#options;
    if (blocked.says(message)) return this.#fold(message);
    this.#folded = "";
    const entry = this.entryOf(message);
    const isNews = "own" in entry && !entry.own && entry.removed === undefined;
    if (!isNews) return [...this.#heading(message.room), entry];
    const isForReader = entry.kind === "direct" || entry.mention !== undefined ||
      partnerIn(message.room) !== undefined;
    const { mutes, rings } = this.#options.preferences.alarmOf(message.room, isForReader);
    if (room !== undefined && !rooms.isCurrent(message.room)) {
      const isRead = message.seq > 0 && message.seq <= room.read;
      if (!isRead) rooms.missed(room, message, { mention: isForReader, held: mutes });
      if (mutes) return [];
    } else if (room !== undefined) heldMessage(room, isForReader);
    return [
      ...this.#sinceAway(),
      ...this.#heading(message.room),
      rings ? { ...entry, alert: true } : entry,
    ];
  }

  /** What somebody says who is blocked: told once for all that they say in a row. */
  #fold(message: Message): ScreenEntry[] {
    const where = `${message.room} ${message.from}`;
    if (this.#folded === where) return [];
    this.#folded = where;
    return [...this.#heading(message.room), this.#left(message, foldText(message.from))];
  }

  #left({ at, room }: Message, text: string): ScreenEntry {
    const where = this.#options.rooms.isCurrent(room) ? {} : { room };
    return { kind: "notice", at: new Date(at), text, ...where };
  }

  /** The line that names the room of messages without a mark, when it is another one. */
  #heading(room: string): ScreenEntry[] {
    const { rooms } = this.#options;
    if (!rooms.isCurrent(room) || this.#shownRoom === rooms.current) return [];
    const isFirst = this.#shownRoom === "";
    this.#shownRoom = rooms.current;
    return isFirst ? [] : [this.#rule(titleOf(rooms.current))];
  }

  /** The line before the first message that a person who is away may miss. */
  #sinceAway(): ScreenEntry[] {
    const since = this.attention.missed();
    return since === undefined ? [] : [this.#rule(`new since ${clock(since)}`)];
  }

  #lacking(count: number): ScreenEntry {
    return { kind: "notice", at: this.#options.now(), text: notShown(count) };
  }

  #rule(text: string): ScreenEntry {
    return { kind: "rule", at: this.#options.now(), text };
  }
}
