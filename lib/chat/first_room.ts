/** The room that somebody who comes in is told of first. */

import { DEFAULT_ROOM } from "../wire/names.ts";
import type { Hello } from "./hello.ts";
import { Refusal } from "./refusal.ts";

/** The first of several rooms that can be had. */
interface First {
  readonly room: string;
  /** Why it is not the very first. */
  readonly refused?: Refusal;
}

/**
 * The rooms that somebody wants to be in first: the one that it asks for; for a session that comes back,
 * where that can't be had, the first of those that were missed that can, or the default.
 */
export function roomsWanted(
  { room, resume, session }: Pick<Hello, "room" | "resume" | "session">,
): readonly string[] {
  const comesBack = resume !== undefined || session !== undefined;
  const others = comesBack ? [...Object.keys(resume?.seq ?? {}), DEFAULT_ROOM] : [];
  const all = room === undefined ? others : [room, ...others];
  return all.length === 0 ? [DEFAULT_ROOM] : all;
}

/** The first room that can be had; throws a {@linkcode Refusal} of `check` when there is none. */
export function firstRoom(
  [first = DEFAULT_ROOM, ...rest]: readonly string[],
  check: (room: string) => void,
): First {
  const refused = refusalOf(check, first);
  if (refused === undefined) return { room: first };
  const room = rest.find((each) => refusalOf(check, each) === undefined);
  if (room === undefined) throw refused;
  return { room, refused };
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
