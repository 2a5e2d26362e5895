/** What all IRC connections of a server have in common. */

import type { ClientSays } from "../chat/sessions/peer.ts";
import type { SharedState } from "../server/host.ts";

/** What the IRC door is told when it is opened. */
export interface IrcOptions {
  /** What the server calls itself: one word with a dot in it, by which clients know it for a server. */
  readonly name: string;
}

/** The server, as its IRC clients see it. */
export interface IrcServer {
  readonly name: string;
  /** What the network is called: the title of the server, without spaces. */
  readonly network: string;
  readonly shared: SharedState;
  /** When it was started, for people. */
  readonly created: string;
  /** What clients that have come say of whom they run for, by the names that they went by: the latest. */
  readonly users: Map<string, ClientSays>;
  /** The most people that were here at once. */
  most: number;
}

/** The name of a network, where the server has no title. */
const DEFAULT_NETWORK = "chatroom";

/** Makes what IRC connections share. */
export function ircServer(shared: SharedState, { name }: IrcOptions): IrcServer {
  const network = (shared.title ?? "").normalize("NFKD").replace(/[^\w.-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const created = new Date().toISOString();
  return { name, network: network || DEFAULT_NETWORK, shared, created, users: new Map(), most: 0 };
}
