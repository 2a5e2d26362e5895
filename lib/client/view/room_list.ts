/** The list of rooms and people at the left: what is in it, and its rows. */

import { inertLine } from "../../words/inert.js";
import { clip, widestOf } from "../terminal/cells.ts";
import { type KnownConversation, partnerIn, titleOf } from "../terminal/conversations.ts";
import { newsSigns } from "../terminal/counted.ts";
import type { Drafts } from "../terminal/drafts.ts";
import type { Known } from "../terminal/known.ts";
import type { AwayPeople } from "./away_people.ts";
import { type CellRow, fitCells, inverted, textCells } from "./screen_cells.ts";

/** A room, or somebody written to. */
export interface ListedPlace {
  /** What it goes by among the rooms (conversations.ts). */
  readonly place: string;
  readonly title: string;
  readonly unread: number;
  readonly mentions: number;
  readonly muted: boolean;
  readonly isHere: boolean;
  /** Of a person: they have said that they are away. */
  readonly isAway?: boolean;
  /** Something is written there, and not sent. */
  readonly hasDraft?: boolean;
  /** Who has invited the person there, who is not in it yet. */
  readonly invitedBy?: string;
}

/** The list takes so many columns at least and at most, and this part of the screen. */
const LEAST_WIDTH = 12;
const MOST_WIDTH = 24;
const SHARE = 4;
/** The columns that no name has: the number before it, and what is new behind it. */
const AROUND_NAME = 7;
/** The same of a room to which the person is invited. */
const AROUND_INVITED = 9;
/** As many have a key of their own. */
const NUMBERED = 9;
/** The most conversations that are listed, but for those that are open. */
const MOST_PEOPLE = 50;
/** What stands behind a room to which the person is invited. */
const INVITED = "join?";
/** In the last column: something is written there, and not sent. */
const DRAFT = "✎";

/**
 * The rooms in the order of the account, then the people, those who came to be written to last at the end, then the
 * rooms to which the person is invited.
 */
export function listedPlaces(
  { rooms, conversations, preferences, invited }: Known,
): ListedPlace[] {
  const all = rooms.all.map(({ name }) => name);
  const isRoom = (place: string): boolean => partnerIn(place) === undefined;
  const latest = new Set(conversations.listed.slice(0, MOST_PEOPLE));
  const people = conversations.byNews
    .filter(({ place }) => latest.has(place) || rooms.get(place) !== undefined)
    .sort(byBeginning).map(({ place }) => place);
  // Where nothing was said yet there is no conversation.
  const begins = all.filter((place) => !isRoom(place) && conversations.keyOf(place) === undefined);
  const known = (place: string): ListedPlace => {
    const { unread = 0, mentions = 0 } = rooms.get(place) ?? {};
    return {
      ...{ place, unread, mentions },
      title: titleOf(place),
      muted: isRoom(place) && preferences.isQuiet(place),
      isHere: rooms.isCurrent(place),
    };
  };
  const offered = [...invited.values()].map(({ room, by, isNew }): ListedPlace => ({
    ...{ place: room, unread: Number(isNew), mentions: Number(isNew) },
    title: titleOf(room),
    muted: false,
    isHere: false,
    invitedBy: by,
  }));
  // What others do moves no number of a place that is there: a key is pressed before it is looked at.
  return [...[...all.filter(isRoom), ...people, ...begins].map(known), ...offered];
}

/** The same with what the list shows besides what is new there. */
export function markedPlaces(
  known: Known,
  away: AwayPeople,
  { has }: Pick<Drafts, "has">,
): ListedPlace[] {
  return listedPlaces(known).map((each) => ({
    ...each,
    isAway: away.of(partnerIn(each.place) ?? "") !== undefined,
    hasDraft: !each.isHere && has(each.place),
  }));
}

/**
 * Each keeps its place, on all devices, and what begins comes last. What nobody has told us the beginning of came
 * after the rest was listed.
 */
function byBeginning(a: KnownConversation, b: KnownConversation): number {
  if (a.begun === undefined || b.begun === undefined) {
    return Number(a.begun === undefined) - Number(b.begun === undefined) || a.nth - b.nth;
  }
  const [one, other] = a.begun === b.begun ? [a.chat, b.chat] : [a.begun, b.begun];
  return one < other ? -1 : 1;
}

