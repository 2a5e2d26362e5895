/** Recordings of a terminal in asciinema's format, asciicast v2: a header, and what came when. */

import { type ShownCell, VirtualScreen } from "../fixtures/virtual_screen.ts";

/** What a recording begins with. */
export interface CastHeader {
  readonly version: 2;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly env: Readonly<Record<string, string>>;
}

/** At so many seconds something was written (`o`), or something begins that has a name (`m`). */
export type CastEvent = readonly [seconds: number, code: "o" | "m", data: string];

/** A recording. */
export interface Cast {
  readonly header: CastHeader;
  readonly events: readonly CastEvent[];
}

/** The text of its file. */
export function castText({ header, events }: Cast): string {
  return [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** The recording in a file. */
export function castIn(text: string): Cast {
  const [header, ...events] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  return { header, events };
}

/** What is on the screen at each mark, with the name of the mark. */
export async function castScreens({ header, events }: Cast): Promise<Map<string, ShownCell[][]>> {
  using screen = new VirtualScreen(header.width, header.height);
  const screens = new Map<string, ShownCell[][]>();
  for (const [, code, data] of events) {
    if (code === "o") await screen.write(data);
    else screens.set(data, screen.cells);
  }
  return screens;
}
