/** What `/history` asks for: a room's last messages, and when it is repeated what was said before. */

import { nameKey } from "../../words/names.js";
import type { Event } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";

type Request = RequestOf<"history">;

/** How far back somebody has read. */
export class Earlier {
  #room = "";
  /** What was said before the message with this number comes next. */
  #before: number | undefined;

  /** Something else was done: the next request is for the last messages again. */
  forget(): void {
    this.#before = undefined;
  }

  /** What is to be asked of the server. */
  ask(request: Request): Request {
    const key = nameKey(request.room);
    if (key !== this.#room) this.forget();
    this.#room = key;
    return this.#before === undefined ? request : { ...request, before: this.#before };
  }

  /** Takes the answer; returns how to read on, or that there is no more. */
  took({ room, before }: Request, answer: Event): string | undefined {
    if (answer.type !== "page" || nameKey(room) !== this.#room) return undefined;
    const [first] = answer.messages;
    if (first === undefined && before === undefined) return undefined;
    this.#before = answer.more ? first?.seq : undefined;
    return this.#before === undefined
      ? `That is the beginning of what is kept of ${room}.`
      : "/history again shows what was said before that.";
  }
}
