/** What the view asks about a room: its topic, and its hosts, who may do more there than others. */

import { sameName } from "../../words/names.js";
import type { Event } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import { partnerIn } from "../terminal/conversations.ts";
import type { Known } from "../terminal/known.ts";
import type { PlaceState } from "./place_state.ts";

/** Whom it is asked of. */
export interface RoomFactsOptions {
  readonly known: Known;
  readonly send: (request: Request) => Promise<Event>;
  readonly canAsk: () => boolean;
  /** Called when something was answered. */
  readonly told: () => void;
}

/** Asks what a room is about, and who its hosts are, if nobody has said it yet. */
export function askAbout(
  place: string,
  state: PlaceState,
  { known, send, canAsk, told }: RoomFactsOptions,
): void {
  const isRoom = place !== "" && partnerIn(place) === undefined;
  if (!isRoom || !canAsk()) return;
  // Only members need it: guests are hosts of nothing, and operators need not be.
  if (known.isListed && !moderatesAll(known) && !state.hasAskedHosts) {
    state.hasAskedHosts = true;
    send({ type: "room", room: place }).then((answer) => {
      if (answer.type === "room") state.hosts = answer.hosts;
    }, () => {});
  }
  if (state.topic !== undefined) return;
  state.topic = "";
  send({ type: "topic", room: place }).then((answer) => {
    if (answer.type === "topic") state.topic = answer.text;
    told();
  }, () => {});
}

/** Whether the person may remove what others say in a room, and pin; also true where nobody knows. */
export function mayModerate(known: Known, { hosts }: PlaceState): boolean {
  // Where the server has no people, nobody can be told who may.
  if (!known.hasPeople || moderatesAll(known)) return true;
  if (!known.isListed) return false;
  return hosts === undefined || hosts.some((host) => sameName(host, known.name));
}

function moderatesAll({ role }: Known): boolean {
  return role === "owner" || role === "operator";
}
