/** Messages in the order in which they are shown, and the lines between old and new ones. */

import type { EventOf, Message } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import { clock, type ScreenEntry } from "./entry.ts";
import type { Preferences } from "./preferences.ts";
import { type JoinedRoom, MAX_AWAITED, type Rooms } from "./rooms.ts";

/** Options of a {@linkcode Stream}. */
export interface StreamOptions {
  readonly rooms: Rooms;
  readonly preferences: Preferences;
  readonly now: () => Date;
  readonly isOwn: (name: string) => boolean;
  /** Matches the words by which a text is for the reader. */
  readonly mention: () => RegExp | undefined;
}

type Said = Omit<Message, "seq">;

/** After so long without a key, in ms, the person may be away: what comes then is new. */
const AWAY_MS = 300_000;

/** Makes entries of messages. */
export class Stream {
  readonly #options: StreamOptions;
  #typedAt: Date;
  #away = false;
  /** The room of the last message without a mark. */
  #shownRoom = "";

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#typedAt = options.now();
  }

  /** The person is here. */
  typed(): void {
    this.#typedAt = this.#options.now();
    this.#away = false;
  }

  /**
   * We have joined a room, and its earlier messages will come, up to number `last`. Adds our request to
   * `questions`.
   */
  entered(name: string, last: number | undefined, questions: Request[]): void {
    const room = this.#options.rooms.get(name);
    if (room === undefined) return;
    if (this.#options.rooms.isCurrent(room.name)) this.#shownRoom = room.name;
    questions.push({ type: "who", room: room.name });
    if (last !== undefined) room.awaited = { upTo: last, messages: new Map() };
  }

  /** Shows the earlier messages of a room, and those that have come since. */
  begin(name: string): ScreenEntry[] {
    const { rooms, preferences } = this.#options;
    const room = rooms.get(name);
    const awaited = room?.awaited;
    if (room === undefined || awaited === undefined) return [];
    room.awaited = undefined;
    const all = [...awaited.messages.values()].sort((a, b) => a.seq - b.seq);
    const shown = all.filter(({ from }) => !preferences.ignores(from));
    const old = shown.filter(({ seq }) => seq <= awaited.upTo);
    const entries = old.map((message) => this.entryOf(message));
    const live = shown.slice(old.length).flatMap((message) => this.#live(room, message));
    if (entries.length === 0) return live;
    return [this.#rule(`earlier in ${room.name}`), ...entries, ...live];
  }

  /** A message of somebody. */
  message(message: Message): ScreenEntry[] {
    const room = this.#options.rooms.get(message.room);
    if (room?.awaited === undefined) return this.#live(room, message);
    room.awaited.messages.set(message.seq, message);
    // If one of them never comes, the others must not wait for ever.
    const { upTo, messages } = room.awaited;
    return message.seq >= upTo || messages.size >= MAX_AWAITED ? this.begin(room.name) : [];
  }

  /** A message of ours. */
  own(said: Said): ScreenEntry[] {
    return [...this.#heading(said.room), this.entryOf(said)];
  }

  direct(event: EventOf<"direct">): ScreenEntry[] {
    const rings = this.#options.preferences.all.bell !== "off";
    const entry: ScreenEntry = { ...event, kind: "direct", at: new Date(event.at) };
    return [...this.#sinceAway(), rings ? { ...entry, alert: true } : entry];
  }

  /** Looks at another room. */
  look(name: string): ScreenEntry[] {
    const { rooms } = this.#options;
    if (rooms.isCurrent(name)) return [];
    const { unread, since, held, name: title } = rooms.enter(name);
    if (unread === 0 || since === undefined) return [];
    this.#shownRoom = title;
    const above = held.length === 0 ? ", shown above" : "";
    const heading = this.#rule(`${title}: ${unread} new since ${clock(since)}${above}`);
    const lacking = held.length === 0 ? 0 : unread - held.length;
    const notice = { kind: "notice", at: this.#options.now(), text: notShown(lacking) } as const;
    const shown = held.map((message) => this.entryOf(message));
    return [heading, ...lacking > 0 ? [notice] : [], ...shown];
  }

  /** Earlier messages that were asked for. */
  page({ room, messages }: EventOf<"page">): ScreenEntry[] {
    const shown = messages.filter(({ from }) => !this.#options.preferences.ignores(from));
    return [
      this.#rule(`earlier in ${room}`),
      ...shown.map((message) => this.entryOf(message)),
      this.#rule(`${room} goes on`),
    ];
  }

  /** The entry for a message, marked with its room unless that is on screen. */
  entryOf({ from, text, action, at, room }: Said): ScreenEntry {
    const { rooms, isOwn } = this.#options;
    const own = isOwn(from);
    const mention = own ? undefined : this.#mentionIn(text);
    return {
      kind: "message",
      from,
      text,
      action: action === true,
      own,
      at: new Date(at),
      ...mention === undefined ? {} : { mention },
      ...rooms.isCurrent(room) ? {} : { room },
    };
  }

  #live(room: JoinedRoom | undefined, message: Message): ScreenEntry[] {
    const { rooms, preferences } = this.#options;
    const entry = this.entryOf(message);
    if (entry.kind !== "message" || entry.own) return [...this.#heading(message.room), entry];
    const mention = entry.mention !== undefined;
    const muted = preferences.mutes(message.room);
    if (room !== undefined && !rooms.isCurrent(message.room)) {
      rooms.missed(room, message, { mention, held: muted });
      if (muted) return [];
    }
    const mode = preferences.bellOf(message.room);
    const rings = !muted && (mode === "on" || mode === "mentions" && mention);
    return [
      ...this.#sinceAway(),
      ...this.#heading(message.room),
      rings ? { ...entry, alert: true } : entry,
    ];
  }

  #mentionIn(text: string): RegExp | undefined {
    const mention = this.#options.mention();
    return mention !== undefined && text.search(mention) >= 0 ? mention : undefined;
  }

  /** The line that names the room of messages without a mark, when it is another one. */
  #heading(room: string): ScreenEntry[] {
    const { rooms } = this.#options;
    if (!rooms.isCurrent(room) || this.#shownRoom === rooms.current) return [];
    const isFirst = this.#shownRoom === "";
    this.#shownRoom = rooms.current;
    return isFirst ? [] : [this.#rule(rooms.current)];
  }

  /** The line before the first message that a person who is away may miss. */
  #sinceAway(): ScreenEntry[] {
    const typedAt = this.#typedAt;
    if (this.#away || this.#options.now().getTime() - typedAt.getTime() < AWAY_MS) return [];
    this.#away = true;
    return [this.#rule(`new since ${clock(typedAt)}`)];
  }

  #rule(text: string): ScreenEntry {
    return { kind: "rule", at: this.#options.now(), text };
  }
}

/** Says that messages were left out. */
export function notShown(count: number): string {
  const messages = count === 1 ? "message" : "messages";
  return `… ${count.toLocaleString("en-US")} ${messages} not shown here; /history shows them`;
}
