/** What a `mod` asks for: what is to be done to whom, where and until when, and whether it may be. */

import { type RequestOf, REQUESTS } from "../wire/requests.ts";
import { checkRoom } from "./check_name.ts";
import { checkMute } from "./checks.ts";
import type { HouseParts } from "./house_parts.ts";
import {
  type Action,
  allowed,
  isAction,
  mayAct,
  type Role,
  type Scope,
  withArticle,
} from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import type { Session } from "./session.ts";
import { highestOf, type Target, targetOf } from "./target.ts";

/** One action of moderation, with everything that it concerns. */
export interface ModAction extends Target {
  readonly action: Action;
  readonly by: Session;
  /** The room's key; empty for the whole server. */
  readonly room: string;
  /** What the room is called. */
  readonly title: string;
  readonly until: number;
  readonly reason: string;
}

/** What is asked for; throws a {@linkcode Refusal} if it can't be, or may not be. */
export function modActionOf(house: HouseParts, by: Session, request: RequestOf<"mod">): ModAction {
  const { action } = request;
  if (!isAction(action) || action === "bans" || action === "audit") {
    throw new Refusal("bad-field", `There is no action ${JSON.stringify(action.slice(0, 40))}`);
  }
  const room = scopeOf(house, by, action, request.room, request.only);
  const title = room === "" ? "" : house.registry.room(room)?.name ?? room;
  const { mod: fields } = REQUESTS;
  const { forMs = 0 } = request;
  if (forMs > fields.forMs.most) throw new Refusal("bad-field", "A time is at most 10 years");
  const reason = (request.reason ?? "").replace(/\s+/gu, " ").trim();
  if (reason.length > fields.reason.most) {
    throw new Refusal(
      "bad-field",
      `A reason has at most ${fields.reason.most} characters; this one has ${reason.length}`,
    );
  }
  // The reason is told to those whom the action meets, so a mute session can't give one.
  if (reason !== "") checkMute(house.state, by, room);
  // Looking for the target takes time, so this comes first: may the session do it to anybody at all?
  checkMay(house, by, action, room);
  const target = targetOf(house, action, request.target);
  check(house, by, action, room, target);
  const until = forMs === 0 ? 0 : house.keeper.people.now + forMs;
  return { action, by, room, title, ...target, until, reason };
}

/** Where it is to hold: everywhere if the role allows it, else in the room. */
export function scopeOf(
  house: HouseParts,
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
  house: HouseParts,
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
  const [own, met] = [withArticle(role), withArticle(metRole)];
  throw new Refusal(
    "not-allowed",
    `${target === undefined ? "" : `${name} is ${met}, and `}${own} may not ${action} ${met}`,
  );
}

/** What the session is there; throws a {@linkcode Refusal} when it may do it to nobody. */
function checkMay(
  { keeper: { people } }: HouseParts,
  session: Session,
  action: Action,
  room: string,
): Role {
  const account = people.accountOf(session);
  const role = people.roleIn(account, room);
  if (!mayAct(scopeIn(room), action, role)) {
    throw notAllowed(action, role, account !== undefined);
  }
  return role;
}

function scopeIn(room: string): Scope {
  return room === "" ? "server" : "room";
}

/** The refusal for somebody who may do it to nobody; `isShown`: the name's password was shown. */
function notAllowed(action: Action, role: Role, isShown: boolean): Refusal {
  const what = action === "bans" ? "list bans" : action;
  const how = isShown
    ? "an owner can make you an operator"
    : "/login PASSWORD shows that a name is yours, and what you are with it";
  return new Refusal(
    "not-allowed",
    `You are ${withArticle(role)} here, and may not ${what}; ${how}`,
  );
}
