/** What one person may do to another: the answers to `mod`. */

import type { AuditLine, Event } from "../wire/events.ts";
import type { RequestOf } from "../wire/requests.ts";
import { auditLine } from "./audit_line.ts";
import type { HouseParts } from "./house_parts.ts";
import { unlessRefused } from "./later.ts";
import { leaveRoom } from "./membership.ts";
import { type ModAction, modActionOf } from "./mod_action.ts";
import { putPeople } from "./put_people.ts";
import type { Change, Sanction } from "./records.ts";
import { Refusal } from "./refusal.ts";
import { idOf } from "./reply.ts";
import { banText, timeText } from "./sanction_text.ts";
import type { Session } from "./session.ts";
import { whoIs } from "./who_is.ts";

/** What an action comes to. */
interface Plan {
  readonly changes: readonly Change[];
  /** What happens at once, whether it can be kept or not. */
  readonly begin?: () => void;
  /** What happens when it is kept. */
  readonly end?: () => void;
}

/** Does something to somebody. */
export async function moderate(
  house: HouseParts,
  session: Session,
  request: RequestOf<"mod">,
): Promise<void> {
  let done: Done | undefined;
  await putPeople(house, () => {
    const mod = modActionOf(house, session, request);
    const plan = planOf(house, mod);
    // Before it begins: whoever is sent away comes from nowhere.
    const address = comesFrom(mod);
    done = { mod, plan, line: lineOf(house, mod), address };
    return {
      changes: [...plan.changes, { type: "audit", line: done.line }],
      ...(plan.begin === undefined ? {} : { begin: plan.begin }),
    };
  });
  if (done === undefined) return;
  const { line, plan } = done;
  house.onModerated(line);
  plan.end?.();
  session.deliver({ ...answerOf(done), ...idOf(request) });
}

/** An action that was judged. */
interface Done {
  readonly mod: ModAction;
  readonly plan: Plan;
  readonly line: AuditLine;
  readonly address: string | undefined;
}

/** Those who may ban it everywhere are told where the person comes from, who may come again. */
function comesFrom({ subject, action, room, present }: ModAction): string | undefined {
  const isPerson = subject === "name" && (action === "ban" || action === "kick");
  return isPerson && room === "" ? present[0]?.address : undefined;
}

function answerOf({ mod, address }: Done): Event {
  const { action, target, title, until, reason, by } = mod;
  return {
    type: "mod",
    action,
    target,
    ...(title === "" ? {} : { room: title }),
    by: by.name,
    ...(until === 0 ? {} : { until: new Date(until).toISOString() }),
    ...(reason === "" ? {} : { reason }),
    ...(address === undefined || address === "" ? {} : { address }),
  };
}

function planOf(house: HouseParts, mod: ModAction): Plan {
  switch (mod.action) {
    case "op":
    case "deop":
      return setRole(house, mod);
    case "ban":
    case "mute":
      return impose(house, mod);
    case "unban":
    case "unmute":
      return lift(house, mod);
    default:
      return kick(house, mod);
  }
}

function setRole(house: HouseParts, mod: ModAction): Plan {
  const { people } = house.keeper;
  const { key, target, room, title, action, present, by } = mod;
  const account = people.account(key);
  if (account === undefined) {
    throw new Refusal(
      "not-registered",
      `${target} has not reserved the name; /register PASSWORD does that`,
    );
  }
  const on = action === "op";
  const change: Change = room !== ""
    ? { type: on ? "host" : "unhost", host: { room, key } }
    : { type: "account", account: { ...account, role: on ? "operator" : "member" } };
  const where = title === "" ? "" : ` of ${title}`;
  const text = `${by.name} made you ${on ? `an operator${where}` : `a member${where}`}.`;
  const end = (): void => {
    for (const session of present) {
      if (people.accountOf(session) !== undefined) session.deliver({ type: "notice", text });
    }
  };
  return { changes: [change], end };
}

