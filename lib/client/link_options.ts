/** The options of a link. */

import type { Secrets, Visitor } from "./resume_state.ts";
import type { ByteStream, OpenWireOptions } from "./wire.ts";

export interface LinkOptions {
  /** Connects; called for each attempt. The signal aborts when the link closes. */
  readonly connect: (signal: AbortSignal) => Promise<ByteStream>;
  readonly name: string;
  /** The rooms to join; if empty, the server's default room. */
  readonly rooms?: readonly string[];
  /** How many earlier messages to get of each new room; by default the server decides. */
  readonly scrollback?: number;
  /** The passwords that the server may need. */
  readonly secrets?: Secrets;
  /** Come in as a visitor, as scripts do. */
  readonly visitor?: Visitor;
  /** Speak the classic protocol, without asking for the event protocol. */
  readonly classic?: boolean;
  /**
   * Whether to take a silent server for a classic one, by default true. A classic server does not
   * confirm messages, so scripts should not fall back; a person sees the warning.
   */
  readonly fallBack?: boolean;
  /** How long to try after a connection was lost, in ms; by default for ever. */
  readonly giveUpMs?: number;
  /** How long a server may take to answer our name, in ms. */
  readonly fallbackMs?: number;
  /** The same for a server that is known to speak the event protocol. */
  readonly welcomeMs?: number;
  /** How long a server may be silent before the connection counts as dead, in ms. */
  readonly deadAfterMs?: number;
  readonly random?: () => number;
}

/** The part of the options that is for opening a connection. */
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
