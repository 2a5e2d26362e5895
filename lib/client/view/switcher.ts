/** Goes to a room or person by a few letters of the name: those of the list, and others that are known. */

import { inertLine } from "../../words/inert.js";
import { nameKey, roomName } from "../../words/names.js";
import type { Event } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import { conversationWith, partnerIn, titleOf } from "../terminal/conversations.ts";
import { type CountedNews, newsWords } from "../terminal/counted.ts";
import type { Known } from "../terminal/known.ts";
import { byLetters } from "../terminal/letters.ts";
import { type Choice, Chooser } from "./chooser.ts";
import { type ListedPlace, listedPlaces } from "./room_list.ts";

/** What the switcher does with what is chosen. */
export interface SwitcherOptions {
  readonly known: Known;
  /** Where the person was, the latest first. */
  readonly recent: readonly string[];
  /** Looks at a place of the list, or opens a conversation. */
  readonly look: (place: string) => void;
  /** Carries out a line, as if it was typed. */
  readonly run: (line: string) => void;
  /** Puts a line into the row, to be gone on with. */
  readonly show: (line: string) => void;
  /** Shows a word that need not stay among what was said. */
  readonly pass: (text: string) => void;
  readonly send: (request: Request) => Promise<Event>;
  readonly canAsk: () => boolean;
  /** Called when something was answered. */
  readonly told: () => void;
}

/** What may be the name of a room, as far as the letters of one that is new go. */
const ROOM_LIKE = /^#?[^\s#@/]\S*$/;

export function switcher(options: SwitcherOptions): Chooser {
  askRooms(options);
  return new Chooser({
    title: "Go to a room or person",
    prompt: "go to> ",
    none: "  no other room is yours; /rooms lists them",
    lacking: (letters) => `  Nothing here is called ${inertLine(letters.trim())}`,
    choices: (letters) => {
      const found = byLetters(letters, choicesOf(options, letters), ({ text }) => text);
      return found.length > 0 ? found : newRoom(letters.trim(), options);
    },
  });
}

/** Asks which rooms are open to the person: they may have a few letters of one that they are not in. */
function askRooms({ known, send, canAsk, told }: SwitcherOptions): void {
  if (!canAsk()) return;
  send({ type: "rooms" }).then((answer) => {
    if (answer.type !== "rooms") return;
    for (const { room } of answer.rooms) known.roomNames.seen(room);
    told();
  }, () => {});
}

/** What nothing is called may become a room; not before somebody has pressed Enter once more. */
function newRoom(letters: string, { show, pass }: SwitcherOptions): Choice[] {
  if (!ROOM_LIKE.test(letters)) return [];
  const name = roomName(letters);
  const take = (): void => {
    show(`/join ${name}`);
    pass("Enter makes the room");
  };
  return [{ text: `Nothing here is called ${name}`, note: `/join ${name} makes it`, take }];
}

/** The places of the list, what is new first, and where one was last; then people and rooms that are not in it. */
function choicesOf({ known, recent, look, run }: SwitcherOptions, letters: string): Choice[] {
  const listed = listedPlaces(known);
  const ago = new Map(recent.map((place, n) => [nameKey(place), n]));
  const agoOf = ({ place }: ListedPlace): number => ago.get(nameKey(place)) ?? recent.length;
  const news = new Map(known.conversations.places.map((place, n) => [place, n + 1]));
  const newsAgo = ({ place }: ListedPlace): number => news.get(place) ?? 0;
  const order = listed.filter(({ isHere }) => !isHere)
    .sort((a, b) => weight(b) - weight(a) || agoOf(a) - agoOf(b) || newsAgo(a) - newsAgo(b));
  const here = order.map((listed): Choice => ({
    text: listed.title,
    ...listed.invitedBy !== undefined
      ? { note: `${inertLine(listed.invitedBy)} invites you` }
      : listed.unread === 0
      ? {}
      : { note: newsWords(listed) },
    take: () => look(listed.place),
  }));
  // What is not in the list is many, and shown when somebody looks for it.
  if (letters.trim() === "") return here;
  const keys = new Set(listed.map(({ place }) => nameKey(place)));
  const others = [
    ...known.conversations.places,
    ...known.names.map((name) => conversationWith(name)),
  ];
  const people = [...new Map(others.map((place) => [nameKey(place), place])).values()]
    .filter((place) => !keys.has(nameKey(place)))
    .map((place): Choice => ({ text: titleOf(place), note: "write", take: () => look(place) }));
  const rooms = known.roomNames.list()
    .filter((room) => partnerIn(room) === undefined && !keys.has(nameKey(room)))
    .map((room): Choice => ({ text: room, note: "join", take: () => run(`/join ${room}`) }));
  const own = listed.filter(({ isHere }) => isHere)
    .map(({ title, place }): Choice => ({ text: title, note: "here", take: () => look(place) }));
  return [...here, ...own, ...people, ...rooms];
}

function weight({ mentions, unread }: CountedNews): number {
  return mentions > 0 ? 2 : unread > 0 ? 1 : 0;
}
