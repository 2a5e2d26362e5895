/** The commands that the terminal's client carries out itself; the others are the server's. */

import { COMMANDS } from "../../chat/command.ts";
import { roomName } from "../../chat/name.ts";
import type { Bell, Settings } from "../settings.ts";

/** What one of them asks for. */
export type OwnCommand =
  /** No topic: what everybody needs. */
  | { readonly kind: "help"; readonly topic: string }
  /** Looks at a room; without a name, lists those that we are in. */
  | { readonly kind: "room"; readonly room?: string }
  /** Without a word, tells what there is. */
  | { readonly kind: "notify"; readonly word?: string; readonly add: boolean }
  /** Without a mode, tells what there is. `everywhere`: not only in the current room. */
  | { readonly kind: "bell"; readonly mode?: Bell; readonly everywhere: boolean }
  | { readonly kind: "desktop"; readonly on: boolean }
  /** Without anybody, tells who is. A room is written with a `#`. */
  | { readonly kind: "ignore"; readonly who?: string; readonly add: boolean }
  | { readonly kind: "presence"; readonly mode?: Settings["presence"] }
  | { readonly kind: "colours"; readonly mode?: Settings["colours"] }
  /** Sends the messages again that may have arrived or not, or drops them. */
  | { readonly kind: "resend"; readonly drop: boolean }
  /** Answers who last wrote to us alone. */
  | { readonly kind: "reply"; readonly text: string }
  /** Shows what was said around the message with this number of those that were found. */
  | { readonly kind: "around"; readonly number: number }
  | { readonly kind: "error"; readonly text: string };

interface Definition {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly usage: string;
  readonly summary: string;
  /** All that may stand behind it, if that is little. */
  readonly choices?: readonly string[];
  parse(rest: string): OwnCommand;
}

const PRESENCE = ["on", "off", "auto"] as const;
const COLOURS = ["auto", "none", "16", "256", "true"] as const;
const DESKTOP = ["desktop on", "desktop off"] as const;

/** Every one of them, in the order in which `/help` shows them. */
export const OWN_COMMANDS: readonly Definition[] = [
  {
    name: "room",
    usage: "[ROOM]",
    summary: "look at another of your rooms, or list them",
    parse: (rest) => rest === "" ? { kind: "room" } : { kind: "room", room: roomName(rest) },
  },
  {
    name: "reply",
    aliases: ["r"],
    usage: "TEXT",
    summary: "answer who last told something to you only",
    parse: (rest) =>
      rest === ""
        ? wrong("/reply needs a text, as in: /r see you at noon")
        : { kind: "reply", text: rest },
  },
  {
    name: "resend",
    usage: "[drop]",
    summary: "send again what the server may have got or not, or drop it",
    choices: ["drop"],
    parse: (rest) =>
      rest === "" || rest.toLowerCase() === "drop"
        ? { kind: "resend", drop: rest !== "" }
        : wrong(`/resend takes nothing or drop, not ${rest}`),
  },
  {
    name: "notify",
    usage: "[add|remove WORD]",
    summary: "words that count as your name",
    choices: ["add ", "remove "],
    parse: (rest) => {
      if (rest === "") return { kind: "notify", add: true };
      const [, way, word] = /^(add|remove)\s+(\S.*)$/i.exec(rest) ?? [];
      if (word === undefined) return wrong(`/notify takes add WORD or remove WORD, not ${rest}`);
      return { kind: "notify", word, add: way?.toLowerCase() === "add" };
    },
  },
  {
    name: "bell",
    usage: "[on|mentions|off] [all]",
    summary: "when this room rings, or all; /bell desktop on tells your desktop too",
    choices: ["on", "mentions", "off", "on all", "mentions all", "off all", ...DESKTOP],
    parse: parseBell,
  },
  {
    name: "ignore",
    usage: "[NAME|#ROOM]",
    summary: "show nothing of somebody, or of a room while you are elsewhere",
    parse: (rest) => ({ kind: "ignore", add: true, ...rest === "" ? {} : { who: rest } }),
  },
  {
    name: "unignore",
    usage: "NAME|#ROOM",
    summary: "show it again",
    parse: (rest) =>
      rest === ""
        ? wrong("/unignore needs a name or a #room; /ignore lists them")
        : { kind: "ignore", add: false, who: rest },
  },
  {
    name: "presence",
    usage: "[on|off|auto]",
    summary: "tell who comes and goes (auto: in small rooms)",
    choices: PRESENCE,
    parse: (rest) => choice("presence", rest, PRESENCE),
  },
  {
    name: "colours",
    aliases: ["colors"],
    usage: "[COUNT]",
    summary: "what this terminal has: none, 16, 256, true or auto",
    choices: COLOURS,
    parse: (rest) => choice("colours", rest, COLOURS),
  },
  {
    name: "around",
    usage: "NUMBER",
    summary: "show what was said around a message that /search found",
    parse: (rest) =>
      /^[1-9]\d{0,5}$/.test(rest)
        ? { kind: "around", number: Number(rest) }
        : wrong(`/around needs the number of a message that /search found${butGot(rest)}`),
  },
  {
    name: "help",
    aliases: ["?"],
    usage: "[TOPIC]",
    summary: "show what everybody needs, or all about a topic or a command",
    choices: ["talk", "rooms", "alerts", "names", "moderation", "rest", "keys", "all"],
    parse: (rest) => ({ kind: "help", topic: rest.toLowerCase().replace(/^key$/, "keys") }),
  },
];

