/** Whom the person blocks, which the server keeps; what they say is folded into a line. */

import { sameName } from "../../words/names.js";
import type { EventOf, Message } from "../../wire/events.ts";

/** Those who are blocked. */
export class Blocked {
  #all: EventOf<"settings">["blocked"] = [];

  set(all: EventOf<"settings">["blocked"]): void {
    this.#all = all;
  }

  /** Whether the sender of a message is blocked: by the account, or a guest by the name. */
  says({ from, by }: Pick<Message, "from" | "by">): boolean {
    return this.#all.some(({ name, account }) =>
      account === undefined ? by === undefined && sameName(name, from) : account === by
    );
  }

  /** Whether somebody of this name is blocked. */
  has(name: string): boolean {
    return this.#all.some((each) => sameName(each.name, name));
  }

  /** Splits messages into stretches, each of somebody who is blocked or of all others. */
  stretches(messages: readonly Message[]): Message[][] {
    const stretches: Message[][] = [];
    let before: string | undefined;
    for (const message of messages) {
      const folded = this.says(message) ? message.from : "";
      if (folded === before) stretches.at(-1)?.push(message);
      else stretches.push([message]);
      before = folded;
    }
    return stretches;
  }
}

/** The line in the place of what somebody said who is blocked. */
export function foldText(from: string, count?: number): string {
  const what = count === undefined ? "What" : count === 1 ? "A message" : `${count} messages`;
  return count === undefined
    ? `${what} ${from} says here is left out: you block ${from}.`
    : `${what} of ${from} left out: you block ${from}.`;
}
