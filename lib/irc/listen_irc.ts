/** The listener for IRC clients, over TCP or TLS. */

import { connections, logProblems } from "../server/accept.ts";
import { Connection } from "../server/connection.ts";
import { Goodbyes } from "../server/goodbye.ts";
import type { ListenerHost } from "../server/host.ts";
import { type Socket, TcpTransport } from "../server/tcp_transport.ts";
import { IRC_KIND, IrcDoor } from "./irc_door.ts";
import { type IrcOptions, type IrcServer, ircServer } from "./irc_server.ts";
import { renderLine } from "./lines/write.ts";

/** Where to listen, and as what. */
export interface IrcListenOptions extends IrcOptions {
  readonly hostname: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Wraps each connection in TLS. `undefined`: no TLS. */
  readonly secure?: ((conn: Deno.TcpConn) => Socket) | undefined;
}

/** An open listener. */
export interface IrcListener extends AsyncDisposable {
  readonly addr: Deno.NetAddr;
  /** What its clients have in common, with those who come by other ways. */
  readonly server: IrcServer;
}

const encoder = new TextEncoder();

/** Accepts IRC clients until it is disposed of. Throws what `Deno.listen` throws. */
export function listenIrc(
  host: ListenerHost,
  { hostname, port, secure, ...options }: IrcListenOptions,
): IrcListener {
  const listener = Deno.listen({ hostname, port });
  const stopping = new AbortController();
  const { signal } = stopping;
  const server = ircServer(host.shared, options);
  host.shared.metrics.opened(IRC_KIND);
  const goodbyes = new Goodbyes();
  host.sweep.add(goodbyes);
  host.sweep.add(server.told);
  host.sweep.add(server.same);
  const accept = async (): Promise<void> => {
    const onProblem = logProblems(host.shared.log);
    for await (const conn of connections(listener, { signal, onProblem })) {
      const socket: Socket = secure?.(conn) ?? conn;
      const transport = new TcpTransport(socket);
      const isPrivate = secure !== undefined || isLoopback(socket.remoteAddr.hostname);
      const refusal = host.admit(socket.remoteAddr.hostname, () =>
        new Connection({
          transport,
          host,
          door: (peer) => new IrcDoor(server, peer, { isPrivate, socket }),
        }));
      if (refusal === undefined) continue;
      const params = [`Closing Link: * (${refusal.text})`];
      goodbyes.say(transport, () => encoder.encode(renderLine({ command: "ERROR", params })));
    }
  };
  const accepting = accept();
  return {
    addr: listener.addr,
    server,
    async [Symbol.asyncDispose](): Promise<void> {
      if (signal.aborted) return;
      stopping.abort();
      listener.close();
      await accepting;
      host.sweep.delete(goodbyes);
      await goodbyes.close();
      host.sweep.delete(server.same);
      host.sweep.delete(server.told);
      await server.told.close();
    },
  };
}

/** Whether an address is this machine's own, so that nobody else can read what is sent. */
function isLoopback(address: string): boolean {
  return /^127\./.test(address) || address === "::1" || /^::ffff:127\./i.test(address);
}
