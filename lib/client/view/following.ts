/** Follows what happens in rooms and conversations, also in those that nobody looks at. Does no IO. */

import { sameName } from "../../words/names.js";
import type { Event, EventOf } from "../../wire/events.ts";
import type { LifeEvent } from "../../words/fold.js";
import type { KeptPlaces } from "../kept_places.ts";
import type { CountedNews } from "../terminal/counted.ts";
import { partnerIn } from "../terminal/conversations.ts";
import type { Known } from "../terminal/known.ts";
import type { MessageWatcher } from "../terminal/message_watcher.ts";
import type { JoinedRoom } from "../terminal/rooms.ts";
import type { ShownMessage } from "../terminal/shown_messages.ts";
import { whenLeft } from "../terminal/seen.ts";
import { isNewsMessage, newsUnseen } from "./news_above.ts";
import type { PlaceState, PlaceStates } from "./place_state.ts";
import { changesRosters, nextRoster } from "./roster.ts";
import { Whereabouts } from "./whereabouts.ts";

/** Options of {@linkcode Following}. */
export interface FollowingOptions {
  readonly known: Known;
  readonly states: PlaceStates;
  /** What is kept of where the person was; `undefined`: nothing is. */
  readonly kept?: KeptPlaces | undefined;
  /** Called when the server has let us in. */
  readonly back: () => void;
}

export class Following implements MessageWatcher {
  readonly #options: FollowingOptions;
  readonly #whereabouts: Whereabouts;
  #place = "";

