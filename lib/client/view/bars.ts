/** The title above the conversation, and the state of things below it. Pure. */

import { inertLine } from "../../words/inert.js";
import { clip, widestOf } from "../terminal/cells.ts";
import { type CountedNews, newsSigns, newsWords } from "../terminal/counted.ts";
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

/** The parts of that line, by where they stand in it. */
const LEFT = ["keys", "state", "about", "name", "server", "clock"] as const;
const RIGHT = ["bar", "news", "hint"] as const;

type PartName = typeof LEFT[number] | typeof RIGHT[number];

/** What is shown of each; of what may become shorter there is a short form, too. */
type Parts = Map<PartName, { readonly text: string; readonly short?: string }>;

/**
 * What goes first where not all has room, or becomes shorter. The state of the connection, when it is tried again and
 * what is for the reader stay longest, behind the answer to the key that was just pressed.
 */
const GOES: ReadonlyArray<readonly [name: PartName, how: "out" | "short"]> = [
  ...["clock", "server", "hint", "name", "bar"].map((name) => [name as PartName, "out"] as const),
  ...["news", "keys", "state"].map((name) => [name as PartName, "short"] as const),
  ...["about", "news", "state"].map((name) => [name as PartName, "out"] as const),
];

/** The columns beside the left end, and those more that the right end takes. */
const AROUND = 4;

/** The two ends of that line, for a screen with so many columns. */
export function statusCells(
  status: StatusParts,
  width: number,
): { readonly left: CellRow; readonly right: CellRow } {
  const parts = statusParts(status);
  const ends = (): { left: string[]; right: string[] } => ({
    left: LEFT.flatMap((name) => parts.get(name)?.text ?? []),
    right: RIGHT.flatMap((name) => parts.get(name)?.text ?? []),
  });
  const isWide = (): boolean => {
    const { left, right } = ends();
    const around = right.length === 0 ? AROUND : 2 * AROUND;
    return widestOf(left.join(" · ")) + widestOf(right.join(" · ")) + around > width;
  };
  for (const [name, how] of GOES) {
    if (!isWide()) break;
    const { short } = parts.get(name) ?? {};
    if (how === "out") parts.delete(name);
    else if (short !== undefined) parts.set(name, { text: short });
  }
  const { left, right } = ends();
  const isLoud = ["keys", "state", "about"].some((name) => parts.has(name as PartName));
  const [first = "", ...rest] = left;
  const head = textCells(clip(first, Math.max(4, width - AROUND)), isLoud ? "1" : "");
  return {
    left: [...head, ...rest.length === 0 ? [] : textCells(` · ${rest.join(" · ")}`)],
    right: textCells(right.join(" · "), parts.has("news") ? "1" : ""),
  };
}

/** All that the line would tell. */
function statusParts(status: StatusParts): Parts {
  const { name, server, state, clock, keys, about, bar, below, above, goesBack } = status;
  const isBelow = below !== undefined && below.unread > 0;
  const news = isBelow ? below : above;
  const arrow = isBelow ? "↓" : "↑";
  const hint = news !== undefined
    ? ""
    : below !== undefined
    ? "End returns"
    : goesBack
    ? "Alt-Left: where you read"
    : state.includes("next try")
    ? "Enter tries at once"
    : "";
  const isTold = keys === "" && about === "";
  const [firstKey = keys] = keys.split(" · ");
  const all: Array<readonly [PartName, string, short?: string]> = [
    ["keys", keys, firstKey],
    ["state", state, state.replace("next try in ", "")],
    ["about", keys === "" ? about : ""],
    ["name", isTold ? inertLine(name) : ""],
    ["server", isTold && state === "" ? inertLine(server) : ""],
    ["clock", isTold ? clock : ""],
    ["bar", bar],
    ...news === undefined
      ? []
      : [["news", `${newsWords(news)} ${arrow}`, `${newsSigns(news)} ${arrow}`] as const],
    ["hint", hint],
  ];
  return new Map(
    all.filter(([, text]) => text !== "").map(([name, text, short]) => [
      name,
      { text, ...short === undefined ? {} : { short } },
    ]),
  );
}
