/** How a link comes to its server. */

import type { PatienceOptions } from "./patience.ts";
import type { ResumeOptions } from "./resume_options.ts";
import type { ResumeState } from "./resume_state.ts";
import type { ByteStream, OpenWireOptions } from "./wire.ts";

/** Where a link wants to be connected. */
export interface Destination {
  /** One of the link's servers, or one that these have told of, which is `HOST:PORT` in any case. */
  readonly server: string;
  /** Whether there is no other that could be tried in its place. */
  readonly isOnly: boolean;
}

/** Options of a `Link`. */
export interface LinkOptions
  extends ResumeOptions, PatienceOptions, Omit<OpenWireOptions, "known" | "beyondClassic"> {
  /** Connects; called for each attempt. The signal aborts when the link closes. */
  readonly connect: (signal: AbortSignal, at: Destination) => Promise<ByteStream>;
  /**
   * The servers, of one cluster, as `HOST:PORT`: the first is gone to first, and after that is lost another.
   * By default there is one, which `connect` knows.
   */
  readonly servers?: readonly string[];
  /** How long to try after a connection was lost, in ms; by default for ever. */
  readonly giveUpMs?: number;
  /** An earlier run has reached the server: while it is down at the start, it is tried as after a lost connection. */
  readonly wasReached?: boolean | undefined;
  /** How long a server may be silent before the connection counts as dead, in ms. */
  readonly deadAfterMs?: number;
  readonly random?: () => number;
  /** What is kept between two connections, for whoever has to look at it or to set it back. */
  readonly state?: ResumeState;
}