function kick(house: HouseParts, mod: ModAction): Plan {
  const { room, target, by, title, reason } = mod;
  const here = mod.present.filter((each) => room === "" || each.rooms.has(room));
  if (here.length === 0) {
    throw new Refusal("no-such-name", `Nobody here is called ${target}; /who lists who is here`);
  }
  const where = title === "" ? "" : ` from ${title}`;
  const text = `You were sent away${where} by ${by.name}${reason === "" ? "" : `: ${reason}`}.`;
  return { changes: [], begin: () => cut(house, mod, here, "kicked", text) };
}

function impose(house: HouseParts, mod: ModAction): Plan {
  const { people } = house.keeper;
  const { room, subject, key, target, by, until, reason, action } = mod;
  const over = people.checkSpace(room, by.name);
  const sanction: Sanction = {
    kind: action === "ban" ? "ban" : "mute",
    ...{ room, subject, key, target, until, reason },
    by: by.name,
    at: people.now,
  };
  const lifts = over.map((sanction): Change => ({ type: "lift", sanction }));
  return {
    changes: [...lifts, { type: "sanction", sanction }],
    begin: () => tellMet(house, mod, sanction),
  };
}

/** Sends those away whom a ban meets, and tells those whom a mute meets. */
function tellMet(house: HouseParts, mod: ModAction, sanction: Sanction): void {
  const { people } = house.keeper;
  const { room, by, until, reason } = mod;
  const met = house.registry.sessions.everybody().filter((each) =>
    (room === "" || each.rooms.has(room)) && each !== by &&
    people.sanction(sanction.kind, whoIs(people, each), room) === sanction
  );
  if (sanction.kind === "ban") {
    return cut(house, mod, met, "banned", `${banText(sanction, mod.title)}.`);
  }
  const time = until === 0 ? "" : ` until ${timeText(until)}`;
  const why = `${time}${reason === "" ? "" : `: ${reason}`}`;
  const where = mod.title === "" ? "" : ` in ${mod.title}`;
  const text = `You were muted${where} by ${by.name}${why}.`;
  for (const each of met) each.deliver({ type: "notice", text });
}

function lift(house: HouseParts, mod: ModAction): Plan {
  const { people } = house.keeper;
  const { room, subject, key, target, action, present } = mod;
  const kind = action === "unban" ? "ban" : "mute";
  const sanction = people.find({ kind, room, subject, key });
  if (sanction === undefined) {
    throw new Refusal("no-such-ban", `There is no ${kind} on ${target}; /bans lists them`);
  }
  const end = (): void => {
    for (const each of present) each.deliver({ type: "notice", text: "You may speak again." });
  };
  return { changes: [{ type: "lift", sanction }], ...(kind === "mute" ? { end } : {}) };
}

/** Ends what sessions have of the server, or of the room. */
function cut(
  house: HouseParts,
  mod: ModAction,
  sessions: readonly Session[],
  reason: "banned" | "kicked",
  text: string,
): void {
  const room = house.registry.room(mod.room);
  const sentAway = { by: mod.by.name, ...(mod.reason === "" ? {} : { why: mod.reason }) };
  for (const session of sessions) {
    // For one that can be in a single room there is no other to be in.
    if (mod.room === "" || !session.traits.manyRooms) {
      session.sentAway = sentAway;
      session.peer?.close({ type: "bye", reason, text });
    } else if (room !== undefined) {
      // Somebody may have had it leave already.
      unlessRefused(() => leaveRoom(house, session, room, { reason, ...sentAway }), () => {});
      session.deliver({ type: "left", room: room.name, name: session.name, reason, ...sentAway });
      session.deliver({ type: "notice", text });
    }
  }
}

function lineOf(house: HouseParts, mod: ModAction): AuditLine {
  const { by, action, target, title, until, reason } = mod;
  const time = until === 0 ? "" : `until ${timeText(until)}`;
  const detail = [time, reason].filter((part) => part !== "").join(": ");
  return auditLine(house.keeper.people, { by: by.name, action, target, room: title, detail });
}
