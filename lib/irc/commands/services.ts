/** What the server answers in the name of services: those for nicks, which clients have buttons for. */

import type { Later } from "../../chat/later.ts";
import type { RequestOf } from "../../wire/requests.ts";
import type { IrcClient } from "../client.ts";
import { nameKey } from "../../words/names.js";
import { nameOfNick, nickOf } from "../lines/irc_names.ts";
import type { Reply } from "../reply.ts";
import { AskedTwice } from "./asked_twice.ts";
import type { Command, Commands } from "./command.ts";
import { beginToldAsAccount, type NotTold } from "./unread.ts";

/** The services that are written to, in lower case, and what each is called. */
const SERVICES: Readonly<Record<string, string>> = {
  nickserv: "NickServ",
  chanserv: "ChanServ",
};

const HELP: readonly string[] = [
  "REGISTER PASSWORD reserves the nick that you go by.",
  "IDENTIFY [NICK] PASSWORD takes a nick that is reserved.",
  "PASSWD PASSWORD gives it another password. DROP gives it back, and is asked for twice.",
];

/** What takes a password of one word: clients of other networks send an address after it, which is none of it. */
const ONE_WORD: ReadonlySet<string> = new Set(["REGISTER", "PASSWD"]);

/** Whether somebody who is written to is a service. */
export function isService(target: string): boolean {
  return Object.hasOwn(SERVICES, target.toLowerCase());
}

/** Does what a service is asked for. */
export function askService(
  client: IrcClient,
  target: string,
  text: string,
  reply: Reply,
): Later<void> {
  const service = SERVICES[target.toLowerCase()] ?? "NickServ";
  const say = (line: string): void =>
    reply.add({
      source: `${service}!${service}@${client.server.name}`,
      command: "NOTICE",
      params: [client.shownNick, line],
    });
  if (service !== "NickServ") {
    return say("There is nothing to ask of me; /HELP shows what there is.");
  }
  const sayMissed = ({ target, count }: NotTold): void =>
    say(`Said meanwhile (${count}): /quote CHATHISTORY LATEST ${target} * ${count}`);
  const [word, rest] = firstWord(text);
  const asked = word.toUpperCase();
  if (asked === "HELP" || asked === "") return HELP.forEach(say);
  const lack = lackOf(client, asked, rest);
  if (lack !== undefined) return say(lack);
  const request = requestOf(client, asked, rest);
  if (request === undefined) {
    return say(`There is no ${asked.slice(0, 20)} like that; HELP shows what there is.`);
  }
  if (!client.isPrivate && "password" in request) {
    return say("Passwords are taken over TLS only; connect with TLS, and choose another password.");
  }
  const wasIn = new Set(client.view?.rooms().map(({ name }) => name));
  return client.ask(
    reply,
    request,
    (event) => {
      say(doneText(request.type, nickOf(event.type === "account" ? event.name : client.name)));
      if (request.type === "register") beginToldAsAccount(client, wasIn);
      if (request.type === "login") beginToldAsAccount(client, wasIn).forEach(sayMissed);
    },
    ({ message }) => say(`${message}.`),
  );
}

/** Why a command is not done as it is; `undefined`: nothing. */
function lackOf(client: IrcClient, asked: string, rest: string): string | undefined {
  const { shownNick: nick } = client;
  if (ONE_WORD.has(asked) && /\s/.test(rest)) {
    return `${asked} takes one word, the password, and no address; nothing was changed.`;
  }
  if (asked !== "DROP") return undefined;
  // It can't be undone: whoever names another nick has not meant this one.
  if (rest !== "" && nameKey(nameOfNick(rest)) !== nameKey(client.name)) {
    return `DROP gives back ${nick}, and no other nick; nothing was changed.`;
  }
  if (isDropMeant(client, rest)) return undefined;
  return `DROP gives back ${nick} and all that goes with it, and anybody may reserve it then; ` +
    `if you mean that, say DROP ${nick} within a minute.`;
}

/** Who has asked once for its nick to be given back. */
const dropping = new AskedTwice();

/** Whether a nick is to be given back now: it was asked for before, or is none that can be. */
function isDropMeant(client: IrcClient, nick: string): boolean {
  const key = nameKey(client.name);
  if (client.house.state.people.account(key) === undefined) return true;
  return dropping.isMeant(client, key, nick !== "");
}

type ServiceRequest = RequestOf<"register" | "login" | "passwd" | "unregister">;

/** What is asked of the house; `undefined`: it is no command, or lacks its password. */
function requestOf(client: IrcClient, asked: string, rest: string): ServiceRequest | undefined {
  if (asked === "DROP") return { type: "unregister" };
  if (rest === "") return undefined;
  switch (asked) {
    case "REGISTER":
      return { type: "register", password: rest };
    case "PASSWD":
      return { type: "passwd", password: rest };
    case "IDENTIFY":
    case "LOGIN":
      return { type: "login", ...shownIn(client, rest) };
    default:
      return undefined;
  }
}

/** A password, which may have spaces in it, and the nick before it, if that is one that is reserved. */
function shownIn(
  { house: { state: { people } } }: IrcClient,
  text: string,
): { readonly name?: string; readonly password: string } {
  const [nick, password] = firstWord(text);
  const name = nameOfNick(nick);
  return password === "" || people.account(nameKey(name)) === undefined
    ? { password: text }
    : { name, password };
}

/** The first word of a text, and what follows it. A regular expression would take long for many spaces. */
function firstWord(text: string): readonly [word: string, rest: string] {
  const trimmed = text.trim();
  const space = trimmed.search(/\s/);
  return space < 0 ? [trimmed, ""] : [trimmed.slice(0, space), trimmed.slice(space).trim()];
}

function doneText(type: ServiceRequest["type"], nick: string): string {
  switch (type) {
    case "register":
      return `The nick ${nick} is yours now; SASL or IDENTIFY takes it next time.`;
    case "login":
      return `You are ${nick} now.`;
    case "passwd":
      return "The password is changed.";
    case "unregister":
      return `The nick ${nick} is reserved no more.`;
  }
}

/** A command that stands for writing to a service. */
function shortcut(service: string): Command {
  return {
    run: (client, { params }, reply) => askService(client, service, params.join(" "), reply),
  };
}

/** The commands that stand for writing to services. */
export const SERVICE_COMMANDS: Commands = {
  NICKSERV: shortcut("nickserv"),
  NS: shortcut("nickserv"),
  IDENTIFY: {
    run: (client, { params }, reply) =>
      askService(client, "nickserv", `IDENTIFY ${params.join(" ")}`, reply),
  },
};
