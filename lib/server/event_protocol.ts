/** The event protocol: turns frames of JSON into requests, and events into frames of JSON. */

import { fileSenders } from "../chat/files/file_quota.ts";
import { Refusal } from "../chat/refusal.ts";
import { Batch } from "../chat/sessions/batch.ts";
import { EVENT_TRAITS } from "../chat/sessions/peer.ts";
import { decodeRequest } from "../wire/decode.ts";
import { encodeEvent, eventText } from "../wire/encode.ts";
import { type Event, FEATURES, PROTOCOL_VERSION } from "../wire/events.ts";
import { narrow, withoutAnswers } from "../wire/narrow.ts";
import { MAX_CHUNK_BYTES, type Request, type RequestOf } from "../wire/requests.ts";
import { bye } from "./bye.ts";
import { closeAfterAnswers, type DoorPeer } from "./door.ts";
import { type Encode, Encoded } from "./encoded.ts";
import type { SharedState } from "./host.ts";
import { costlyKind, type CostlyRequest, fileBytesIn, isCostly } from "./meter.ts";

/** What a server does not offer that takes no files. */
const OF_FILES: ReadonlySet<string> = new Set(["files", "bytes"]);
/** Raw bytes in a chunk with which the window of a slow link is fine enough. */
const BEST_CHUNK = 16_384;
/** What a chunk has besides its data, in bytes. */
const CHUNK_FRAME = 256;

const PING = encodeEvent({ type: "ping" });

/** Speaks the event protocol with one client. */
export class EventProtocol {
  readonly kind = "event";
  readonly traits = EVENT_TRAITS;
  readonly ping = PING;
  readonly awaits = "hello";
  readonly #shared: SharedState;
  readonly #peer: DoorPeer;
  /** The name in the opening frame. */
  readonly name: string;
  #isIn = false;
  #takesBytes = false;
  #hearsServers = false;
  #encode: Encode = encodeNarrow;
  #fileBytes: number | undefined;

  constructor(shared: SharedState, peer: DoorPeer, name: string) {
    this.#shared = shared;
    this.#peer = peer;
    this.name = name;
  }

  /** How events are encoded, by what its client has said that it knows. */
  get encode(): Encode {
    return this.#encode;
  }

  /** Whether its client knows what becomes of messages. */
  get hasLife(): boolean {
    return this.#encode !== encodeNarrow;
  }

  /** Whether its client knows questions and answers. */
  get hasAnswers(): boolean {
    return this.#encode === encodeEvents;
  }

  /** Whether the client has said hello and was let in. */
  get ready(): boolean {
    return this.#isIn;
  }

  /** Whether its client has asked for the bytes of files as they are. */
  get takesBytes(): boolean {
    return this.#takesBytes;
  }

  /** Whether its client has asked to hear of other servers. */
  get hearsServers(): boolean {
    return this.#hearsServers;
  }

  /** How many bytes of a file the last request brought; `undefined`: it was a request like others. */
  get fileBytes(): number | undefined {
    return this.#fileBytes;
  }

  /** Answers the opening frame. */
  greet(): void {
    const { house, limits, version, title } = this.#shared;
    this.#tell({
      type: "welcome",
      protocol: PROTOCOL_VERSION,
      server: version,
      ...(title === undefined ? {} : { title }),
      epoch: house.index.epoch,
      needs: house.needs,
      limits: { payload: limits.payloadBytes, ...fileLimits(this.#shared) },
      features: featuresOf(this.#shared),
    });
  }

  /** Answers a frame, or a WebSocket message. Await the promise, if any, before the next one. */
  answer(payload: Uint8Array): void | Promise<void> {
    this.#fileBytes = undefined;
    const decoded = decodeRequest(payload);
    if (decoded.kind === "fatal") {
      const last = bye("bad-frame", `${decoded.text}.`);
      return closeAfterAnswers(this.#shared, this.#peer, last);
    }
    if (decoded.kind === "error") {
      const { kind: _, ...rest } = decoded;
      this.#shared.metrics.refused(decoded.code);
      return this.#tell({ type: "error", ...rest });
    }
    const request = decoded.value;
    this.#fileBytes = fileBytesIn(request);
    try {
      return this.#ask(request)?.catch((error) => this.#refuse(error, request.id));
    } catch (error) {
      this.#refuse(error, request.id);
    }
  }

  #ask(request: Request): void | Promise<void> {
    if (this.#isIn) {
      return isCostly(request)
        ? this.#costly(request)
        : this.#shared.house.request(this.#peer, request);
    }
    return request.type === "hello"
      ? this.#hello(request)
      : this.#shared.house.request(this.#peer, request);
  }

  async #costly(request: CostlyRequest): Promise<void> {
    await this.#peer.costly(costlyKind(request));
    await this.#shared.house.request(this.#peer, request);
  }

