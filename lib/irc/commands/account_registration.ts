/** REGISTER and VERIFY: a client reserves the nick that it goes by, as its own dialogs for that ask it to. */

import type { Later } from "../../chat/later.ts";
import { nameKey } from "../../words/names.js";
import type { IrcClient, Refused } from "../client.ts";
import { nameOfNick, nickOf } from "../lines/irc_names.ts";
import type { Reply } from "../reply.ts";
import { prefixOf } from "../telling/prefix.ts";
import type { Command, Commands } from "./command.ts";
import { beginToldAsAccount } from "./unread.ts";

const register: Command = {
  isEarly: true,
  run(client, { params: [account = "", , password = ""] }, reply): Later<void> {
    const fail = (code: string, text: string): void => reply.fail("REGISTER", code, text, account);
    if (account === "" || password === "") {
      return reply.fail(
        "REGISTER",
        "NEED_MORE_PARAMS",
        "The account, the address or the password is missing",
      );
    }
    if (client.state !== "in") {
      return fail("COMPLETE_CONNECTION_REQUIRED", "A nick is reserved by whoever goes by it");
    }
    if (account !== "*" && nameKey(nameOfNick(account)) !== nameKey(client.name)) {
      return fail("ACCOUNT_NAME_MUST_BE_NICK", "The nick is what is reserved, and no other name");
    }
    if (!client.isPrivate) {
      return fail("TEMPORARILY_UNAVAILABLE", "Passwords are taken over TLS only; connect with TLS");
    }
    // An address is kept of nobody.
    return client.ask(
      reply,
      { type: "register", password },
      () => tellRegistered(client, reply),
      (refused) => fail(codeOf(client, refused), `${refused.message}.`),
    );
  },
};

function tellRegistered(client: IrcClient, reply: Reply): void {
  beginToldAsAccount(client, new Set(client.view?.rooms().map(({ name }) => name)));
  const nick = nickOf(client.name);
  reply.numeric("900", prefixOf(client.server, client.name), nick, `You are logged in as ${nick}`);
  reply.add({
    source: client.server.name,
    command: "REGISTER",
    params: ["SUCCESS", nick, `The nick ${nick} is yours now`],
  });
}

/** The specified code for a refusal of the house. */
function codeOf({ view }: IrcClient, { code }: Refused): string {
  switch (code) {
    case "already-registered":
      return view?.self.account === undefined ? "ACCOUNT_EXISTS" : "ALREADY_AUTHENTICATED";
    case "weak-password":
      return "WEAK_PASSWORD";
    default:
      return "TEMPORARILY_UNAVAILABLE";
  }
}

/** No code is ever sent to anybody, so that there is none to be shown. */
const verify: Command = {
  isEarly: true,
  run(_, { params: [account = ""] }, reply): Later<void> {
    if (account === "") return reply.fail("VERIFY", "NEED_MORE_PARAMS", "The account is missing");
    reply.fail("VERIFY", "INVALID_CODE", "What is reserved here needs no code", account);
  },
};

/** The commands of `draft/account-registration`. */
export const ACCOUNT_REGISTRATION: Commands = { REGISTER: register, VERIFY: verify };
