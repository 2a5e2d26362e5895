/** AUTHENTICATE: SASL PLAIN. The password is looked at before the client is told that it is logged in. */

import { bytesOfBase64 } from "../../wire/base64.ts";
import { Refusal } from "../../chat/refusal.ts";
import type { Later } from "../../chat/later.ts";
import { decodeText } from "../../wire/text.ts";
import type { IrcClient } from "../client.ts";
import { nameOfNick, nickOf } from "../lines/irc_names.ts";
import type { Reply } from "../reply.ts";
import { prefixAs } from "../telling/prefix.ts";
import type { Command, Commands } from "./command.ts";
import { loginIn } from "./login_name.ts";
import { passwordsIn } from "./registering.ts";

/** Bytes of one piece; a shorter one is the last. */
const PIECE = 400;
/** The most of all pieces: more than the longest name and password take. */
const MOST = 4 * PIECE;

const authenticate: Command = {
  least: 1,
  isEarly: true,
  run(client, { params: [param = ""] }, reply): Later<void> {
    if (!client.caps.has("sasl")) return fail(reply, "904", "CAP REQ :sasl comes first");
    if (client.presented.account !== undefined && client.state === "new") {
      return fail(reply, "907", "You have shown a password already");
    }
    if (param === "*") {
      client.sasl = undefined;
      return fail(reply, "906", "The authentication was given up");
    }
    if (client.sasl === undefined) return begin(client, param, reply);
    if (param.length > PIECE) {
      client.sasl = undefined;
      return fail(reply, "905", `A piece has ${PIECE} bytes at most`);
    }
    const whole = client.sasl + (param === "+" ? "" : param);
    if (whole.length > MOST) {
      client.sasl = undefined;
      return fail(reply, "904", "The answer is too long");
    }
    client.sasl = whole;
    if (param.length === PIECE) return;
    client.sasl = undefined;
    return look(client, whole, reply);
  },
};

function begin(client: IrcClient, mechanism: string, reply: Reply): void {
  if (mechanism.toUpperCase() !== "PLAIN") {
    reply.numeric("908", "PLAIN", "are the mechanisms that there are");
    return fail(reply, "904", `There is no mechanism ${mechanism}`);
  }
  client.sasl = "";
  reply.add({ command: "AUTHENTICATE", params: ["+"] });
}

/** Looks at the password in an answer: authzid, authcid and password, with zeros between them. */
function look(client: IrcClient, encoded: string, reply: Reply): Later<void> {
  const parts = textOf(encoded)?.split("\0");
  const [authzid = "", authcid = "", password = ""] = parts ?? [];
  const { name, device } = loginIn(client, authcid);
  const isOther = authzid !== "" && ![name, nameOfNick(authcid)].includes(nameOfNick(authzid));
  if (parts?.length !== 3 || authcid === "" || isOther) {
    return fail(reply, "904", "That is no answer to PLAIN");
  }
  if (client.state === "in") return login(client, name, password, reply);
  const server = client.presented.password;
  // Libraries show what they have for PASS here, too, as it is.
  const shown = password === server ? passwordsIn(client, name, password).login : password;
  return client.house.prove(client.peer, name, shown ?? password, server).then((account) => {
    client.presented.account = account;
    if (device !== undefined) client.presented.device = device;
    tellLoggedIn(client, account.name, reply);
  }).catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    client.server.shared.metrics.refused(error.code);
    fail(reply, "904", error.message);
  });
}

/** The same for a client that is in: it takes the name of its account. */
function login(client: IrcClient, name: string, password: string, reply: Reply): Later<void> {
  const tell = (): void => {
    if (client.beforeCalled !== tell) return;
    client.beforeCalled = undefined;
    tellLoggedIn(client, name, reply);
  };
  client.beforeCalled = tell;
  return client.ask(reply, { type: "login", name, password }, tell, ({ message }) => {
    client.beforeCalled = undefined;
    fail(reply, "904", message);
  });
}

function tellLoggedIn(client: IrcClient, account: string, reply: Reply): void {
  const { server, shownNick, presented } = client;
  const prefix = prefixAs(server, client.name || presented.nick || "*", account);
  const nick = nickOf(account);
  reply.numeric("900", prefix, nick, `You are logged in as ${nick}`);
  reply.add({
    source: server.name,
    command: "903",
    params: [shownNick, "The password was right"],
  });
}

function fail(reply: Reply, code: string, text: string): void {
  reply.numeric(code, text);
}

function textOf(encoded: string): string | undefined {
  const bytes = bytesOfBase64(encoded);
  return bytes === undefined ? undefined : decodeText(bytes);
}

/** The command of SASL. */
export const SASL: Commands = { AUTHENTICATE: authenticate };
