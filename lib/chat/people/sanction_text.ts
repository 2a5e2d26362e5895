/** Refuses those who are banned or muted, and says so in sentences. */

import { nameKey } from "../../words/names.js";
import { Refusal } from "../refusal.ts";
import type { People, Who } from "./people.ts";
import type { Sanction } from "./records.ts";

/** Throws a {@linkcode Refusal} (`muted`) for a person who is muted, everywhere or in the room. */
export function checkMuteOf(people: People, who: Who, room = "", at?: number): void {
  const mute = people.sanction("mute", who, room, at);
  if (mute === undefined) return;
  const where = mute.room === "" ? "" : " in this room";
  throw new Refusal("muted", `You are muted${where}${ending(mute)}`);
}

/** Throws a {@linkcode Refusal} (`banned`) for a person who is banned, everywhere or in the room. */
export function checkBanOf(people: People, who: Who, room?: string, at?: number): void {
  const ban = people.sanction("ban", who, room === undefined ? "" : nameKey(room), at);
  if (ban === undefined) return;
  throw new Refusal("banned", banText(ban, room), undefined, ban.room === "");
}

/**
 * Throws a {@linkcode Refusal} (`banned`) for a client that can't come in under a name. This is asked
 * before its password is looked at, and takes it for the name's owner: an owner whose role is above a
 * ban of the address could otherwise never log in.
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

/** What a person who is banned is told. */
export function banText(ban: Sanction, room = ban.room): string {
  return `You are banned${ban.room === "" ? "" : ` from ${room}`}${ending(ban)}`;
}

/** How such a sentence ends: by whom, until when and why. */
function ending({ by, until, reason }: Sanction): string {
  const time = until === 0 ? "" : ` until ${timeText(until)}`;
  return ` by ${by}${time}${reason === "" ? "" : `: ${reason}`}`;
}

/** A time for people, in UTC. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
