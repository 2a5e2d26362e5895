/** Gets the last messages of a room or conversation, page by page. */

import type { Message } from "../wire/events.ts";
import type { RequestOf } from "../wire/requests.ts";
import type { Conversation } from "./conversation.ts";

/** The largest page that a server gives. */
const PAGE = 200;

/** Which messages are wanted. */
export interface WantedMessages {
  /** Of which room or conversation. */
  readonly log: Pick<RequestOf<"history">, "room" | "chat">;
  /** The number of the last that counts. */
  readonly seq: number;
  readonly count: number;
  /** Which of them count; by default all. */
  readonly counts?: (message: Message) => boolean;
}

/** The messages, and the seq up to which what was done about them is in them. */
export interface LastMessages {
  readonly messages: readonly Message[];
  readonly upTo: number;
}

/** Gets as many messages as are wanted, or all that there are; rejects as the link does. */
export async function lastMessages(
  link: Conversation,
  { log, seq, count, counts }: WantedMessages,
): Promise<LastMessages> {
  const messages: Message[] = [];
  let [before, upTo] = [seq + 1, seq];
  while (messages.length < count) {
    // Once a page had others among them, nobody knows how many of the next one count.
    const isMixed = counts !== undefined && before <= seq;
    const limit = isMixed ? PAGE : Math.min(count - messages.length, PAGE);
    const page = await link.send({ type: "history", ...log, before, limit });
    const [first] = page.type === "page" ? page.messages : [];
    if (page.type !== "page" || first === undefined || first.seq >= before) break;
    // Later pages have at least as much in them.
    if (messages.length === 0) upTo = page.upTo ?? seq;
    messages.unshift(...counts === undefined ? page.messages : page.messages.filter(counts));
    before = first.seq;
    if (!page.more) break;
  }
  return { messages, upTo };
}
