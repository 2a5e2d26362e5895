/** The answer to `missed`: what was said to an account that it has not read. */

import type { RequestOf } from "../../wire/requests.ts";
import type { HouseParts } from "../house_parts.ts";
import { ownAccount } from "../judge/judge_account.ts";
import { reactorOf } from "../judge/judge_about.ts";
import { mayRead } from "../judge/may_read.ts";
import { fittingPage, lengthIn } from "../messages/fits.ts";
import type { Mentioned, Page, Stored } from "../messages/history.ts";
import { isChatLog, isRoomLog } from "../messages/log_key.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { answerPage, pageLength, sizeOf } from "./pages.ts";

/** Answers with what mentions the account, and what was said to it alone, the newest last. */
export async function missedPage(
  house: HouseParts,
  session: Session,
  request: RequestOf<"missed">,
): Promise<void> {
  const { state } = house;
  const { id: account } = ownAccount(state, session);
  const { before, limit = 50 } = request;
  const page = await missedBy(house, account, {
    limit: sizeOf(house, limit),
    ...(before === undefined ? {} : { before: timeOf(before) }),
    asker: reactorOf(state, session),
  });
  const { entries, more } = fittingPage(page, state.rules.messageBytes);
  const told = firstOf(entries, pageLength(house));
  // What the account has left meanwhile is not its to read any more.
  const listed = state.lists.of(account);
  const readable = told.filter(({ log = "" }) =>
    isChatLog(log) && listed.has(log) ||
    isRoomLog(log) && listed.has(log) && mayRead(state, session, log)
  );
  await answerPage(house, session, request, { room: "" }, {
    entries: readable.toReversed(),
    more: more || told.length < entries.length,
  });
}

/** A page of what was said to an account that it has not read, the newest first. */
function missedBy(
  { index, state: { lists } }: HouseParts,
  account: string,
  range: Pick<Mentioned, "limit" | "before" | "asker">,
): Page | Promise<Page> {
  const unread = [...lists.of(account).values()].filter(({ log, read }) => read < index.last(log));
  const after = new Map(unread.map(({ log, read }) => [log, read]));
  return index.mentioned({ account, after, ...range });
}

/**
 * As many of these as their texts fit into so many UTF-16 code units. Those of one moment stay together,
 * as the next page begins before it.
 */
function firstOf(entries: readonly Stored[], most: number): readonly Stored[] {
  let length = 0;
  for (const [index, { message }] of entries.entries()) {
    length += lengthIn(message);
    if (length > most && index > 0 && message.at !== entries[index - 1]?.message.at) {
      return entries.slice(0, index);
    }
  }
  return entries;
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new Refusal("bad-field", `before is a time, as in the at of a message, and not ${text}`);
}
