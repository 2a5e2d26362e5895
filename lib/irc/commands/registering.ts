/** The commands by which a client comes in: CAP, PASS, NICK, USER; and how it is told that it may not. */

import { Refusal } from "../../chat/refusal.ts";
import type { Later } from "../../chat/later.ts";
import type { Hello } from "../../chat/sessions/peer.ts";
import { bye } from "../../server/bye.ts";
import { nameKey } from "../../words/names.js";
import { capList, isCap } from "../caps.ts";
import type { IrcClient, Refused } from "../client.ts";
import { isNick, nameOfNick } from "../lines/irc_names.ts";
import { MOST_BODY } from "../lines/parse.ts";
import { unformatted } from "../lines/text.ts";
import type { Reply } from "../reply.ts";
import { ircAdvice } from "../telling/advice.ts";
import { inLines } from "../telling/names_list.ts";
import { tellOwn } from "../telling/own.ts";
import type { Command, Commands } from "./command.ts";
import { loginIn } from "./login_name.ts";
import { resumeOf } from "./unread.ts";

/** The longest user name, and real name, in characters. */
const MOST_USER = 10;
const MOST_REAL_NAME = 128;
/** The version of capabilities with values and several lines. */
const WITH_VALUES = 302;

const cap: Command = {
  least: 1,
  isEarly: true,
  run(client, { params: [command = "", param = ""] }, reply): Later<void> {
    const name = command.toUpperCase();
    switch (name) {
      case "LS":
        if (client.state === "new") client.isChoosing = true;
        client.capVersion = Math.max(client.capVersion, Number.parseInt(param) || 0);
        // Who knows of values is told of changes.
        if (client.capVersion >= WITH_VALUES) client.caps.add("cap-notify");
        return tellCaps(
          client,
          reply,
          "LS",
          capList(client.isPrivate, client.capVersion >= WITH_VALUES),
        );
      case "LIST":
        return tellCaps(client, reply, "LIST", [...client.caps]);
      case "REQ":
        if (client.state === "new") client.isChoosing = true;
        return request(client, reply, param);
      case "END":
        if (!client.isChoosing) return;
        client.isChoosing = false;
        return comeInIfComplete(client, reply);
      default:
        reply.numeric("410", command, "There is no such CAP command");
    }
  },
};

/** Tells capabilities, in several lines if the client knows of such. */
function tellCaps(
  client: IrcClient,
  reply: Reply,
  command: string,
  caps: readonly string[],
): void {
  const { server, shownNick } = client;
  const head = `:${server.name} CAP ${shownNick} ${command} * :`.length;
  const lines = [...inLines(caps, MOST_BODY - head)];
  if (lines.length === 0) lines.push("");
  lines.forEach((line, at) => {
    const isLast = at === lines.length - 1 || client.capVersion < WITH_VALUES;
    const params = [shownNick, command, ...isLast ? [] : ["*"], line];
    reply.add({ source: server.name, command: "CAP", params });
  });
}

/** Turns capabilities on and off: all that are named, or none. */
function request(client: IrcClient, reply: Reply, param: string): void {
  const names = param.split(" ").filter((name) => name !== "");
  const wanted = names.map((name) => ({
    off: name.startsWith("-"),
    name: name.replace(/^-/, ""),
  }));
  const keeps = wanted.every(({ off, name }) =>
    isCap(name, client.isPrivate) &&
    !(off && name === "cap-notify" && client.capVersion >= WITH_VALUES)
  );
  const params = [client.shownNick, keeps ? "ACK" : "NAK", param.trim()];
  reply.add({ source: client.server.name, command: "CAP", params });
  if (!keeps) return;
  for (const { off, name } of wanted) {
    if (!isCap(name, client.isPrivate)) continue;
    if (off) client.caps.delete(name);
    else client.caps.add(name);
  }
}

const pass: Command = {
  least: 1,
  isEarly: true,
  run(client, { params: [password = ""] }, reply): Later<void> {
    if (client.state !== "new") return reply.numeric("462", "You are in already");
    if (!client.isPrivate) {
      reply.numeric("464", "Passwords are taken over TLS only; connect with TLS");
      return;
    }
    client.presented.password = password;
  },
};

const nick: Command = {
  isEarly: true,
  run(client, { params: [nick = ""] }, reply): Later<void> {
    if (nick === "") return reply.numeric("431", "No nick was given");
    if (!isNick(nick)) return refuseNick(reply, nick, "432", "That can't be a nick");
    const name = nameOfNick(nick);
    if (client.state === "in") return rename(client, name, nick, reply);
    // The owner of a reserved name may be here already, on another device.
    const { registry, people } = client.house.state;
    // Who has a password to show first does not hear who is here.
    const isTold = !client.house.needs.includes("password");
    if (isTold && registry.named(name) !== undefined && !people.account(nameKey(name))) {
      return refuseNick(reply, nick, "433", "That nick is in use");
    }
    client.presented.nick = name;
    return comeInIfComplete(client, reply);
  },
};

