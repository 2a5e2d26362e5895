/** How a link comes to its server. */

import type { ResumeOptions } from "./resume_options.ts";
import type { ByteStream, OpenWireOptions } from "./wire.ts";

/** Options of a `Link`. */
export interface LinkOptions
  extends ResumeOptions, Omit<OpenWireOptions, "known" | "beyondClassic"> {
  /** Connects; called for each attempt. The signal aborts when the link closes. */
  readonly connect: (signal: AbortSignal) => Promise<ByteStream>;
  /** How long to try after a connection was lost, in ms; by default for ever. */
  readonly giveUpMs?: number;
  /** How long a server may be silent before the connection counts as dead, in ms. */
  readonly deadAfterMs?: number;
  readonly random?: () => number;
}
