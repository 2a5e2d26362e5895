/**
 * The events of a chat on their way to its loop. Answers must pass those that wait, so the link is read as long as
 * one is awaited. What is too much to hold then is left out, and told once the loop has come so far: the connection
 * is made again, and goes on where the loop is.
 */

import type { EventOf } from "../../wire/events.ts";
import type { ResumePoint } from "../../wire/requests.ts";
import { sameName } from "../../words/names.js";
import {
  type Conversation,
  type LinkEvent,
  type LinkStatus,
  RequestError,
} from "../conversation.ts";
import type { LinkState } from "./link_state.ts";
import type { SessionKeeping } from "./session_keeping.ts";

/** How many events may wait before no more are read, if a loop takes them and nothing is awaited. */
const MAX_WAITING = 1_000;
/** How many events may wait in any case. */
const MAX_HELD = 10_000;

/** What a reader stands on. */
export interface EventReaderOptions {
  readonly conversation: Conversation;
  readonly state: LinkState;
  readonly keeping: SessionKeeping;
  /** Makes the connection again, to go on at this point. */
  readonly goBack: (point: ResumePoint) => void;
}

/** Reads events, and hands them to a loop. */
export class EventReader {
  readonly #options: EventReaderOptions;
  readonly #waiting: LinkEvent[] = [];
  /** What was handed out last: it is taken when the loop asks for more. */
  #inHand: LinkEvent | undefined;
  /** Whether events are left out: those after the ones that wait, until the connection is made again. */
  #leavesOut: "nothing" | "more" | "until-back" = "nothing";
  /** The state of the connection by the last event that was not left out. */
  #told: LinkStatus["status"] = "connecting";
  #online: LinkStatus | undefined;
  #isRead = false;
  #awaited = 0;
  #hasEnded = false;
  #failure: Error | undefined;
  #changed = Promise.withResolvers<void>();
  readonly #isIn = Promise.withResolvers<void>();

  constructor(options: EventReaderOptions) {
    this.#options = options;
    this.#isIn.promise.catch(() => {});
    this.#run().catch((error) => this.#fail(error));
  }

  /** Resolves when we are in, and rejects with a `RequestError` if that can't be. */
  get isIn(): Promise<void> {
    return this.#isIn.promise;
  }

  /** Reads on until the answer is there. Rejects as it does, or with why nothing can be kept any more. */
  async awaiting<T>(answer: Promise<T>): Promise<T> {
    this.#awaited++;
    this.#change();
    try {
      return await answer;
    } catch (error) {
      throw this.#failure ?? error;
    } finally {
      this.#awaited--;
    }
  }

  /** The events for the program. Throws if how far they were taken can't be kept. */
  async *events(): AsyncGenerator<LinkEvent> {
    this.#isRead = true;
    try {
      for (let event; (event = await this.#next()) !== undefined;) {
        if (isSeen(event)) yield event;
      }
    } finally {
      this.#isRead = false;
      this.#change();
    }
  }

  async #run(): Promise<void> {
    for await (const event of this.#options.conversation.events) {
      this.#put(event);
      this.#change();
      while (this.#mayRest) await this.#changed.promise;
    }
    this.#hasEnded = true;
    this.#change();
  }

  /** Whether enough waits for a loop that will come to it. */
  get #mayRest(): boolean {
    const { length } = this.#waiting;
    const isEnough = length >= MAX_WAITING || length > 0 && this.#leavesOut === "more";
    return isEnough && this.#isRead && this.#awaited === 0 && this.#failure === undefined;
  }

  #put(event: LinkEvent): void {
    const { keeping, state } = this.#options;
    if (event.type === "status" && event.status === "online") this.#online = event;
    if (event.type === "status" && event.status === "ended") this.#isIn.reject(endOf(event));
    const entrance = event.type === "ready" ? state.entrance(event) : undefined;
    if (event.type === "ready") keeping.came(event);
    if (entrance?.isRewound) this.#goOn();
    if (this.#waiting.length >= MAX_HELD && this.#leavesOut === "nothing") this.#leavesOut = "more";
    if (this.#leavesOut === "nothing" || this.#isLasting(event)) this.#hold(event);
    if (event.type === "joined" && event.seq !== undefined) this.#enter(event);
    if (event.type === "ready") {
      keeping.save().then(this.#isIn.resolve, (error) => this.#fail(error));
    }
    if (entrance !== undefined && entrance.begun.size > 0) this.#leavesOut = "more";
  }

  /** What is handed on also while others are left out: that we are no longer in the room, or at all. */
  #isLasting(event: LinkEvent): boolean {
    if (event.type === "status") return event.status === "ended";
    const { name } = this.#options.conversation;
    return event.type === "left" && (event.own === true || sameName(event.name, name));
  }

  /** Puts an event behind those that wait. What no program sees is taken at once where it would wait for none. */
  #hold(event: LinkEvent): void {
    if (event.type === "status") this.#told = event.status;
    const isNext = this.#inHand === undefined &&
      this.#waiting.every(({ type }) => type === "status");
    if (isNext && !isSeen(event)) this.#take(event).catch(() => {});
    else this.#waiting.push(event);
  }

  /** Notes where a room begins for us before the loop comes to that, unless it comes to an earlier stay there. */
  #enter(joined: EventOf<"joined">): void {
    const { keeping, state } = this.#options;
    const { point } = keeping;
    if (point === undefined || point.epoch !== state.epoch) return;
    const isKnown = Object.keys(point.seq).some((room) => sameName(room, joined.room));
    if (!isKnown) this.#take(joined).catch(() => {});
  }

  /** The connection was made again: what was left out comes now. */
  #goOn(): void {
    this.#leavesOut = "nothing";
    if (this.#told !== "online" && this.#online !== undefined) this.#hold(this.#online);
  }

  async #next(): Promise<LinkEvent | undefined> {
    if (this.#inHand !== undefined) {
      const event = this.#inHand;
      this.#inHand = undefined;
      await this.#take(event);
    }
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      this.#inHand = this.#waiting.shift();
      if (this.#inHand !== undefined || this.#hasEnded) break;
      if (this.#leavesOut === "more") this.#goBack();
      else await this.#changed.promise;
    }
    this.#change();
    return this.#inHand;
  }

  /** Has what was left out come again. */
  #goBack(): void {
    const { keeping: { point }, goBack } = this.#options;
    if (point === undefined) {
      // A server that numbers nothing can't tell it again.
      this.#leavesOut = "nothing";
      return this.#hold({ type: "notice", text: "More was said than could be held here." });
    }
    this.#leavesOut = "until-back";
    goBack(point);
  }

  /** Notes that an event was taken. */
  async #take(event: LinkEvent): Promise<void> {
    const { keeping, state } = this.#options;
    try {
      await keeping.take(event, event.type === "ready" ? state.entrance(event) : undefined);
    } catch (error) {
      this.#fail(error as Error);
      throw error;
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#isIn.reject(error);
    this.#options.conversation.close().catch(() => {});
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Whether programs see it: where we are in by, and acks, they have from elsewhere. */
function isSeen({ type }: LinkEvent): boolean {
  return type !== "ready" && type !== "ack";
}

function endOf({ cause, code, text }: LinkStatus): RequestError {
  return new RequestError(code ?? cause ?? "ended", text);
}
