/** The answers to `mod`, `bans` and `audit`, and to what is asked from the server's machine. */

import type { Event, ListedBan } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { MAX_NAME_LENGTH, nameKey } from "../../words/names.js";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { auditedBy, type ConsoleAnswer, judgeConsole } from "../judge/judge_console.ts";
import { checkHookLevel } from "../judge/judge_hook.ts";
import { maySee } from "../judge/may_read.ts";
import { REMOVAL } from "../judge/judge_room.ts";
import { check, scopeOf } from "../judge/mod_action.ts";
import type { Later } from "../later.ts";
import { fitting } from "../messages/fits.ts";
import { checkName } from "../names/check_name.ts";
import type { ConsoleRequest, ConsoleRequestOf } from "../people/console_request.ts";
import type { ModAction } from "../people/people_ask.ts";
import type { Sanction } from "../people/records.ts";
import { putModeration, putPeople } from "../put_people.ts";
import type { Session } from "../sessions/session.ts";
import { allDevices, listedDevice } from "./devices.ts";

/** Does what is asked, such as a ban. */
export async function moderate(
  house: HouseParts,
  session: Session,
  { type: kind, id, ...asked }: RequestOf<"mod">,
): Promise<void> {
  const { mod } = await putModeration(house, { kind, ...asked }, session.hash);
  if (mod === undefined) throw new Error("What somebody does to another was not judged");
  session.deliver({ ...answerOf(mod), ...idOf({ id }) });
}

function answerOf({ action, target, title, until, reason, by, address }: ModAction): Event {
  return {
    type: "mod",
    action,
    target,
    ...(title === "" ? {} : { room: title }),
    by,
    ...(until === 0 ? {} : { until: new Date(until).toISOString() }),
    ...(reason === "" ? {} : { reason }),
    ...(address === undefined || address === "" ? {} : { address }),
  };
}

/** Bans or lines of the audit trail in one answer. */
const MAX_LISTED = 200;
const DEFAULT_LISTED = 20;

/** Lists the bans and mutes that the session may see. */
export function bans(house: HouseParts, session: Session, request: RequestOf<"bans">): Later<void> {
  const { people } = house.keeper;
  const room = scopeOf(house.state, session, "bans", request.room);
  check(house.state, session, "bans", room);
  const all = people.sanctions(room === "" ? undefined : room)
    .filter((sanction) => maySee(house.state, session, sanction));
  const bans = fitting(all.slice(0, MAX_LISTED).map(listed));
  session.deliver({ type: "bans", ...idOf(request), bans, more: all.length > bans.length });
  // As with every list, the next request waits until it has gone out.
  return session.peer?.drained();
}

/** Lists the last lines of the audit trail. */
export async function audit(
  house: HouseParts,
  session: Session,
  request: RequestOf<"audit">,
): Promise<void> {
  check(house.state, session, "audit", "");
  const limit = Math.max(1, Math.min(request.limit ?? DEFAULT_LISTED, MAX_LISTED));
  const { lines, more } = await readableLines(house, session, limit);
  const entries = fitting(lines.toReversed()).toReversed();
  session.deliver({
    type: "audit",
    ...idOf(request),
    entries,
    more: more || entries.length < lines.length,
  });
  await session.peer?.drained();
}

/**
 * The last lines of the audit trail that are about no room that the session may not read, and none that
 * was removed: nobody knows any more who might read that one.
 */
async function readableLines(
  { index, state }: HouseParts,
  session: Session,
  limit: number,
): ReturnType<HouseParts["index"]["audit"]> {
  for (let wanted = limit + 1;; wanted *= 4) {
    const { lines, more } = await index.audit(wanted);
    const removed = new Set<string>();
    const readable = lines.toReversed().filter(({ room = "", by, action }) => {
      const key = nameKey(room);
      const isOfRemoved = removed.has(key);
      if (action === REMOVAL) removed.add(key);
      else if (isOfRemoved) return by === session.name;
      return maySee(state, session, { room: key, by });
    }).toReversed();
    if (readable.length <= limit && more) continue;
    return { lines: readable.slice(-limit), more: readable.length > limit };
  }
}

function listed({ kind, target, room, by, at, until, reason }: Sanction): ListedBan {
  return {
    kind,
    target,
    // Earlier versions took any text for the name of a room.
    ...(room === "" ? {} : { room: room.slice(0, MAX_NAME_LENGTH) }),
    by,
    at: new Date(at).toISOString(),
    ...(until === 0 ? {} : { until: new Date(until).toISOString() }),
    ...(reason === "" ? {} : { reason }),
  };
}

/** Answers a request; what changes holds when this settles. Rejects with a {@linkcode Refusal}. */
export async function answerConsole(
  house: HouseParts,
  request: ConsoleRequest,
): Promise<ConsoleAnswer> {
  const { people, rules } = house.state;
  if (request.type === "devices") return await answerDevices(house, request);
  if (request.type === "account") {
    const { addressKey } = rules;
    return judgeConsole(house.state, request, { addressKey, at: people.now, account: "" }).answer;
  }
  if (request.type === "hook") checkHookLevel(house);
  const account = house.chance.id();
  const { changes } = await putPeople(house, { kind: "console", request, account });
  const lines = auditedBy(changes);
  lines.forEach(house.onModerated);
  const [line] = lines;
  if (request.type === "hook" && line !== undefined) return { hook: line };
  return request.type === "lift" ? { lifted: lines } : {};
}

async function answerDevices(
  house: HouseParts,
  { name }: ConsoleRequestOf<"devices">,
): Promise<ConsoleAnswer> {
  const account = house.state.people.account(checkName(name));
  if (account === undefined) return {};
  const devices = await allDevices(house, account.id);
  return { devices: devices.map((device) => listedDevice(house, device)) };
}
