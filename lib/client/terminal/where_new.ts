/** What `/unread` says: in which rooms and conversations something is new. */

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
  if (parts.length === 0) return "Nothing new anywhere.";
  return `${newsText(parts)} ${places.help === undefined ? "/next" : "Alt-A"} goes there.`;
}
