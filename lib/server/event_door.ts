/** The event door: frames of JSON as requests, and events as frames of JSON. */

import { Batch } from "../chat/batch.ts";
import { EVENT_TRAITS } from "../chat/peer.ts";
import { Refusal } from "../chat/refusal.ts";
import { type Decoded, decodeRequest } from "../wire/decode.ts";
import {
  type Event,
  eventText,
  PROTOCOL_VERSION,
  type Request,
  type RequestOf,
} from "../wire/event.ts";
import type { Frame } from "../wire/frame.ts";
import { Encoded } from "./encoded.ts";
import { bye, type Door, type Premises, type Threshold } from "./door.ts";
import { costlyKind, type CostlyRequest, isCostly } from "./meter.ts";

/** One client of the event protocol. */
export class EventDoor implements Door {
  readonly encode = encodeEvents;
  readonly traits = EVENT_TRAITS;
  readonly answersPing = true;
  readonly waitsForPerson = false;
  readonly #premises: Premises;
  readonly #threshold: Threshold;
  /** The name of the opening frame. */
  readonly name: string;
  #isIn = false;

  constructor(premises: Premises, threshold: Threshold, name: string) {
    this.#premises = premises;
    this.#threshold = threshold;
    this.name = name;
  }

  /** Whether the client has said hello and was let in. */
  get ready(): boolean {
    return this.#isIn;
  }

  /** Answers the opening. */
  greet(): void {
    const { house, limits, version, title } = this.#premises;
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

  frame({ payload }: Frame): void | Promise<void> {
    return this.take(decodeRequest(payload));
  }

  /** Answers what was decoded from a frame or a WebSocket message. */
  take(decoded: Decoded<Request>): void | Promise<void> {
    if (decoded.kind === "fatal") {
      return this.#threshold.close(bye("bad-frame", `${decoded.text}.`));
    }
    if (decoded.kind === "error") {
      const { kind: _, ...rest } = decoded;
      this.#premises.metrics.refused(decoded.code);
      return this.#tell({ type: "error", ...rest });
    }
    const request = decoded.value;
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
        : this.#premises.house.request(this.#threshold, request);
    }
    return request.type === "hello"
      ? this.#hello(request)
      : this.#premises.house.request(this.#threshold, request);
  }

  async #costly(request: CostlyRequest): Promise<void> {
    await this.#threshold.costly(costlyKind(request));
    await this.#premises.house.request(this.#threshold, request);
  }

  #hello({ type: _, name = this.name, ...hello }: RequestOf<"hello">): void | Promise<void> {
    const comes = this.#premises.house.come(this.#threshold, { ...hello, name });
    if (comes !== undefined) return comes.then(() => this.#entered());
    this.#entered();
  }

  #entered(): void {
    this.#isIn = true;
  }

  #refuse(error: unknown, id: string | undefined): void {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, retryAfterMs } = error;
    this.#premises.metrics.refused(code);
    // Who is banned from the server has nothing more to say; from a room, it may ask for another.
    if (error.keepsOut && !this.#isIn) {
      return this.#threshold.close(bye(code, `${message}.`));
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
    this.#threshold.deliver(new Batch([event]));
  }
}

/** The frames that tell `events`. */
export function encodeEvents(events: readonly Event[]): Encoded {
  return new Encoded(events.map(eventText));
}
