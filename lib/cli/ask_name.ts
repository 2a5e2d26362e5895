/** Asks whoever comes for the first time for a name. */

import { askLine } from "../client/terminal/ask.ts";
import type { TerminalIo } from "../client/terminal/tty.ts";
import { MAX_NAME_LENGTH } from "../words/names.js";
import { wrapWords } from "./help.ts";
import { complain } from "./output.ts";

const NAME_NEEDED =
  `Others see you by a name: up to ${MAX_NAME_LENGTH} letters, digits and other ` +
  "signs, as in ann. Ctrl-C leaves.";

/** Asks for a name until there is one: Enter alone may ask what would be one. */
export async function askName(io: TerminalIo, plain: boolean): Promise<string | number> {
  for (;;) {
    const answer = await askLine(io, "Your name: ", { plain });
    if (typeof answer === "number" || answer.trim() !== "") return answer;
    complain(wrapWords(NAME_NEEDED, io.size().columns - 1).join("\n"));
  }
}