/** Takes another name. */
function rename(client: IrcClient, name: string, nick: string, reply: Reply): Later<void> {
  return client.ask(
    reply,
    { type: "rename", name },
    (event) => tellOwn(client, event, (line) => reply.add(line)),
    (refused) => {
      const code = NICK_CODES[refused.code];
      if (code === undefined) return reply.refuse("NICK", refused, nick);
      refuseNick(reply, nick, code, `${refused.message}.`);
    },
  );
}

/** The numbers for what is wrong with a nick. */
const NICK_CODES: Readonly<Record<string, string>> = {
  "bad-name": "432",
  "name-taken": "433",
  "name-reserved": "433",
  "not-allowed": "447",
  "muted": "447",
};

function refuseNick(reply: Reply, nick: string, code: string, text: string): void {
  // The nick is told as it was sent: what has signs of IRC in it is no parameter of its own.
  reply.numeric(code, nick, text);
}

const user: Command = {
  least: 4,
  isEarly: true,
  run(client, { params: [user = "", , , realName = ""] }, reply): Later<void> {
    if (client.state !== "new" || client.presented.user !== undefined) {
      return reply.numeric("462", "You have said that already");
    }
    if (user === "" || realName === "") return reply.numeric("461", "USER", "A name is missing");
    const ident = [...unformatted(user).replace(/[^\p{L}\p{N}._-]/gu, "")].slice(0, MOST_USER);
    client.presented.user = ident.join("") || "user";
    client.realName = realNameIn(realName);
    return comeInIfComplete(client, reply);
  },
};

/** A real name, as it is shown. */
export function realNameIn(text: string): string {
  return [...unformatted(text)].slice(0, MOST_REAL_NAME).join("");
}

/** Lets a client in that has said all that it must. */
export function comeInIfComplete(client: IrcClient, reply: Reply): Later<void> {
  const { state, isChoosing, presented: { nick, user } } = client;
  if (state !== "new" || isChoosing || nick === undefined || user === undefined) return;
  client.state = "coming";
  if (client.sasl !== undefined) {
    client.sasl = undefined;
    reply.numeric("906", "The authentication was given up");
  }
  const refused = (error: unknown): void => {
    if (!(error instanceof Refusal)) throw error;
    client.state = "new";
    client.server.shared.metrics.refused(error.code);
    stayOut(client, reply, error);
  };
  try {
    const comes = client.house.come(client.peer, helloOf(client, nick));
    if (comes instanceof Promise) return comes.catch(refused);
  } catch (error) {
    refused(error);
  }
}

/** What the house is told of a client. */
function helloOf(client: IrcClient, nick: string): Hello {
  const { presented: { password, account } } = client;
  const known = client.caps.has("draft/chathistory");
  const name = account?.name ?? nick;
  const { server, login, as, device } = passwordsIn(client, name, password);
  const comer = account?.name ?? as;
  if (device !== undefined) client.presented.device = device;
  return {
    name: comer,
    features: ["people", "life"],
    scrollback: 0,
    ...(server === undefined ? {} : { password: server }),
    ...(login === undefined || account !== undefined ? {} : { login }),
    ...(known ? {} : resumeOf(client, comer)),
  };
}

/** What a password that PASS has brought is for: the server, the name, or another name that stands before it. */
export function passwordsIn(
  client: IrcClient,
  name: string,
  password: string | undefined,
): {
  readonly server?: string;
  readonly login?: string;
  readonly as: string;
  readonly device?: string | undefined;
} {
  if (password === undefined) return { as: name };
  const { house } = client;
  const isNeeded = house.needs.includes("password");
  const { people } = house.state;
  const colon = password.indexOf(":");
  const { name: before, device } = loginIn(client, password.slice(0, Math.max(0, colon)));
  const named = before === "" ? undefined : people.account(nameKey(before));
  if (named !== undefined) {
    return {
      as: named.name,
      device,
      login: password.slice(colon + 1),
      ...(isNeeded ? { server: password } : {}),
    };
  }
  if (isNeeded) return { as: name, server: password };
  return people.account(nameKey(name)) === undefined ? { as: name } : { as: name, login: password };
}

/** Tells a client why it is not in, and ends its connection where another nick would not help. */
function stayOut(client: IrcClient, reply: Reply, refused: Refused): void {
  const { code } = refused;
  const message = ircAdvice(refused.message);
  const { presented } = client;
  const number = NICK_CODES[code];
  if (number !== undefined) {
    const nick = presented.nick ?? "";
    delete presented.nick;
    const advice = code === "name-reserved" ? "; its password comes with PASS or SASL" : "";
    return refuseNick(reply, nick, number, `${message}${advice}`);
  }
  const ending = endingOf(code, presented.password !== undefined);
  if (ending !== undefined) reply.numeric(ending, message);
  client.peer.close(bye(code, `${message}.`));
}

/** The number for what keeps a client out; `undefined`: none stands for it, and ERROR says why. */
function endingOf(code: string, hasPassword: boolean): string | undefined {
  if (code === "banned") return "465";
  // A right password is not looked at for a while after wrong ones.
  const isPassword = /password|login/.test(code) || code === "try-later" && hasPassword;
  return isPassword ? "464" : undefined;
}

/** The commands by which a client comes in. */
export const REGISTERING: Commands = { CAP: cap, PASS: pass, NICK: nick, USER: user };
