/** What becomes of webhooks: who makes them, and what is said by them. */

import { nameKey } from "../../words/names.js";
import type { FactLog } from "../log/fact_log.ts";
import type { SayFact } from "../log/fact.ts";
import { roomLog } from "../messages/log_key.ts";
import { checkName } from "../names/check_name.ts";
import type { Named } from "../names/name_tables.ts";
import { looksOf } from "../names/skeleton.ts";
import type { ConsoleRequestOf } from "../people/console_request.ts";
import type { Hook } from "../people/hook_record.ts";
import type { People } from "../people/people.ts";
import { auditLine, type Change } from "../people/records.ts";
import { checkBanOf, checkMuteOf } from "../people/sanction_text.ts";
import { Refusal, tryLater } from "../refusal.ts";
import { shownName } from "../rooms/hooks.ts";
import type { RoomRecords } from "../rooms/room_records.ts";
import { checkNotOwn } from "./choose_name.ts";
import { recorded } from "./judge_invite.ts";

/** The level of the order of facts from which on everybody who reads it knows hooks. */
const HOOK_LEVEL = 2;
/** Nodes are replaced one by one, which takes some time. */
const RETRY_MS = 60_000;

/** What of the state this goes by. */
interface Known {
  readonly people: People;
  readonly rooms: RoomRecords;
}

/** Who asks, as the audit trail has it, and when. */
interface AskedBy {
  readonly by: string;
  readonly at: number;
}

/** Throws a {@linkcode Refusal} (`try-later`) while there are nodes of a cluster that know no hooks. */
export function checkHookLevel({ log: { cluster } }: { readonly log: FactLog }): void {
  if (cluster === undefined || cluster.level >= HOOK_LEVEL) return;
  throw tryLater("Not all nodes of this server know webhooks yet", RETRY_MS);
}

/** A hook of a room is made. Throws a {@linkcode Refusal} for a name that it can't have. */
export function hookAdded(
  state: Known,
  { name = "", id = "", hash = "" }: ConsoleRequestOf<"hook">,
  room: Named,
  { by, at }: AskedBy,
): Change[] {
  const key = checkName(name);
  checkNotOwn(name, key);
  const shown = shownName({ name });
  const shownKey = checkName(shown);
  const person = state.people.reserved(shown, shownKey);
  if (person !== undefined) {
    throw new Refusal("name-taken", `Somebody has reserved the name ${person.name}`);
  }
  const other = state.rooms.hooks.in(room.key).find((hook) => looksAlike(hook.name, name));
  if (other !== undefined) {
    throw new Refusal(
      "name-taken",
      `${room.name} has a hook ${other.name} already (${other.id}); give this one another name`,
    );
  }
  const line = auditLine(at, { by, action: "hook add", target: shown, room: room.name });
  return [
    ...recorded(state, room),
    { type: "hook", hook: { id, name, hash, room: room.key, by, at } },
    { type: "audit", line },
  ];
}

/** A hook is taken back, by its id or its name. Throws a {@linkcode Refusal} where that means none, or several. */
export function hookRemoved(
  { rooms }: Known,
  { which = "", room = "" }: ConsoleRequestOf<"hook">,
  nameOf: (room: string) => string,
  { by, at }: AskedBy,
): Change[] {
  const all = room === "" ? rooms.hooks.all : rooms.hooks.in(nameKey(room));
  const where = room === "" ? "" : ` in ${room}`;
  const found = all.filter(({ id }) => id === which);
  if (found.length === 0) found.push(...all.filter((hook) => isMeant(hook, which)));
  const [hook, another] = found;
  if (hook === undefined) {
    throw new Refusal(
      "no-such-hook",
      `There is no hook ${which}${where}; chatroom hook list shows them`,
    );
  }
  if (another !== undefined) {
    const ids = found.map((each) => `${each.id} (${nameOf(each.room)})`).join(", ");
    throw new Refusal("bad-field", `${which} is the name of several hooks; say which: ${ids}`);
  }
  const target = shownName(hook);
  return [
    { type: "unhook", id: hook.id },
    {
      type: "audit",
      line: auditLine(at, { by, action: "hook remove", target, room: nameOf(hook.room) }),
    },
  ];
}

/**
 * Throws a {@linkcode Refusal} for what a hook may not say: it is taken back (`no-such-hook`), or what it goes by
 * is banned or muted in its room, as hosts may do to it. A room that is quiet or slow hears it: whoever runs the
 * server has put it there.
 */
export function checkHookSays(
  { people, rooms }: Known,
  { hook: id = "", log }: SayFact,
  at: number,
): void {
  const hook = rooms.hooks.of(id);
  if (hook === undefined || roomLog(hook.room) !== log || rooms.isGoing(hook.room)) {
    throw noSuchHook();
  }
  if (people.isPeaceful) return;
  const name = shownName(hook);
  const who = { name, key: nameKey(name) };
  checkBanOf(people, who, hook.room, at);
  checkMuteOf(people, who, hook.room, at);
}

/** The refusal for a token of no hook, be it one that was taken back or one that never was. */
export function noSuchHook(): Refusal {
  return new Refusal("no-such-hook", "There is no such hook");
}

function looksAlike(one: string, other: string): boolean {
  return looksOf(one, nameKey(one)).folded === looksOf(other, nameKey(other)).folded;
}

function isMeant(hook: Hook, which: string): boolean {
  return [hook.name, shownName(hook)].some((name) => nameKey(name) === nameKey(which));
}
