/** Shows on stderr how far the files of a script are, if that is a terminal: a line that is redrawn. */

import type { FileTransfer } from "../client/files/file_transfer.ts";
import { inertLine } from "../words/inert.js";
import { safeFileName, sizeText } from "../words/files.js";
import { readEnv } from "./flags.ts";

const encoder = new TextEncoder();
/** Goes to the beginning of the line, and erases it. */
const ERASE = "\r\u001b[K";

/** The line of progress; `show` is called whenever a transfer has got on. */
export function fileProgress(): { readonly show: (transfer: FileTransfer) => void } {
  if (!Deno.stderr.isTerminal() || readEnv("TERM") === "dumb") return { show: () => {} };
  return {
    show: (transfer) => {
      const { state } = transfer;
      const isOver = state !== "running" && state !== "waiting";
      try {
        Deno.stderr.writeSync(encoder.encode(ERASE + (isOver ? "" : progressText(transfer))));
      } catch {
        // The terminal is closed.
      }
    },
  };
}

function progressText({ name, size, done, rate, leftMs, state }: FileTransfer): string {
  const parts = [inertLine(safeFileName(name)), sizeText(done)];
  if (size !== undefined && size > 0) parts.push(`${Math.floor(done * 100 / size)}%`);
  if (state === "waiting") parts.push("waiting");
  else if (rate > 0) parts.push(`${sizeText(Math.round(rate))}/s`);
  if (leftMs !== undefined) parts.push(`${Math.ceil(leftMs / 1_000)} s left`);
  return parts.join("  ");
}
