/** Who is in a room, as the pane at the right shows it: what the server has listed, and what came after. Pure. */

import type { Event, EventOf } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import { inertLine } from "../../words/inert.js";
import { clip } from "../terminal/cells.ts";
import { paint, type Palette } from "../terminal/palette.ts";
import { type CellRow, paintedCells, textCells } from "./screen_cells.ts";

/** Somebody who is in a room. */
export interface RosterPerson {
  readonly name: string;
  /** They have said that they are away. */
  readonly isAway: boolean;
}

/** The people of a room by what their names come to. */
export type Roster = ReadonlyMap<string, RosterPerson>;

/** The most people of a room that are known: as many as a server lists. */
const MOST_KNOWN = 2_000;

/** Those whom the server lists, but for visitors, who come and go without being announced. */
export function listedRoster({ members, people = [] }: EventOf<"members">): Roster {
  const away = new Set(
    people.filter((each) => each.away !== undefined).map(({ name }) => nameKey(name)),
  );
  return new Map(members.map((name) => {
    const key = nameKey(name);
    return [key, { name, isAway: away.has(key) }];
  }));
}

const CHANGES: ReadonlySet<string> = new Set<Event["type"]>(
  ["joined", "left", "renamed", "away", "members"],
);

/** Whether this says something of who is in rooms; most of what comes does not. */
export function changesRosters({ type }: Event): boolean {
  return CHANGES.has(type);
}

/**
 * The people of the room whose name has this key after something was told; the same map if that changes nothing.
 */
export function nextRoster(roster: Roster, key: string, event: Event): Roster {
  const isHere = "room" in event && nameKey(event.room ?? "") === key;
  switch (event.type) {
    case "joined": {
      const { name } = event;
      if (!isHere || roster.size >= MOST_KNOWN || roster.has(nameKey(name))) return roster;
      return changed(roster, undefined, { name, isAway: false });
    }
    case "left":
      return isHere ? changed(roster, event.name) : roster;
    case "renamed": {
      const person = roster.get(nameKey(event.from));
      if (person === undefined) return roster;
      return changed(roster, event.from, { ...person, name: event.to });
    }
    case "away": {
      const person = roster.get(nameKey(event.name));
      const isAway = event.text !== undefined;
      if (person === undefined || person.isAway === isAway) return roster;
      return changed(roster, undefined, { ...person, isAway });
    }
    case "members":
      return isHere ? listedRoster(event) : roster;
    default:
      return roster;
  }
}

/** Without one, and with another; the same map if that changes nothing. */
function changed(roster: Roster, without: string | undefined, person?: RosterPerson): Roster {
  const next = new Map(roster);
  const isGone = without !== undefined && next.delete(nameKey(without));
  if (person !== undefined) return next.set(nameKey(person.name), person);
  return isGone ? next : roster;
}

/** The people of each roster in the order of the pane: to sort thousands takes longer than to draw a frame. */
const sorted = new WeakMap<Roster, readonly RosterPerson[]>();

function inOrder(roster: Roster): readonly RosterPerson[] {
  const known = sorted.get(roster);
  if (known !== undefined) return known;
  const people = [...roster.values()].sort((a, b) =>
    Number(a.isAway) - Number(b.isAway) || byName(a.name, b.name)
  );
  sorted.set(roster, people);
  return people;
}

/** The rows of the pane: first those who are here, then, dim, those who are away; each by name. */
export function rosterRows(
  roster: Roster,
  { width, height }: { readonly width: number; readonly height: number },
  palette: Palette,
): CellRow[] {
  const people = inOrder(roster);
  const room = people.length > height ? height - 1 : height;
  const rows = people.slice(0, room).map(({ name, isAway }) => {
    const shown = clip(inertLine(name), width - 2);
    const painted = isAway ? paint(shown, "dim", palette) : paint(shown, { name }, palette);
    return [...textCells(" "), ...paintedCells(painted)];
  });
  const rest = people.length - room;
  return rest > 0 ? [...rows, textCells(` ${rest.toLocaleString("en-US")} more`, "2")] : rows;
}

const byName = new Intl.Collator("en", { sensitivity: "base", numeric: true }).compare;
