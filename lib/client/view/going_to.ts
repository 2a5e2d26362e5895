/** To a message of a room or conversation, which may have to be loaded. */

import type { Known } from "../terminal/known.ts";
import type { PageLoader } from "./page_loader.ts";
import type { PlaceStates } from "./place_state.ts";

/** Where to go, and what is done on the way. */
export interface Goal {
  readonly place: string;
  readonly seq: number;
  /** Looks at the place. */
  readonly look: () => void;
  /** The message is on screen. */
  readonly came: (id: string) => void;
  /** Has what stands at the bottom of the screen stand in the middle. */
  readonly centre: () => void;
}

/** Has a message be what is read where it was said; false: it can't be had now. */
export function goToMessage(
  { place, seq, look, came, centre }: Goal,
  { states, loader, known }: {
    readonly states: PlaceStates;
    readonly loader: PageLoader;
    readonly known: Known;
  },
): boolean {
  const state = states.of(place);
  const id = `message ${seq}`;
  const arrive = (): void => {
    if (!known.rooms.isCurrent(place)) return;
    centre();
    if (state.transcript.has(seq)) came(id);
  };
  const isLoaded = state.transcript.has(seq);
  if (!isLoaded && !loader.around(place, seq, arrive)) return false;
  Object.assign(state, { spot: { id, seq, below: 0 }, readAt: undefined });
  look();
  if (isLoaded) arrive();
  return true;
}
