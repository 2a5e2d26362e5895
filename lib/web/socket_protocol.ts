/** What is spoken over WebSockets at one path of the web door. */

import type { ListenerHost, LiveConnection } from "../server/host.ts";
import type { OpenWebSocket } from "./web_socket_transport.ts";

/** A protocol over WebSockets. */
export interface SocketProtocol {
  /** The path below that of the page, as `/ws`. */
  readonly path: string;
  /** The largest message of a client, in bytes; asked for each client. */
  readonly maxPayload: number;
  /** The subprotocols, of which a client gets the first that it asks for; others get none. */
  readonly names: readonly string[];
  /** Makes the connection for an open WebSocket. */
  connect(opened: OpenWebSocket, host: ListenerHost): LiveConnection;
}
