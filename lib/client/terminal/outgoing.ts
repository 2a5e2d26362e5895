/** Our own messages: those on their way, and those on the screen, which are not shown again. */

import type { RequestOf } from "../../wire/event.ts";
import { Recent } from "./recent.ts";

/** A message that was sent and may not have arrived. */
export type Outgoing = RequestOf<"say"> | RequestOf<"direct">;

/** The most of our own messages that are recognised when they come a second time. */
const MAX_OWN = 200;

/** Messages of ours, by the ids that they were sent with and by the numbers that they got. */
export class OwnMessages {
  readonly #waiting = new Map<string, Outgoing>();
  #shown = new Recent(MAX_OWN);

  /** How many are not acked. */
  get unsent(): number {
    return this.#waiting.size;
  }

  send(id: string, request: Outgoing): void {
    this.#waiting.set(id, request);
  }

  /** One that has arrived or never will; it waits no longer. */
  settle(id: string): Outgoing | undefined {
    const request = this.#waiting.get(id);
    this.#waiting.delete(id);
    return request;
  }

  /** Whether the message with this number is to be shown; it counts as shown from then on. */
  isNew(room: string, seq: number): boolean {
    return this.#shown.use(`${seq} ${room}`);
  }

  /** The numbers begin anew, and those that were used before mean other messages. */
  renumber(): void {
    this.#shown = new Recent(MAX_OWN);
  }
}
