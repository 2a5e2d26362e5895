/** Earlier messages that the person has asked for, as entries. */

import type { EventOf } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import { noFilesText } from "../../words/commands/files.js";
import { noPinsText } from "../../words/commands/life.js";
import { invitedText } from "../../words/commands/room.js";
import { titleOf } from "./conversations.ts";
import type { ScreenEntry } from "./entry.ts";
import type { Known } from "./known.ts";
import type { ShownMessage } from "./shown_messages.ts";

/** The entries of a page; `undefined` if it is empty, and the words for that are those of all doors. */
export function takePage(
  page: EventOf<"page">,
  request: Request,
  known: Known,
): ScreenEntry[] | undefined {
  const place = known.placeOf(page);
  const isForFiles = request.type === "history" && request.files === true;
  const isMissed = request.type === "missed";
  const invited = [...known.invited.values()].map((each) => known.notice(invitedText(each)));
  const isForPins = request.type === "pins";
  if (page.messages.length === 0) {
    if (isMissed) return [known.notice("You have missed nothing."), ...invited];
    if (isForPins) return [known.notice(noPinsText(titleOf(place)))];
    return isForFiles ? [known.notice(noFilesText(request, titleOf(place)))] : undefined;
  }
  const what = isForPins ? "pinned" : isForFiles ? "files" : "earlier";
  const title = place === "" ? undefined : titleOf(place);
  const shown = known.stream.page(messagesOf(page, place, known), title, what);
  return isMissed ? [...shown, ...invited] : shown;
}

/** The messages of a page as they are now, in the rooms or in what conversations go by here. */
function messagesOf(page: EventOf<"page">, place: string, known: Known): ShownMessage[] {
  if (place !== "") {
    const messages = known.messages.foldPage(known.logKey(place), page);
    return messages.map((message) => ({ ...message, room: place }));
  }
  // What was for the person is of several rooms and conversations.
  return page.messages.map((each) => {
    const message = known.placed(each, page);
    const { last = message.seq } = known.rooms.get(message.room) ?? {};
    return { ...message, upTo: Math.max(message.seq, last) };
  });
}
