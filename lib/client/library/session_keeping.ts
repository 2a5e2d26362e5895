/** Keeps a session and how far its messages were taken, where the program says. */

import type { EventOf } from "../../wire/events.ts";
import type { LinkEvent } from "../conversation.ts";
import type { ChatSession, SessionStore } from "./types.ts";

/** What is kept of one chat. */
export class SessionKeeping {
  readonly #store: SessionStore | undefined;
  #session: ChatSession | undefined;

  /** `earlier`: what the store had. */
  constructor(store: SessionStore | undefined, earlier: ChatSession | undefined) {
    this.#store = store;
    this.#session = earlier;
  }

  /** We are in. Numbers of another epoch mean nothing any more. */
  async ready({ session, room, seq }: EventOf<"ready">, epoch: string | undefined): Promise<void> {
    if (epoch === undefined) return;
    const before = this.#session?.epoch === epoch ? this.#session.seq : {};
    const here = room === "" ? {} : { [room]: seq };
    await this.#save({ secret: session, epoch, seq: { ...here, ...before } });
  }

  /** An event was taken. */
  async taken(event: LinkEvent): Promise<void> {
    if (event.type !== "message" || this.#session === undefined) return;
    const { [event.room]: before = 0 } = this.#session.seq;
    if (event.seq <= before) return;
    await this.#save({
      ...this.#session,
      seq: { ...this.#session.seq, [event.room]: event.seq },
    });
  }

  async #save(session: ChatSession): Promise<void> {
    this.#session = session;
    await this.#store?.save(session);
  }
}
