/** Merges what two programs have changed in the same settings. Pure. */

import { nameKey } from "../words/names.js";
import type { Bell, Settings } from "./settings.ts";

/** The settings that are lists of words. */
const LISTS = ["keywords", "ignored", "mutedRooms"] as const;

/**
 * Applies the changes between `before` and `after` to `saved`: in a list the words that were added and
 * removed, in the bells the rooms with another bell, and else the values.
 */
export function mergeSettings(saved: Settings, before: Settings, after: Settings): Settings {
  const changed = Object.entries(after).filter(([key, value]) =>
    JSON.stringify(value) !== JSON.stringify(before[key as keyof Settings])
  );
  const merged: Settings = { ...saved, ...Object.fromEntries(changed) };
  const lists = LISTS.map((list) => [list, mergeWords(saved[list], before[list], after[list])]);
  const bells = mergeBells(saved.bells, before.bells, after.bells);
  return { ...merged, ...Object.fromEntries(lists), bells };
}

type Words = readonly string[];

function mergeWords(saved: Words, before: Words, after: Words): Words {
  const [keysBefore, keysAfter] = [keysOf(before), keysOf(after)];
  const isGone = (word: string): boolean =>
    keysBefore.has(nameKey(word)) && !keysAfter.has(nameKey(word));
  const kept = saved.filter((word) => !isGone(word));
  const there = keysOf(kept);
  const put = after.filter((word) => !keysBefore.has(nameKey(word)) && !there.has(nameKey(word)));
  return [...kept, ...put];
}

function keysOf(words: Words): ReadonlySet<string> {
  return new Set(words.map(nameKey));
}

type Bells = Readonly<Record<string, Bell>>;

function mergeBells(saved: Bells, before: Bells, after: Bells): Bells {
  const [merged, old, now] = [saved, before, after].map(byKey) as [Keyed, Keyed, Keyed];
  for (const key of old.keys()) if (!now.has(key)) merged.delete(key);
  for (const [key, entry] of now) if (old.get(key)?.[1] !== entry[1]) merged.set(key, entry);
  return Object.fromEntries(merged.values());
}

type Keyed = Map<string, [room: string, bell: Bell]>;

function byKey(bells: Bells): Keyed {
  return new Map(Object.entries(bells).map(([room, bell]) => [nameKey(room), [room, bell]]));
}
