/** IRC clients over the WebSockets of the web door, and servers for them. */

import { assertEquals, assertMatch } from "@std/assert";
import { ircProtocol } from "../lib/irc/irc_socket.ts";
import { serveWeb, type WebListener, type WebOptions } from "../lib/web/serve_web.ts";
import { bytes, type StartOptions } from "./helpers.ts";
import { IrcPeer, type IrcTestServer, type IrcWire, startIrc } from "./irc_peer.ts";
import { webFrame, WebSocketPeer } from "./web_peer.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const TEXT = 1;
const BINARY = 2;

/** A server with both ways for IRC clients. */
export interface IrcWebServer extends IrcTestServer {
  readonly door: WebListener;
}

/** Starts one on free ports. */
export async function startIrcWeb(
  options: StartOptions = {},
  web: Partial<WebOptions> = {},
): Promise<IrcWebServer> {
  const { server, irc } = startIrc({ watched: true, ...options });
  const protocols = [ircProtocol(irc.server)];
  const door = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0, protocols, ...web });
  return {
    server,
    irc,
    door,
    async [Symbol.asyncDispose](): Promise<void> {
      await irc[Symbol.asyncDispose]();
      await server.shutdown();
      await door[Symbol.asyncDispose]();
    },
  };
}

/** Lines as messages, of the one kind. */
export class SocketWire implements IrcWire {
  readonly peer: WebSocketPeer;
  readonly opcode: number;
  /** The code of the close that has come. */
  code: number | undefined;

  constructor(peer: WebSocketPeer, opcode: number = TEXT) {
    this.peer = peer;
    this.opcode = opcode;
  }

  async send(...parts: Array<string | Uint8Array>): Promise<void> {
    const lines = decoder.decode(bytes(...parts)).split("\r\n").filter((line) => line !== "");
    await this.peer.send(
      ...lines.map((line) => webFrame(this.opcode, encoder.encode(line))),
    );
  }

  async takeSome(): Promise<Uint8Array | undefined> {
    for (;;) {
      const { opcode, payload } = await this.peer.takeWebFrame();
      if (opcode === 9) await this.peer.send(webFrame(10, payload));
      else if (opcode === 10) continue;
      else if (opcode === 8) {
        this.code = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
        return undefined;
      } else {
        assertEquals(opcode, this.opcode, "messages of the kind that was agreed on");
        const line = decoder.decode(payload);
        assertMatch(line, /^[^\r\n]+$/, "a line, without its end");
        return encoder.encode(`${line}\r\n`);
      }
    }
  }

  async takeRest(): Promise<string> {
    let text = "";
    for (let some = await this.takeSome(); some; some = await this.takeSome()) {
      text += decoder.decode(some);
    }
    return text;
  }

  [Symbol.dispose](): void {
    this.peer[Symbol.dispose]();
  }
}

/** A client that has not come in yet; `protocol` is the subprotocol that it names. */
export async function connectSocket(
  { door }: Pick<IrcWebServer, "door">,
  protocol: string | undefined = "text.ircv3.net",
): Promise<IrcPeer & { readonly raw: SocketWire }> {
  const headers = { "Sec-WebSocket-Protocol": protocol };
  const peer = await WebSocketPeer.open(door, protocol === "" ? {} : headers, "/irc");
  const wire = new SocketWire(peer, protocol.startsWith("binary") ? BINARY : TEXT);
  return new IrcPeer(wire) as IrcPeer & { readonly raw: SocketWire };
}
