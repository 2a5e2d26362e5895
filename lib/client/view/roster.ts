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

/**
 * The people of the room whose name has this key after something was told; the same map if that changes nothing.
 */
export function nextRoster(roster: Roster, key: string, event: Event): Roster {
  const next = new Map(roster);
  const isHere = "room" in event && nameKey(event.room ?? "") === key;
  switch (event.type) {
    case "joined":
      if (!isHere || roster.size >= MOST_KNOWN || roster.has(nameKey(event.name))) return roster;
      return next.set(nameKey(event.name), { name: event.name, isAway: false });
    case "left":
      return isHere && next.delete(nameKey(event.name)) ? next : roster;
    case "renamed": {
      const person = roster.get(nameKey(event.from));
      if (person === undefined) return roster;
      next.delete(nameKey(event.from));
      return next.set(nameKey(event.to), { ...person, name: event.to });
    }
    case "away": {
      const person = roster.get(nameKey(event.name));
      const isAway = event.text !== undefined;
      if (person === undefined || person.isAway === isAway) return roster;
      return next.set(nameKey(event.name), { ...person, isAway });
    }
    case "members":
      return isHere ? listedRoster(event) : roster;
    default:
      return roster;
  }
}

/** The rows of the pane: first those who are here, then, dim, those who are away; each by name. */
export function rosterRows(
  roster: Roster,
  { width, height }: { readonly width: number; readonly height: number },
  palette: Palette,
): CellRow[] {
  const people = [...roster.values()].sort((a, b) =>
    Number(a.isAway) - Number(b.isAway) || byName(a.name, b.name)
  );
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
