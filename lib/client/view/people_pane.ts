/** The pane at the right with who is here: when it is shown, and what is asked for it. */

import { partnerIn } from "../terminal/conversations.ts";
import type { Known } from "../terminal/known.ts";
import type { PlaceState } from "./place_state.ts";
import type { RoomFactsOptions } from "./room_facts.ts";
import { listedRoster, type Roster } from "./roster.ts";

/** From so many columns on there is room for it. */
export const PEOPLE_FROM = 120;

/** What the pane works with. */
export interface PeoplePaneOptions extends RoomFactsOptions {
  /** How many columns the terminal has. */
  readonly columns: number;
}

/** Who is shown in a room; `undefined`: nobody, since it is not wanted, no room, or the terminal too narrow. */
export function shownRoster(
  place: string,
  state: PlaceState,
  { known, columns, send, canAsk, told }: PeoplePaneOptions,
): Roster | undefined {
  const isRoom = place !== "" && partnerIn(place) === undefined;
  if (!known.preferences.all.people || columns < PEOPLE_FROM || !isRoom) return undefined;
  if (!state.hasAskedPeople && canAsk()) {
    state.hasAskedPeople = true;
    send({ type: "who", room: place }).then((answer) => {
      if (answer.type === "members") state.roster = listedRoster(answer);
      told();
    }, () => {});
  }
  return state.roster ?? new Map();
}

/** Shows who is here, or not any more; returns what there is to say of it, if it can't be seen. */
export function turnPeople(known: Known, columns: number): string | undefined {
  const { preferences, rooms: { current } } = known;
  const isShown = !preferences.all.people;
  preferences.change({ people: isShown });
  if (columns < PEOPLE_FROM) {
    return isShown
      ? `Who is here will be shown from ${PEOPLE_FROM} columns on; this terminal has ${columns}.`
      : `Who is here will not be shown, also from ${PEOPLE_FROM} columns on.`;
  }
  const isNowhere = current === "" || partnerIn(current) !== undefined;
  return isShown && isNowhere ? "Who is here is shown beside a room." : undefined;
}