/**
 * Where to go for what is new, from the top of the list: first to what is for the reader, a mention or what was said to
 * them alone, and last to what is muted.
 */
export function nextUnread(places: readonly ListedPlace[]): ListedPlace | undefined {
  const others = places.filter(({ unread, isHere }) => unread > 0 && !isHere);
  const loud = others.filter(({ muted }) => !muted);
  return loud.find(({ mentions }) => mentions > 0) ?? loud[0] ?? others[0];
}

/** How many columns the list takes on a screen of so many. */
export function listWidth(places: readonly ListedPlace[], columns: number): number {
  const longest = Math.max(
    0,
    ...places.map(({ title, invitedBy }) =>
      widestOf(inertLine(title)) + (invitedBy === undefined ? AROUND_NAME : AROUND_INVITED)
    ),
  );
  const most = Math.min(MOST_WIDTH, Math.floor(columns / SHARE));
  return Math.max(LEAST_WIDTH, Math.min(longest, most));
}

/** The rows of the list: as many as there is room for, among them the place that is looked at. */
export function listRows(
  places: readonly ListedPlace[],
  { width, height }: { readonly width: number; readonly height: number },
): CellRow[] {
  const here = Math.max(0, places.findIndex(({ isHere }) => isHere));
  const isLong = places.length > height;
  // What is left out above and below is told in the first and the last row.
  const room = isLong ? Math.max(1, height - 2) : height;
  const from = isLong
    ? Math.max(0, Math.min(here - Math.floor(room / 2), places.length - room))
    : 0;
  const rows = places.slice(from, from + room).map((place, n) => placeRow(place, from + n, width));
  if (!isLong) return rows;
  return [
    leftOut(places.slice(0, from), "↑", width),
    ...rows,
    leftOut(places.slice(from + room), "↓", width),
  ];
}

/** What is new in a place, in few columns, or that the person may join it. */
export function placeSigns(place: ListedPlace): string {
  if (place.invitedBy !== undefined) return INVITED;
  return place.unread === 0 ? "" : newsSigns(place);
}

function leftOut(places: readonly ListedPlace[], way: string, width: number): CellRow {
  if (places.length === 0) return [];
  const news = places.filter(({ unread }) => unread > 0);
  const mark = news.some(({ mentions }) => mentions > 0) ? "!" : "";
  const text = news.length === 0
    ? `${way} ${places.length} more`
    : `${way} ${news.length} with news${mark}`;
  return textCells(clip(`  ${text}`, width), mark === "" ? "2" : "1");
}

function placeRow(place: ListedPlace, n: number, width: number): CellRow {
  const { title, unread, muted, isHere, invitedBy, isAway, hasDraft } = place;
  const signs = placeSigns(place);
  const name = inertLine(title);
  // Where a name has no room beside both numbers, a sign says that something of it is for the reader.
  const isTight = widestOf(name) + signs.length > width - 4;
  const count = isTight ? signs.replace(/ .*$/, "!") : signs;
  const style = muted ? "2" : unread > 0 ? "1" : isAway ? "2" : "";
  const room = width - 3 - (count === "" ? 0 : count.length + 1);
  const shown = fitCells(textCells(clip(name, room), style), room);
  const end = count === "" ? [] : [
    ...textCells(" "),
    ...invitedBy === undefined
      ? count.split(/(?= )/).flatMap((part) => countCells(part, muted))
      : textCells(count, unread > 0 ? "1;7" : "2"),
  ];
  const number = textCells(n < NUMBERED ? `${n + 1} ` : "  ", "2");
  const row = [...number, ...shown, ...end, ...hasDraft ? textCells(DRAFT, "2") : textCells(" ")];
  return isHere ? inverted(row) : row;
}

/** How many are new, or how many of them are for the reader. */
function countCells(text: string, muted: boolean): CellRow {
  const own = text.endsWith("!") ? text.trimStart() : "";
  const before = text.slice(0, text.length - own.length);
  return [...textCells(before, muted ? "2" : "1"), ...textCells(own, "1;7")];
}
