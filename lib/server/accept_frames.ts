/** The listener for clients that speak in frames, over TCP or TLS. */

import { connections, logProblems } from "./accept.ts";
import { Connection } from "./connection.ts";
import { FrameDoor, frameLastWords } from "./frame_door.ts";
import type { Goodbyes } from "./goodbye.ts";
import type { ListenerHost } from "./host.ts";
import { type Socket, TcpTransport } from "./tcp_transport.ts";

/** Options of {@linkcode acceptFrames}. */
export interface FrameListener {
  readonly listener: Deno.TcpListener;
  readonly host: ListenerHost;
  /** Says goodbye to clients that are not admitted. */
  readonly goodbyes: Goodbyes;
  /** Wraps each connection in TLS. `undefined`: no TLS. */
  readonly secure: ((conn: Deno.TcpConn) => Socket) | undefined;
  /** Stops accepting. Close the listener too. */
  readonly signal: AbortSignal;
}

/** Accepts clients until the signal aborts. */
export async function acceptFrames(
  { listener, host, goodbyes, secure, signal }: FrameListener,
): Promise<void> {
  const { shared } = host;
  if (shared.nodes !== undefined) {
    const { tellOfNodes } = await import("./node_news.ts");
    tellOfNodes(host, shared.nodes);
  }
  const onProblem = logProblems(shared.log);
  for await (const conn of connections(listener, { signal, onProblem })) {
    const socket: Socket = secure?.(conn) ?? conn;
    const transport = new TcpTransport(socket);
    const refusal = host.admit(socket.remoteAddr.hostname, () => {
      return new Connection({
        transport,
        host,
        door: (peer) => new FrameDoor(shared, peer, socket),
      });
    });
    if (refusal !== undefined) goodbyes.say(transport, (byte) => frameLastWords(refusal, byte));
  }
}
