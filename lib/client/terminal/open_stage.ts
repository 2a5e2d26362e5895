/**
 * What a chat is shown with: the painter of the stream, the view that is made when it is first wanted, the
 * way from one room to another, and what takes the row for a while.
 */

import { veiled } from "../../words/secret.js";
import { MAX_LINE_BYTES } from "./editor.ts";
import { ownLines } from "./meant.ts";
import type { OpenStage, OpenStageOptions } from "./open_stage_options.ts";
import { Lending } from "./lending.ts";
import { Painter } from "./painter.ts";
import type { Palette } from "./palette.ts";
import { Going } from "./going.ts";
import { MAX_PROMPT, type Row } from "./screen.ts";
import { LEAST_COLUMNS, LEAST_ROWS, Stage } from "./stage.ts";
import { TakenRow } from "./taken_row.ts";

const FULL = `The row holds ${MAX_LINE_BYTES} bytes; what is beyond them was left out.`;

export function openStage(options: OpenStageOptions): OpenStage {
  const { view, editor, preferences, conversation, print, say } = options;
  const { color = true, depth = "16", plain = false } = options;
  const palette = (): Palette => preferences.palette({ color, depth, plain });
  const line = (columns: number): Row => {
    const { text, cursor } = editor;
    const most = Math.floor(columns * (options.isBusy() ? MAX_PROMPT : 1 / 2));
    return { prompt: view.prompt(most, options.bar, text), text: veiled(text), cursor };
  };
  const stage = new Stage({
    stream: new Painter({ ...options, palette, row: (columns) => taken.row ?? line(columns) }),
    load: async () => {
      const { FullView } = await import("../view/full_view.ts");
      return new FullView({
        ...options,
        kept: await options.openPlaces?.(),
        palette,
        taken: () => taken.row,
        send: (request) => conversation.send(request),
        canAsk: () => view.online && conversation.protocol === "event",
        look: (place) => places.look(place),
      });
    },
    tell: (text) => print([view.error(text)]),
    elsewhere: (is) => view.stream.attention.elsewhere(is),
    hasEscapes: () => !plain,
  });
  const hasRoom = (): boolean => {
    const { columns, rows } = options.io.size();
    return !plain && columns >= LEAST_COLUMNS && rows >= LEAST_ROWS;
  };
  const places = new Going({ view, stage, print, preferences, hasRoom });
  const taken = new TakenRow({
    editor,
    sayHere: () => {
      const { place } = view;
      return (text) => say(text, place);
    },
    full: () => print([view.error(FULL)]),
    bell: () => stage.bell(),
    said: () => ownLines(view.known),
    loads: () => stage.full?.suspect(),
  });
  const tell = (problem: string): void => print([view.error(problem)]);
  const lending = new Lending({
    ...{ ...options, stage, open: options.openEditor, tell },
    note: (text) => print([view.notice(text)]),
  });
  return { stage, places, taken, lending };
}
