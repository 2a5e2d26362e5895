/** What becomes of accounts, roles, bans and mutes by what one person does to another. */

import type { HouseState } from "../house_state.ts";
import type { PeopleFact } from "../log/fact.ts";
import type { ModAction, ModAsk } from "../people/people_ask.ts";
import { auditLine, type Change, type Sanction } from "../people/records.ts";
import { timeText } from "../people/sanction_text.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import type { Session } from "../sessions/session.ts";
import { unhosted, unmembered } from "./link_guest.ts";
import { mayReadRoom, maySee } from "./may_read.ts";
import { type JudgedAction, modActionOf } from "./mod_action.ts";

/** What is asked for, judged; throws a {@linkcode Refusal} if it can't be, or may not be. */
export function judgeMod(
  state: HouseState,
  by: Session,
  ask: ModAsk,
  at: number,
): Required<Pick<PeopleFact, "changes" | "mod">> {
  const judged = modActionOf(state, by, ask, at);
  const { mod } = judged;
  const { action, target, title, until, reason } = mod;
  const changes = changesOf(state, by, judged, at);
  const time = until === 0 ? "" : `until ${timeText(until)}`;
  const detail = [time, reason].filter((part) => part !== "").join(": ");
  const line = auditLine(at, { by: by.name, action, target, room: title, detail });
  return { mod, changes: [...changes, { type: "audit", line }] };
}

function changesOf(
  state: HouseState,
  by: Session,
  { mod, present }: JudgedAction,
  at: number,
): Change[] {
  switch (mod.action) {
    case "op":
    case "deop":
      return [setRole(state, mod)];
    case "ban":
    case "mute":
      return impose(state, mod, at);
    case "unban":
    case "unmute":
      return [lift(state, by, mod, at)];
    default:
      // Who is in a room is nothing for those who may not read it.
      checkHere(mod, mayReadRoom(state, by, mod.room) ? present : []);
      return uninvited(state, mod, present);
  }
}

/** Whoever is sent out of a room is not invited to it any more: it would come back by that at once. */
function uninvited(
  state: HouseState,
  { room }: ModAction,
  present: readonly Session[],
): Change[] {
  if (room === "") return [];
  const { people, rooms } = state;
  const persons = new Set(present.flatMap((each) => each.rooms.has(room) ? each.person : []));
  return [...persons].flatMap(({ who, sessions }): Change[] => {
    const account = [...sessions].map((each) => people.accountOf(each)).find(Boolean);
    const changes = unmembered(state, room, account?.id ?? who);
    return rooms.access(room) === "invite"
      ? [...changes, ...unhosted(state, room, account)]
      : changes;
  });
}

function setRole({ people }: HouseState, { key, target, room, action }: ModAction): Change {
  const account = people.account(key);
  if (account === undefined) {
    throw new Refusal(
      "not-registered",
      sentence`${target} has not reserved the name; ${{ to: "register" }} does that`,
    );
  }
  const on = action === "op";
  return room !== ""
    ? { type: on ? "host" : "unhost", host: { room, key } }
    : { type: "account", account: { ...account, role: on ? "operator" : "member" } };
}

/** Throws a {@linkcode Refusal} where nobody is here to be sent away. */
function checkHere({ room, target }: ModAction, present: readonly Session[]): void {
  if (present.some(({ rooms }) => room === "" || rooms.has(room))) return;
  throw new Refusal(
    "no-such-name",
    sentence`Nobody here is called ${target}; ${{ to: "who" }} lists who is here`,
  );
}

function impose({ people }: HouseState, mod: ModAction, at: number): Change[] {
  const { room, subject, key, target, by, until, reason, action } = mod;
  const over = people.checkSpace(room, by, at);
  const sanction: Sanction = {
    kind: action === "ban" ? "ban" : "mute",
    ...{ room, subject, key, target, until, reason, by, at },
  };
  const lifts = over.map((sanction): Change => ({ type: "lift", sanction }));
  return [...lifts, { type: "sanction", sanction }];
}

function lift(state: HouseState, by: Session, mod: ModAction, at: number): Change {
  const { people } = state;
  const { room, subject, key, target, action } = mod;
  const kind = action === "unban" ? "ban" : "mute";
  const sanction = people.find({ kind, room, subject, key }, at);
  if (sanction !== undefined && maySee(state, by, sanction)) return { type: "lift", sanction };
  throw new Refusal(
    "no-such-ban",
    sentence`There is no ${kind} on ${target}; ${{ to: "bans" }} lists them`,
  );
}
