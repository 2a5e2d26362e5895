/** What a `mod` asks for: what is to be done to whom, where and until when, and whether it may be. */

import { REQUESTS } from "../../wire/requests.ts";
import type { HouseState } from "../house_state.ts";
import { checkRoom } from "../names/check_name.ts";
import type { ModAction, ModAsk } from "../people/people_ask.ts";
import {
  type Action,
  allowed,
  isAction,
  mayAct,
  type Role,
  type Scope,
  withArticle,
} from "../people/permissions.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import type { Session } from "../sessions/session.ts";
import { checkMute } from "./checks.ts";
import { mayReadRoom } from "./may_read.ts";
import { highestOf, type Target, targetOf } from "./target.ts";

/** An action that was judged, and those who are here of whom it meets. */
export interface JudgedAction {
  readonly mod: ModAction;
  readonly present: readonly Session[];
}

/** What is asked for; throws a {@linkcode Refusal} if it can't be, or may not be. */
export function modActionOf(state: HouseState, by: Session, ask: ModAsk, at: number): JudgedAction {
  const { action } = ask;
  if (!isAction(action) || action === "bans" || action === "audit") {
    throw new Refusal("bad-field", `There is no action ${JSON.stringify(action.slice(0, 40))}`);
  }
  const room = scopeOf(state, by, action, ask.room, ask.only);
  const title = room === "" ? "" : titleOf(state, by, room);
  const { mod: fields } = REQUESTS;
  const { forMs = 0 } = ask;
  if (forMs > fields.forMs.most) throw new Refusal("bad-field", "A time is at most 10 years");
  const reason = (ask.reason ?? "").replace(/\s+/gu, " ").trim();
  if (reason.length > fields.reason.most) {
    throw new Refusal(
      "bad-field",
      `A reason has at most ${fields.reason.most} characters; this one has ${reason.length}`,
    );
  }
  // The reason is told to those whom the action meets, so a mute session can't give one.
  if (reason !== "") checkMute(state, by, mayReadRoom(state, by, room) ? room : undefined, at);
  // Looking for the target takes time, so this comes first: may the session do it to anybody at all?
  checkMay(state, by, action, room);
  const target = targetOf(state, { action, room }, ask.target, at);
  check(state, by, action, room, target);
  const until = forMs === 0 ? 0 : at + forMs;
  const { subject, key, present } = target;
  const isPerson = subject === "name" && room === "" && (action === "ban" || action === "kick");
  const address = isPerson ? present[0]?.address : undefined;
  const mod = {
    ...{ action, by: by.name, room, title, subject, key, target: target.target, until, reason },
    ...(address === undefined ? {} : { address }),
  };
  return { mod, present };
}

/** What the room with that key is called, as far as the one who asks may know. */
function titleOf(state: HouseState, by: Session, room: string): string {
  return mayReadRoom(state, by, room) ? state.registry.room(room)?.name ?? room : room;
}

/** Where it is to hold: everywhere if the role allows it, else in the room. */
export function scopeOf(
  state: HouseState,
  session: Session,
  action: Action,
  room: string | undefined,
  only = false,
): string {
  const { people } = state;
  const role = people.roleIn(people.accountOf(session));
  const key = room === undefined ? "" : state.registry.room(room)?.key ?? checkRoom(room);
  return !only && mayAct("server", action, role) ? "" : key;
}

/**
 * Throws a {@linkcode Refusal} (`not-allowed`) when the session may not do it to the target; a list
 * has none.
 */
export function check(
  state: HouseState,
  session: Session,
  action: Action,
  room: string,
  target?: Target,
): void {
  const { people } = state;
  const role = checkMay(state, session, action, room);
  // Who operates a room is nothing for those who may not read it.
  const known = mayReadRoom(state, session, room) ? room : "";
  const highest = target === undefined ? undefined : highestOf(people, target, known);
  const { role: metRole = "member", name = "" } = highest ?? {};
  if (allowed(scopeIn(room), action, role, metRole)) return;
  const [own, met] = [withArticle(role), withArticle(metRole)];
  throw new Refusal(
    "not-allowed",
    `${target === undefined ? "" : `${name} is ${met}, and `}${own} may not ${action} ${met}`,
  );
}

/** What the session is there; throws a {@linkcode Refusal} when it may do it to nobody. */
function checkMay(state: HouseState, session: Session, action: Action, room: string): Role {
  const { people } = state;
  const account = people.accountOf(session);
  const role = people.roleIn(account, mayReadRoom(state, session, room) ? room : "");
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
    : sentence`${{ to: "login" }} shows that a name is yours, and what you are with it`;
  return new Refusal(
    "not-allowed",
    sentence`You are ${withArticle(role)} here, and may not ${what}; ${how}`,
  );
}
