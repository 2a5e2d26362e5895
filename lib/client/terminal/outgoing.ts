/** Our own messages: those on their way, and those on the screen, which are not shown again. */

import { nameKey } from "../../words/names.js";
import type { RequestOf } from "../../wire/requests.ts";
import { Recent } from "./recent.ts";

/** A message that was sent and may not have arrived. */
export type Outgoing = RequestOf<"say"> | RequestOf<"direct">;

/** The most of our own messages that are recognised when they come a second time. */
const MAX_OWN = 200;

/** Messages of ours, by the ids that they were sent with and by the numbers that they got. */
export class OwnMessages {
  /** With when each was sent, in ms of a clock that never goes back. */
  readonly #waiting = new Map<string, { readonly request: Outgoing; readonly at: number }>();
  readonly #doubtful: Outgoing[] = [];
  #shown = new Recent(MAX_OWN);

  /** How many are not acked. */
  get unsent(): number {
    return this.#waiting.size;
  }

  /** How many were sent at the time `before` or earlier, and are not acked. */
  sentBefore(before: number): number {
    return [...this.#waiting.values()].filter(({ at }) => at <= before).length;
  }

  /** Takes note of one that may have arrived or not. */
  doubt(request: Outgoing): void {
    this.#doubtful.push(request);
  }

  /** Takes those that may have arrived or not away. */
  takeDoubtful(): Outgoing[] {
    return this.#doubtful.splice(0);
  }

  /** A message of ours has come, which was in doubt until then. */
  arrived(room: string, text: string): void {
    const at = this.#doubtful.findIndex((each) =>
      each.type === "say" && nameKey(each.room) === nameKey(room) && each.text === text
    );
    if (at >= 0) this.#doubtful.splice(at, 1);
  }

  send(id: string, request: Outgoing, at: number): void {
    this.#waiting.set(id, { request, at });
  }

  /** One that has arrived or never will; it waits no longer. */
  settle(id: string): Outgoing | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting?.request;
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
