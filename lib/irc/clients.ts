/** The IRC clients that are connected, by their peers: for what goes from one to another without the house. */

import type { Peer } from "../chat/sessions/peer.ts";
import type { ViewedRoom } from "../chat/answers/viewed_room.ts";
import type { IrcClient } from "./client.ts";

const clients = new WeakMap<Peer, IrcClient>();

/** Makes a client known. */
export function rememberClient(client: IrcClient): void {
  clients.set(client.peer, client);
}

/** The IRC client of a peer; `undefined`: it is of another kind. */
export function clientOf(peer: Peer): IrcClient | undefined {
  return clients.get(peer);
}

/** The IRC clients in a room; none where so many are that nobody is told who comes and goes. */
export function clientsIn(room: ViewedRoom): IrcClient[] {
  if (!room.tellsPresence) return [];
  return room.members().flatMap(({ peers }) => peers).flatMap((peer) => clientOf(peer) ?? []);
}

/** The IRC clients that share a room with one, which is among them. */
export function neighboursOf(client: IrcClient): ReadonlySet<IrcClient> {
  const rooms = client.view?.rooms() ?? [];
  return new Set([client, ...rooms.flatMap(clientsIn)]);
}
