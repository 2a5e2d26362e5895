/** The event door: frames of JSON as requests, and events as frames of JSON. */

import { Batch } from "../chat/batch.ts";
import type { Pass } from "../chat/keeper.ts";
import { Refusal } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import { decodeRequest } from "../wire/decode.ts";
import {
  encodeEvent,
  type Event,
  eventText,
  PROTOCOL_VERSION,
  type Request,
  type RequestOf,
} from "../wire/event.ts";
import { Encoded } from "./encoded.ts";
import { bye } from "./bye.ts";
import type { DoorPeer } from "./door.ts";
import type { SharedState } from "./host.ts";
import { costlyKind, type CostlyRequest, isCostly } from "./meter.ts";

const PING = encodeEvent({ type: "ping" });

/** One client of the event protocol. */
export class EventDoor {
  readonly kind = "event";
  readonly encode = encodeEvents;
  readonly ping = PING;
  readonly waitsForPerson = false;
  readonly #shared: SharedState;
  readonly #peer: DoorPeer;
  /** The name of the opening frame. */
  readonly name: string;
  #session: Session | undefined;
  #gone = false;

  constructor(shared: SharedState, peer: DoorPeer, name: string) {
    this.#shared = shared;
    this.#peer = peer;
    this.name = name;
  }

  /** Whether the client has said hello and was let in. */
  get ready(): boolean {
    return this.#session !== undefined;
  }

  get peerName(): string | undefined {
    return this.#session?.name;
  }

  /** Answers the opening. */
  greet(): void {
    const { house, limits, version, title } = this.#shared;
    this.#tell({
      type: "welcome",
      protocol: PROTOCOL_VERSION,
      server: version,
      ...(title === undefined ? {} : { title }),
      epoch: house.history.epoch,
      needs: house.needs,
      limits: { payload: limits.payloadBytes },
    });
  }

  /** Answers a frame, or a WebSocket message. A promise means that the next one should wait. */
  frame(payload: Uint8Array): void | Promise<void> {
    const decoded = decodeRequest(payload);
    if (decoded.kind === "fatal") {
      return this.#peer.close(bye("bad-frame", `${decoded.text}.`));
    }
    if (decoded.kind === "error") {
      const { kind: _, ...rest } = decoded;
      this.#shared.metrics.refused(decoded.code);
      return this.#tell({ type: "error", ...rest });
    }
    const request = decoded.value;
    try {
      const waits = this.#session === undefined
        ? this.#opening(request)
        : isCostly(request)
        ? this.#costly(this.#session, request)
        : this.#shared.house.request(this.#session, request);
      return waits?.catch((error) => this.#refuse(error, request.id));
    } catch (error) {
      this.#refuse(error, request.id);
    }
  }

  gone(clean: boolean, reason?: string): void {
    this.#gone = true;
    if (this.#session !== undefined) {
      this.#shared.house.exit(this.#session, this.#peer, clean, reason);
    }
  }

  #opening(request: Request): void | Promise<void> {
    if (request.type === "pong") return;
    if (request.type === "ping") {
      return this.#tell({ ...request, type: "pong" });
    }
    if (request.type !== "hello") {
      throw new Refusal("not-ready", `Say hello before ${request.type}`);
    }
    return this.#hello(request);
  }

  async #costly(session: Session, request: CostlyRequest): Promise<void> {
    await this.#peer.costly(costlyKind(request));
    // The connection may have been ended meanwhile.
    if (!this.#gone) await this.#shared.house.request(session, request);
  }

  #hello(request: RequestOf<"hello">): void | Promise<void> {
    const { session, name = this.name, password, login } = request;
    const { house } = this.#shared;
    const pass = house.admit(this.#peer.address, { name, password, login, session });
    const recalled = session === undefined ? false : house.recall(session);
    if (!(recalled instanceof Promise) && !(pass instanceof Promise)) {
      return this.#enter(request, recalled ?? false, pass);
    }
    return Promise.all([recalled, pass]).then(([known, pass]) => {
      // The connection may have been ended while we looked.
      return this.#gone ? undefined : this.#enter(request, known ?? false, pass);
    });
  }

  #enter(
    { id, name, room, session, resume, scrollback, visitor, exact }: RequestOf<"hello">,
    recalled: boolean,
    pass: Pass,
  ): Promise<void> {
    const { house } = this.#shared;
    this.#session = house.enter(this.#peer, {
      name: name ?? this.name,
      recalled,
      pass,
      ...(id === undefined ? {} : { id }),
      ...(room === undefined ? {} : { room }),
      ...(session === undefined ? {} : { session }),
      ...(resume === undefined ? {} : { resume }),
      ...(scrollback === undefined ? {} : { scrollback }),
      ...(visitor === undefined ? {} : { visitor }),
      ...(exact === undefined ? {} : { exact }),
    });
    this.#peer.welcome();
    return house.resume(this.#session, resume);
  }

  #refuse(error: unknown, id: string | undefined): void {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, retryAfterMs } = error;
    this.#shared.metrics.refused(code);
    // Who is banned from the server has nothing more to say; from a room, it may ask for another.
    if (error.keepsOut && this.#session === undefined) {
      return this.#peer.close(bye(code, `${message}.`));
    }
    this.#tell({
      type: "error",
      ...(id === undefined ? {} : { id }),
      code,
      text: `${message}.`,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  #tell(event: Event): void {
    this.#peer.deliver(new Batch([event]));
  }
}

/** The frames that tell `events`. */
export function encodeEvents(events: readonly Event[]): Encoded {
  return new Encoded(events.map(eventText));
}
