/** The door of browsers: the event protocol, with each event and request in its own message. */

import type { Batch } from "../chat/sessions/batch.ts";
import { EVENT_TRAITS } from "../chat/sessions/peer.ts";
import { bye } from "../server/bye.ts";
import { Connection } from "../server/connection.ts";
import { closeAfterAnswers, type Door, type DoorPeer, type Taken } from "../server/door.ts";
import { batchBytes, pieceIn } from "../server/encoded.ts";
import { EventProtocol } from "../server/event_protocol.ts";
import type { SharedState } from "../server/host.ts";
import { LARGE_BYTES } from "../server/large_turns.ts";
import { socketOf, toldOf } from "../server/nodes.ts";
import type { EventOf } from "../wire/events.ts";
import { isRawPayload } from "../wire/raw.ts";
import {
  encodeFrames,
  encodeNarrowFrames,
  encodeUnansweredFrames,
  pieceFrame,
  PING_FRAME,
  pongFrame,
} from "./frames.ts";
import type { SocketProtocol } from "./socket_protocol.ts";
import { WebSocketTransport } from "./web_socket_transport.ts";

/** What browsers speak, whose requests have the largest payload of all requests. */
export function webProtocol({ limits }: Pick<SharedState, "limits">): SocketProtocol {
  return {
    path: "/ws",
    get maxPayload() {
      return limits.payloadBytes;
    },
    names: [],
    connect(opened, host): Connection {
      const transport = new WebSocketTransport(opened);
      const door = (peer: DoorPeer): Door => new WebDoor(host.shared, peer, transport);
      return new Connection({ transport, host, door });
    },
  };
}

/** The close code for a binary message. */
const BINARY = 1003;

/** One peer on a WebSocket. */
class WebDoor implements Door {
  readonly kind = "web";
  readonly traits = EVENT_TRAITS;
  readonly ping = PING_FRAME;
  readonly awaits = "hello";
  whole = 0;
  readonly #shared: SharedState;
  readonly #peer: DoorPeer;
  readonly #webSocket: WebSocketTransport;
  readonly #protocol: EventProtocol;
  #chunk: Uint8Array | undefined;

  constructor(shared: SharedState, peer: DoorPeer, webSocket: WebSocketTransport) {
    this.#shared = shared;
    this.#peer = peer;
    this.#webSocket = webSocket;
    this.#protocol = new EventProtocol(shared, peer, "");
  }

  get pending(): number {
    return this.#webSocket.pending;
  }

  get fileBytes(): number | undefined {
    return this.#protocol.fileBytes;
  }

  get takesBytes(): boolean {
    return this.#protocol.takesBytes;
  }

  get servers(): readonly string[] | undefined {
    const { nodes } = this.#shared;
    return nodes && toldOf(nodes.pages.map(socketOf));
  }

  begin(): void {
    this.#protocol.greet();
  }

  take(chunk: Uint8Array): void {
    this.#chunk = chunk;
  }

  next(): Taken | undefined {
    const chunk = this.#chunk;
    if (chunk === undefined) return undefined;
    this.#chunk = undefined;
    const bytes = chunk.length;
    const waits = bytes > LARGE_BYTES
      ? this.#peer.inTurn(() => this.#answer(chunk))
      : this.#answer(chunk);
    return { bytes, waits };
  }

  encode(batch: Batch): Uint8Array {
    const piece = this.takesBytes ? pieceIn(batch) : undefined;
    if (piece !== undefined) return pieceFrame(piece);
    const { hasLife, hasAnswers } = this.#protocol;
    const known = hasAnswers ? encodeFrames : encodeUnansweredFrames;
    return batchBytes(batch, hasLife ? known : encodeNarrowFrames);
  }

  lastWords(event: EventOf<"bye">): Uint8Array {
    return encodeFrames([event]).bytes;
  }

  #answer(chunk: Uint8Array): void | Promise<void> {
    switch (this.#webSocket.kind) {
      case "text":
        this.whole++;
        return isRawPayload(chunk) ? this.#refuseRawText() : this.#protocol.answer(chunk);
      case "binary":
        this.whole++;
        return isRawPayload(chunk) ? this.#protocol.answer(chunk) : this.#refuseBinary();
      case "ping":
        return this.#peer.push(pongFrame(chunk));
      case "pong":
        return;
      case "wrong":
        return this.#peer.close(bye("bad-frame", this.#webSocket.fault ?? ""));
    }
  }

  #refuseRawText(): void | Promise<void> {
    const text =
      "The message was text and began with a zero; bytes of files come in binary messages.";
    return closeAfterAnswers(this.#shared, this.#peer, bye("bad-frame", text));
  }

  #refuseBinary(): void | Promise<void> {
    this.#webSocket.closeCode = BINARY;
    const text = "The message was binary and no bytes of a file; events are text.";
    return closeAfterAnswers(this.#shared, this.#peer, bye("bad-frame", text));
  }
}
