/** IRC over the WebSockets of the web door: a message for each line, without its end. */

import { bye } from "../server/bye.ts";
import { Connection } from "../server/connection.ts";
import type { DoorPeer } from "../server/door.ts";
import { binaryFramesOf, framesOf, pongFrame } from "../web/frames.ts";
import type { SocketProtocol } from "../web/socket_protocol.ts";
import { WebSocketTransport } from "../web/web_socket_transport.ts";
import type { EventOf } from "../wire/events.ts";
import { IrcDoor } from "./irc_door.ts";
import type { IrcServer } from "./irc_server.ts";
import { type LineReader, type LineWriter, PlainReader } from "./lines/carrier.ts";
import { MOST_UNENDED } from "./lines/line_decoder.ts";

/** Where IRC clients call the web door, below the path of the page. */
const IRC_PATH = "/irc";

/** The subprotocols of IRCv3. All is UTF-8 here, so that they differ in the kind of messages alone. */
const TEXT = "text.ircv3.net";
const BINARY = "binary.ircv3.net";

/** IRC over WebSockets; whoever names no subprotocol gets text. */
export function ircProtocol(server: IrcServer): SocketProtocol {
  return {
    path: IRC_PATH,
    maxPayload: MOST_UNENDED,
    names: [TEXT, BINARY],
    connect(opened, host): Connection {
      const { webSocket: { protocol }, isPrivate } = opened;
      const transport = new WebSocketTransport(opened);
      const write = protocol === BINARY ? writeBinary : writeText;
      return new Connection({
        transport,
        host,
        door: (peer) => {
          const reader = new MessageReader(transport, peer);
          return new IrcDoor(server, peer, { isPrivate, carrier: { reader, write } });
        },
      });
    },
  };
}

const writeText: LineWriter = (lines) => framesOf(messagesOf(lines)).bytes;
const writeBinary: LineWriter = (lines) => binaryFramesOf(messagesOf(lines)).bytes;

function messagesOf(lines: string): string[] {
  // What follows the last end is empty, and makes no message.
  return lines.split("\r\n");
}

const LF = 0x0a;
/** What stands for a ping or a pong: it is no line, and counts as one. */
const NO_LINE = new Uint8Array([LF]);

/** Reads messages, of whichever kind. One with an end of line inside is several lines, as on any other way. */
class MessageReader implements LineReader {
  readonly #webSocket: WebSocketTransport;
  readonly #peer: DoorPeer;
  readonly #lines = new PlainReader();
  #fault: EventOf<"bye"> | undefined;
  /** A ping or a pong has come, and was not counted yet. */
  #isControl = false;

  constructor(webSocket: WebSocketTransport, peer: DoorPeer) {
    this.#webSocket = webSocket;
    this.#peer = peer;
  }

  get pending(): number {
    return this.#webSocket.pending;
  }

  get fault(): EventOf<"bye"> | undefined {
    return this.#fault;
  }

  take(chunk: Uint8Array): void {
    switch (this.#webSocket.kind) {
      case "text":
      case "binary": {
        const line = new Uint8Array(chunk.length + 1);
        line.set(chunk);
        line[chunk.length] = LF;
        return this.#lines.take(line);
      }
      case "ping":
        this.#isControl = true;
        return this.#peer.push(pongFrame(chunk));
      case "pong":
        this.#isControl = true;
        return;
      case "wrong":
        this.#fault = bye("bad-frame", this.#webSocket.fault ?? "");
    }
  }

  next(): Uint8Array | undefined {
    if (this.#isControl) {
      this.#isControl = false;
      return NO_LINE;
    }
    return this.#lines.next();
  }
}
