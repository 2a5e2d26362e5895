/** What one person may do to another: the answers to `mod`. */

import type { AuditLine, Event, RequestOf } from "../wire/event.ts";
import { leave } from "./answer.ts";
import { type Deed, deedOf } from "./deed.ts";
import { idOf, type Inside } from "./inside.ts";
import { banText, timeText } from "./keeper.ts";
import { whoIs } from "./people.ts";
import type { Change, Sanction } from "./records.ts";
import { Refusal } from "./refusal.ts";
import type { Session } from "./session.ts";

/** Does something to somebody. */
export async function moderate(
  house: Inside,
  session: Session,
  request: RequestOf<"mod">,
): Promise<void> {
  const { people } = house.keeper;
  const answer = await people.alone(() => doDeed(house, deedOf(house, session, request)));
  session.deliver({ ...answer, ...idOf(request) });
}

/** Makes who opens a room an operator of it, if it has none and his name is reserved. */
export function hostFirst(house: Inside, session: Session, room: string, title: string): void {
  const { people } = house.keeper;
  const account = people.accountOf(session);
  if (account === undefined || !house.keeper.mayHost(account, room)) return;
  const line = lineOf(house, account.name, "op", account.name, title);
  people.alone(async () => {
    if (!house.keeper.mayHost(account, room)) return;
    await people.save([{ type: "host", host: { room, key: account.key } }, {
      type: "audit",
      line,
    }]);
    session.deliver({ type: "notice", text: `You are an operator of ${title} now.` });
  }).catch(() => {});
}

async function doDeed(house: Inside, deed: Deed): Promise<Event> {
  const isPerson = deed.subject === "name" && (deed.action === "ban" || deed.action === "kick");
  // Those who may ban it everywhere are told where the person comes from, who may come again.
  const address = isPerson && deed.room === "" ? deed.present[0]?.peer?.address : undefined;
  switch (deed.action) {
    case "op":
    case "deop":
      await setRole(house, deed);
      break;
    case "ban":
    case "mute":
      await impose(house, deed);
      break;
    case "unban":
    case "unmute":
      await lift(house, deed);
      break;
    default:
      await kick(house, deed);
  }
  const { action, target, title, until, reason, by } = deed;
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

async function setRole(house: Inside, deed: Deed): Promise<void> {
  const { people } = house.keeper;
  const { key, target, room, title, action, present, by } = deed;
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
  await people.save([change, lineChange(house, deed)]);
  const where = title === "" ? "" : ` of ${title}`;
  const text = `${by.name} made you ${on ? `an operator${where}` : `a member${where}`}.`;
  for (const session of present) {
    if (people.accountOf(session) !== undefined) session.deliver({ type: "notice", text });
  }
}

async function kick(house: Inside, deed: Deed): Promise<void> {
  const { room, target, by, title, reason } = deed;
  const here = deed.present.filter((each) => room === "" || each.rooms.has(room));
  if (here.length === 0) {
    throw new Refusal("no-such-name", `Nobody here is called ${target}; /who lists who is here`);
  }
  const where = title === "" ? "" : ` from ${title}`;
  const text = `You were sent away${where} by ${by.name}${reason === "" ? "" : `: ${reason}`}.`;
  cut(house, deed, here, "kicked", text);
  await house.keeper.people.records.save([lineChange(house, deed)]);
}

async function impose(house: Inside, deed: Deed): Promise<void> {
  const { people } = house.keeper;
  const { room, subject, key, target, by, until, reason, action } = deed;
  people.checkSpace();
  const sanction: Sanction = {
    kind: action === "ban" ? "ban" : "mute",
    ...{ room, subject, key, target, until, reason },
    by: by.name,
    at: people.now,
  };
  // It holds at once, and if the disk is full until the next start.
  people.apply([{ type: "sanction", sanction }]);
  const everybody = [...house.registry.everybody()];
  const met = everybody.filter((each) =>
    (room === "" || each.rooms.has(room)) && each !== by &&
    people.sanction(sanction.kind, whoIs(people, each), room) === sanction
  );
  if (sanction.kind === "ban") {
    cut(house, deed, met, "banned", `${banText(sanction, deed.title)}.`);
  } else {
    const time = until === 0 ? "" : ` until ${timeText(until)}`;
    const why = `${time}${reason === "" ? "" : `: ${reason}`}`;
    const where = deed.title === "" ? "" : ` in ${deed.title}`;
    const text = `You were made mute${where} by ${by.name}${why}.`;
    for (const each of met) each.deliver({ type: "notice", text });
  }
  await people.save([{ type: "sanction", sanction }, lineChange(house, deed)]);
}

async function lift(house: Inside, deed: Deed): Promise<void> {
  const { people } = house.keeper;
  const { room, subject, key, target, action, present } = deed;
  const kind = action === "unban" ? "ban" : "mute";
  const sanction = people.find({ kind, room, subject, key });
  if (sanction === undefined) {
    throw new Refusal("no-such-ban", `There is no ${kind} on ${target}; /bans lists them`);
  }
  await people.save([{ type: "lift", sanction }, lineChange(house, deed)]);
  if (kind === "ban") return;
  for (const each of present) each.deliver({ type: "notice", text: "You may speak again." });
}

/** Ends what sessions have of the server, or of the room. */
function cut(
  house: Inside,
  deed: Deed,
  sessions: readonly Session[],
  reason: "banned" | "kicked",
  text: string,
): void {
  const room = house.registry.room(deed.room);
  const sentAway = { by: deed.by.name, ...(deed.reason === "" ? {} : { why: deed.reason }) };
  for (const session of sessions) {
    session.sentAway = sentAway;
    // A classic client is in one room, and there is no other for it to be in.
    if (deed.room === "" || session.secret === undefined) {
      session.peer?.close({ type: "bye", reason, text });
    } else if (room !== undefined) {
      leave(house.registry, session, room, reason);
      session.sentAway = undefined;
      session.deliver({ type: "left", room: room.name, name: session.name, reason, ...sentAway });
      session.deliver({ type: "notice", text });
    }
  }
}

function lineChange(house: Inside, deed: Deed): Change {
  const { by, action, target, title, until, reason } = deed;
  const time = until === 0 ? "" : `until ${timeText(until)}`;
  const detail = [time, reason].filter((part) => part !== "").join(": ");
  const line = lineOf(house, by.name, action, target, title, detail);
  house.onModerated(line);
  return { type: "audit", line };
}

function lineOf(
  { keeper: { people } }: Inside,
  by: string,
  action: string,
  target: string,
  room = "",
  detail = "",
): AuditLine {
  return {
    at: new Date(people.now).toISOString(),
    by,
    action,
    target,
    ...(room === "" ? {} : { room }),
    ...(detail === "" ? {} : { detail }),
  };
}
