/** The connections of one link, which can be made anew from an earlier point. */

import { closeQuietly } from "../../wire/close_quietly.ts";
import type { ResumePoint } from "../../wire/requests.ts";
import type { LinkState } from "./link_state.ts";
import type { ChatConnection } from "./types.ts";

/** Makes connections; the state is that of the link which uses them. */
export class Redialling {
  readonly #open: (signal: AbortSignal) => Promise<ChatConnection>;
  readonly #state: LinkState;
  #current: ChatConnection | undefined;
  #point: ResumePoint | undefined;

  constructor(open: (signal: AbortSignal) => Promise<ChatConnection>, state: LinkState) {
    this.#open = open;
    this.#state = state;
  }

  /** Makes the next connection; the one before has ended by then. */
  async connect(signal: AbortSignal): Promise<ChatConnection> {
    const connection = this.#current = await this.#open(signal);
    // Now nothing of an earlier connection can move the state on.
    if (this.#point !== undefined) this.#state.rewind(this.#point);
    this.#point = undefined;
    return connection;
  }

  /** Ends the connection that there is; the next one goes on at this point. */
  goBack(point: ResumePoint): void {
    this.#point = point;
    closeQuietly(this.#current);
  }
}
