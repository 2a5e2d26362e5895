/** How far one IRC client was told what was said, in each room and conversation, and how far it is known to have got that. */

import type { Batch } from "../chat/sessions/batch.ts";
import type { Event } from "../wire/events.ts";
import { RecentNotes } from "./recent_notes.ts";
import { toldKey, type ToldPlace, type ToldPlaces } from "./told_places.ts";

/** A client that has got more since than it is known to have is asked for a sign of life after so many ms. */
const ASK_AFTER_MS = 2_000;
/** Who takes longer to answer, in ms, has not got what was sent meanwhile, whatever ends its connection. */
const ANSWER_MS = 2_000;
/** Who owes an answer for longer, in ms, and has said nothing since, is sent nothing more until it is heard. */
const OWED_MS = 5_000;
/** Who was told so many lines is asked at once: its connection may end as soon as the one before, and they come again. */
const MANY_LINES = 20;
/** Who takes longer to answer, in ms, and leaves, may not have got what was sent last. */
const QUICK_MS = 300;
/** Who was told so many is asked in the midst of it, so that it need not get all of it again. */
const VERY_MANY_LINES = 100;
/** How the word begins by which an answer is known. */
const WORD = "told-";

/** How long a {@linkcode Told} waits, in ms. */
export interface ToldTimes {
  /** Before it asks its client for a sign of life. */
  readonly askMs: number;
  /** For that, until nothing more is sent. */
  readonly owedMs: number;
  /**
   * For what is on its way when its client leaves: what that says has been on its way, too, and a busy machine reads
   * late.
   */
  readonly crossMs: number;
}

/** As it waits by default. */
export const TOLD_TIMES: ToldTimes = {
  askMs: ASK_AFTER_MS,
  owedMs: OWED_MS,
  crossMs: QUICK_MS,
};

/** What a {@linkcode Told} calls. */
export interface ToldCalls {
  /** Asks the client for a sign of life with a word in it. */
  readonly ping: (word: string) => void;
  /** Something has come from the client. */
  readonly onHeard: () => void;
  /** The marks have moved. */
  readonly onMoved: () => void;
  /** Nothing more is told. */
  readonly onEnd: () => void;
}

/** What one connection of a client was told. */
export class Told {
  /** How far the client is known to have got it, by this connection or by earlier ones. */
  readonly places: ToldPlaces;
  readonly #calls: ToldCalls;
  /** What was told since it was asked last. */
  #since = new Map<string, number>();
  readonly #recent = new RecentNotes();
  readonly #clock: () => number;
  /** When the first of that was seen by the sweep; `undefined`: it was not yet. */
  #sinceAt: number | undefined;
  #asked:
    | {
      readonly word: string;
      readonly at: number;
      readonly told: Map<string, number>;
    }
    | undefined;
  readonly #times: ToldTimes;
  #asks = 0;
  /** How many lines of what was said were told since it was asked last. */
  #lines = 0;
  /** Something has come from the client since it was asked last. */
  #isHeard = true;
  /** When it was heard again, after it had been sent nothing. */
  #releasedAt = -Infinity;
  #isLeaving = false;
  #isClosing = false;
  #hasEnded = false;
  /** The client has answered on this connection. */
  #hasAnswered = false;

  /** `clock` gives ms, and never goes back. */
  constructor(
    places: ToldPlaces,
    calls: ToldCalls,
    times: Partial<ToldTimes> = {},
    clock: () => number = () => performance.now(),
  ) {
    this.places = places;
    this.#calls = calls;
    this.#times = { ...TOLD_TIMES, ...times };
    this.#clock = clock;
  }

  /** A batch of events has been told, but for what `isHeld`: that is told later. */
  take(batch: Batch, isHeld: (key: string) => boolean): void {
    let told = 0;
    // What one client is told otherwise than others has the same number.
    for (const [key, { seq, lines }] of (batch.variant?.shared ?? batch).once(reached)) {
      if (isHeld(key)) continue;
      this.note(key, seq);
      told += lines;
    }
    this.toldLines(told);
  }

