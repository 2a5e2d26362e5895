/** What the view asks about a room: its topic, and its hosts, who may do more there than others; and who is away. */

import { sameName } from "../../words/names.js";
import type { Event } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import { partnerIn } from "../terminal/conversations.ts";
import type { Known } from "../terminal/known.ts";
import type { View } from "../terminal/view.ts";
import type { TitleParts } from "./bars.ts";
import type { PlaceState, PlaceStates } from "./place_state.ts";

/** Whom it is asked of. */
export interface RoomFactsOptions {
  readonly known: Known;
  readonly send: (request: Request) => Promise<Event>;
  readonly canAsk: () => boolean;
  /** Called when something was answered. */
  readonly told: () => void;
}

/** The title of what is looked at: what nobody has said of it yet is asked for. */
export function titleParts(
  { room: place, title, rooms }: View,
  states: PlaceStates,
  options: RoomFactsOptions,
): TitleParts {
  const state = states.of(place);
  askAbout(place, state, options);
  const partner = partnerIn(place);
  if (partner === undefined) {
    return { title, topic: state.topic ?? "", members: rooms.get(place)?.members ?? 0 };
  }
  askAboutPerson(partner, state, options);
  const away = states.away.of(partner);
  return { title, topic: away === undefined ? "" : `away: ${away}`, members: 0 };
}

/** Asks whether somebody is away, each time that their conversation is looked at: that is told in rooms alone. */
function askAboutPerson(name: string, state: PlaceState, options: RoomFactsOptions): void {
  const { known, send, canAsk, told } = options;
  if (state.hasAskedPeople || !canAsk()) return;
  state.hasAskedPeople = true;
  send({ type: "whois", name }).then((answer) => {
    known.watcher?.met(answer);
    told();
  }, () => {});
}

/** Asks what a room is about, and who its hosts are, if nobody has said it yet. */
function askAbout(
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
