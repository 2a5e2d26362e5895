/** What the server answers in the name of services: those for nicks, which clients have buttons for. */

import type { Later } from "../../chat/later.ts";
import type { RequestOf } from "../../wire/requests.ts";
import type { IrcClient } from "../client.ts";
import { nameOfNick, nickOf } from "../lines/irc_names.ts";
import type { Reply } from "../reply.ts";
import type { Command, Commands } from "./command.ts";

/** The services that are written to, in lower case, and what each is called. */
const SERVICES: Readonly<Record<string, string>> = {
  nickserv: "NickServ",
  chanserv: "ChanServ",
};

const HELP: readonly string[] = [
  "REGISTER PASSWORD reserves the nick that you go by.",
  "IDENTIFY [NICK] PASSWORD takes a nick that is reserved.",
  "PASSWD PASSWORD gives it another password. DROP gives it back.",
];

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
  const [word = "", ...args] = text.split(/ +/).filter((part) => part !== "");
  const asked = word.toUpperCase();
  if (asked === "HELP" || asked === "") return HELP.forEach(say);
  const request = requestOf(asked, args);
  if (request === undefined) {
    return say(`There is no ${asked.slice(0, 20)} like that; HELP shows what there is.`);
  }
  if (!client.isPrivate && "password" in request) {
    return say("Passwords are taken over TLS only; connect with TLS, and choose another password.");
  }
  return client.ask(
    reply,
    request,
    (event) =>
      say(doneText(request.type, nickOf(event.type === "account" ? event.name : client.name))),
    ({ message }) => say(`${message}.`),
  );
}

type ServiceRequest = RequestOf<"register" | "login" | "passwd" | "unregister">;

/** What is asked of the house; `undefined`: it is no command, or lacks its password. */
function requestOf(asked: string, args: readonly string[]): ServiceRequest | undefined {
  const password = args.at(-1);
  if (asked === "DROP") return { type: "unregister" };
  if (password === undefined) return undefined;
  switch (asked) {
    case "REGISTER":
      return { type: "register", password: args[0] ?? "" };
    case "PASSWD":
      return { type: "passwd", password };
    case "IDENTIFY":
    case "LOGIN": {
      const name = args.length > 1 ? { name: nameOfNick(args[0] ?? "") } : {};
      return { type: "login", password, ...name };
    }
    default:
      return undefined;
  }
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
