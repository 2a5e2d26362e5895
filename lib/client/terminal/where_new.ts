/** What `/unread` says: in which rooms and conversations something is new. */

import { invitedText } from "../../words/commands/room.js";
import type { Desk } from "./commands/desk.ts";
import { partnerIn, titleOf } from "./conversations.ts";
import { newsText } from "./news.ts";

/** Where something is new, and how to go there. */
export function whereNewText({ view, places }: Pick<Desk, "view" | "places">): string {
  const parts = view.rooms.unread.map(({ name, unread, mentions }) => ({
    ...{ name: titleOf(name), unread },
    // All that one person writes to another is for them.
    mentions: partnerIn(name) === undefined ? mentions : 0,
  }));
  const invited = [...view.known.invited.values()].map(invitedText);
  const goes = places.help === undefined ? "/next" : "Alt-A";
  const news = parts.length > 0
    ? [`${newsText(parts)} ${goes} goes there.`]
    : invited.length === 0
    ? ["Nothing new anywhere."]
    : [];
  return [...news, ...invited].join(" ");
}
