/**
 * Up to where somebody has had on screen what was said in a room, without a hole; and what they have seen behind a
 * hole, as when more has come than a screen has room for; and what of it counts as unread again. Pure.
 */

/** Messages after the one with number `after`, up to `upTo`. */
export interface Stretch {
  readonly after: number;
  readonly upTo: number;
}

/** What was seen of a room. */
export interface SeenParts {
  /** All up to this number was on screen, or read elsewhere; `undefined`: nobody knows of a beginning. */
  readonly seen: number | undefined;
  /** What was on screen behind messages that were not. */
  readonly beyond: Stretch | undefined;
}

/** What of a room was seen that somebody comes to, by what is new in it. */
export function foundSeen(
  { unread, newFrom, seen, last }: SeenParts & {
    readonly unread: number;
    readonly newFrom: number;
    readonly last: number;
  },
): SeenParts {
  const beyond = undefined;
  if (unread > 0) return { seen: Math.max(0, newFrom - 1), beyond };
  return { seen: last === 0 ? seen : Math.max(seen ?? 0, last), beyond };
}

/**
 * Whoever goes elsewhere from the `last` message has done with all that stood above the screen, too; not who had gone
 * somewhere in the middle, as to what a search has found.
 */
export function whenLeft({ seen, beyond }: SeenParts, last: number): SeenParts {
  if (beyond === undefined || beyond.upTo < last) return { seen, beyond };
  return { seen: beyond.upTo, beyond: undefined };
}

/** The same when these messages have been on screen, too. */
export function withSeen({ seen, beyond }: SeenParts, { after, upTo }: Stretch): SeenParts {
  if (seen === undefined) return { seen: upTo, beyond: undefined };
  if (after <= seen) return joined(Math.max(seen, upTo), beyond);
  const meets = beyond !== undefined && after <= beyond.upTo && upTo >= beyond.after;
  if (meets) {
    const both = { after: Math.min(after, beyond.after), upTo: Math.max(upTo, beyond.upTo) };
    return joined(seen, both);
  }
  // Of two the later one counts: whoever goes on has seen that.
  const isEarlier = beyond !== undefined && upTo < beyond.upTo;
  return { seen, beyond: isEarlier ? beyond : { after, upTo } };
}

function joined(seen: number, beyond: Stretch | undefined): SeenParts {
  if (beyond === undefined || beyond.after > seen) return { seen, beyond };
  return { seen: Math.max(seen, beyond.upTo), beyond: undefined };
}

/** What somebody counts as unread again in the room that they look at: not to be read before they have gone elsewhere. */
export interface HeldUnread {
  /** The messages after this number do. */
  readonly from: number;
  /** When somebody has asked for it. */
  readonly since: Date;
  /** How many they are, and how many of them are for the reader. */
  unread: number;
  mentions: number;
}

/** What a room has of that. */
export interface HeldParts {
  heldUnread: HeldUnread | undefined;
  readonly read: number;
  readonly last: number;
}

/** Has what was said after a number count as unread again. */
export function holdUnread(room: HeldParts, held: HeldUnread): void {
  Object.assign(room, { heldUnread: held, seen: held.from, beyond: undefined, read: held.from });
}

/** A message has come into it meanwhile. */
export function heldMessage({ heldUnread: held }: HeldParts, isForReader: boolean): void {
  if (held === undefined) return;
  held.unread++;
  if (isForReader) held.mentions++;
}

/** The person goes elsewhere: what they have held is new in that room now. */
export function releaseUnread(room: HeldParts): void {
  const { heldUnread: held, read, last } = room;
  room.heldUnread = undefined;
  // On another device it may have been read meanwhile.
  if (held === undefined || held.unread === 0 || read >= last) return;
  const { from, unread, mentions, since } = held;
  Object.assign(room, { newFrom: from + 1, unread, mentions, since });
}

/** Earlier messages that come late: those after `newFrom` and up to `upTo` are new to the person. */
export interface LateNews {
  readonly upTo: number;
  readonly newFrom: number;
  readonly unread: number;
}

/** How many are new with the message of this number, if it is the first of the new ones that come late. */
export function takeLate(room: { late: LateNews | undefined }, seq: number): number {
  const { upTo, newFrom, unread } = room.late ?? { upTo: 0, newFrom: 0, unread: 0 };
  if (seq <= newFrom) return 0;
  room.late = undefined;
  return seq > upTo ? 0 : unread;
}
