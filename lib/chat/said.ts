/** What is said by way of a history: a draft as a fact, and its outcome from the entry. */

import type { Message } from "../wire/events.ts";
import type { Draft, Outcome } from "./history.ts";
import { isRoomLog, type LogKey } from "./log_key.ts";
import type { DirectFact, Entry, Hash, SayFact, Ticket } from "./log/fact.ts";
import { asMessage } from "./log/as_message.ts";

/** A draft as a fact; the log is given by the hash of its session, and so is who sent it. */
export function factOf(
  { title, from, text, action, id, opener, unless }: Draft,
  log: LogKey,
  session: Hash | undefined,
): SayFact | DirectFact {
  const once = session === undefined || id === undefined ? {} : { session, id };
  if (!isRoomLog(log)) {
    const onlyAgain = unless === undefined ? {} : { onlyAgain: true } as const;
    return { kind: "direct", log, title, from, text, ...once, ...onlyAgain };
  }
  return {
    kind: "say",
    log,
    title,
    from,
    text,
    ...once,
    ...(action ? { action } : {}),
    ...(opener === undefined ? {} : { opener }),
  };
}

/** Whoever waits for what becomes of a draft. */
export class Said implements Ticket {
  readonly #draft: Draft;
  readonly #done: (outcome: Outcome) => void;

  constructor(draft: Draft, done: (outcome: Outcome) => void) {
    this.#draft = draft;
    this.#done = done;
  }

  done({ at, fact, receipt }: Entry): void {
    if (receipt === undefined || fact.kind !== "say" && fact.kind !== "direct") return;
    if ("seq" in receipt) {
      const message: Message = asMessage(fact, receipt.seq, at);
      this.#done({ kind: "stored", message });
    } else if ("again" in receipt) {
      this.#done({ kind: "again", receipt: receipt.again });
    } else if ("refused" in receipt) {
      this.#done({ kind: "refused", refusal: receipt.refused });
    } else if (this.#draft.unless !== undefined) {
      this.#done({ kind: "refused", refusal: this.#draft.unless });
    }
  }
}
