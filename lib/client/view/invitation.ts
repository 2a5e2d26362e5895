/** The answer to an invitation, which stands in the list until it has one: the room is joined, or not wanted. */

import { inertLine } from "../../words/inert.js";
import { nameKey } from "../../words/names.js";
import type { Event } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import type { Known } from "../terminal/known.ts";
import { type Choice, Chooser } from "./chooser.ts";

/** What an answer works with. */
export interface InvitationOptions {
  readonly known: Known;
  /** Carries out a line, as if it was typed. */
  readonly run: (line: string) => void;
  /** Shows a word that need not stay among what was said. */
  readonly pass: (text: string) => void;
  readonly send: (request: Request) => Promise<Event>;
  readonly canAsk: () => boolean;
  /** Called when something was answered. */
  readonly told: () => void;
}

/** Chooses how to answer the invitation to a room; `undefined`: there is none. */
export function invitationChooser(room: string, options: InvitationOptions): Chooser | undefined {
  const { invited } = options.known;
  const key = nameKey(room);
  const invitation = invited.get(key);
  if (invitation === undefined) return undefined;
  // It stays in the list, but Alt-A goes on to what else is new.
  invitation.isNew = false;
  const { by } = invitation;
  const all: readonly Choice[] = [
    { text: `join ${room}`, note: "J", key: "j", take: () => options.run(`/join ${room}`) },
    { text: "decline", note: "D", key: "d", take: () => decline(room, options) },
  ];
  return new Chooser({
    title: `${by} has invited you to ${room}`,
    isPanel: true,
    prompt: "answer> ",
    none: "  It was taken back",
    choices: (letters) => {
      if (!invited.has(key)) return [];
      return all.filter(({ text }) => text.toLowerCase().includes(letters.trim().toLowerCase()));
    },
  });
}

/** The invitation goes here and on all devices; who has invited is not told. */
function decline(room: string, { known, pass, send, canAsk, told }: InvitationOptions): void {
  const forget = (): void => {
    known.invited.delete(nameKey(room));
    pass(`You have declined to join ${inertLine(room)}`);
    told();
  };
  // Nothing is kept of the invitation of a guest.
  if (!known.isListed) return forget();
  if (!canAsk()) return pass("There is no connection at the moment");
  send({ type: "uninvite", room, name: known.name }).then(forget, (error: Error) => {
    known.invited.delete(nameKey(room));
    pass(error.message);
    told();
  });
}
