/**
 * The file that somebody gets by a link: there is no session, so what keeps a session out is asked here.
 * It is asked at each request, and again while a file is sent.
 */

import type { FileSource } from "../files/file_store.ts";
import type { HouseParts } from "../house_parts.ts";
import type { HouseState } from "../house_state.ts";
import { knownSessionsOf } from "../judge/parties.ts";
import type { StoredFile } from "../log/fact_log.ts";
import { isRoomLog, keyOf } from "../messages/log_key.ts";
import { isAccount } from "../people/chats.ts";
import type { Who } from "../people/people.ts";
import { whoIs } from "../people/who_is.ts";
import type { FileReader, LinkOwner } from "../sessions/file_link.ts";
import { deviceOf, type Session } from "../sessions/session.ts";
import { noSuchFile, readableFile } from "./readable_file.ts";

/** Who follows a link to which file. */
export interface LinkAsked extends LinkOwner {
  readonly id: string;
  /** Where the request comes from, in the form of a peer's `address`. */
  readonly address: string;
}

/** A file that may be read. */
export interface LinkedTo extends StoredFile {
  /** Opens what is in it. Rejects with a `Refusal` (`file-gone`). */
  open(): Promise<FileSource>;
}

/** The file. Rejects with a `Refusal` (`no-such-file`) for those who may not read it now, or are banned. */
export async function linkedFile(house: HouseParts, asked: LinkAsked): Promise<LinkedTo> {
  const { id, reader } = asked;
  const file = await readableFile(house, reader, id);
  if (!await isSignedIn(house, asked)) throw noSuchFile(id);
  const room = isRoomLog(file.log) ? keyOf(file.log) : "";
  if (house.files === undefined || isKeptOut(house.state, asked, room)) throw noSuchFile(id);
  const { store } = house.files;
  return { ...file, open: () => store.open(file.sha256, file.size) };
}

/**
 * Whether the session that asked for the link is that person's still: a link is a proof of being signed
 * in, so it ends with what it stands on.
 */
async function isSignedIn(
  { state, index }: Pick<HouseParts, "state" | "index">,
  { reader, device }: LinkOwner,
): Promise<boolean> {
  if (isRoomLog(reader)) return true;
  const known = knownSessionsOf(state, reader).find((session) => session.device === device);
  if (known !== undefined) return !wasSentAway(state, known);
  // A device whose client is not here is known to the store alone.
  const kept = isAccount(reader) ? await index.devices(keyOf(reader)) : [];
  return kept.some(({ hash }) => deviceOf(hash) === device);
}

/** Whether a session was sent away from the server, and has not come back since. */
function wasSentAway({ registry }: HouseState, session: Session): boolean {
  return session.ended.by !== undefined && !registry.isPresent(session);
}

/** Whether the reader, or the address, is banned from the server or the room; or is nobody any more. */
function isKeptOut(state: HouseState, { reader, address }: LinkAsked, room: string): boolean {
  const all = whoReads(state, reader, address);
  return all.length === 0 || all.some((who) => state.people.sanction("ban", who, room));
}

/** Whom a ban would have to mean: a guest is all its sessions. */
function whoReads(
  state: HouseState,
  reader: FileReader,
  address: string,
): Who[] {
  const { people } = state;
  if (isRoomLog(reader)) return [{ name: "", key: "", address }];
  if (isAccount(reader)) {
    const account = people.accountWith(keyOf(reader));
    return account === undefined ? [] : [{ ...account, account, address }];
  }
  return knownSessionsOf(state, reader)
    .flatMap((session) => [whoIs(people, session), { ...whoIs(people, session), address }]);
}
