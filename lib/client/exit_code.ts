/** The exit codes of a client. */

import type { EndCause } from "./conversation.ts";

/** Signals that end a program at a terminal. */
export type EndSignal = "SIGTERM" | "SIGHUP";

/** The exit codes by why a conversation ended. */
export const CAUSE_CODES: Readonly<Record<EndCause, number>> = {
  left: 0,
  unreachable: 3,
  refused: 4,
  dismissed: 4,
};

/** The exit codes by the signal that ended the program, as shells define them. */
export const SIGNAL_CODES: Readonly<Record<EndSignal, number>> = { SIGHUP: 129, SIGTERM: 143 };

/** The terminal was closed; SIGHUP reports the same, sooner or later. */
export const GONE_CODE = 129;

/** The person pressed Ctrl-C. */
export const INTERRUPT_CODE = 130;

/** No reply came in time. */
export const NO_REPLY_CODE = 3;
