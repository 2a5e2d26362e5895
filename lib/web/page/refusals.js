// @ts-check
/** What it means that a server refuses: for good, for now, or nothing. Pure. */

/** @import { Request } from "../../wire/requests.ts" */
/** @import { EventOf } from "../../wire/events.ts" */

export const FINAL_REASONS = new Set(["kicked", "banned", "replaced", "signed-out", "quit"]);
/** Refusals that another attempt will meet again, though a server has let us in before. */
export const LASTING_CODES = new Set(
  ("bad-name name-taken banned bad-password bad-login password-needed name-reserved " +
    "bad-invite").split(" "),
);
/** For longer than this, in ms, nothing is sent once more by itself. */
const MOST_MS = 10_000;
const LEAST_MS = 250;

/** What waits when a connection is made: a server that is lost may have it, whatever this one says for now. */
export class Waited {
  #unsent;
  #send;
  /** @type {Set<string | undefined>} */
  #ids = new Set();

  /** @param {() => readonly Request[]} unsent @param {(request: Request) => void} send */
  constructor(unsent, send) {
    this.#unsent = unsent;
    this.#send = send;
  }

  /** Sends it all. */
  begin() {
    const all = this.#unsent();
    this.#ids = new Set(all.map(({ id }) => id));
    for (const each of all) this.#send(each);
  }

  /**
   * Whether that is sent once more after a while which is refused now, unless it is taken back.
   * @type {(refused: EventOf<"error">) => boolean}
   */
  asksAgain({ id, code, retryAfterMs = 0 }) {
    if (code !== "try-later" || retryAfterMs > MOST_MS || !this.#ids.has(id)) return false;
    setTimeout(() => {
      for (const each of this.#unsent()) if (each.id === id) this.#send(each);
    }, Math.max(retryAfterMs, LEAST_MS));
    return true;
  }
}
