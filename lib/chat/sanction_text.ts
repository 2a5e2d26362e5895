/** Whom a ban or a mute meets, and what they are told. */

import { nameKey } from "../words/names.js";
import type { People, Who } from "./people.ts";
import type { Sanction } from "./records.ts";
import { Refusal } from "./refusal.ts";

/** Throws a {@linkcode Refusal} (`muted`) for somebody who may say nothing, or nothing in a room. */
export function checkMuteOf(people: People, who: Who, room = "", at?: number): void {
  const mute = people.sanction("mute", who, room, at);
  if (mute === undefined) return;
  const where = mute.room === "" ? "" : " in this room";
  throw new Refusal("muted", `You are muted${where}${ending(mute)}`);
}

/** Throws a {@linkcode Refusal} (`banned`) for somebody who is banned, everywhere or in a room. */
export function checkBanOf(people: People, who: Who, room?: string, at?: number): void {
  const ban = people.sanction("ban", who, room === undefined ? "" : nameKey(room), at);
  if (ban === undefined) return;
  throw new Refusal("banned", banText(ban, room), undefined, ban.room === "");
}

/**
 * Throws a {@linkcode Refusal} (`banned`) for somebody who can't come in under a name. Ask before it is
 * found out whether the name is its own: until then it is taken for whose the name is, or nobody could
 * show that who is above the ban of an address.
 */
export function checkEntrance(
  people: People,
  name: string,
  address: string | undefined,
  room?: string,
  at?: number,
): void {
  const key = nameKey(name);
  checkBanOf(people, { name, key, address, account: people.account(key) }, room, at);
}

/** What somebody is told who is banned. */
export function banText(ban: Sanction, room = ban.room): string {
  return `You are banned${ban.room === "" ? "" : ` from ${room}`}${ending(ban)}`;
}

/** By whom, until when and why. */
function ending({ by, until, reason }: Sanction): string {
  const time = until === 0 ? "" : ` until ${timeText(until)}`;
  return ` by ${by}${time}${reason === "" ? "" : `: ${reason}`}`;
}

/** A time for people, in UTC. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
