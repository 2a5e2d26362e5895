/** Carries out the commands that concern this terminal only, and says what is so now. */

import { nameKey } from "../../words/names.js";
import { roomName } from "../../chat/name.ts";
import type { Entry } from "./entry.ts";
import { HELP_TOPICS, helpEntries } from "./help.ts";
import type { OwnCommand } from "./own_command.ts";
import type { Preferences } from "./preferences.ts";
import type { View } from "./view.ts";

/** What a command may look at and change. */
export interface Desk {
  readonly view: View;
  readonly preferences: Preferences;
  readonly now: () => Date;
}

function noHelp(topic: string): string {
  return `There is no help about ${topic}; /help takes ${HELP_TOPICS.join(", ")} or a command`;
}

/** Carries out `command`; returns what to print. */
export function obey(
  command: Exclude<OwnCommand, { kind: "around" | "reply" | "resend" }>,
  desk: Desk,
): Entry[] {
  const { view, preferences } = desk;
  switch (command.kind) {
    case "help":
      return helpEntries(command.topic, desk.now()) ?? [view.error(noHelp(command.topic))];
    case "room":
      return lookAt(command.room, view);
    case "notify":
      return [view.notice(notify(command, preferences))];
    case "bell":
      return [view.notice(bell(command, desk))];
    case "desktop":
      preferences.change({ desktop: command.on });
      return [view.notice(`Your desktop is ${command.on ? "" : "not "}told when it rings.`)];
    case "ignore":
      return [view.notice(ignore(command, preferences))];
    case "presence":
      if (command.mode !== undefined) preferences.change({ presence: command.mode });
      return [view.notice(`Who comes and goes is ${PRESENCE[preferences.all.presence]}.`)];
    case "colours":
      if (command.mode !== undefined) preferences.change({ colours: command.mode });
      return [view.notice(`Colours: ${preferences.all.colours}.`)];
    case "error":
      return [view.error(command.text)];
  }
}

const PRESENCE = { on: "told", off: "not told", auto: "told in small rooms" } as const;
const BELL = { on: "at every message", mentions: "when you are meant", off: "never" } as const;

function lookAt(room: string | undefined, view: View): Entry[] {
  const { rooms } = view;
  if (room === undefined) {
    const listed = rooms.all.map(({ name, unread, mentioned }, n) => {
      const key = n < 9 ? `Alt-${n + 1} ` : "";
      const news = unread === 0 ? "" : ` (${unread} new${mentioned ? ", for you" : ""})`;
      return `${key}${name}${rooms.isCurrent(name) ? " (here)" : news}`;
    });
    const none = "You are in no room; /join ROOM enters one.";
    return [view.notice(listed.length === 0 ? none : `Your rooms: ${listed.join(" · ")}`)];
  }
  if (rooms.get(room) !== undefined) return view.look(room);
  return [view.error(`You are not in ${room}; /join ${room} enters it.`)];
}

function notify(
  { word, add }: OwnCommand & { readonly kind: "notify" },
  preferences: Preferences,
): string {
  if (word === undefined) {
    const { keywords } = preferences.all;
    return keywords.length === 0
      ? "Only your name counts as a mention; /notify add WORD adds a word."
      : `These count as a mention, like your name: ${keywords.join(", ")}`;
  }
  if (add) {
    return preferences.add("keywords", word)
      ? `${word} counts as a mention now.`
      : `${word} was not added: it counts already, or there are too many words.`;
  }
  return preferences.remove("keywords", word)
    ? `${word} is no mention any more.`
    : `${word} was no mention; /notify lists the words.`;
}

function bell(
  { mode, everywhere }: OwnCommand & { readonly kind: "bell" },
  { preferences, view }: Desk,
): string {
  const everyRoom = everywhere || view.room === "";
  if (mode !== undefined) preferences.setBell(mode, everyRoom ? undefined : view.room);
  if (everyRoom) return `The bell rings ${BELL[preferences.all.bell]}, in every room.`;
  return `In ${view.room} the bell rings ${BELL[preferences.bellOf(view.room)]}.`;
}

function ignore(
  { who, add }: OwnCommand & { readonly kind: "ignore" },
  preferences: Preferences,
): string {
  if (who === undefined) {
    const { ignored, all: { mutedRooms } } = preferences;
    const all = [...ignored, ...mutedRooms.map((room) => `#${room}`)];
    return all.length === 0 ? "You ignore nobody." : `You ignore ${all.join(", ")}`;
  }
  const list = who.startsWith("#") ? "mutedRooms" : "ignored";
  const name = list === "ignored" ? who.replace(/^@/, "") : roomName(who);
  if (nameKey(name) === "") return "There is no such name; /ignore takes NAME or #ROOM.";
  if (!add) {
    const was = list === "ignored" ? preferences.unignore(name) : preferences.remove(list, name);
    return was ? `${who} is shown again.` : `${who} was not ignored; /ignore lists who is.`;
  }
  if (!preferences.add(list, name)) return `${who} is ignored already, or too many are.`;
  return list === "ignored"
    ? `Nothing of ${who} is shown any more; /unignore ${who} ends that.`
    : `${who} is counted, and shown when you look at it; /unignore ${who} ends that.`;
}
