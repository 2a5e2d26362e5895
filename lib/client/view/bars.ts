/** The title above the conversation, and the state of things below it. Pure. */

import { inertLine } from "../../words/inert.js";
import { clip, widestOf } from "../terminal/cells.ts";
import { type CountedNews, newsWords } from "../terminal/counted.ts";
import { type CellRow, fitCells, textCells } from "./screen_cells.ts";

/** What the title tells. */
export interface TitleParts {
  /** The room, or whom one talks with; empty: no room is looked at. */
  readonly title: string;
  readonly topic: string;
  /** How many are here; 0 if that is not known, or no matter. */
  readonly members: number;
}

/** The row above the conversation, in so many columns. */
export function titleRow({ title, topic, members }: TitleParts, width: number): CellRow {
  const here = members === 0 ? "" : `${members} here`;
  const name = clip(inertLine(title) || "(no room)", Math.max(8, Math.floor(width / 2)));
  const room = width - widestOf(name) - 3 - (here === "" ? 0 : here.length + 3);
  const about = topic === "" || room < 6 ? "" : clip(inertLine(topic), room);
  const left = [
    ...textCells(` ${name}`, "1"),
    ...about === "" ? [] : textCells(`  ${about}`, "2"),
  ];
  if (here === "" || left.length + here.length + 2 > width) return left;
  return [...fitCells(left, width - here.length - 1), ...textCells(here, "2")];
}

/** What the line below the conversation tells. */
export interface StatusParts {
  readonly name: string;
  readonly server: string;
  /** Of the connection; empty if all is well. */
  readonly state: string;
  readonly clock: string;
  /** What keys do now, or a word that passes: it takes all the room that it needs; empty if there is none. */
  readonly keys: string;
  /** The message that the line is about; empty if there is none. */
  readonly about: string;
  /** A file on its way; empty if there is none. */
  readonly bar: string;
  /** How many messages have come below what is on screen; `undefined`: that is the end. */
  readonly below: CountedNews | undefined;
  /** How many that are new stand above the screen; `undefined`: none does. */
  readonly above: CountedNews | undefined;
  /** Whether one can go back from there to where one has read. */
  readonly goesBack: boolean;
}

/** The two ends of that line, for a screen with so many columns. */
export function statusCells(
  { name, server, state, clock, keys, about, bar, below, above, goesBack }: StatusParts,
  width: number,
): { readonly left: CellRow; readonly right: CellRow } {
  const hasNews = below !== undefined && below.unread > 0;
  const beyond = hasNews
    ? `${newsWords(below)} ↓`
    : above !== undefined
    ? `${newsWords(above)} ↑`
    : below !== undefined
    ? "End returns"
    : goesBack
    ? "Alt-Left: where you read"
    : "";
  const right = [bar, beyond].filter((each) => each !== "").join(" · ");
  const room = Math.max(10, width - widestOf(right) - 10);
  const end = textCells(right, hasNews || above !== undefined ? "1" : "");
  if (keys !== "") {
    const isShort = widestOf(keys) <= room;
    const left = textCells(clip(keys, isShort ? room : Math.max(10, width - 6)), "1");
    return { left, right: isShort ? end : [] };
  }
  if (about !== "") return { left: textCells(clip(about, room), "1"), right: end };
  const warning = state === "" ? [] : textCells(`${state}`, "1");
  const told = [inertLine(name), ...state === "" ? [inertLine(server)] : [], clock]
    .filter((part) => part !== "").join(" · ");
  return {
    left: [
      ...warning,
      ...textCells(warning.length === 0 ? "" : " · "),
      ...textCells(clip(told, Math.max(4, room - warning.length - 3))),
    ],
    right: end,
  };
}
