/** How far back somebody has read, for `/history` and `/files`. Does no IO. */

import type { Event } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import type { Conversation } from "../conversation.ts";
import { nameKey } from "../../words/names.js";

type HistoryRequest = RequestOf<"history">;

/**
 * `/history` asks for the last messages of a room or conversation, and when it is repeated for those before
 * them; `/files` does the same with those that bring files.
 */
export class Earlier {
  #log = "";
  /** What was said before the message with this number comes next. */
  #before: number | undefined;

  /** Something else was done: the next request is for the last messages again. */
  forget(): void {
    this.#before = undefined;
  }

  /** What is to be asked of the server. */
  ask(request: HistoryRequest): HistoryRequest {
    const log = logKeyOf(request);
    if (log !== this.#log) this.forget();
    this.#log = log;
    return this.#before === undefined ? request : { ...request, before: this.#before };
  }

  /**
   * Takes the answer; returns how to read on, or that there is no more. `title`: what the room or
   * conversation is called.
   */
  took(request: HistoryRequest, answer: Event, title: string): string | undefined {
    if (answer.type !== "page" || logKeyOf(request) !== this.#log) return undefined;
    const [first] = answer.messages;
    if (first === undefined && request.before === undefined) return undefined;
    this.#before = answer.more ? first?.seq : undefined;
    if (request.files) {
      return this.#before === undefined
        ? `Those are all files that are kept of ${title}; /get NUMBER saves one.`
        : "/files again shows those before; /get NUMBER saves one.";
    }
    return this.#before === undefined
      ? `That is the beginning of what is kept of ${title}.`
      : "/history again shows what was said before that.";
  }
}

/** Why a server can't be asked for files; `undefined` if it can. */
export function noFiles(
  request: HistoryRequest,
  welcome: Conversation["welcome"],
): string | undefined {
  const hasFiles = welcome === undefined || welcome.features?.includes("files");
  return request.files && !hasFiles ? "This server takes no files, so there are none." : undefined;
}

function logKeyOf({ room = "", chat, files }: HistoryRequest): string {
  const what = files ? "files of " : "";
  return chat === undefined ? `${what}room ${nameKey(room)}` : `${what}chat ${chat}`;
}
