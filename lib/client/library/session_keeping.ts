/** Keeps a session and how far its events were taken, where the program says. */

import type { EventOf } from "../../wire/events.ts";
import type { ResumePoint } from "../../wire/requests.ts";
import { type LinkEvent, RequestError } from "../conversation.ts";
import type { ResumeOptions } from "../resume_options.ts";
import { ResumeState } from "../resume_state.ts";
import type { Entrance } from "./link_state.ts";
import type { ChatSession, SessionStore } from "./types.ts";

/**
 * What is kept of one chat. Its marks move by the events that the loop has taken, in their order, as those of the
 * link move by the events that have come: so they are right in the epoch of what was taken last.
 */
export class SessionKeeping {
  readonly #store: SessionStore | undefined;
  readonly #taken: ResumeState;
  #secret: string | undefined;
  #text = "";
  #saving: Promise<void> = Promise.resolve();

  constructor(store: SessionStore | undefined, options: ResumeOptions) {
    this.#store = store;
    this.#taken = new ResumeState(options);
    this.#secret = options.earlier?.secret;
  }

  /** How far all was taken; `undefined`: nothing yet. */
  get point(): ResumePoint | undefined {
    return this.#taken.point;
  }

  /** We have this session from now on, however far its events are taken. */
  came({ session }: EventOf<"ready">): void {
    this.#secret = session;
  }

  /** Notes that an event was taken. Resolves when that is kept, and rejects if it can't be, from then on always. */
  take(event: LinkEvent, entrance?: Entrance): Promise<void> {
    if (event.type === "ready") this.#takeReady(event, entrance);
    else if (event.type !== "status") this.#taken.take(event);
    return this.save();
  }

  /** Resolves when all is kept that has changed. */
  save(): Promise<void> {
    const { point } = this;
    if (this.#store === undefined || this.#secret === undefined || point === undefined) {
      return this.#saving;
    }
    const { epoch, seq, chats = {} } = point;
    const session: ChatSession = { secret: this.#secret, epoch, seq, chats };
    const text = JSON.stringify(session);
    if (text === this.#text) return this.#saving;
    this.#text = text;
    const store = this.#store;
    // One after the other: the last one is to be kept.
    this.#saving = this.#saving.then(() => kept(store, session));
    this.#saving.catch(() => {}); // whoever waits for it is told
    return this.#saving;
  }

  #takeReady(ready: EventOf<"ready">, entrance: Entrance | undefined): void {
    if (entrance === undefined) return;
    this.#taken.meet(entrance.epoch);
    const chats = ready.chats?.map((each) => ({
      ...each,
      seq: entrance.begun.get(each.chat) ?? each.seq,
    }));
    this.#taken.take({ ...ready, ...chats === undefined ? {} : { chats } });
  }
}

async function kept(store: SessionStore, session: ChatSession): Promise<void> {
  try {
    await store.save(session);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RequestError("not-kept", `The session could not be kept: ${why}`);
  }
}
