/** The room that somebody who comes in is told of first. */

import { DEFAULT_ROOM } from "../wire/names.ts";
import type { ResumePoint } from "../wire/requests.ts";
import { Refusal } from "./refusal.ts";

/** What was said of rooms and sessions by whoever comes in. */
interface Asked {
  readonly room?: string;
  readonly session?: string;
  readonly resume?: ResumePoint;
}

/** The room that `ready` names. */
interface First {
  readonly room: string;
  /** Why it is not the one that was asked for. */
  readonly refused?: Refusal;
}

/**
 * The room that is asked for; for a session that comes back, where that can't be had, the first of
 * those that were missed that can, or the default. Throws a {@linkcode Refusal} of `check` when there
 * is none.
 */
export function firstRoom(
  { room: wanted, resume, session }: Asked,
  check: (room: string) => void,
): First {
  const comesBack = resume !== undefined || session !== undefined;
  const others = comesBack ? [...Object.keys(resume?.seq ?? {}), DEFAULT_ROOM] : [];
  const [first = DEFAULT_ROOM, ...rest] = wanted === undefined ? others : [wanted, ...others];
  const refused = refusalOf(check, first);
  if (refused === undefined) return { room: first };
  const room = rest.find((each) => refusalOf(check, each) === undefined);
  if (room === undefined) throw refused;
  return { room, ...(wanted === undefined ? {} : { refused }) };
}

function refusalOf(check: (room: string) => void, room: string): Refusal | undefined {
  try {
    check(room);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error;
  }
}