  /** What was said in a place up to that number is not told by this connection; 0: nothing was said there yet. */
  begin(key: string, seq: number): void {
    if (seq > (this.#since.get(key) ?? -1)) this.#since.set(key, seq);
  }

  /** All up to that number has been told in a place. */
  note(key: string, seq: number): void {
    if (this.#isClosing || this.#isLeaving || seq <= (this.#since.get(key) ?? -1)) return;
    this.#recent.move(this.#since, key, seq, this.#clock());
  }

  /** So many lines of what was said were told. */
  toldLines(count: number): void {
    this.#lines += count;
    if (this.#lines >= VERY_MANY_LINES) this.#ask(this.#clock());
  }

  /** The client has said something, which it shows by itself. */
  said(place: ToldPlace, seq: number): void {
    if (!this.#isClosing) this.places.said(toldKey(place), seq);
  }

  /** How far this connection was sent what was said in a place, or an earlier one had got it; `undefined`: not known. */
  sentIn(place: ToldPlace): number | undefined {
    const key = toldKey(place);
    return this.#since.get(key) ?? this.#asked?.told.get(key) ?? this.places.in(place);
  }

  /** Whether the goodbye of the server has been sent: who ends its side then has got that. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Asks the client when it was told something for a while; `now` is in ms of a clock that never goes back. */
  sweep(now: number): void {
    this.#recent.sweep(now);
    if (this.#since.size === 0 || this.#asked !== undefined) return;
    this.#sinceAt ??= now;
    if (now - this.#sinceAt >= this.#times.askMs || this.#lines >= MANY_LINES) this.#ask(now);
  }

  #ask(now: number): void {
    if (this.#isClosing || this.#isLeaving) return;
    if (this.#since.size === 0 || this.#asked !== undefined) return;
    this.#lines = 0;
    const word = `${WORD}${++this.#asks}`;
    this.#asked = { word, at: now, told: this.#since };
    this.#since = new Map();
    this.#sinceAt = undefined;
    this.#isHeard = false;
    this.#calls.ping(word);
  }

  /** Something has come from the client. */
  heard(): void {
    if (!this.#isHeard) {
      const now = this.#clock();
      if (this.isUnheard(now)) this.#releasedAt = now;
    }
    this.#isHeard = true;
    this.#calls.onHeard();
  }

  /**
   * Whether the client may be gone: it owes an answer, and nothing was heard of it since. What it is sent now it may
   * get, and would be told again all the same.
   */
  isUnheard(now: number): boolean {
    if (this.#asked === undefined || this.#isHeard) return false;
    return now - this.#asked.at > this.#times.owedMs;
  }

  /** The client has answered with a word: it has got all that was told before. */
  answered(word: string | undefined): void {
    if (this.#asked === undefined || this.#asked.word !== word) return;
    this.#hasAnswered = true;
    this.#reach(this.#asked.told);
    this.places.tookMs = this.#clock() - this.#asked.at;
    this.#asked = undefined;
  }

  /**
   * The client has said that it leaves, in what may have come at `cameAt`: nothing that it is told from then on
   * counts as got, and nothing that was on its way to it when it said so, as far as that is known.
   */
  leaving(cameAt: number): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    const since = cameAt - this.#times.crossMs;
    const isKnown = this.#recent.takeBack(since, this.#clock());
    // It has begun to read here only if it has answered: what it is told first may be much.
    const reads = this.#asked === undefined || this.#hasAnswered;
    // All that had waited went to it just now, whenever it was told.
    if (isKnown && reads && this.#releasedAt < since) return;
    this.#since.clear();
    this.#asked?.told.clear();
  }

  /** The client is sent a goodbye, and nothing after it; whether it gets that is known at the end. */
  close(): void {
    this.#isClosing = true;
  }

  /**
   * The connection ends. If its client has ended it in an orderly way, it has got all, unless it owes an answer
   * for long; or its line is slow, as far as is known, and it has not read to the end: something may have been on
   * its way.
   */
  end(isOrderly: boolean, hasReadAll = false): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { at = Infinity, told } = this.#asked ?? {};
    const owedMs = this.#clock() - at;
    // It has taken longer already than a quick one does, or it did the last time.
    const isQuick = hasReadAll || Math.max(owedMs, this.places.tookMs ?? 0) <= QUICK_MS;
    if (isOrderly && isQuick && !(owedMs > ANSWER_MS)) {
      if (told !== undefined) this.#reach(told);
      this.#reach(this.#since);
    }
    this.#calls.onEnd();
  }

  #reach(told: ReadonlyMap<string, number>): void {
    for (const [key, seq] of told) this.places.reach(key, seq);
    if (told.size > 0) this.#calls.onMoved();
  }
}

/** Up to which number events tell what was said, and in how many lines. */
interface Telling {
  seq: number;
  lines: number;
}

/** What events tell of what was said, by the place. */
function reached(events: readonly Event[]): ReadonlyMap<string, Readonly<Telling>> {
  const found = new Map<string, Telling>();
  for (const event of events) {
    const at = numberIn(event);
    if (at === undefined || at.seq === 0) continue;
    const key = toldKey(at);
    const telling = found.get(key) ?? { seq: 0, lines: 0 };
    telling.seq = Math.max(telling.seq, at.seq);
    telling.lines += linesIn(event);
    found.set(key, telling);
  }
  return found;
}

function linesIn(event: Event): number {
  return event.type === "message" || event.type === "direct" ? event.text.split("\n").length : 1;
}

function numberIn(event: Event): (ToldPlace & { readonly seq: number }) | undefined {
  switch (event.type) {
    case "message":
    case "pinned":
      return { room: event.room, seq: event.seq };
    case "ack":
    case "direct":
    case "revised":
    case "removed":
    case "reacted":
    case "answered": {
      const { seq = 0, chat } = event;
      const room = "room" in event ? event.room : undefined;
      return room === undefined && chat === undefined ? undefined : { room, chat, seq };
    }
    case "emptied":
    case "gap":
      if (event.to === null) return undefined;
      return { room: event.room, chat: event.chat, seq: event.to };
    default:
      return undefined;
  }
}
