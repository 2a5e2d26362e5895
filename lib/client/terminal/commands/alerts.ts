/** The commands for what the person is told, and about whom. */

import { nameKey, roomName } from "../../../words/names.js";
import { ask, personIn, wrong } from "../../../words/command.js";
import { notifyText } from "../../../words/commands/people.js";
import type { Preferences } from "../preferences.ts";
import { answered, choiceIn, type TerminalCommand } from "./desk.ts";

const NOTIFY_MODES = ["all", "mentions", "none"] as const;
const MODES = ["on", "mentions", "off"] as const;
const DESKTOP = ["desktop on", "desktop off"] as const;
const BELL = { on: "at every message", mentions: "when you are meant", off: "never" } as const;
const PRESENCE = ["on", "off", "auto"] as const;
const TOLD = { on: "told", off: "not told", auto: "told in small rooms" } as const;

export const ALERT_COMMANDS: readonly TerminalCommand[] = [
  {
    name: "notify",
    usage: "[all|mentions|none|add …]",
    summary:
      "what of this room rings, on all your devices; /notify add WORD: that word counts as your name " +
      "on this machine",
    topic: "alerts",
    takes: [...NOTIFY_MODES, "add ", "remove "],
    parse: (rest, { room }) => {
      const mode = choiceIn(rest, NOTIFY_MODES);
      if (mode !== undefined && room === "") {
        return wrong("/notify says that of a room; look at one");
      }
      if (mode !== undefined) return ask({ type: "settings", notify: { [room]: mode } });
      if (rest === "") {
        return answered(({ preferences }) => {
          const rings = room === "" ? [] : [notifyText(room, preferences.notifyOf(room))];
          return [...rings, keywordsText(preferences)].join(" ");
        });
      }
      const [, way, word] = /^(add|remove)\s+(\S.*)$/i.exec(rest) ?? [];
      if (word === undefined) {
        return wrong(`/notify takes all, mentions or none, add WORD or remove WORD, not ${rest}`);
      }
      if (way?.toLowerCase() === "add") {
        return answered(({ preferences }) =>
          preferences.add("keywords", word)
            ? `${word} counts as a mention now, on this machine.`
            : `${word} was not added: it counts already, or there are too many words.`
        );
      }
      return answered(({ preferences }) =>
        preferences.remove("keywords", word)
          ? `${word} is no mention any more, on this machine.`
          : `${word} was no mention; /notify lists the words.`
      );
    },
  },
  {
    name: "bell",
    usage: "[on|mentions|off] [all]",
    summary: "when this room rings, or all; /bell desktop on tells your desktop too",
    topic: "alerts",
    takes: [...MODES, ...MODES.map((mode) => `${mode} all`), ...DESKTOP],
    parse: (rest) => {
      const [, first = "", second = ""] = /^(\S+)\s*(.*)$/.exec(rest.toLowerCase()) ?? [];
      const desktop = choiceIn(`${first} ${second}`, DESKTOP);
      if (desktop !== undefined) {
        const on = desktop === "desktop on";
        return answered(({ preferences }) => {
          preferences.change({ desktop: on });
          return `Your desktop is ${on ? "" : "not "}told when it rings.`;
        });
      }
      const mode = choiceIn(first, MODES);
      if (rest !== "" && (mode === undefined || second !== "" && second !== "all")) {
        return wrong(
          "/bell takes on, mentions or off (and all, for every room), or desktop on or off, " +
            `not ${rest}`,
        );
      }
      return answered(({ preferences, view }) => {
        const everyRoom = second === "all" || view.room === "";
        if (mode !== undefined) preferences.setBell(mode, everyRoom ? undefined : view.room);
        if (everyRoom) return `The bell rings ${BELL[preferences.all.bell]}, in every room.`;
        return `In ${view.title} the bell rings ${BELL[preferences.bellOf(view.room)]}.`;
      });
    },
  },
  {
    name: "ignore",
    usage: "[NAME|#ROOM]",
    summary: "show nothing of somebody, or of a room while you are elsewhere",
    topic: "alerts",
    parse: (rest) =>
      answered(({ preferences }) => {
        if (rest === "") return ignoredText(preferences);
        const { list, name, shown } = whoIn(rest);
        if (nameKey(name) === "") return NOBODY;
        if (!preferences.add(list, name)) return `${shown} is ignored already, or too many are.`;
        return list === "ignored"
          ? `Nothing of ${shown} is shown any more; /unignore ${shown} ends that.`
          : `${shown} is counted, and shown when you look at it; /unignore ${shown} ends that.`;
      }),
  },
  {
    name: "unignore",
    usage: "NAME|#ROOM",
    summary: "show it again",
    topic: "alerts",
    parse: (rest) => {
      if (rest === "") return wrong("/unignore needs a name or a #room; /ignore lists them");
      return answered(({ preferences }) => {
        const { list, name, shown } = whoIn(rest);
        if (nameKey(name) === "") return NOBODY;
        const was = list === "ignored"
          ? preferences.unignore(name)
          : preferences.remove(list, name);
        return was ? `${shown} is shown again.` : `${shown} was not ignored; /ignore lists who is.`;
      });
    },
  },
  {
    name: "presence",
    usage: "[on|off|auto]",
    summary: "tell who comes and goes (auto: in small rooms)",
    topic: "alerts",
    takes: PRESENCE,
    parse: (rest) => {
      const mode = choiceIn(rest, PRESENCE);
      if (rest !== "" && mode === undefined) {
        return wrong(`/presence takes on, off or auto, not ${rest}`);
      }
      return answered(({ preferences }) => {
        if (mode !== undefined) preferences.change({ presence: mode });
        return `Who comes and goes is ${TOLD[preferences.all.presence]}.`;
      });
    },
  },
];

const NOBODY = "There is no such name; /ignore takes NAME or #ROOM.";

/** Who or what is meant, and how that is shown. */
function whoIn(text: string): {
  readonly list: "ignored" | "mutedRooms";
  readonly name: string;
  readonly shown: string;
} {
  const name = personIn(text);
  if (!name.startsWith("#")) return { list: "ignored", name, shown: name };
  return { list: "mutedRooms", name: roomName(name), shown: name };
}

function ignoredText({ ignored, all: { mutedRooms } }: Preferences): string {
  const all = [...ignored, ...mutedRooms.map((room) => `#${room}`)];
  return all.length === 0 ? "You ignore nobody." : `You ignore ${all.join(", ")}`;
}

function keywordsText({ all: { keywords } }: Preferences): string {
  return keywords.length === 0
    ? "Only your name counts as a mention; /notify add WORD adds a word, on this machine."
    : `These count as a mention on this machine, like your name: ${keywords.join(", ")}`;
}
