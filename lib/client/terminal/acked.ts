/** Takes the server's word that it has stored a message of ours, and shows the message in its place. */

import type { EventOf, Message } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { sameName } from "../../words/names.js";
import { quoteText } from "../../words/fold.js";
import { unheardText } from "../../words/unheard.js";
import { conversationWith } from "./conversations.ts";
import type { ScreenEntry } from "./entry.ts";
import type { Known } from "./known.ts";
import { isAboutMessage, takeOwnLife } from "./life.ts";
import type { Outgoing } from "./outgoing.ts";

/** The words by which people call everybody, here or in other programs. */
const CALLS = /(?:^|[\s(])@(all|channel|here|everyone)(?![\w-])/i;

/** The entries that an ack makes of a message of ours. */
export function takeAcked(
  ack: EventOf<"ack">,
  request: Outgoing,
  known: Known,
): ScreenEntry[] {
  if (isAboutMessage(request)) return takeOwnLife(ack, request, known);
  const { at, room: named, chat, seq = 0, away, guest = false, file } = ack;
  const { own, rooms, conversations, people, stream, name } = known;
  const said = {
    from: name,
    at,
    text: request.text,
    ...request.action ? { action: true as const } : {},
    ...file === undefined ? {} : { file },
  };
  if (request.type === "say") {
    const room = named ?? request.room;
    rooms.saw(room, seq);
    if (seq > 0 && !own.isNew(room, seq)) return [];
    const shown = stream.own({ room, seq, ...said, ...answered(room, request, known) });
    return [...shown, ...callHint(request.text, known)];
  }
  const to = request.to ?? conversations.partner(chat ?? request.chat ?? "") ?? "";
  people.spoke(to);
  if (chat !== undefined) conversations.note(chat, { with: to, ...seq === 0 ? {} : { last: seq } });
  const room = conversations.place(chat ?? "") ?? conversationWith(to);
  if (chat !== undefined) {
    if (rooms.get(room) === undefined) rooms.join(room).unseen = true;
    rooms.saw(room, seq);
    if (seq > 0 && !own.isNew(room, seq)) return [];
  }
  return [
    ...stream.own({ room, seq, ...said, ...answered(room, request, known) }),
    ...away ? [known.notice(`${unheardText(to, guest)}.`)] : [],
  ];
}

/** What somebody is told who calls everybody by a word that calls nobody here. */
function callHint(text: string, known: Known): ScreenEntry[] {
  const [, word = ""] = CALLS.exec(text) ?? [];
  // It may be somebody's name. Guests are hosts of nothing; of others the server knows.
  const isAll = word.toLowerCase() === "all";
  const isCall = isAll
    ? known.hasPeople && !known.isListed
    : word !== "" && !known.names.some((name) => sameName(name, word));
  if (!isCall) return [];
  const nobody = isAll ? "" : `@${word} calls nobody. `;
  const all = "@all calls everybody here, if a host of the room or an operator says it.";
  return [known.notice(nobody + all)];
}

/** What a message of ours answers, which its ack does not repeat. */
function answered(
  room: string,
  { re }: Pick<RequestOf<"say">, "re">,
  { messages, logKey }: Known,
): Pick<Message, "re" | "quote"> {
  if (re === undefined) return {};
  const target = messages.get(logKey(room), re)?.message;
  if (target?.text === "") return { re };
  const { from = `${re}`, text = "…" } = target ?? {};
  return { re, quote: { from, text: quoteText(text) } };
}
