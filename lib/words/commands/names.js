// @ts-check
/** The commands for a name that needs a password. */

import { ask, shortTime, wrong } from "../command.js";

/** @import { ListedDevice } from "../../wire/events.ts" */
/** @import { Command, Tells } from "../command.js" */
/** @import { SECRET_COMMANDS } from "../secret.js" */

/** @type {Tells} */
const tells = {
  account: ({ action, name, role }) => {
    switch (action) {
      case "register":
        // Nothing stays signed in that has no sessions: the sentence holds there too.
        return [
          `The name ${name} is yours now; other devices need the password, and this one when it is ` +
          "signed out.",
        ];
      case "login":
        return [`You are ${name}${role === "member" ? "" : `, ${role}`}.`];
      case "passwd":
        return [`${name} has another password now.`];
      default:
        return [`The name ${name} is anybody's again.`];
    }
  },
};

/** @type {readonly Command[]} */
export const NAME_COMMANDS = [
  secret("register", "reserve your name: from then on it needs this password"),
  secret("login", "show that a reserved name is yours"),
  secret("passwd", "give your reserved name another password"),
  {
    name: "unregister",
    usage: "",
    summary: "give your reserved name back",
    topic: "names",
    parse: () => ask({ type: "unregister" }),
    tells,
  },
  {
    name: "devices",
    usage: "",
    summary: "list where you are signed in",
    topic: "names",
    beyondClassic: true,
    parse: () => ask({ type: "devices" }),
    tells: { devices: ({ devices }) => devices.map(deviceLine) },
    dated: true,
  },
  {
    name: "logout",
    usage: "[--others|DEVICE]",
    summary: "sign out here, everywhere else, or on one of your /devices",
    topic: "names",
    takes: ["--others"],
    beyondClassic: true,
    parse: (rest) => {
      if (rest === "") return ask({ type: "logout" });
      if (/^(--)?others$/i.test(rest)) return ask({ type: "logout", others: true });
      return /\s/.test(rest)
        ? wrong(`/logout takes --others or the id of a device, which /devices shows, not ${rest}`)
        : ask({ type: "logout", device: rest });
    },
  },
];

/**
 * What is told whoever has signed out others; the answer lists what is left, which was not asked for.
 * @type {(request: { readonly others?: boolean }) => string}
 */
export function signedOutText({ others }) {
  return others
    ? "You are signed out everywhere else."
    : "That device is signed out; /devices lists the others.";
}

/** What a device without a name is called, by what it came. @type {Readonly<Record<string, string | undefined>>} */
const DOORS = { web: "a browser", event: "chatroom at a terminal", classic: "a classic client" };

/** @type {(device: ListedDevice) => string} */
function deviceLine({ device, label, door, since, seen, here, this: isThis }) {
  const when = isThis ? "this one" : here ? "here now" : `last used ${shortTime(seen)}`;
  const what = `${label || DOORS[door] || "no name"}, ${when}, signed in since ${shortTime(since)}`;
  return `${what}; its id is ${device}`;
}

/** @type {(name: typeof SECRET_COMMANDS[number], summary: string) => Command} */
function secret(name, summary) {
  return {
    name,
    usage: "PASSWORD",
    summary,
    topic: "names",
    parse: (password) => {
      if (password === "") {
        return wrong(`/${name} needs a password, as in: /${name} correct horse battery`);
      }
      // What a terminal sent that is not UTF-8 is another password by now.
      if (!password.includes("\ufffd")) return ask({ type: name, password });
      return wrong("That password did not come as UTF-8; set the terminal to UTF-8");
    },
    tells,
  };
}
