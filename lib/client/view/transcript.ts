/**
 * What was said in one room or conversation, as far as it is loaded: a stretch without holes of what the
 * server has, which may reach its newest message, its oldest one, both or neither. Between the messages
 * stand notes, which are for this person alone. Bounded; knows no screen, and does no IO.
 */

import type { LifeEvent } from "../../words/fold.js";
import { foldEntry } from "../../words/fold.js";
import type { PrintedEntry } from "../terminal/entry.ts";
import type { ShownMessage } from "../terminal/shown_messages.ts";
import { merged, type TranscriptItem } from "./transcript_item.ts";

/** The most messages that are loaded of one room, and the most of their texts, in UTF-16 code units. */
const MAX_LOADED = 1_000;
const MAX_LOADED_LENGTH = 2_097_152;
/** The most messages that wait for those before them. */
const MAX_LATE = 500;
/** The most notes of one room. */
const MAX_NOTES = 500;

/** Which end of what is loaded is given up when it becomes too much. */
export type GivenUp = "oldest" | "newest";

export class Transcript {
  /** In the order of their numbers. */
  #messages: TranscriptItem[] = [];
  /** The length of all their texts. */
  #length = 0;
  /** In the order in which they came. */
  #notes: TranscriptItem[] = [];
  /** What comes while the newest messages are not there, and will be; `undefined`: it is left out. */
  #late: ShownMessage[] | undefined = [];
  /** Whether the first of those were given up. */
  #isLateCut = false;
  /** Notes of what will stand at the end, whatever comes before that. */
  #pending: TranscriptItem[] = [];
  #items: readonly TranscriptItem[] | undefined;
  #ids = 0;
  #hasNewest = false;
  #hasOldest = false;
  #doubts = 0;

  /** Whether the newest message is among them, so that what comes belongs behind them. */
  get hasNewest(): boolean {
    return this.#hasNewest;
  }

  /** Whether there is nothing before them. */
  get hasOldest(): boolean {
    return this.#hasOldest;
  }

  /** Another one since it was in doubt what the newest messages are: a page that was asked for before that may lack some. */
  get doubts(): number {
    return this.#doubts;
  }

  /** The numbers of the first and the last message; 0 if none is loaded. */
  get first(): number {
    return this.#messages[0]?.seq ?? 0;
  }

  get last(): number {
    return this.#messages.at(-1)?.seq ?? 0;
  }

  /** How many messages are loaded. */
  get size(): number {
    return this.#messages.length;
  }

  /** Messages and notes in their order. */
  get items(): readonly TranscriptItem[] {
    return this.#items ??= [
      ...merged(this.#messages, this.#notes),
      ...this.#pending.map((item) => ({ ...item, seq: this.last })),
    ];
  }

  /** Nothing is loaded, and the server has nothing: the room is new. */
  startEmpty(): void {
    this.#hasOldest = true;
    this.withoutPages();
  }

