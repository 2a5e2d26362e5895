// @ts-check
/**
 * The commands, how they are completed, what they look for and what is told of them: that comes when
 * somebody joins, as a first visit does without.
 */

import { Late } from "./late.js";
import { directTo } from "./mail.js";
import { holdsSecret, MAY_BE_SECRET } from "../../words/secret.js";

/** @import { Parsed } from "../../words/command.js" */
/** @import { Request } from "../../wire/requests.ts" */
/** @import { Event } from "../../wire/events.ts" */
/** @import { Completion } from "./completion.js" */
/** @import { Choose } from "./own_commands.js" */
/** @import { Talk } from "./last_said.js" */
/** @import { Place } from "./place.js" */
/** @import { Store } from "./store.js" */
/**
 * What a typed line asks for. `doubt`: it may be meant otherwise, and stays where it is.
 * @typedef {Parsed | Choose | { readonly kind: "doubt", readonly text: string }} Typed
 */
/**
 * @typedef {object} Commands
 * @property {(line: string, place: Place | undefined, talk: Talk) => Typed} parse
 * @property {typeof import("./finder.js").Finder} Finder
 * @property {typeof import("./choice_menu.js").ChoiceMenu} ChoiceMenu
 * @property {typeof import("./asked.js").shownOf} shownOf
 * @property {(event: Event, request?: Request) => string[] | undefined} tell an event, or the answer to a request
 * @property {(before: string, store: Store | undefined, came: () => void) => Completion | undefined} complete
 *   what may become of the word before the cursor; `came`: there is more to offer now
 */

const NOT_HERE = "The server did not send the commands yet; try again when the connection is back";

/** The commands; nothing where the server does not send them. @type {Late<Commands>} */
export const lateCommands = new Late(async () => {
  const [
    { parseLine },
    { tellCommand },
    { signedOutText },
    { complete, namesFor },
    { pageCommands },
    ...others
  ] = await Promise.all([
    import("../../words/parse.js"),
    import("../../words/commands/table.js"),
    import("../../words/commands/names.js"),
    import("./completion.js"),
    import("./own_commands.js"),
    import("./finder.js"),
    import("./choice_menu.js"),
    import("./asked.js"),
    import("../../words/doubt.js"),
    import("./last_said.js"),
    import("./emoji_choices.js"),
  ]);
  const [{ Finder }, { ChoiceMenu }, { shownOf }, { Doubt }, { lastSaid }, { offerEmoji }] = others;
  const doubt = new Doubt();
  return {
    parse: (line, place, talk) => {
      const room = place?.kind === "room" ? place.name : "";
      const names = place?.members ?? [];
      const other = place?.kind === "direct" ? { conversation: directTo(place) } : {};
      const commands = pageCommands(place);
      const said = lastSaid(place, talk, Date.now());
      const parsed = parseLine(line, { room, names, ...other, ...said }, commands);
      const why = parsed.kind === "request" ? doubt.about(line, commands) : undefined;
      return why === undefined ? parsed : { kind: "doubt", text: why };
    },
    Finder,
    ChoiceMenu,
    shownOf,
    tell: (event, request) =>
      event.type === "devices" && request?.type === "logout"
        ? [signedOutText(request)]
        : tellCommand(event),
    complete: (before, store, came) =>
      complete(before, {
        commands: pageCommands(undefined),
        ...namesFor(store),
        emoji: (text) => offerEmoji(text, came),
      }),
  };
});

/**
 * What a typed line asks for. Plain text is said without the commands, too.
 * @type {(line: string, place: Place | undefined, commands: Commands | undefined, talk: Talk) => Typed}
 */
export function readTyped(line, place, commands, talk) {
  if (commands !== undefined) return commands.parse(line, place, talk);
  const room = place?.kind === "room" ? place.name : "";
  if (holdsSecret(line)) return { kind: "error", text: MAY_BE_SECRET };
  if (line.startsWith("/")) return { kind: "error", text: NOT_HERE };
  return { kind: "request", request: { type: "say", room, text: line } };
}

/**
 * Tells people of an event, in the sentences of the command that it belongs to.
 * @param {Event} event
 * @param {{ note(text: string): void }} store
 * @param {Request} [request] that it answers
 */
export async function tellEvent(event, store, request) {
  const commands = lateCommands.here ?? await lateCommands.come();
  for (const text of commands?.tell(event, request) ?? []) store.note(text);
}
