/**
 * The file that somebody gets by a link: there is no session, so what keeps a session out is asked here.
 * It is asked at each request, and again while a file is sent.
 */

import type { FileSource } from "../files/file_store.ts";
import type { HouseParts } from "../house_parts.ts";
import type { HouseState } from "../house_state.ts";
import type { StoredFile } from "../log/fact_log.ts";
import { isRoomLog, keyOf } from "../messages/log_key.ts";
import { isAccount } from "../people/chats.ts";
import type { Who } from "../people/people.ts";
import { whoIs } from "../people/who_is.ts";
import type { FileReader } from "../sessions/file_link.ts";
import { noSuchFile, readableFile } from "./readable_file.ts";

/** Who follows a link to which file. */
export interface LinkAsked {
  readonly id: string;
  /** Whom the link is for. */
  readonly reader: FileReader;
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
  const room = isRoomLog(file.log) ? keyOf(file.log) : "";
  if (house.files === undefined || isKeptOut(house.state, asked, room)) throw noSuchFile(id);
  const { store } = house.files;
  return { ...file, open: () => store.open(file.sha256, file.size) };
}

/** Whether the reader, or the address, is banned from the server or the room; or is nobody any more. */
function isKeptOut(state: HouseState, { reader, address }: LinkAsked, room: string): boolean {
  const all = whoReads(state, reader, address);
  return all.length === 0 || all.some((who) => state.people.sanction("ban", who, room));
}

/** Whom a ban would have to mean: a guest is all its sessions. */
function whoReads(
  { people, registry }: HouseState,
  reader: FileReader,
  address: string,
): Who[] {
  if (isRoomLog(reader)) return [{ name: "", key: "", address }];
  if (isAccount(reader)) {
    const account = people.accountWith(keyOf(reader));
    return account === undefined ? [] : [{ ...account, account, address }];
  }
  const first = registry.session(keyOf(reader));
  const person = registry.persons.ofGuest(reader) ?? first?.person;
  return [...person?.sessions ?? []].filter((session) => session.person.who === reader)
    .flatMap((session) => [whoIs(people, session), { ...whoIs(people, session), address }]);
}
