/**
 * Tells a client that counts its direct messages which of those that it had got were edited while it could not
 * hear of that. In conversations such an edit is an entry; in an inbox it has no number.
 */

import type { HouseParts } from "../house_parts.ts";
import { unlessRefused } from "../later.ts";
import { editNotice } from "../life_event.ts";
import type { Page, Stored } from "../messages/history.ts";
import type { DirectLog } from "../messages/log_key.ts";
import type { Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";

/**
 * Before it is noticed that a connection has ended, what is told goes nowhere: for so long at most, in ms. What
 * is told twice does no harm.
 */
const UNNOTICED_MS = 120_000;

/** So many messages are looked at, in so many at once, and so many edits told, at most. */
const MOST_LOOKED_AT = 1_000;
const PAGE_MESSAGES = 100;
const MOST_TOLD = 100;

/** What a client has of an inbox. */
export interface HasOfInbox {
  readonly session: Session;
  readonly peer: Peer;
  readonly log: DirectLog;
  /** The last number that it had when it came back, and the last that it has now. */
  readonly had: number;
  readonly has: number;
  /** When it came back, and since when it hears of edits, in ms since 1970. */
  readonly cameAt: number;
  readonly hearsAt: number;
}

/** The parts of the house that this needs. */
type Source = Pick<HouseParts, "index" | "state">;

/** Tells of each such edit as of one that comes: by a notice with the newest text. */
export async function tellMissedEdits(house: Source, has: HasOfInbox): Promise<void> {
  const { session, peer } = has;
  const missed = session.peer === peer ? await editsIn(house, has) : [];
  for (const { message: { from, text } } of missed.slice(-MOST_TOLD)) {
    await peer.drained();
    if (session.peer !== peer) return;
    session.deliver(editNotice(from, text));
  }
}

/** The messages that were edited unheard, in the order of their last edits. */
async function editsIn(house: Source, has: HasOfInbox): Promise<readonly Stored[]> {
  const { had, cameAt, hearsAt } = has;
  const found: Stored[] = [];
  let since: number | undefined;
  let before = has.has + 1;
  for (let looked = 0; looked < MOST_LOOKED_AT; looked += PAGE_MESSAGES) {
    const { entries, more } = await pageBefore(house, has, before);
    // It had what was said up to the last one that it got, so it was here then.
    const last = entries.findLast(({ message: { seq } }) => seq <= had);
    since ??= last && Math.max(timeOf(last.message.at), has.session.endedAt - UNNOTICED_MS);
    for (const stored of entries.toReversed()) {
      const { seq, edited, withheld } = stored.message;
      if (edited === undefined || withheld !== undefined || timeOf(edited) > hearsAt) continue;
      if (timeOf(edited) >= (seq <= had ? since ?? cameAt : cameAt)) found.push(stored);
    }
    const [first] = entries;
    if (first === undefined || !more || isTooOld(house, first, since ?? cameAt)) break;
    before = first.message.seq;
  }
  return found.sort((a, b) => timeOf(a.message.edited) - timeOf(b.message.edited));
}

/** A page of an inbox; where it can't be read nothing is told of it. */
async function pageBefore({ index }: Source, { log }: HasOfInbox, before: number): Promise<Page> {
  const range = { before, limit: PAGE_MESSAGES };
  return await unlessRefused<Page>(
    () => index.page(log, range),
    () => ({ entries: [], more: false }),
  );
}

/** Whether a message, and so those before it, could not be edited any more at a time. */
function isTooOld(
  { state: { rules: { editMs } } }: Source,
  { message: { at } }: Stored,
  time: number,
): boolean {
  return timeOf(at) < time - editMs;
}

function timeOf(at: string | undefined): number {
  return at === undefined ? 0 : Date.parse(at);
}
