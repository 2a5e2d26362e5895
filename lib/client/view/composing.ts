/** Makes the scene of what the view knows at one time. Pure: it asks nobody, and changes nothing. */

import { inertLine } from "../../words/inert.js";
import type { Palette } from "../terminal/palette.ts";
import type { Row } from "../terminal/screen.ts";
import type { CountedNews } from "../terminal/counted.ts";
import { statusCells, type StatusParts, type TitleParts, titleRow } from "./bars.ts";
import { editorBox } from "./editor_box.ts";
import type { ScreenSize } from "./frame_painter.ts";
import { type ListedPlace, listRows, listWidth, placeSigns } from "./room_list.ts";
import { type Roster, rosterRows } from "./roster.ts";
import { mostEditorRows, type Overlay, type Scene, type TalkSize, talkSize } from "./scene.ts";
import type { CellRow } from "./screen_cells.ts";

/** All that a scene is made of. */
export interface SceneParts {
  readonly size: ScreenSize;
  readonly places: readonly ListedPlace[];
  /** Whether the conversation is shown alone. */
  readonly isAlone: boolean;
  readonly palette: Palette;
  /** Who is here; `undefined`: that is not shown. */
  readonly people: Roster | undefined;
  readonly title: TitleParts;
  readonly status: Omit<StatusParts, "above">;
  readonly row: Row;
  /** The rows of the conversation on a screen with so much room. */
  readonly talk: (size: TalkSize) => readonly CellRow[];
  /** When they are made: `talkUpTo` of the scene, and how many messages that are new stand above them. */
  readonly seen: () => {
    readonly upTo: number | undefined;
    readonly newAbove: CountedNews | undefined;
  };
  readonly overlay: (size: TalkSize) => Overlay | undefined;
}

/** Of so many places it is told that something is new there. */
const MOST_NEWS = 3;
/** The columns of those who are here. */
const PEOPLE_WIDTH = 18;

export function composeScene(parts: SceneParts): Scene {
  const { size, people, row, isAlone, status } = parts;
  const places = isAlone ? undefined : parts.places;
  const widths = {
    list: places === undefined ? 0 : listWidth(places, size.columns),
    people: people === undefined ? 0 : PEOPLE_WIDTH,
  };
  const { width } = talkSize(size, widths, 0);
  const editor = editorBox(row, width, mostEditorRows(size.rows), "1");
  const talk = talkSize(size, widths, editor.rows.length);
  const list = { width: widths.list, height: size.rows };
  const rows = parts.talk(talk);
  const { upTo, newAbove } = parts.seen();
  return {
    ...size,
    list: places && { width: list.width, rows: listRows(places, list) },
    people: people && {
      width: PEOPLE_WIDTH,
      rows: rosterRows(people, { width: PEOPLE_WIDTH, height: size.rows }, parts.palette),
    },
    title: titleRow(parts.title, width),
    talk: rows,
    ...upTo === undefined ? {} : { talkUpTo: upTo },
    overlay: parts.overlay(talk),
    status: statusCells({
      ...status,
      state: isAlone ? withNews(parts) : status.state,
      above: newAbove,
    }, width),
    editor,
  };
}

/** While the list is hidden, the state of things begins with where something is new. */
function withNews({ places, status: { state } }: SceneParts): string {
  const news = places.filter(({ unread, isHere, muted }) => unread > 0 && !isHere && !muted)
    .toSorted((a, b) => Number(b.mentions > 0) - Number(a.mentions > 0))
    .map((place) => `${inertLine(place.title)} ${placeSigns(place)}`);
  const rest = news.length - MOST_NEWS;
  const told = [...news.slice(0, MOST_NEWS), ...rest > 0 ? [`${rest} more`] : []].join(", ");
  return [state, told].filter((each) => each !== "").join(" · ");
}
