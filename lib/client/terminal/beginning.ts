/** How a conversation begins: when keys may be read, and whether the server takes its time. */

import { within } from "../../wire/within.ts";
import type { LinkEvent } from "../conversation.ts";

/** A server nearby has answered by then; later the prompt shows that we wait, in ms. */
const GRACE_MS = 20;

export class Beginning {
  /** Resolves when the conversation connects; its code may have to be loaded first. */
  readonly #connecting = Promise.withResolvers<void>();
  /** Resolves when it has connected, or failed to. */
  readonly #begun = Promise.withResolvers<true>();

  /** An event has come. */
  heard(event: LinkEvent): void {
    this.#connecting.resolve();
    if (event.type !== "status" || event.status !== "connecting") this.#begun.resolve(true);
  }

  /**
   * Resolves when keys may be read: what is typed until then may answer a question, such as for a password, that
   * follows at once. True if the server has not answered by then.
   */
  async isSlow(): Promise<boolean> {
    await this.#connecting.promise;
    return await within(GRACE_MS, this.#begun.promise) === undefined;
  }
}
