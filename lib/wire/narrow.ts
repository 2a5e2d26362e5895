/**
 * What clients get that know no edits, removals, answers, reactions and pins, as the first version: an edit
 * is a message of its own, what was removed is left out, and of the rest they hear nothing.
 */

import type { Event, EventOf, Message } from "./events.ts";
import { EDIT_SIGN } from "./names.ts";

/**
 * The event for a client with the feature `life` and without `ask`: a question reads what can be answered, and
 * nothing comes of answers. `undefined`: it gets none.
 */
export function withoutAnswers(event: Event): Event | undefined {
  switch (event.type) {
    case "message":
    case "direct":
      return event.ask === undefined ? event : askedInWords(event);
    case "answered":
      return undefined;
    case "page":
      if (event.messages.every(({ ask }) => ask === undefined)) return event;
      return { ...event, messages: event.messages.map(pageInWords) };
    default:
      return event;
  }
}

function pageInWords(message: Message): Message {
  const { answers: _, ...said } = message;
  return said.ask === undefined ? said : askedInWords(said);
}

function askedInWords<Asking extends Pick<Message, "text" | "ask">>(
  { ask, ...said }: Asking,
): Asking {
  const text = ask === undefined ? said.text : `${said.text}\n[${ask.choices.join(" | ")}]`;
  return { ...said, text } as Asking;
}

/** The event for a client without the feature `life`; `undefined`: it gets none. */
export function narrow(known: Event): Event | undefined {
  const event = withoutAnswers(known);
  if (event === undefined) return undefined;
  switch (event.type) {
    case "message":
      return event.text === "" ? undefined : asBefore(event);
    case "direct":
      return event.text === "" ? undefined : asBefore(event);
    case "revised":
      return asSaid(event);
    case "removed":
    case "reacted":
    case "pinned":
    case "emptied":
      return undefined;
    case "page":
      return narrowPage(event);
    default:
      return event;
  }
}

/** What was said, without what came of it and what it answers. */
function asBefore<Said extends EventOf<"message"> | EventOf<"direct">>(event: Said): Said {
  if (event.re === undefined && event.edited === undefined) return event;
  const { re: _, quote: __, edited: ___, ...said } = event;
  return said as Said;
}

function asSaid(
  { room, chat, seq, from, to = "", with: other, at, text, by, own }: EventOf<"revised">,
): Event {
  const said = { seq, from, at, text: EDIT_SIGN + text };
  const signed = {
    ...(by === undefined ? {} : { by }),
    ...(own === undefined ? {} : { own }),
  };
  if (chat === undefined) return { type: "message", room: room ?? "", ...said, ...signed };
  return {
    ...{ type: "direct", ...said, to, chat },
    ...(other === undefined ? {} : { with: other }),
    ...signed,
  };
}

/**
 * What is left of a page. Clients go on before its first message, so where nothing is left and there is
 * more, that message stays, without what it said.
 */
function walkable({ messages, more }: EventOf<"page">): readonly Message[] {
  const said = messages.filter(({ text }) => text !== "");
  if (said.length > 0 || !more) return said;
  const stub = { text: "This message was removed.", withheld: "removed" };
  return messages.slice(0, 1).map((message) => ({ ...message, ...stub }));
}

function narrowPage({ upTo: _, ...page }: EventOf<"page">): Event {
  const messages = walkable(page).map((message): Message => {
    const {
      re: _,
      quote: __,
      edited: ___,
      removed: ____,
      reactions: _____,
      pinned: ______,
      ...said
    } = message;
    return said;
  });
  return { ...page, messages };
}
