/** The parts of a house that work together, with what the options leave out. */

import { takingFiles } from "./files/files.ts";
import type { HouseLimits } from "./house_limits.ts";
import type { HouseOptions } from "./house_options.ts";
import type { HouseParts } from "./house_parts.ts";
import type { HouseState } from "./house_state.ts";
import { Pauses } from "./limits/pauses.ts";
import { Quota } from "./limits/quota.ts";
import { OneByOne, Turns } from "./limits/turns.ts";

/** What a house has made already. */
type Made =
  & Pick<HouseParts, "audiences" | "keeper" | "hashOf" | "sessionOf">
  & Pick<HouseParts, "isClosing" | "keepList" | "end">
  & { readonly state: HouseState; readonly limits: HouseLimits };

/** Puts the parts of a house together. */
export function makeParts(options: HouseOptions, made: Made): HouseParts {
  const { state, limits } = made;
  const { factLog: log, node, now, chance } = options;
  return {
    ...made,
    ...{ registry: state.registry, log, index: log.index, node, now, chance },
    peopleTurn: new OneByOne(),
    isOnDuty: options.isOnDuty ?? (() => true),
    onUndecided: options.onUndecided ?? (() => {}),
    onBroken: options.onBroken ?? (() => {}),
    onUntold: options.onUntold ?? (() => {}),
    // One at a time: they share a thread, and addresses take turns however many search from one.
    searches: new Turns({ atOnce: 1, what: "Many searches are under way", now }),
    until: options.until ?? (() => undefined),
    invitations: new Quota(() => limits.invitationsPerHour),
    pauses: new Pauses(),
    files: options.files && takingFiles(options.files, limits),
    onModerated: options.onModerated ?? (() => {}),
    watchers: new Set(),
    coming: new Map(),
    proven: new WeakMap(),
    sessions: new WeakMap(),
  };
}