  constructor(options: FollowingOptions) {
    this.#options = options;
    this.#place = options.known.rooms.current;
    const { known, kept } = options;
    this.#whereabouts = new Whereabouts(known, kept);
    known.conversations.onMoved.add((moved) => this.#place = moved.to(this.#place));
  }

  /**
   * The view is told what happens from now on. What was said while the stream was has to be asked for, and what is
   * looked at now was seen there.
   */
  begin(): void {
    const { known, states } = this.#options;
    known.watcher = this;
    if (known.isListed) this.#whereabouts.takeClosed(known.name);
    for (const { transcript } of states.all) transcript.doubtNewest();
    this.#place = known.rooms.current;
    const state = states.of(this.#place);
    Object.assign(state, { below: 0, mentions: 0 });
  }

  /** Nobody tells it any more. Returns how much the person has not seen where they are, which is to be shown below a line. */
  end(): number {
    const { known } = this.#options;
    known.watcher = undefined;
    this.leave();
    const room = known.rooms.get(this.#place);
    if (room === undefined) return 0;
    // They have not gone elsewhere: what stood above the screen has yet to be shown, and all behind it comes with it.
    room.beyond = undefined;
    return this.#unseenIn(room).unread;
  }

  said(message: ShownMessage): void {
    const { known, states } = this.#options;
    const { room: place, seq } = message;
    const state = states.of(place);
    const room = known.rooms.get(place);
    const isOwn = known.isOurs(message);
    const isHere = known.rooms.isCurrent(place);
    const isScrolled = isHere && state.spot !== undefined;
    if (seq > 0 && seq <= state.transcript.last && state.transcript.has(seq)) return;
    if (isHere) this.#tellMoves(state, seq);
    // Until something comes nobody has to know from where on it is to be seen.
    if (isHere && room !== undefined && seq > 0) room.seen ??= seq - 1;
    // What the person reads stays, and what comes is only counted.
    state.transcript.add(message, isScrolled ? "newest" : "oldest");
    if (isOwn) {
      // Whoever says something has read what was said before, unless that is counted as new.
      if (room?.unread !== 0) return;
      state.seen = Math.max(state.seen, seq);
      if (!isHere) room.seen = Math.max(room.seen ?? 0, seq);
      return;
    }
    const isNews = isNewsMessage(known, message);
    if (isNews && (isScrolled || isHere && !state.transcript.hasNewest)) {
      state.below++;
      if (known.isForReader(message)) state.mentions++;
    }
    const isMissed = !isHere || isScrolled || !known.stream.attention.isFollowing;
    const isRead = seq > 0 && seq <= (room?.read ?? 0);
    // What stood below the line was seen: there is another one.
    const { newFrom = Infinity } = state;
    const isSeen = isHere && newFrom < (room?.seen ?? 0) && seq <= (room?.seen ?? 0) + 1;
    if (isMissed && !isRead && (newFrom === Infinity || isSeen)) {
      Object.assign(state, { newFrom: Math.max(0, seq - 1), newCount: 0 });
    }
    if (isNews) state.newCount++;
  }

  /** Who came and went where the person is stands before what is said then with this number, maybe by one of them. */
  #tellMoves({ transcript }: PlaceState, seq: number): void {
    const { known } = this.#options;
    const after = transcript.hasNewest ? transcript.last : Math.max(transcript.last, seq - 1);
    for (const text of known.people.takePresence(known.rooms.current)) {
      transcript.note(known.notice(text), after);
    }
  }

  done(place: string, entry: LifeEvent): void {
    const { known, states } = this.#options;
    const state = states.of(place);
    const removed = entry.type === "removed" ? state.transcript.get(entry.re) : undefined;
    const isNews = removed !== undefined && isNewsMessage(known, removed);
    const { seen = 0 } = known.rooms.get(place) ?? {};
    if (isNews && entry.re > Math.max(state.newFrom ?? Infinity, seen)) state.newCount--;
    if (isNews && state.below > 0 && entry.re > state.seen) {
      state.below--;
      const isForReader = known.isForReader(removed);
      state.mentions = Math.max(0, Math.min(state.below, state.mentions - Number(isForReader)));
    }
    state.transcript.fold(entry);
  }

  emptied(place: string, from: number, to: number): void {
    this.#options.states.of(place).transcript.empty(from, to);
  }

  lost(place: string, renumbered: boolean): void {
    const state = this.#options.states.of(place);
    if (!renumbered) return state.transcript.doubtNewest();
    state.transcript.forget();
    Object.assign(state, {
      spot: undefined,
      readAt: undefined,
      newFrom: undefined,
      newCount: 0,
      seen: 0,
      below: 0,
      mentions: 0,
    });
  }

  recalled(place: string): void {
    const { transcript } = this.#options.states.of(place);
    // What was loaded before may have a hole behind it.
    if (transcript.hasNewest) transcript.doubtNewest();
  }

  held(place: string, from: number, count: number): void {
    Object.assign(this.#options.states.of(place), { newFrom: from, newCount: count });
  }

  titled(room: string, topic: string): void {
    this.#options.states.of(room).topic = topic;
  }

  met(event: Event): void {
    const { known, states } = this.#options;
    states.away.take(event);
    if (event.type === "account" && event.action === "login") {
      this.#whereabouts.takeClosed(event.name);
    }
    const isMove = event.type === "joined" || event.type === "left";
    // While we are not in a room nobody tells us who comes there.
    if (isMove && (event.own || known.isOwn(event.name))) {
      return void Object.assign(states.of(event.room), {
        roster: undefined,
        hasAskedPeople: false,
      });
    }
    if (!changesRosters(event)) return;
    for (const [key, state] of states.rooms) {
      if (state.roster !== undefined) state.roster = nextRoster(state.roster, key, event);
    }
  }

  back(): void {
    this.#options.states.away.forget();
    // What was said meanwhile may have come or not: it is asked for where somebody looks.
    for (const state of this.#options.states.all) {
      state.transcript.doubtNewest();
      state.topic = undefined;
      state.hasAskedPeople = state.hasAskedHosts = false;
    }
    this.#options.back();
  }

  begins(ready: EventOf<"ready">): boolean {
    // Where the first room stood before the server had let us in nobody has seen anything.
    this.#place = "";
    return this.#whereabouts.begins(ready);
  }

  /** The view is left: the next one begins here. */
  leave(): void {
    this.#whereabouts.leave();
  }

  /** A room or conversation is looked at; it is given as it was before. */
  arrive(before: JoinedRoom): void {
    const { known, states } = this.#options;
    const isSame = sameName(this.#place, before.name);
    if (!isSame) this.#goOn();
    this.#place = before.name;
    const state = states.of(before.name);
    state.seen = Math.max(state.seen, before.read);
    // What is new has yet to be seen.
    if (!isSame) Object.assign(state, { below: before.unread, mentions: before.mentions });
    if (isSame) return;
    // Of whom no room is shared nobody tells whether they are away.
    if (partnerIn(before.name) !== undefined) state.hasAskedPeople = false;
    if (before.unread === 0) state.newFrom = undefined;
    else {
      const { chat = "" } = known.logOf(before.name) ?? {};
      const { read } = known.conversations.standing(chat);
      const upTo = Math.max(before.read || read, before.seen ?? 0);
      // As long as nobody has told how far it was read, what has come here is new.
      if (upTo > 0) Object.assign(state, { newFrom: upTo, newCount: before.unread });
    }
  }

  /** What was new where the person was is not any more, but for what they have not gone down to. */
  #goOn(): void {
    const { known: { rooms }, states } = this.#options;
    const state = states.of(this.#place);
    state.readAt = state.leftAt = undefined;
    state.transcript.leave();
    const room = rooms.get(this.#place);
    const left = room && this.#partFrom(room);
    if (left !== undefined && left.unread > 0) rooms.leftUnseen(this.#place, left);
    else state.newFrom = undefined;
  }

  /**
   * The person goes away from a room, and is done with what stood above the screen there. Returns what they have not
   * seen all the same, by what was on screen, and up to where they have.
   */
  #partFrom(room: JoinedRoom): CountedNews & { readonly seen: number } {
    const { known, states } = this.#options;
    // What is for the person and was on no screen of theirs nobody has done with.
    if (newsUnseen(states.of(room.name), known, room).mentions === 0) {
      Object.assign(room, whenLeft(room, room.last));
    }
    return { ...this.#unseenIn(room), seen: room.seen ?? 0 };
  }

  /** What the person has not seen of a room, by what was on screen. */
  #unseenIn(room: JoinedRoom): CountedNews {
    const { known, states } = this.#options;
    const state = states.of(room.name);
    const news = newsUnseen(state, known, room);
    const { seen = 0, beyond, last } = room;
    // Maybe nothing of it has come before they went on.
    const { hasNewest, hasOldest, size } = state.transcript;
    const isLoaded = hasNewest && (hasOldest || size > 0) || seen >= last && beyond === undefined;
    if (isLoaded) return news;
    const { below, mentions } = state;
    return { unread: Math.max(news.unread, below), mentions: Math.max(news.mentions, mentions) };
  }
}
