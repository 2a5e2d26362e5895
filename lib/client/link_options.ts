/** How a link is made. */

import type { Secrets, Visitor } from "./resume_state.ts";
import type { ByteStream, OpenWireOptions } from "./wire.ts";

/** What a link is made with. */
export interface LinkOptions {
  /** Makes a connection; called again for each attempt. The signal aborts when the link closes. */
  readonly connect: (signal: AbortSignal) => Promise<ByteStream>;
  readonly name: string;
  /** The rooms to be in; the server's default room if empty. */
  readonly rooms?: readonly string[];
  /** Earlier messages that are wanted of each room at first; as the server likes unless told. */
  readonly scrollback?: number;
  /** What the server may want to see. */
  readonly secrets?: Secrets;
  /** To come in as a visitor, as a script does. */
  readonly visitor?: Visitor;
  /** Speak the classic protocol without asking for the other. */
  readonly classic?: boolean;
  /**
   * Whether a server that is silent may be taken for a classic one, where nothing tells whether a
   * message has arrived. Yes unless told: a person sees the warning, a script does not.
   */
  readonly fallBack?: boolean;
  /** How long to go on trying after a connection was lost, in ms; for ever unless told. */
  readonly giveUpMs?: number;
  /** How long a server may take to answer the name, in ms. */
  readonly fallbackMs?: number;
  /** The same for one that has spoken the event protocol before, which then is no classic one. */
  readonly welcomeMs?: number;
  /** How long a server may be silent before it is taken for dead, in ms. */
  readonly deadAfterMs?: number;
  readonly random?: () => number;
}

/** What of it says how each connection is opened. */
export function openingOf(
  { classic = false, fallBack = true, fallbackMs, welcomeMs }: LinkOptions,
): Omit<OpenWireOptions, "name"> {
  return {
    classic,
    fallBack,
    ...(fallbackMs === undefined ? {} : { fallbackMs }),
    ...(welcomeMs === undefined ? {} : { welcomeMs }),
  };
}
