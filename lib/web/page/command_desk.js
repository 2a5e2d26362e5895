// @ts-check
/// <reference lib="dom" />
/** The commands at this door: what a typed line asks for, how it is completed, and what is told of the answers. */

import { shownOf } from "./asked.js";
import { ChoiceMenu } from "./choice_menu.js";
import { complete, namesFor } from "./completion.js";
import { lineToSend, offerEmoji } from "./emoji_choices.js";
import { Finder } from "./finder.js";
import { lastSaid } from "./last_said.js";
import { directTo } from "./mail.js";
import { pageCommands } from "./own_commands.js";
import { RoomDetails } from "./room_details.js";
import { signedOutText } from "../../words/commands/names.js";
import { chosenText } from "../../words/commands/people.js";
import { tellCommand } from "../../words/commands/table.js";
import { Doubt } from "../../words/doubt.js";
import { parseLine } from "../../words/parse.js";
import { isSecret } from "../../words/secret.js";

/** @import { Parsed } from "../../words/command.js" */
/** @import { Event } from "../../wire/events.ts" */
/** @import { Request } from "../../wire/requests.ts" */
/** @import { Completion } from "./completion.js" */
/** @import { PageConnection } from "./connection.js" */
/** @import { Found } from "./finder.js" */
/** @import { Talk } from "./last_said.js" */
/** @import { Choose } from "./own_commands.js" */
/** @import { Place } from "./place.js" */
/** @import { Store } from "./store.js" */
/**
 * What a typed line asks for. `doubt`: it may be meant otherwise, and stays where it is.
 * @typedef {Parsed | Choose | { readonly kind: "doubt", readonly text: string }} Typed
 */
/** @typedef {typeof COMMAND_DESK} CommandDesk */

const doubt = new Doubt();
/** What was looked for last over each connection. @type {WeakMap<PageConnection, Finder>} */
const finders = new WeakMap();

/** @type {(line: string, place: Place | undefined, talk: Talk) => Typed} */
function parse(line, place, talk) {
  const room = place?.kind === "room" ? place.name : "";
  const names = place?.members ?? [];
  const other = place?.kind === "direct" ? { conversation: directTo(place) } : {};
  const commands = pageCommands(place);
  const said = lastSaid(place, talk, Date.now());
  const parsed = parseLine(line, { room, names, ...other, ...said }, commands);
  const why = parsed.kind === "request" ? doubt.about(line, commands) : undefined;
  return why === undefined ? parsed : { kind: "doubt", text: why };
}

/**
 * What is found by a query; by an empty one, more of what was looked for before.
 * @type {(query: string, link: PageConnection) => Promise<Found | undefined>}
 */
function find(query, link) {
  const finder = finders.get(link) ?? new Finder((request) => link.ask(request));
  finders.set(link, finder);
  return finder.find(query);
}

/** An event, or the answer to a request, in sentences. @type {(event: Event, request?: Request) => string[] | undefined} */
function tell(event, request) {
  if (event.type === "devices" && request?.type === "logout") return [signedOutText(request)];
  const chosen = event.type === "settings" && request && chosenText(event, request);
  return chosen ? [chosen] : tellCommand(event);
}

/**
 * What may become of the word before the cursor; `came`: there is more to offer now.
 * @type {(before: string, store: Store | undefined, came: () => void) => Completion | undefined}
 */
function completeTyped(before, store, came) {
  return complete(before, {
    commands: pageCommands(undefined),
    ...namesFor(store),
    emoji: (text) => isSecret(text) ? undefined : offerEmoji(text, came),
  });
}

export const COMMAND_DESK = {
  parse,
  find,
  tell,
  complete: completeTyped,
  finish: lineToSend,
  RoomDetails,
  ChoiceMenu,
  shownOf,
};
