/** What an action of moderation does at once to the sessions that are here. */

import type { HouseParts } from "./house_parts.ts";
import type { HouseState } from "./house_state.ts";
import { presentOf } from "./judge/target.ts";
import { unlessRefused } from "./later.ts";
import type { PeopleFact } from "./log/fact.ts";
import type { ModAction } from "./people/people_ask.ts";
import type { Change, Sanction } from "./people/records.ts";
import { banText, timeText } from "./people/sanction_text.ts";
import { whoIs } from "./people/who_is.ts";
import { leaveRoom } from "./put.ts";
import type { Session } from "./sessions/session.ts";

/** Sends away, or tells, the sessions that a fact meets: before it is stored, and even if it can't be. */
export function beginMod(house: HouseParts, fact: PeopleFact): void {
  const { mod } = fact;
  if (mod === undefined) return;
  const { room, title, by, reason } = mod;
  if (mod.action === "kick") {
    const here = presentOf(house.state, mod).filter(({ rooms }) => room === "" || rooms.has(room));
    const where = title === "" ? "" : ` from ${title}`;
    const text = `You were sent away${where} by ${by}${reason === "" ? "" : `: ${reason}`}.`;
    return cut(house, mod, here, "kicked", text);
  }
  for (const change of fact.changes) {
    if (change.type === "sanction") tellMet(house, mod, change.sanction, fact.by);
  }
}

/** Tells the sessions that are here what they are, or may do, now that the fact is stored. */
export function endMod({ state }: Pick<HouseParts, "state">, fact: PeopleFact): void {
  const { mod, ask } = fact;
  if (mod?.action === "unmute" || ask?.kind === "console") tellUnmuted(state, fact.changes);
  if (mod === undefined) return;
  const { action, title, by } = mod;
  if (action !== "op" && action !== "deop") return;
  const raised = title === "" ? "an operator" : `a host of ${title}`;
  const what = action === "op" ? raised : `a member${title === "" ? "" : ` of ${title}`}`;
  for (const session of presentOf(state, mod)) {
    if (state.people.accountOf(session) === undefined) continue;
    session.deliver({ type: "notice", text: `${by} made you ${what}.` });
  }
}

/** Tells each session that may speak again once, however many mutes have ended. */
function tellUnmuted(state: HouseState, changes: readonly Change[]): void {
  const met = changes.flatMap((change) =>
    change.type === "lift" && change.sanction.kind === "mute"
      ? presentOf(state, change.sanction)
      : []
  );
  for (const each of new Set(met)) each.deliver({ type: "notice", text: "You may speak again." });
}

/** Sends away the sessions that a ban meets, and tells those that a mute meets. */
function tellMet(
  house: HouseParts,
  mod: ModAction,
  sanction: Sanction,
  asker: string | undefined,
): void {
  const { people } = house.state;
  const { room, by, until, reason } = mod;
  const met = house.registry.sessions.everybody().filter((each) =>
    (room === "" || each.rooms.has(room)) && each.hash !== asker &&
    people.sanction(sanction.kind, whoIs(people, each), room, sanction.at) === sanction
  );
  if (sanction.kind === "ban") {
    return cut(house, mod, met, "banned", `${banText(sanction, mod.title)}.`);
  }
  const time = until === 0 ? "" : ` until ${timeText(until)}`;
  const why = `${time}${reason === "" ? "" : `: ${reason}`}`;
  const where = mod.title === "" ? "" : ` in ${mod.title}`;
  const text = `You were muted${where} by ${by}${why}.`;
  for (const each of met) each.deliver({ type: "notice", text });
}

/** Sends sessions away from the server, or out of the room. */
function cut(
  house: HouseParts,
  mod: ModAction,
  sessions: readonly Session[],
  reason: "banned" | "kicked",
  text: string,
): void {
  const room = house.registry.room(mod.room);
  const sentAway = { by: mod.by, ...(mod.reason === "" ? {} : { why: mod.reason }) };
  for (const session of sessions) {
    // A client that can be in one room only has to leave the server.
    if (mod.room === "" || !session.traits.manyRooms) {
      session.sentAway = sentAway;
      session.peer?.close({ type: "bye", reason, text });
    } else if (room !== undefined) {
      // It may have been taken out of the room already.
      unlessRefused(() => leaveRoom(house, session, room, { reason, ...sentAway }), () => {});
      session.deliver({ type: "left", room: room.name, name: session.name, reason, ...sentAway });
      session.deliver({ type: "notice", text });
    }
  }
}
