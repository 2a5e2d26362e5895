/** Which file is meant, for those who may read it now: for all others it is as if there were none. */

import type { HouseParts } from "../house_parts.ts";
import type { HouseState } from "../house_state.ts";
import { isParty } from "../judge/parties.ts";
import { mayEnter, mayRead } from "../judge/may_read.ts";
import type { StoredFile } from "../log/fact_log.ts";
import { isChatLog, isRoomLog, keyOf, type LogKey } from "../messages/log_key.ts";
import { isAccount } from "../people/chats.ts";
import type { Who } from "../people/people.ts";
import { whoIs } from "../people/who_is.ts";
import { Refusal } from "../refusal.ts";
import type { FileReader } from "../sessions/file_link.ts";
import type { Session } from "../sessions/session.ts";

/** The refusal for a file that is not there, or not for the one who asks. */
export function noSuchFile(id: string): Refusal {
  return new Refusal(
    "no-such-file",
    `There is no file ${
      id.slice(0, 64)
    }, or it is there no more; the message that brings one names it`,
  );
}

/** The file with that id. Rejects with a {@linkcode Refusal} (`no-such-file`) where it may not be read. */
export async function readableFile(
  { state, index }: Pick<HouseParts, "state" | "index">,
  reader: Session | FileReader,
  id: string,
): Promise<StoredFile> {
  const file = await index.file(id);
  if (file !== undefined && mayReadFile(state, reader, file.log)) return file;
  throw noSuchFile(id);
}

/** Whether somebody may read what is in a log now, files included. */
export function mayReadFile(
  state: HouseState,
  reader: Session | FileReader,
  log: LogKey,
): boolean {
  if (typeof reader === "string") return mayReadAway(state, reader, log);
  if (isRoomLog(log) && isShutOut(state, whoIs(state.people, reader), keyOf(log))) return false;
  return mayRead(state, reader, log);
}

/** The same for somebody who need not be here. */
function mayReadAway(state: HouseState, reader: FileReader, log: LogKey): boolean {
  if (isRoomLog(reader)) {
    return reader === log && state.rooms.access(keyOf(log)) !== "invite" &&
      !state.rooms.isGoing(keyOf(log));
  }
  const account = isAccount(reader) ? state.people.accountWith(keyOf(reader)) : undefined;
  if (isAccount(reader) && account === undefined) return false;
  if (isChatLog(log)) {
    const record = state.chats.get(keyOf(log));
    return record !== undefined && isParty(record, reader);
  }
  if (!isRoomLog(log)) return false;
  const key = keyOf(log);
  if (account !== undefined) {
    const who = { name: account.name, key: account.key, address: undefined, account };
    if (isShutOut(state, who, key)) return false;
  }
  return mayEnter(state, { guest: reader, account }, key);
}

/** Whether a ban keeps somebody out of a room, or the room is being removed. */
function isShutOut({ people, rooms }: HouseState, who: Who, key: string): boolean {
  return rooms.isGoing(key) || !people.isPeaceful && people.sanction("ban", who, key) !== undefined;
}
