/** `chatroom connect` in a pipe. */

import { CAUSE_CODES } from "../client/conversation.ts";
import { runPipe } from "../client/pipe.ts";
import type { Invocation } from "./flags.ts";
import { outliveTerminal } from "./hang_up.ts";
import { complain } from "./output.ts";
import { requiredName, serverAddress } from "./peer.ts";
import { openLink } from "./peer_link.ts";
import { shapeFrom } from "./shape.ts";

/** How long the client of a script tries to come back after it lost the connection, in ms. */
const PIPE_GIVES_UP_MS = 30_000;

/** Sends what comes on stdin, and prints what others say. Resolves with the exit code. */
export async function connectInPipe(invocation: Invocation): Promise<number> {
  const address = serverAddress(invocation.positionals[0]);
  const name = requiredName(invocation);
  using _outliving = outliveTerminal();
  const cause = await runPipe({
    link: openLink(invocation, address, name, { giveUpMs: PIPE_GIVES_UP_MS, scrollback: 0 }),
    input: Deno.stdin.readable,
    output: Deno.stdout.writable,
    complain,
    shape: shapeFrom(invocation),
    rooms: invocation.all("room").length > 1,
  });
  return typeof cause === "number" ? cause : CAUSE_CODES[cause];
}
