/**
 * The door for clients that speak in frames. The padding of the first frame tells whether the client
 * speaks the event protocol or the classic one.
 */

import type { Batch } from "../chat/sessions/batch.ts";
import { EVENT_TRAITS, type Traits } from "../chat/sessions/peer.ts";
import { encodeEvent, rawFrameHead } from "../wire/encode.ts";
import type { EventOf } from "../wire/events.ts";
import { type Frame, FrameDecoder, FrameError } from "../wire/frame.ts";
import { decodeText } from "../wire/text.ts";
import { bye } from "./bye.ts";
import { encodeClassic } from "./classic_pairs.ts";
import { ClassicProtocol } from "./classic_protocol.ts";
import type { AwaitedFirst } from "./deadlines.ts";
import { closeAfterAnswers, type Door, type DoorPeer, type Taken } from "./door.ts";
import { batchBytes, pieceIn } from "./encoded.ts";
import { EventProtocol } from "./event_protocol.ts";
import type { SharedState } from "./host.ts";
import { LARGE_BYTES } from "./large_turns.ts";
import { toldOf } from "./nodes.ts";
import { frameOfPiece } from "./piece_blocks.ts";
import type { Socket } from "./tcp_transport.ts";

const SPACE = 0x20;
/** How clients of IRC begin, and what they are told. */
const IRC = /^(?:CAP |NICK|USER|PASS)/i;
const IRC_HINT = new TextEncoder().encode(
  "ERROR :This port does not speak IRC; a server that is run with --irc PORT does so there.\r\n",
);
/** Bytes by which such a client is known. */
const IRC_LENGTH = 4;
const NOTHING = new Uint8Array();

/** One peer that speaks in frames. */
export class FrameDoor implements Door {
  whole = 0;
  readonly #shared: SharedState;
  readonly #peer: DoorPeer;
  readonly #socket: Pick<Socket, "lacksTls">;
  readonly #decoder: FrameDecoder;
  #firstByte: number | undefined;
  /** The first bytes of all, as Latin letters. */
  #head = "";
  /** The protocol, once that is clear. */
  #protocol: EventProtocol | ClassicProtocol | undefined;
  /** The same, while the client may still turn out to be a classic one. */
  #asksForEvents: EventProtocol | undefined;

  constructor(shared: SharedState, peer: DoorPeer, socket: Pick<Socket, "lacksTls">) {
    this.#shared = shared;
    this.#peer = peer;
    this.#socket = socket;
    this.#decoder = new FrameDecoder(shared.limits.payloadBytes);
  }

  get kind(): string {
    return this.#protocol?.kind ?? "opening";
  }

  get traits(): Traits {
    return this.#protocol?.traits ?? EVENT_TRAITS;
  }

  get awaits(): AwaitedFirst {
    return this.#protocol?.awaits ?? "hello";
  }

  get fileBytes(): number | undefined {
    return this.#protocol?.fileBytes;
  }

  get takesBytes(): boolean {
    return this.#protocol?.takesBytes ?? false;
  }

  get servers(): readonly string[] | undefined {
    const { nodes } = this.#shared;
    return nodes && toldOf(nodes.addresses);
  }

  get hearsServers(): boolean {
    return this.#protocol?.hearsServers ?? false;
  }

  get ping(): Uint8Array | undefined {
    return this.#protocol?.ping;
  }

  get pending(): number {
    return this.#decoder.pending;
  }

  begin(): void {
    // The peer speaks first.
  }

  take(chunk: Uint8Array): void {
    this.#firstByte ??= chunk[0];
    if (this.#head.length < IRC_LENGTH) {
      this.#head += String.fromCharCode(...chunk.subarray(0, IRC_LENGTH));
    }
    this.#decoder.take(chunk);
  }

  next(): Taken | undefined {
    let frame: Frame | undefined;
    try {
      frame = this.#decoder.next();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      const last = bye(error.reason, `${error.message}.`);
      return { bytes: 0, waits: closeAfterAnswers(this.#shared, this.#peer, last) };
    }
    if (frame === undefined) return undefined;
    this.whole++;
    const bytes = frame.payload.length;
    const waits = bytes > LARGE_BYTES
      ? this.#peer.inTurn(() => this.#frame(frame))
      : this.#frame(frame);
    return { bytes, waits };
  }

  encode(batch: Batch): Uint8Array {
    if (this.#protocol === undefined) return NOTHING;
    const piece = this.takesBytes ? pieceIn(batch) : undefined;
    if (piece !== undefined) return frameOfPiece(rawFrameHead(piece), piece.data);
    return batchBytes(batch, this.#protocol.encode);
  }

  lastWords(event: EventOf<"bye">): Uint8Array | undefined {
    if (this.whole === 0 && IRC.test(this.#head)) return IRC_HINT;
    return this.#protocol === undefined
      ? frameLastWords(event, this.#firstByte)
      : this.#protocol.encode([event]).bytes;
  }

  #frame({ padding, payload }: Frame): void | Promise<void> {
    if (this.#protocol === undefined) return this.#open(payload, padding === "right");
    // A client that asked for events, but missed our answer, goes on as a classic client.
    const asked = this.#asksForEvents;
    const isClassic = padding === "left" && asked !== undefined && !asked.ready;
    const enters = isClassic ? this.#openClassic(asked.name) : undefined;
    const protocol = this.#protocol;
    return enters === undefined
      ? protocol.answer(payload)
      : enters.then(() => protocol.answer(payload));
  }

  /** Answers the first frame, which is a name. */
  #open(payload: Uint8Array, wantsEvents: boolean): void | Promise<void> {
    if (this.#socket.lacksTls) {
      return this.#peer.close(bye("needs-tls", "This server speaks TLS; connect with --tls."));
    }
    const name = decodeText(payload);
    if (name === undefined) {
      return this.#peer.close(bye("bad-utf8", "The name was not valid UTF-8."));
    }
    if (name === "") return this.#peer.close(bye("bad-name", "The name was empty."));
    if (!wantsEvents) return this.#openClassic(name);
    const protocol = new EventProtocol(this.#shared, this.#peer, name);
    this.#protocol = this.#asksForEvents = protocol;
    protocol.greet();
  }

  #openClassic(name: string): void | Promise<void> {
    const protocol = new ClassicProtocol(this.#shared, this.#peer);
    this.#protocol = protocol;
    this.#asksForEvents = undefined;
    return protocol.enter(name);
  }
}

/**
 * The last words to a peer of which we know only the first byte, which is the padding of its first
 * header. `undefined` for a peer that has sent nothing.
 */
export function frameLastWords(
  event: EventOf<"bye">,
  firstByte: number | undefined,
): Uint8Array | undefined {
  if (firstByte === undefined) return undefined;
  return firstByte === SPACE ? encodeEvent(event) : encodeClassic([event]).bytes;
}
