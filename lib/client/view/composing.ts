/** Makes the scene of what the view knows at one time. Pure: it asks nobody, and changes nothing. */

import type { Palette } from "../terminal/palette.ts";
import type { Row } from "../terminal/screen.ts";
import type { CountedNews } from "../terminal/counted.ts";
import { statusCells, type StatusParts, type TitleParts, titleRow } from "./bars.ts";
import { editorBox } from "./editor_box.ts";
import type { ScreenSize } from "./frame_painter.ts";
import { type ListedPlace, listRows, listWidth } from "./room_list.ts";
import { type Roster, rosterRows } from "./roster.ts";
import { mostEditorRows, type Overlay, type Scene, type TalkSize, talkSize } from "./scene.ts";
import type { CellRow } from "./screen_cells.ts";

/** All that a scene is made of. */
export interface SceneParts {
  readonly size: ScreenSize;
  /** `undefined`: the conversation is shown alone. */
  readonly places: readonly ListedPlace[] | undefined;
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

/** The columns of those who are here. */
const PEOPLE_WIDTH = 18;

export function composeScene(parts: SceneParts): Scene {
  const { size, places, people, row } = parts;
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
    status: statusCells({ ...parts.status, above: newAbove }, width),
    editor,
  };
}
