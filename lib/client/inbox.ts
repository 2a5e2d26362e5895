/** A client that only reads what is said to one person: the last of it, and then what comes. */

import { describe } from "../words/describe.js";
import { inertLine } from "../words/inert.js";
import { sameName } from "../words/names.js";
import type { Event, EventOf, ListedChat, Message } from "../wire/events.ts";
import { type Conversation, type EndCause, RequestError } from "./conversation.ts";
import { complainOf } from "./follow.ts";
import { lastMessages } from "./last_messages.ts";
import { Printer } from "./printer.ts";
import { type ScriptOptions, shown } from "./shown.ts";

/** Options of {@linkcode runInbox}. */
export interface InboxOptions extends ScriptOptions {
  /** How many earlier messages to print first. */
  readonly last: number;
  /** End when they are printed. */
  readonly endsThen: boolean;
}

/** The most conversations that are looked through for earlier messages. */
const MAX_CHATS = 200;

/**
 * Runs until the link ends, the reader of the output has gone, or the earlier messages are printed and
 * no more are wanted. Resolves with why it ended, or with 1 if it could not print all messages. Rejects
 * with an `OutputError` if output is lost.
 */
export async function runInbox(options: InboxOptions): Promise<EndCause | number> {
  const { link, complain, last, endsThen, saver } = options;
  const printer = new Printer(options.output);
  let cause: EndCause = "left";
  let [failed, isAsked, wasOnline] = [false, false, false];
  /** What has come while the earlier ones are fetched. */
  let held: Said[] | undefined = [];
  let fetching: Promise<void> = Promise.resolve();
  let lost: unknown;
  const print = async (directs: readonly Event[]): Promise<void> => {
    try {
      const isRead = await printer.print(directs.map((each) => shown(each, options)).join(""));
      if (!isRead) return void link.close();
      for (const direct of directs) saver?.take(direct, (text) => printer.print(text));
    } catch (error) {
      lost ??= error;
      link.close();
    }
  };
  const begin = async (): Promise<void> => {
    const earlier = await earlierOf(link, last).catch((error) => tellMissing(error, complain));
    failed = earlier === undefined;
    const come = held?.filter((each) => earlier === undefined || !hasIn(each, earlier)) ?? [];
    held = undefined;
    await print([...earlier?.messages ?? [], ...come]);
    if (!endsThen) return;
    if (await saver?.settled() === false) failed = true;
    link.close();
  };
  for await (const event of link.events) {
    if (event.type === "status") {
      wasOnline = complainOf(event, complain, wasOnline);
      cause = event.cause ?? cause;
    } else if (event.type === "ready" && !isAsked) {
      isAsked = true;
      fetching = begin();
    } else if (isToPerson(event)) {
      if (event.own || sameName(event.from, link.name)) continue;
      if (held === undefined) await print([event]);
      else held.push(event);
    } else if (event.type === "gap" || event.type === "notice" || event.type === "error") {
      for (const line of describe(event) ?? []) complain(inertLine(line));
    }
  }
  await fetching;
  if (lost !== undefined) throw lost;
  return cause === "left" && failed ? 1 : cause;
}

/** What is said to a person, or said anew. */
type Said = EventOf<"direct"> | EventOf<"revised">;

function isToPerson(event: Event): event is Said {
  return event.type === "direct" || event.type === "revised" && event.chat !== undefined;
}

/** Tells that the earlier messages are missing; the link tells by itself why it has ended. */
function tellMissing(error: Error, complain: (line: string) => void): undefined {
  if (error instanceof RequestError && error.code === "ended") return;
  complain(`What was said to you before is missing: ${inertLine(error.message)}`);
}

/** What was said before, and up to which number of each conversation edits are in it. */
interface EarlierTalk {
  readonly messages: ReadonlyArray<EventOf<"direct">>;
  readonly upTo: ReadonlyMap<string, number>;
}

/** The last messages to us from all conversations, in the order in which they were said. */
async function earlierOf(link: Conversation, last: number): Promise<EarlierTalk> {
  const all: Array<EventOf<"direct">> = [];
  const upTo = new Map<string, number>();
  const none = { messages: all, upTo };
  if (last === 0) return none;
  const answer = await link.send({ type: "chats", limit: Math.min(last, MAX_CHATS) });
  if (answer.type !== "chats") return none;
  for (const chat of answer.chats) {
    // Notes to oneself are said by nobody else.
    if (sameName(chat.with, link.name)) continue;
    const found = await lastMessages(link, {
      log: { chat: chat.chat },
      seq: chat.last,
      count: last,
      counts: ({ own, from, removed }) =>
        removed === undefined && own !== true && !sameName(from, link.name),
    });
    upTo.set(chat.chat, found.upTo);
    all.push(...found.messages.map((message) => directFrom(message, chat, link.name)));
  }
  const messages = all.sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0).slice(-last);
  return { messages, upTo };
}

/** Whether what has come meanwhile is among the earlier messages, or an edit that is in one of them. */
function hasIn(come: Said, { messages, upTo }: EarlierTalk): boolean {
  if (come.type === "direct") return messages.some((each) => keyOf(each) === keyOf(come));
  const { chat = "", seq, re } = come;
  return seq <= (upTo.get(chat) ?? 0) &&
    messages.some((each) => each.chat === chat && each.seq === re);
}

/** A message of a page, as the event that told it. */
function directFrom(
  { from, at, text, seq, action, by, file, withheld, re, quote }: Message,
  chat: ListedChat,
  to: string,
): EventOf<"direct"> {
  return {
    type: "direct",
    from,
    to,
    at,
    text,
    chat: chat.chat,
    with: chat.with,
    seq,
    ...action ? { action } : {},
    ...by === undefined ? {} : { by },
    ...file === undefined ? {} : { file },
    ...withheld === undefined ? {} : { withheld },
    ...re === undefined ? {} : { re },
    ...quote === undefined ? {} : { quote },
  };
}

function keyOf({ chat = "", seq = 0, at, from }: EventOf<"direct">): string {
  return chat === "" ? `${at} ${from}` : `${chat} ${seq}`;
}
