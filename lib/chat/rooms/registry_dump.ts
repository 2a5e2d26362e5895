/** The registry as plain data, so that a house that starts again knows it as it was. */

import type { NameTableDump } from "../names/name_tables.ts";
import type { Persons } from "../sessions/persons.ts";
import type { Session } from "../sessions/session.ts";
import {
  ByNumber,
  dumpSessions,
  loadSessions,
  type SessionsDump,
} from "../sessions/session_dump.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { PersonNames } from "./person_names.ts";
import type { RoomNames, RoomNamesDump } from "./room_names.ts";
import type { RoomShares, SharesDump } from "./room_shares.ts";
import { dumpRoom, loadRoom, type OpenRoom, type OpenRoomDump } from "./room_state.ts";

/** All that a registry knows; a number is a session's, see {@linkcode SessionsDump}. */
export interface RegistryDump {
  /** In ms, see {@linkcode Registry.time}. */
  readonly time: number;
  readonly sessions: SessionsDump;
  readonly names: NameTableDump<number>;
  /** Those that are open, in the order in which they were opened. */
  readonly rooms: ReadonlyArray<OpenRoomDump<number>>;
  readonly roomNames: RoomNamesDump;
  readonly shares: SharesDump;
}

/** What a registry has. */
interface RegistryParts {
  readonly sessions: Sessions;
  readonly persons: Persons;
  readonly names: PersonNames;
  readonly roomNames: RoomNames;
  readonly shares: RoomShares;
}

/** All that a registry knows. */
export function dumpRegistry(
  { sessions, persons, names, roomNames, shares }: RegistryParts,
  rooms: Iterable<OpenRoom>,
  time: number,
): RegistryDump {
  const numbers = new ByNumber<Session>();
  const of = (session: Session): number => numbers.of(session);
  return {
    time,
    sessions: dumpSessions(sessions, persons, numbers),
    names: names.dump(of),
    rooms: [...rooms].map((room) => dumpRoom(room, of)),
    roomNames: roomNames.dump,
    shares: shares.dump,
  };
}

/**
 * Has the parts of a registry know what was dumped, and returns the open rooms. Throws an `Error` for a dump
 * that is damaged.
 */
export function loadRegistry(dump: RegistryDump, parts: RegistryParts): OpenRoom[] {
  const numbers = loadSessions(dump.sessions, parts.sessions, parts.persons);
  const of = (number: number): Session => numbers.at(number);
  parts.names.load(dump.names, of);
  parts.roomNames.load(dump.roomNames);
  parts.shares.load(dump.shares);
  return dump.rooms.map((room) => loadRoom(room, of));
}
