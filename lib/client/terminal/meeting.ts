/**
 * Opens the conversation with a person. Who is not known here may be nobody, so the server is asked before there is a
 * conversation.
 */

import type { Request } from "../../wire/requests.ts";
import type { Conversation } from "../conversation.ts";
import { conversationWith } from "./conversations.ts";
import type { Drafts, Way } from "./drafts.ts";
import type { ScreenEntry } from "./entry.ts";
import type { View } from "./view.ts";

/** Somebody who may be meant, and what is said to them then; empty: nothing. */
export interface MeantPerson {
  readonly name: string;
  readonly text: string;
}

/** What it takes to {@linkcode meet} somebody. */
export interface MeetingOptions {
  readonly view: View;
  readonly conversation: Pick<Conversation, "protocol" | "send">;
  readonly drafts: Drafts;
  readonly print: (entries: ScreenEntry[]) => void;
  /** Sends a request of the person. */
  readonly send: (request: Request) => void;
}

/**
 * Opens the conversation with the first of these that there is, and says there what is to be said. Resolves with
 * whether there is one; `way` leads there.
 */
export async function meet(
  meant: readonly MeantPerson[],
  way: Way,
  options: MeetingOptions,
): Promise<boolean> {
  const { view, print } = options;
  const known = meant.find(({ name }) => isKnown(name, options));
  if (known === undefined && !view.online) {
    print([view.error(unknownText(meant.at(-1)?.name ?? ""))]);
    return false;
  }
  const found = known ?? await personMeant(meant, options).catch((error: Error) => error);
  const person = found instanceof Error ? meant.at(-1) ?? { name: "", text: "" } : found;
  const { name, text } = person;
  // It may be an older conversation with somebody who is gone, for which the server is asked then.
  const mayBeOlder = view.known.conversations.olderThan !== undefined && text === "";
  if (found instanceof Error && !mayBeOlder) {
    const why = view.known.refused(found, { type: "direct", to: name, text });
    print([view.error(text === "" ? why : `${why} (not sent: ${text})`)]);
    return false;
  }
  open(person, way, options);
  return true;
}

/** Whether nobody need ask whether there is somebody: there is a conversation with them, or no way to ask. */
function isKnown(name: string, { view: { known }, conversation }: MeetingOptions): boolean {
  const place = conversationWith(name);
  return conversation.protocol === "classic" || known.rooms.get(place) !== undefined ||
    known.conversations.keyOf(place) !== undefined;
}

/** The first of these that there is, by their name as they have it; throws why the last one is not. */
async function personMeant(
  meant: readonly MeantPerson[],
  { conversation }: MeetingOptions,
): Promise<MeantPerson> {
  let why: unknown;
  for (const each of meant) {
    try {
      const answer = await conversation.send({ type: "whois", name: each.name });
      return answer.type === "person" ? { ...each, name: answer.name } : each;
    } catch (error) {
      why = error;
    }
  }
  throw why;
}

function open({ name, text }: MeantPerson, way: Way, options: MeetingOptions): void {
  const { view, drafts, print, send } = options;
  // Whoever looks at something else by now is not taken away from it.
  if (way.isLeft && way.lines.length === 0) {
    const place = conversationWith(name);
    if (view.rooms.get(place) === undefined) view.rooms.join(place).unseen = true;
    print([]);
  } else drafts.arrive(way, () => print(view.converse(name)));
  if (text !== "") send({ type: "direct", to: name, text });
}

/** What somebody is told who means a person of whom nothing is known without the server. */
function unknownText(name: string): string {
  return `Without a connection nobody knows whether anybody is called ${name}; /msg ${name} TEXT ` +
    "waits for one.";
}
