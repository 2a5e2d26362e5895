/** Goes to a room of those that an account has listed, when it comes in or comes back. */

import type { EventOf } from "../../wire/events.ts";
import { titleOf } from "./conversations.ts";
import type { ScreenEntry } from "./entry.ts";
import type { Known } from "./known.ts";

/** How an account comes in. */
interface Coming {
  /** It was in before. */
  readonly isBack: boolean;
  /** The rooms that are not on its list any more. */
  readonly gone: readonly string[];
}

/**
 * Looks at the room that an account has asked for, or has read last; who comes back stays where it was. Where
 * that is not on the list any more, it is told what has happened, and looks at another room.
 */
export function takeUp(
  ready: EventOf<"ready">,
  known: Known,
  { isBack, gone }: Coming,
): ScreenEntry[] {
  const { rooms, roomNames, stream } = known;
  for (const { room } of ready.rooms ?? []) roomNames.use(room);
  const first = ready.room || rooms.all[0]?.name;
  if (!isBack && known.watcher?.begins(ready)) return [];
  if (first === undefined) {
    rooms.drop(rooms.current);
    return [known.notice(`${goneText(gone, known)}You are in no room; /join ROOM enters one.`)];
  }
  if (isBack) return backTo(first, known, gone);
  const { unread } = rooms.enter(first);
  if (ready.last === undefined) stream.recall(first, unread);
  else {
    rooms.join(first).unseen = false;
    stream.entered(first, ready.last, unread);
  }
  return [];
}

/** Asks again for what is on screen, if it was lost with the connection. */
function backTo(first: string, known: Known, gone: readonly string[]): ScreenEntry[] {
  const { rooms, stream } = known;
  const room = rooms.get(rooms.current);
  if (room?.unseen) stream.recall(room.name, rooms.enter(room.name).unread);
  const isLost = room === undefined && gone.length > 0;
  const shown = isLost ? stream.look(first) : [];
  const where = isLost ? `You look at ${titleOf(first)} now; /room shows your others.` : "";
  const text = `${goneText(gone, known)}${where}`.trimEnd();
  return text === "" ? shown : [known.notice(text), ...shown];
}

/** Which rooms are not one's own any more, with a space behind it; empty: none. */
function goneText(gone: readonly string[], { hasNewHistory }: Known): string {
  if (gone.length === 0) return "";
  const names = gone.join(", ");
  if (!hasNewHistory) return `You are not in ${names} any more. `;
  return `The server has begun a new history, in which you are not in ${names}. `;
}
