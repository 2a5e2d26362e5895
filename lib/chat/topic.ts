/** What a room is about: the answers to `topic`. */

import type { Event, RequestOf } from "../wire/event.ts";
import { checkMute, roomOf } from "./checks.ts";
import { countSpeech } from "./count_speech.ts";
import type { HouseParts } from "./house_parts.ts";
import { Refusal } from "./refusal.ts";
import { idOf, refuse } from "./reply.ts";
import { openedBy } from "./room_state.ts";
import type { Session } from "./session.ts";

const MAX_TOPIC_LENGTH = 300;

/** Tells or sets what a room is about. */
export function topic(
  house: HouseParts,
  session: Session,
  request: RequestOf<"topic">,
): void | Promise<void> {
  const room = roomOf(house, session, request.room);
  const { text } = request;
  if (text === undefined) {
    return session.deliver({
      type: "topic",
      ...idOf(request),
      room: room.name,
      text: room.topic,
    });
  }
  checkMute(house, session, room.key);
  if (text.length > MAX_TOPIC_LENGTH || /[\r\n]/.test(text)) {
    throw new Refusal(
      "bad-topic",
      `A topic is one line of at most ${MAX_TOPIC_LENGTH} characters; ` +
        `this one has ${text.length}`,
    );
  }
  const { key, log, name: title } = room;
  session.begin();
  house.history.setTopic({ log, title, text, ...openedBy(room) }, (refusal) => {
    if (refusal === undefined) tellTopic(house, session, request, { key, title, text });
    else refuse(session, request, refusal);
    session.told();
  });
  return countSpeech(house, house.audiences.of(key), text.length);
}

/** What happens once a topic is stored. */
function tellTopic(
  house: HouseParts,
  session: Session,
  request: RequestOf<"topic">,
  { key, title: room, text }: {
    readonly key: string;
    readonly title: string;
    readonly text: string;
  },
): void {
  const event: Event = { type: "topic", room, text, from: session.name };
  const answer: Event = { ...event, ...idOf(request) };
  const open = house.registry.room(key);
  const audience = house.audiences.of(key);
  const listening = audience?.hears(session) ?? false;
  if (open !== undefined) {
    house.registry.setTopic(open, text);
    audience?.publish(event, session, answer);
  }
  if (!listening) session.deliver(answer);
}
