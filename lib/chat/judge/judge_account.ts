/** What becomes of accounts by what a session asks for its own. */

import { DEFAULT_ROOM } from "../../wire/names.ts";
import type { HouseState } from "../house_state.ts";
import type { Named } from "../names/name_tables.ts";
import { MAX_HOSTED, type People } from "../people/people.ts";
import type { PeopleAsk } from "../people/people_ask.ts";
import { type Account, auditLine, type Change } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import type { Hash, Session } from "../sessions/session.ts";
import { checkMute } from "./checks.ts";
import { moveBlocks, moveChats } from "./judge_chat.ts";
import { respelled } from "./judge_respell.ts";
import { checkLinkRegisters, registered } from "./link_guest.ts";

/** What a session asks for its own account. */
export type AccountAsk = Extract<
  PeopleAsk,
  { readonly kind: "register" | "passwd" | "respell" | "sign-out" | "unregister" | "host" }
>;

/** What that comes to; throws a {@linkcode Refusal} if it may not be. */
export function judgeAccount(
  state: HouseState,
  session: Session,
  ask: AccountAsk,
  at: number,
): Change[] {
  if (ask.kind === "register") return register(state, session, ask, at);
  const account = ownAccount(state, session);
  const audit = (line: Parameters<typeof auditLine>[1]): Change => ({
    type: "audit",
    line: auditLine(at, line),
  });
  const { name, key, id } = account;
  const line = audit({ by: name, action: ask.kind, target: name });
  switch (ask.kind) {
    case "passwd":
      return [
        { type: "account", account: { ...account, proof: ask.proof } },
        { type: "sign-out", account: id, except: session.hash },
        line,
      ];
    case "respell":
      return [{ type: "account", account: respelled(state, session, account, ask.name, at) }];
    case "sign-out": {
      const { device } = ask;
      const which = device === undefined ? { except: session.hash } : { device };
      return [{ type: "sign-out", account: id, ...which }];
    }
    case "unregister":
      checkRemovable(account);
      return [...removed(key, id, session.hash), line];
    case "host": {
      const { key: room, name: title } = ask.room;
      checkHost(state.people, account, ask.room);
      return [
        { type: "host", host: { room, key } },
        audit({ by: name, action: "op", target: name, room: title }),
      ];
    }
  }
}

/** Throws a {@linkcode Refusal} where a session can't have the name that it goes by reserved. */
export function checkRegister({ people, rules }: HouseState, session: Session): void {
  const { name, key } = session;
  const owner = people.reserved(name, key);
  if (owner !== undefined) {
    const isOwn = people.accountOf(session) !== undefined;
    throw new Refusal(
      "already-registered",
      isOwn ? `${name} is reserved for you` : `The name ${name} is reserved`,
    );
  }
  if (people.size < rules.accounts) return;
  throw new Refusal("too-many-accounts", `The server keeps ${people.size} names, its limit`);
}

/**
 * What becomes of an account that is given back, by one of its devices, or removed. All others are signed out: as
 * guests they would be one person with it, and be in the account of whoever of them reserves the name anew.
 */
export function removed(key: string, id: string, by?: Hash): Change[] {
  const except = by === undefined ? {} : { except: by };
  return [{ type: "sign-out", account: id, ...except }, { type: "remove", key, id }];
}

/** The account of a session, which must have shown that it is its own. */
export function ownAccount({ people }: HouseState, session: Session): Account {
  const account = people.accountOf(session);
  if (account !== undefined) return account;
  throw new Refusal(
    "not-logged-in",
    sentence`You have not reserved your name; ${{ to: "register" }} does`,
  );
}

function register(
  state: HouseState,
  session: Session,
  { account: id, name: { name, key }, proof }: Extract<AccountAsk, { kind: "register" }>,
  at: number,
): Change[] {
  if (session.key !== key) throw new Refusal("try-later", "Your name has changed meanwhile");
  checkMute(state, session, undefined, at);
  checkRegister(state, session);
  checkLinkRegisters(state, session);
  const account: Account = { id, name, key, role: "member", proof, createdAt: at };
  const line = auditLine(at, { by: name, action: "register", target: name });
  const own = { id, name };
  return [
    { type: "account", account },
    ...registered(state, session, account.id),
    ...moveChats(state, session, own),
    ...moveBlocks(state, session, own),
    { type: "audit", line },
  ];
}

function checkRemovable({ role }: Account): void {
  if (role !== "owner") return;
  throw new Refusal(
    "last-owner",
    "An owner's name stays reserved; chatroom user remove on the server's machine removes it",
  );
}

/** Throws a {@linkcode Refusal} where an account does not become a host of a room that it has opened. */
function checkHost(people: People, { role, key }: Account, room: Named): void {
  const isNobodys = room.key !== DEFAULT_ROOM && !people.hasHosts(room.key);
  if (isNobodys && role === "member" && people.hosted(key) < MAX_HOSTED) return;
  throw new Refusal("not-allowed", `${room.name} gets no host by being opened`);
}
