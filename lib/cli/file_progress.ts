/** Shows on stderr how far the files of a script are, if that is a terminal: a line that is redrawn. */

import type { FileTransfer } from "../client/files/file_transfer.ts";
import { formatBar } from "../client/terminal/files/bar.ts";
import { readEnv } from "./flags.ts";

const encoder = new TextEncoder();
/** Goes to the beginning of the line, and erases it. */
const ERASE = "\r\u001b[K";
/** The columns of a terminal that does not say how many it has. */
const USUAL_COLUMNS = 80;

/** The line of progress; `show` is called whenever a transfer has got on. */
export function fileProgress(): { readonly show: (transfer: FileTransfer) => void } {
  if (!Deno.stderr.isTerminal() || readEnv("TERM") === "dumb") return { show: () => {} };
  return {
    show: (transfer) => {
      const { state } = transfer;
      const isOver = state !== "running" && state !== "waiting";
      const bar = isOver ? "" : formatBar(transfer, { columns: columns(), others: 0 });
      try {
        Deno.stderr.writeSync(encoder.encode(ERASE + bar));
      } catch {
        // The terminal is closed.
      }
    },
  };
}

/** How many columns the line may take, so that it does not wrap. */
function columns(): number {
  try {
    return (Deno.consoleSize().columns || USUAL_COLUMNS) - 1;
  } catch {
    return USUAL_COLUMNS - 1;
  }
}
