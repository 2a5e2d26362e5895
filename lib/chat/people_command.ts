/** The commands for names, and for what one person may do to another. */

import { roomName } from "./name.ts";
import { ask, type Command, type Parsed, type Place, splitName, wrong } from "./parsed.ts";

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const MAX_AUDIT = 200;

/** The commands. */
export const PEOPLE_COMMANDS: readonly Command[] = [
  secret("register", "reserve your name: from then on it needs this password"),
  secret("login", "show that a reserved name is yours"),
  secret("passwd", "give your reserved name another password"),
  {
    name: "unregister",
    usage: "",
    summary: "give your reserved name back",
    parse: () => ask({ type: "unregister" }),
  },
  modCommand(
    "kick",
    "[#ROOM] NAME [REASON]",
    "send somebody away; out of one room only with #ROOM",
  ),
  modCommand(
    "ban",
    "[#ROOM] WHO [TIME] [REASON]",
    "keep a name or an address out: /ban bob 2h spam",
  ),
  modCommand("unban", "[#ROOM] WHO", "let a name or an address in again"),
  modCommand("mute", "[#ROOM] WHO [TIME] [REASON]", "let a name or an address listen only"),
  modCommand("unmute", "[#ROOM] WHO", "let a name or an address speak again"),
  {
    name: "bans",
    usage: "",
    summary: "list who is banned or muted",
    parse: (_, { room }) => ask(room === "" ? { type: "bans" } : { type: "bans", room }),
  },
  modCommand("op", "[#ROOM] NAME", "make somebody an operator"),
  modCommand("deop", "[#ROOM] NAME", "make an operator a member again"),
  {
    name: "audit",
    usage: "[COUNT]",
    summary: "show who did what to whom",
    parse: (rest) => {
      if (rest === "") return ask({ type: "audit" });
      const limit = /^\d{1,6}$/.test(rest) ? Number(rest) : 0;
      if (limit >= 1 && limit <= MAX_AUDIT) return ask({ type: "audit", limit });
      return wrong(`/audit takes a number from 1 to ${MAX_AUDIT}, not ${rest}`);
    },
  },
];

function secret(name: "register" | "login" | "passwd", summary: string): Command {
  return {
    name,
    usage: "PASSWORD",
    summary,
    parse: (password) => {
      if (password === "") {
        return wrong(`/${name} needs a password, as in: /${name} correct horse battery`);
      }
      // What a terminal sent that is not UTF-8 is another password by now.
      if (!password.includes("\ufffd")) return ask({ type: name, password });
      return wrong("That password did not come as UTF-8; set the terminal to UTF-8");
    },
  };
}

function modCommand(action: string, usage: string, summary: string): Command {
  return {
    name: action,
    usage,
    summary,
    parse: (rest, place) => parseModAction(action, usage.includes("TIME"), rest, place),
  };
}

function parseModAction(action: string, timed: boolean, text: string, place: Place): Parsed {
  const [, only, rest = text] = /^(#\S+)\s+([\s\S]+)$/.exec(text) ?? [];
  const [target, after] = splitName(rest, place);
  if (target === "" || target.startsWith("#")) {
    return wrong(`/${action} needs a name, as in: /${action} bob`);
  }
  const room = only === undefined ? place.room : roomName(only);
  const [, count, unit = "", why] =
    (timed ? /^(\d{1,6})([smhdw])(?:\s+([\s\S]*))?$/.exec(after) : null) ?? [];
  const [first] = /^\d\S*/.exec(after) ?? [];
  if (timed && first !== undefined && count === undefined) {
    return wrong(
      `${first} is no time; /${action} takes one such as 90s, 10m, 2h, 7d or 4w, ` +
        "or a reason that begins with a letter",
    );
  }
  const reason = count === undefined ? after : why ?? "";
  return ask({
    type: "mod",
    action,
    target,
    ...(room === "" ? {} : { room }),
    ...(only === undefined ? {} : { only: true }),
    ...(count === undefined ? {} : { forMs: Number(count) * (UNITS_MS[unit] ?? 0) }),
    ...(reason === "" ? {} : { reason }),
  });
}
