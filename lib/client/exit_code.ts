/** The exit codes of a client: how it ended, for a shell and for scripts. */

import type { EndCause } from "./conversation.ts";

/** Signals that end a program at a terminal. */
export type EndSignal = "SIGTERM" | "SIGHUP";

/** The exit code that tells how a conversation ended. */
export const CAUSE_CODES: Readonly<Record<EndCause, number>> = {
  left: 0,
  unreachable: 3,
  refused: 4,
  dismissed: 4,
};

/** The exit code of a program that a signal has ended, as shells have it. */
export const SIGNAL_CODES: Readonly<Record<EndSignal, number>> = { SIGHUP: 129, SIGTERM: 143 };

/** The terminal was closed under us, which a signal tells too, sooner or later. */
export const GONE_CODE = 129;

/** The person pressed Ctrl-C. */
export const INTERRUPT_CODE = 130;

/** The reply that was waited for did not come in time. */
export const NO_REPLY_CODE = 3;