/** The names of all commands, the server's and these. */
export const COMMAND_NAMES: readonly string[] = [
  ...new Set([...COMMANDS, ...OWN_COMMANDS].map(({ name }) => name)),
];

/** What may stand behind a command that takes a few words only, by each of its names. */
export const CHOICES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  OWN_COMMANDS.flatMap(({ name, aliases = [], choices }) =>
    choices === undefined ? [] : [name, ...aliases].map((word) => [word, choices])
  ),
);

/** What a line asks this client for; `undefined` when that is for somebody else to say. */
export function parseOwn(line: string): OwnCommand | undefined {
  const [, name, rest = ""] = /^\/(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
  const known = OWN_COMMANDS.find((command) =>
    name !== undefined && [command.name, ...command.aliases ?? []].includes(name.toLowerCase())
  );
  return known?.parse(rest.trim());
}

function parseBell(rest: string): OwnCommand {
  if (rest === "") return { kind: "bell", everywhere: false };
  const [, first = "", second = ""] = /^(\S+)\s*(.*)$/.exec(rest.toLowerCase()) ?? [];
  if (first === "desktop" && (second === "on" || second === "off")) {
    return { kind: "desktop", on: second === "on" };
  }
  if (isOneOf(first, ["on", "mentions", "off"]) && (second === "" || second === "all")) {
    return { kind: "bell", mode: first, everywhere: second === "all" };
  }
  return wrong(
    `/bell takes on, mentions or off (and all, for every room), or desktop on or off, not ${rest}`,
  );
}

function choice<K extends "presence" | "colours", M extends string>(
  kind: K,
  rest: string,
  modes: readonly M[],
): { readonly kind: K; readonly mode?: M } | OwnCommand {
  if (rest === "") return { kind };
  const mode = rest.toLowerCase();
  if (isOneOf(mode, modes)) return { kind, mode };
  return wrong(`/${kind} takes ${modes.slice(0, -1).join(", ")} or ${modes.at(-1)}, not ${rest}`);
}

function isOneOf<T extends string>(text: string, choices: readonly T[]): text is T {
  return (choices as readonly string[]).includes(text);
}

function butGot(rest: string): string {
  return rest === "" ? ", as in: /around 1" : `, not ${rest}`;
}

function wrong(text: string): OwnCommand {
  return { kind: "error", text };
}