  #hello({ type: _, name = this.name, ...hello }: RequestOf<"hello">): void | Promise<void> {
    this.#takesBytes = hello.features?.includes("bytes") ?? false;
    this.#hearsServers = hello.features?.includes("servers") ?? false;
    this.#encode = encodingFor(hello.features);
    const comes = this.#shared.house.come(this.#peer, { ...hello, name });
    if (comes !== undefined) return comes.then(() => this.#entered());
    this.#entered();
  }

  #entered(): void {
    this.#isIn = true;
  }

  #refuse(error: unknown, id: string | undefined): void {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, about, retryAfterMs } = error;
    // What is refused costs its sender nothing but requests.
    this.#fileBytes = undefined;
    this.#shared.metrics.refused(code);
    // A client that is banned from the server is closed; one banned from a room may ask for another.
    if (error.keepsOut && !this.#isIn) {
      return this.#peer.close(bye(code, `${message}.`));
    }
    this.#tell({
      type: "error",
      ...(id === undefined ? {} : { id }),
      code,
      text: `${message}.`,
      ...about,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  #tell(event: Event): void {
    this.#peer.deliver(new Batch([event]));
  }
}

/** What a server offers: that of files where it takes any, that of nodes where it is one. */
function featuresOf({ house, nodes }: SharedState): readonly string[] {
  return FEATURES.filter((feature) =>
    !(OF_FILES.has(feature) && house.files === undefined) &&
    !(feature === "servers" && nodes === undefined) &&
    !(feature === "ask" && !house.knowsQuestions)
  );
}

/** What `welcome` says of files. */
function fileLimits(
  { house, limits: { payloadBytes } }: SharedState,
): { file?: number; chunk?: number; raw?: number; senders?: string } {
  const { files } = house;
  if (files === undefined) return {};
  // In base64 three bytes are four characters.
  const most = Math.floor((payloadBytes - CHUNK_FRAME) / 4) * 3;
  const senders = fileSenders(files, { needs: house.needs, accounts: house.state.people.size });
  return {
    file: files.limits.fileBytes,
    chunk: Math.min(BEST_CHUNK, most),
    raw: Math.min(MAX_CHUNK_BYTES, payloadBytes - CHUNK_FRAME),
    ...(senders === "all" ? {} : { senders }),
  };
}

/** How events are encoded for a client that has named these features; without `life` there are no answers. */
function encodingFor(features: readonly string[] = []): Encode {
  if (!features.includes("life")) return encodeNarrow;
  return features.includes("ask") ? encodeEvents : encodeUnanswered;
}

/** Encodes events as frames. */
export function encodeEvents(events: readonly Event[]): Encoded {
  return new Encoded(events.map(eventText));
}

/** The same for clients that know what becomes of messages, and no answers. */
function encodeUnanswered(events: readonly Event[]): Encoded {
  return new Encoded(events.map((event) => {
    const known = withoutAnswers(event);
    return known === undefined ? "" : eventText(known);
  }));
}

/** The same for clients that don't know what becomes of messages. */
function encodeNarrow(events: readonly Event[]): Encoded {
  return new Encoded(events.map((event) => {
    const known = narrow(event);
    return known === undefined ? "" : eventText(known);
  }));
}
