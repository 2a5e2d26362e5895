/**
 * The store of `deno task bench:devices`: accounts with remembered devices and rooms in their lists,
 * written as rows, since scrypt would take hours. The secrets of the sessions are known, so that each
 * device can come in by its own.
 */

import { createHash } from "node:crypto";
import { roomLog } from "../../lib/chat/messages/log_key.ts";
import { ID_BYTES, idFrom } from "../../lib/chat/people/account_id.ts";
import { type Change, plainRoom } from "../../lib/chat/people/records.ts";
import { openWriter } from "../../lib/store/directory.ts";
import { savePeople } from "../../lib/store/people.ts";

/** The devices that each account has signed in. */
export const DEVICES = ["phone", "tablet", "laptop"] as const;

/** How many of those who are connected share a room, and how many rooms each account has listed. */
export const PEOPLE_PER_ROOM = 10;
const ROOMS_PER_ACCOUNT = 3;

/** The accounts that are connected all the time, and those left out so that others share their rooms. */
export function accountsHere(connected: number): number {
  return connected + connected / PEOPLE_PER_ROOM;
}

/**
 * The accounts of a pair that are compared: with one device, who writes to both, who comes in before all;
 * and two who come in anew in each run, the first of which is not counted.
 */
export function accountsPerPair(runs: number): number {
  return 3 + 2 * (runs + 1);
}

const DAY_MS = 86_400_000;

/** What the account with this number is called. */
export function nameOf(account: number): string {
  return `person${account}`;
}

/** What the room with this number is called. */
export function roomName(room: number): string {
  return `room${room}`;
}

/** The secret of an account's device, by their numbers. */
export function secretOf(account: number, device: number): string {
  return `the secret of device ${device} of account ${account}`;
}

/** Makes a store with so many accounts and rooms in a data directory. */
export async function fillStore(
  directory: string,
  accounts: number,
  rooms: number,
): Promise<void> {
  using opened = await openWriter(directory);
  const now = Date.now();
  const changes: Change[] = [];
  for (let room = 0; room < rooms; room++) {
    changes.push({ type: "room", room: plainRoom(roomName(room), roomName(room)) });
  }
  for (let account = 0; account < accounts; account++) {
    changes.push(...changesFor(account, rooms, now));
  }
  savePeople(opened.db, changes);
  opened.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** One account with its devices, and with some of the rooms in its list. */
function changesFor(number: number, rooms: number, now: number): Change[] {
  const bytes = new Uint8Array(ID_BYTES);
  new DataView(bytes.buffer).setUint32(0, number);
  const account = idFrom(bytes);
  const name = nameOf(number);
  const since = now - DAY_MS;
  const listed = new Set(
    Array.from({ length: ROOMS_PER_ACCOUNT }, (_, nth) => roomName((number + nth) % rooms)),
  );
  return [
    {
      type: "account",
      // No password has this proof.
      account: { id: account, key: name, name, role: "member", proof: "none", createdAt: since },
    },
    ...DEVICES.map((label, device): Change => ({
      type: "device",
      device: {
        hash: createHash("sha256").update(secretOf(number, device)).digest("hex"),
        ...{ account, label, door: "event", since, used: now },
      },
    })),
    ...[...listed].map((room): Change => ({
      type: "listed",
      listed: { account, log: roomLog(room), name: room, read: 0, at: since },
    })),
  ];
}
