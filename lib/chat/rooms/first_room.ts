/** Which room a client that comes in enters first. */

import { DEFAULT_ROOM } from "../../wire/names.ts";
import { nameKey } from "../../words/names.js";
import { Refusal } from "../refusal.ts";
import type { Hello } from "../sessions/peer.ts";

/** The first of several rooms that can be entered. */
interface First {
  readonly room: string;
  /** Why it is not the first of all. */
  readonly refused?: Refusal;
}

/**
 * The rooms that a client may enter first, in this order: the one that it asks for; for a session that
 * comes back, those that it was in; those that its account has `listed`; and then the default room.
 * For one that is `roomless` it is none but the one that it asks for: what is listed it enters like others.
 */
export function roomsWanted(
  { room, resume, session }: Pick<Hello, "room" | "resume" | "session">,
  listed: readonly string[] = [],
  roomless = false,
): readonly string[] {
  if (roomless) return room === undefined ? [] : [room];
  const comesBack = resume !== undefined || session !== undefined;
  const before = stillListed(Object.keys(resume?.seq ?? {}), listed);
  const others = comesBack || room === undefined ? [...before, ...listed, DEFAULT_ROOM] : [];
  const all = room === undefined ? others : [room, ...others];
  return all.length === 0 ? [DEFAULT_ROOM] : all;
}

/**
 * The rooms that a client was in before, without those that its person has left since by another device.
 * Where nothing is listed at all, nothing was left.
 */
export function stillListed(
  before: readonly string[],
  listed: readonly string[],
): readonly string[] {
  if (listed.length === 0) return before;
  const keys = new Set(listed.map(nameKey));
  return before.filter((name) => keys.has(nameKey(name)));
}

/** The first room that `check` lets pass; throws the {@linkcode Refusal} of the first if none does. */
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
