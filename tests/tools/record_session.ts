/**
 * Records the session anew that people can play with `asciinema play`: `deno task recording` writes
 * tests/pictures/session.cast. Linux only.
 */

import { NO_PTY } from "../pty.ts";
import { castText } from "./asciicast.ts";
import { recordSession } from "./session.ts";

const FILE = new URL("../pictures/session.cast", import.meta.url);

if (NO_PTY !== undefined) throw new Error(`Recording ${NO_PTY}`);
await Deno.writeTextFile(FILE, castText(await recordSession()));
