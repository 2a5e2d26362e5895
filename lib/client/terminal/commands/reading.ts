/** The commands for conversations, and for what counts as read. */

import type { RequestOf } from "../../../wire/requests.ts";
import { countIn, personIn, splitName, wrong } from "../../../words/command.js";
import type { Place } from "../../../words/command.js";
import { TALK_COMMANDS } from "../../../words/commands/talk.js";
import { holdUnread } from "../seen.ts";
import type { View } from "../view.ts";
import type { Desk, OwnAction, TerminalCommand } from "./desk.ts";

/** The most messages that `/unread` takes. */
const MAX_UNREAD = 1_000;
/** As a number of a message: all that there are. The server takes the last one. */
const ALL = Number.MAX_SAFE_INTEGER;

const NOT_KEPT = "What you have read is kept for reserved names only; /register reserves yours.";

/** Where something counts as unread that somebody looks at. */
const UNREAD_AGAIN = "here as soon as you go elsewhere, and on your other devices";

export const READING_COMMANDS: readonly TerminalCommand[] = [
  {
    name: "chat",
    usage: "NAME [TEXT]",
    summary: "look at your conversation with somebody; what you type is for them alone",
    topic: "talk",
    takes: "name",
    parse: (rest, place) =>
      rest === ""
        ? wrong("/chat needs a name, as in: /chat ann; /chats lists your conversations")
        : converse(rest, place),
  },
  ...TALK_COMMANDS.filter(({ name }) => name === "msg").map((shared): TerminalCommand => ({
    ...shared,
    usage: "NAME [TEXT]",
    parse: (rest, place) => {
      const parsed = shared.parse(rest, place);
      // A name alone opens the conversation.
      if (parsed.kind === "error" && rest !== "") return converse(rest, place);
      return parsed;
    },
  })),
  {
    name: "read",
    usage: "[all]",
    summary: "count what was said here as read, or in all rooms and conversations",
    topic: "alerts",
    takes: ["all"],
    parse: (rest) => {
      const isAll = rest.toLowerCase() === "all";
      if (rest !== "" && !isAll) return wrong(`/read takes nothing or all, not ${rest}`);
      return {
        kind: "own",
        run: ({ view, print, send }) => {
          const { rooms } = view;
          for (const room of rooms.all) {
            const { name, unread, last } = room;
            if (!rooms.isCurrent(name) && !(isAll && unread > 0)) continue;
            room.heldUnread = undefined;
            rooms.wasRead(name, last, 0, 0);
            mark(view, name, { seq: ALL }, send);
          }
          print([view.notice(isAll ? "Everything counts as read." : "This counts as read.")]);
        },
      };
    },
  },
  {
    name: "unread",
    usage: "[COUNT]",
    summary: "say where something is new; with 1 or more count so many messages here as unread",
    topic: "alerts",
    parse: (rest) => {
      if (rest === "") return { kind: "own", run: whereNew };
      const count = countIn(rest, MAX_UNREAD);
      if (count === undefined) {
        return wrong(`/unread takes a number from 1 to ${MAX_UNREAD}, not ${rest}`);
      }
      return {
        kind: "own",
        run: ({ view, print, send, now }) => {
          const room = view.rooms.get(view.room);
          if (room === undefined) return print([view.error("You look at no room.")]);
          if (!view.isListed) return print([view.error(NOT_KEPT)]);
          // Without a last number there is none to count back from.
          if (room.last === 0) return print([view.error("There is no message here to count.")]);
          const from = view.beforeLast(count);
          holdUnread(room, { from, since: now(), unread: count, mentions: 0 });
          view.known.watcher?.held(room.name, from, count);
          mark(view, room.name, { seq: from, back: true }, send);
          const what = count === 1
            ? "The last message counts"
            : `From the last ${count} messages on it counts`;
          print([view.notice(`${what} as unread again, ${UNREAD_AGAIN}.`)]);
        },
      };
    },
  },
];

async function whereNew(desk: Desk): Promise<void> {
  // It is seldom needed.
  const { whereNewText } = await import("../where_new.ts");
  desk.print([desk.view.notice(whereNewText(desk))]);
}

/** Looks at the conversation with somebody, and says a text there, if there is one. */
function converse(rest: string, place: Place): OwnAction {
  const whole = { name: personIn(rest), text: "" };
  const [name, text] = splitName(rest, place);
  // All of it may be the name of somebody who is not known here.
  const meant = text === "" ? [whole] : [whole, { name, text }];
  return { kind: "own", speaks: text !== "", run: ({ meet }) => meet(meant) };
}

/** Asks the server to count a room or conversation as read up to a message. */
function mark(
  view: View,
  name: string,
  upTo: Pick<RequestOf<"read">, "seq" | "back">,
  send: Desk["send"],
): void {
  const log = view.logOf(name);
  if (view.isListed && log !== undefined) send({ type: "read", ...log, ...upTo });
}