  /** Messages are asked for that may be the newest: behind those belongs what is said meanwhile. */
  expectNewest(): void {
    if (!this.#hasNewest) this.#late ??= [];
  }

  /** Nothing could be had of the server: what comes is all that is shown. */
  withoutPages(): void {
    this.#hasNewest = true;
    this.#insert(this.#takeLate(), "oldest");
  }

  /** A message has come. */
  add(message: ShownMessage, gives: GivenUp): void {
    if (message.seq === 0) return this.#addNote({ message });
    if (this.#late !== undefined) {
      this.#late.push(message);
      if (this.#late.length <= MAX_LATE) return;
      this.#late.shift();
      this.#isLateCut = true;
    } else if (this.#hasNewest) this.#insert([message], gives);
  }

  /** The newest messages; `more`: there are others before them. */
  takeNewest(messages: readonly ShownMessage[], more: boolean): void {
    const [first] = messages;
    const hasHole = first !== undefined && first.seq > this.last && this.last > 0 && more;
    if (hasHole) [this.#messages, this.#length, this.#hasOldest] = [[], 0, false];
    this.#hasOldest ||= !more;
    this.#takeLast(messages);
  }

  /** Those before the first one; `more`: there are others before them. */
  takeOlder(messages: readonly ShownMessage[], more: boolean): void {
    this.#hasOldest = !more;
    this.#insert(messages, "newest");
  }

  /** Those after the last one; `more`: there are others after them. */
  takeNewer(messages: readonly ShownMessage[], more: boolean): void {
    if (more) this.#insert(messages, "oldest");
    else this.#takeLast(messages);
  }

  /** Some from somewhere in the middle, in the place of what was loaded; `more`: there are others before them. */
  takeAround(messages: readonly ShownMessage[], more: boolean): void {
    [this.#messages, this.#length, this.#late] = [[], 0, undefined];
    this.#hasNewest = this.#isLateCut = false;
    this.#hasOldest = !more;
    this.#insert(messages, "oldest");
  }

  /** Something was done about a message. */
  fold(entry: LifeEvent): void {
    this.#late = this.#late?.map((message) => foldEntry(message, entry));
    this.#change((message) => foldEntry(message, entry));
  }

  /** These numbers hold nothing any more. */
  empty(from: number, to: number): void {
    this.#messages = this.#messages.filter(({ seq }) => seq < from || seq > to);
    this.#length = this.#messages.reduce((sum, item) => sum + textLength(item), 0);
    this.#items = undefined;
  }

  /** The numbers begin again: of what was loaded nothing can be meant. */
  forget(): void {
    this.#messages = [];
    this.#length = 0;
    this.#notes = this.#notes.map((note) => ({ ...note, seq: 0 }));
    this.doubtNewest();
    this.#hasOldest = false;
    this.#items = undefined;
  }

  /** There may be newer messages that did not come. */
  doubtNewest(): void {
    this.#hasNewest = this.#isLateCut = false;
    this.#doubts++;
    this.#late = [];
  }

  /** Tells the person something in the place where the conversation stands. */
  note(note: PrintedEntry, at = this.last): void {
    this.#addNote({ note }, at);
  }

  /** Tells the person something that stays at the end. */
  notePending(note: PrintedEntry): void {
    this.#pending.push({ id: `note ${++this.#ids}`, seq: 0, note });
    if (this.#pending.length > MAX_NOTES) this.#pending.shift();
    this.#items = undefined;
  }

  /** Replaces the note with this key, or takes it away; returns whether there is one. */
  changeNote(key: string, now: PrintedEntry): boolean {
    const hasKey = (item: TranscriptItem): boolean => "note" in item && item.note.key === key;
    const notes = [this.#notes, this.#pending].find((all) => all.some(hasKey)) ?? [];
    const at = notes.findIndex(hasKey);
    const before = notes[at];
    if (before === undefined) return false;
    if (now.kind === "gone") notes.splice(at, 1);
    else notes[at] = { id: before.id, seq: before.seq, note: now };
    this.#items = undefined;
    return true;
  }

  /** The person has gone on: notes that need not stay go. */
  leave(): void {
    const stays = this.#notes.filter((item) => !("note" in item && item.note.isFleeting));
    if (stays.length < this.#notes.length) [this.#notes, this.#items] = [stays, undefined];
  }

  /** The message with this number, if it is loaded. */
  get(seq: number): ShownMessage | undefined {
    const item = this.#messages[this.#placeOf(seq) - 1];
    return item?.seq === seq && "message" in item ? item.message : undefined;
  }

  /** Whether the message with this number is loaded. */
  has(seq: number): boolean {
    return this.#messages[this.#placeOf(seq) - 1]?.seq === seq;
  }

  #addNote(what: { message: ShownMessage } | { note: PrintedEntry }, at = this.last): void {
    // At the end a later one stands below an earlier one, though what came between them has no row of its own.
    const least = this.#hasNewest ? this.#notes.at(-1)?.seq ?? 0 : 0;
    this.#notes.push({ id: `note ${++this.#ids}`, seq: Math.max(at, least), ...what });
    if (this.#notes.length > MAX_NOTES) this.#notes.shift();
    this.#items = undefined;
  }

  #takeLate(): ShownMessage[] {
    const late = this.#late ?? [];
    this.#late = undefined;
    this.#isLateCut = false;
    return late;
  }

  /** The newest messages, and behind them what has come since they were asked for. */
  #takeLast(messages: readonly ShownMessage[]): void {
    this.#insert(messages, "oldest");
    const isCut = this.#isLateCut;
    const late = this.#takeLate();
    // Where the first of those were given up there may be a hole before the others, and all is asked for anew.
    this.#hasNewest = !isCut || (late[0]?.seq ?? 0) <= this.last;
    if (!this.#hasNewest) return;
    // All that was said before the last of them is among them.
    this.#insert(late.filter(({ seq }) => seq > this.last), "oldest");
  }

  /** How many are before the place behind the message with this number. */
  #placeOf(seq: number): number {
    let [low, high] = [0, this.#messages.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#messages[middle]?.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(messages: readonly ShownMessage[], gives: GivenUp): void {
    for (const message of messages) {
      const { seq } = message;
      const item = { id: `message ${seq}`, seq, message };
      const at = this.#placeOf(seq);
      const isKnown = this.#messages[at - 1]?.seq === seq;
      const [before] = this.#messages.splice(isKnown ? at - 1 : at, isKnown ? 1 : 0, item);
      this.#length += message.text.length - textLength(before);
    }
    this.#items = undefined;
    this.#bound(gives);
  }

  /** Gives up what is too much. Each message of a flood comes by here, so nothing is counted anew. */
  #bound(gives: GivenUp): void {
    const messages = this.#messages;
    const isOver = (): boolean =>
      messages.length > MAX_LOADED || this.#length > MAX_LOADED_LENGTH && messages.length > 1;
    if (!isOver()) return;
    while (isOver()) {
      this.#length -= textLength(gives === "oldest" ? messages.shift() : messages.pop());
    }
    if (gives === "oldest") this.#hasOldest = false;
    else this.#hasNewest = false;
    if (gives === "newest" || this.#notes.length === 0) return;
    this.#notes = this.#notes.filter(({ seq }) => seq >= this.first);
  }

  /** The conversation goes by something else, or nothing has changed: `to` tells by what. */
  move(to: (place: string) => string): void {
    const moved = (message: ShownMessage): ShownMessage => {
      const room = to(message.room);
      return room === message.room ? message : { ...message, room };
    };
    this.#late = this.#late?.map(moved);
    this.#change(moved);
  }

  #change(change: (message: ShownMessage) => ShownMessage): void {
    for (const [n, item] of this.#messages.entries()) {
      if (!("message" in item)) continue;
      const message = change(item.message);
      if (message === item.message) continue;
      this.#messages[n] = { ...item, message };
      this.#length += message.text.length - item.message.text.length;
      this.#items = undefined;
    }
  }
}

/** The length of the text of a message; 0 for a note, or for nothing. */
function textLength(item: TranscriptItem | undefined): number {
  return item !== undefined && "message" in item ? item.message.text.length : 0;
}
