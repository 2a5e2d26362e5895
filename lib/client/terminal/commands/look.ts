/** The commands for what this terminal shows: a room, its help, colours. */

import { roomName } from "../../../words/names.js";
import { wrong } from "../../../words/command.js";
import type { ScreenEntry } from "../entry.ts";
import { HELP_TOPICS, noHelp } from "../../../words/commands/help_topics.js";
import { titleOf } from "../conversations.ts";
import { newsWords } from "../counted.ts";
import type { View } from "../view.ts";
import { parseRoom, ROOM_WORDS } from "../../../words/commands/room.js";
import { answered, choiceIn, type TerminalCommand } from "./desk.ts";

const COLOURS = ["auto", "none", "16", "256", "true"] as const;

export const LOOK_COMMANDS: readonly TerminalCommand[] = [
  {
    name: "room",
    usage: "[ROOM|info|access|title …]",
    summary: "look at another of your rooms, or list them; /room info [ROOM] says what one is, " +
      "/room access invite or /room slow 10s changes it",
    topic: "rooms",
    takes: "room",
    parse: (rest, place) => {
      if (rest === "") return answered(({ view }) => roomsText(view));
      const [word = ""] = rest.toLowerCase().split(/\s/, 1);
      if (ROOM_WORDS.some((each) => each === word)) return parseRoom(rest, place);
      const name = roomName(rest);
      return { kind: "own", run: ({ view, print }) => print(lookAt(name, view)) };
    },
  },
  {
    name: "help",
    aliases: ["?"],
    usage: "[TOPIC]",
    summary: "show what everybody needs, or all about a topic or a command",
    topic: "rest",
    takes: HELP_TOPICS,
    parse: (rest) => {
      const topic = rest.toLowerCase().replace(/^key$/, "keys");
      return {
        kind: "own",
        run: async ({ view, commands, now, print, places }) => {
          // It is seldom needed.
          const { helpEntries } = await import("../help.ts");
          const entries = helpEntries(topic, commands, now(), places.help);
          print(entries ?? [view.error(noHelp(topic))]);
        },
      };
    },
  },
  {
    name: "numbers",
    usage: "[on|off]",
    summary: "show the number of each message, for /re, /edit, /react and the like",
    topic: "messages",
    takes: ["on", "off"],
    parse: (rest) => {
      const mode = choiceIn(rest, ["on", "off"]);
      if (rest !== "" && mode === undefined) return wrong(`/numbers takes on or off, not ${rest}`);
      return answered(({ preferences }) => {
        if (mode !== undefined) preferences.change({ numbers: mode === "on" });
        return `The numbers of messages are ${preferences.all.numbers ? "shown" : "not shown"}.`;
      });
    },
  },
  {
    name: "align",
    usage: "[on|off]",
    summary: "in the view, align names at the right, so that all texts begin in one column",
    topic: "rest",
    takes: ["on", "off"],
    parse: (rest) => {
      const mode = choiceIn(rest, ["on", "off"]);
      if (rest !== "" && mode === undefined) return wrong(`/align takes on or off, not ${rest}`);
      return answered(({ preferences }) => {
        if (mode !== undefined) preferences.change({ aligned: mode === "on" });
        return `Names in the view are ${preferences.all.aligned ? "" : "not "}aligned.`;
      });
    },
  },
  {
    name: "colours",
    aliases: ["colors"],
    usage: "[COUNT]",
    summary: "what this terminal has: none, 16, 256, true or auto",
    topic: "rest",
    takes: COLOURS,
    parse: (rest) => {
      const mode = choiceIn(rest, COLOURS);
      if (rest !== "" && mode === undefined) {
        return wrong(`/colours takes auto, none, 16, 256 or true, not ${rest}`);
      }
      return answered(({ preferences }) => {
        if (mode !== undefined) preferences.change({ colours: mode });
        return `Colours: ${preferences.all.colours}.`;
      });
    },
  },
];

function roomsText({ rooms }: View): string {
  const listed = rooms.all.map((room, n) => {
    const { name, unread } = room;
    const key = n < 9 ? `Alt-${n + 1} ` : "";
    const news = unread === 0 ? "" : ` (${newsWords(room)})`;
    return `${key}${titleOf(name)}${rooms.isCurrent(name) ? " (here)" : news}`;
  });
  const none = "You are in no room; /join ROOM enters one.";
  return listed.length === 0 ? none : `Your rooms: ${listed.join(" · ")}`;
}

function lookAt(room: string, view: View): ScreenEntry[] {
  if (view.rooms.get(room) !== undefined) return view.stream.look(room);
  return [view.error(`You are not in ${room}; /join ${room} enters it.`)];
}
