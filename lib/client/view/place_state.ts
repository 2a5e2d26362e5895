/** What the view keeps of each room and conversation: what is loaded, and where the person reads in it. */

import { nameKey } from "../../words/names.js";
import type { Known } from "../terminal/known.ts";
import { AwayPeople } from "./away_people.ts";
import type { Roster } from "./roster.ts";
import type { Spot } from "./spot.ts";
import { Transcript } from "./transcript.ts";

/** The state of one of them. */
export interface PlaceState {
  readonly transcript: Transcript;
  /** Where the person reads; `undefined`: at the end, and follows what comes. */
  spot: Spot | undefined;
  /** Where the person read when they said or asked something, which took them to the end. */
  readAt: Spot | undefined;
  /** Where the person read when they went from there to something that was found in the same place. */
  leftAt: { readonly spot: Spot | undefined } | undefined;
  /** Messages after this number are new to the person; `undefined`: none is. */
  newFrom: number | undefined;
  /** How many there are, as far as is known. */
  newCount: number;
  /** Up to which number the person has had it on screen. */
  seen: number;
  /** How many messages are below what is on screen that the person has not seen yet. */
  below: number;
  /** How many of them are for the reader. */
  mentions: number;
  /** What is asked of the server. */
  asking: "newest" | "older" | "newer" | "around" | undefined;
  topic: string | undefined;
  /** The names of its hosts; `undefined`: nobody has told them. */
  hosts: readonly string[] | undefined;
  /** Whether they were asked for since the server has let us in. */
  hasAskedHosts: boolean;
  /** Who is there; `undefined`: nobody has told it. */
  roster: Roster | undefined;
  /** Whether that was asked for since the server has let us in; of a person, whether they are away. */
  hasAskedPeople: boolean;
}

/** What the keys of rooms begin with (known.ts). */
const ROOM = "room ";
/** Of so many places the state is kept. */
const MOST_STATES = 200;

export class PlaceStates {
  readonly away = new AwayPeople();
  readonly #known: Known;
  /** By what they go by for good, in the order in which they were used last. */
  readonly #states = new Map<string, PlaceState>();

  constructor(known: Known) {
    this.#known = known;
    // What was said there is shown, and answered, by what the conversation goes by now.
    known.conversations.onMoved.add((moved) => {
      for (const { transcript } of this.all) transcript.move((place) => moved.to(place));
    });
  }

  /** The state of a room or conversation, by what it goes by here. */
  of(place: string): PlaceState {
    const key = this.#known.logKey(place);
    // A conversation has had no key before its first message.
    const before = ROOM + nameKey(place);
    const state = this.#states.get(key) ?? this.#states.get(before) ?? newState();
    this.#states.delete(before);
    this.#states.delete(key);
    this.#states.set(key, state);
    if (this.#states.size > MOST_STATES) this.#forgetOldest(key);
    return state;
  }

  /** Where the person is, nothing is forgotten, and where they read above the end only if they do so everywhere. */
  #forgetOldest(used: string): void {
    const here = this.#known.logKey(this.#known.rooms.current);
    let oldest: string | undefined;
    for (const [key, { spot }] of this.#states) {
      if (key === here || key === used) continue;
      oldest ??= key;
      if (spot !== undefined) continue;
      oldest = key;
      break;
    }
    this.#states.delete(oldest ?? "");
  }

  /** Those of rooms, each with the key of its name. */
  get rooms(): Array<readonly [key: string, state: PlaceState]> {
    return [...this.#states].filter(([key]) => key.startsWith(ROOM))
      .map(([key, state]) => [key.slice(ROOM.length), state]);
  }

  get all(): PlaceState[] {
    return [...this.#states.values()];
  }
}

function newState(): PlaceState {
  return {
    transcript: new Transcript(),
    spot: undefined,
    readAt: undefined,
    leftAt: undefined,
    newFrom: undefined,
    newCount: 0,
    seen: 0,
    below: 0,
    mentions: 0,
    asking: undefined,
    topic: undefined,
    hosts: undefined,
    hasAskedHosts: false,
    roster: undefined,
    hasAskedPeople: false,
  };
}
