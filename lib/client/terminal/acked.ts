/** Takes the server's word that it has stored a message of ours, and shows the message in its place. */

import type { EventOf } from "../../wire/events.ts";
import { conversationWith, titleOf } from "./conversations.ts";
import type { ScreenEntry } from "./entry.ts";
import type { Known } from "./known.ts";
import type { Outgoing } from "./outgoing.ts";

/** The entries that an ack makes of a message of ours. */
export function takeAcked(
  { at, room: named, chat, seq, away, file }: EventOf<"ack">,
  request: Outgoing,
  known: Known,
): ScreenEntry[] {
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
    if (seq !== undefined && !own.isNew(room, seq)) return [];
    return stream.own({ room, ...said });
  }
  const to = request.to ?? partnerOf(chat ?? request.chat ?? "", known);
  people.spoke(to);
  const room = conversationWith(to);
  if (chat !== undefined) {
    conversations.note(chat, { with: to, ...seq === undefined ? {} : { last: seq } });
    if (rooms.get(room) === undefined) rooms.join(room).unseen = true;
    rooms.saw(room, seq);
    if (seq !== undefined && !own.isNew(room, seq)) return [];
  }
  return [
    ...stream.own({ room, ...said }),
    ...away ? [known.notice(`${to} is not here, and will find it.`)] : [],
  ];
}

function partnerOf(chat: string, known: Known): string {
  return titleOf(known.placeOf({ chat })).replace(/^@/, "");
}
