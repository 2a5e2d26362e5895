/** What somebody asks to have done to another, and whether he may: a `mod` looked at from all sides. */

import type { RequestOf } from "../wire/event.ts";
import type { Inside } from "./inside.ts";
import { nameKey } from "./name.ts";
import { type Action, allowed, isAction, mayAct, type Role, roleText } from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import type { Session } from "./session.ts";

/** The longest reason, in UTF-16 code units, and the longest time, in ms. */
const MAX_REASON = 200;
const MAX_MS = 10 * 365 * 86_400_000;

/** One action, with everything that it concerns. */
export interface Deed {
  readonly action: Action;
  readonly by: Session;
  /** The room's key; empty for the whole server. */
  readonly room: string;
  /** What the room is called. */
  readonly title: string;
  readonly subject: "name" | "address";
  readonly key: string;
  readonly target: string;
  /** Those who are here. */
  readonly present: readonly Session[];
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
  const target = targetOf(house, action, request.target);
  const role = roleOf(house, target, room);
  check(house, by, action, room, role, target.target);
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
  if (room === undefined || !only && mayAct("server", action, role)) return "";
  return house.registry.room(room)?.key ?? nameKey(room);
}

/** Throws a {@linkcode Refusal} (`not-allowed`) when the session may not do it to who is `target`. */
export function check(
  { keeper: { people } }: Inside,
  session: Session,
  action: Action,
  room: string,
  target: Role,
  name: string,
): void {
  const role = people.roleIn(people.accountOf(session), room);
  const scope = room === "" ? "server" : "room";
  if (allowed(scope, action, role, target)) return;
  const whom = mayAct(scope, action, role) ? `: ${name} is ${article(target)}` : "";
  throw new Refusal(
    "not-allowed",
    `You are ${article(role)} here, and may not ${action === "bans" ? "list bans" : action}${whom}`,
  );
}

function article(role: Role): string {
  return `${role === "member" ? "a" : "an"} ${roleText(role)}`;
}

type Target = Pick<Deed, "subject" | "key" | "target" | "present">;

/** Whom a text means: who goes by that name, or owns it; else an address; else the name alone. */
function targetOf({ registry, keeper, addressKey }: Inside, action: Action, text: string): Target {
  const key = nameKey(text);
  const present = registry.named(text);
  const account = keeper.people.account(key);
  const address = present === undefined && account === undefined ? addressKey(text) : undefined;
  if (address !== undefined && action !== "op" && action !== "deop") {
    const there = [...registry.everybody()].filter(({ peer }) => peer?.address === address);
    return { subject: "address", key: address, target: address, present: there };
  }
  if (key === "" || text.length > 64) throw new Refusal("bad-name", "There is no such name");
  const target = present?.name ?? account?.name ?? text;
  return { subject: "name", key, target, present: registry.allNamed(key) };
}

/** What somebody is; of an address, the highest of those who are there. */
function roleOf({ keeper: { people } }: Inside, target: Target, room: string): Role {
  if (target.subject === "name") return people.roleIn(people.account(target.key), room);
  const roles = target.present.map((each) => people.roleIn(people.accountOf(each), room));
  return (["owner", "operator", "host"] as const).find((role) => roles.includes(role)) ?? "member";
}
