/** What somebody asks to have done to another, and whether he may: a `mod` looked at from all sides. */

import type { RequestOf } from "../wire/event.ts";
import { checkRoom } from "./check_name.ts";
import { checkMute, type Inside } from "./inside.ts";
import {
  type Action,
  allowed,
  isAction,
  mayAct,
  type Role,
  roleText,
  type Scope,
} from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import type { Session } from "./session.ts";
import { highestOf, type Target, targetOf } from "./target.ts";

/** The longest reason, in UTF-16 code units, and the longest time, in ms. */
const MAX_REASON = 200;
const MAX_MS = 10 * 365 * 86_400_000;

/** One action, with everything that it concerns. */
export interface Deed extends Target {
  readonly action: Action;
  readonly by: Session;
  /** The room's key; empty for the whole server. */
  readonly room: string;
  /** What the room is called. */
  readonly title: string;
  readonly until: number;
  readonly reason: string;
}

/** What is asked. Throws a {@linkcode Refusal} for what can't be. */
export function deedOf(house: Inside, by: Session, request: RequestOf<"mod">): Deed {
  const { action } = request;
  if (!isAction(action) || action === "bans" || action === "audit") {
    throw new Refusal("bad-field", `There is no action ${JSON.stringify(action.slice(0, 40))}`);
  }
  const room = scopeOf(house, by, action, request.room, request.only);
  const title = room === "" ? "" : house.registry.room(room)?.name ?? room;
  const { forMs = 0 } = request;
  if (forMs > MAX_MS) throw new Refusal("bad-field", "A time is at most 10 years");
  const reason = (request.reason ?? "").replace(/\s+/gu, " ").trim();
  if (reason.length > MAX_REASON) {
    throw new Refusal(
      "bad-field",
      `A reason has at most ${MAX_REASON} characters; this one has ${reason.length}`,
    );
  }
  // Whoever may say nothing says nothing to whom a deed meets either.
  if (reason !== "") checkMute(house, by, room);
  // To look for somebody takes time, which only those may take who may do it to anybody at all.
  checkMay(house, by, action, room);
  const target = targetOf(house, action, request.target);
  check(house, by, action, room, target);
  const until = forMs === 0 ? 0 : house.keeper.people.now + forMs;
  return { action, by, room, title, ...target, until, reason };
}

/** Where it is to hold: everywhere if the role allows it, else in the room. */
export function scopeOf(
  house: Inside,
  session: Session,
  action: Action,
  room: string | undefined,
  only = false,
): string {
  const { people } = house.keeper;
  const role = people.roleIn(people.accountOf(session));
  const key = room === undefined ? "" : house.registry.room(room)?.key ?? checkRoom(room);
  return !only && mayAct("server", action, role) ? "" : key;
}

/**
 * Throws a {@linkcode Refusal} (`not-allowed`) when the session may not do it to the target; a list
 * has none.
 */
export function check(
  house: Inside,
  session: Session,
  action: Action,
  room: string,
  target?: Target,
): void {
  const { people } = house.keeper;
  const role = checkMay(house, session, action, room);
  const highest = target === undefined ? undefined : highestOf(people, target, room);
  const { role: metRole = "member", name = "" } = highest ?? {};
  if (allowed(scopeIn(room), action, role, metRole)) return;
  throw notAllowed(action, role, `: ${name} is ${article(metRole)}`);
}

/** What the session is there; throws a {@linkcode Refusal} when it may do it to nobody. */
function checkMay(
  { keeper: { people } }: Inside,
  session: Session,
  action: Action,
  room: string,
): Role {
  const role = people.roleIn(people.accountOf(session), room);
  if (!mayAct(scopeIn(room), action, role)) throw notAllowed(action, role, "");
  return role;
}

function scopeIn(room: string): Scope {
  return room === "" ? "server" : "room";
}

function notAllowed(action: Action, role: Role, whom: string): Refusal {
  const what = action === "bans" ? "list bans" : action;
  return new Refusal(
    "not-allowed",
    `You are ${article(role)} here, and may not ${what}${whom}`,
  );
}

function article(role: Role): string {
  return `${role === "member" ? "a" : "an"} ${roleText(role)}`;
}
