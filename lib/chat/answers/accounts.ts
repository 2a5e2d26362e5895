/** The answers to `register`, `login`, `passwd` and `unregister`. */

import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import { roomOrder } from "../coming/own_rooms.ts";
import { remember } from "../coming/remember.ts";
import type { HouseParts } from "../house_parts.ts";
import { goOnCounting } from "../inbox.ts";
import { checkMute } from "../judge/checks.ts";
import { checkUnconfined } from "../judge/may_read.ts";
import { type AccountAsk, checkRegister, ownAccount } from "../judge/judge_account.ts";
import { whoIsSession } from "../judge/parties.ts";
import { fitting } from "../messages/fits.ts";
import { type Asker, checkStrength } from "../people/keeper.ts";
import type { Account } from "../people/records.ts";
import { putPeople } from "../put_people.ts";
import { addressOf, type Hash, type Session } from "../sessions/session.ts";
import { rename } from "./naming.ts";

/** Reserves the name that the session goes by. */
export async function register(
  house: HouseParts,
  session: Session,
  request: RequestOf<"register">,
): Promise<void> {
  const { name, key, hash } = session;
  checkStrength(request.password, name);
  checkMute(house.state, session);
  checkRegister(house.state, session);
  house.keeper.countRegistration(addressOf(session));
  const proof = await house.keeper.hash(askerOf(house, session), request.password);
  const account = house.chance.id();
  const ask = { kind: "register", account, name: { name, key }, proof } as const;
  const registered = await changeAccount(house, ask, hash);
  rememberAll(house, session);
  told(house, session, request, registered);
}

/** Takes a reserved name, with its password. */
export async function login(
  house: HouseParts,
  session: Session,
  request: RequestOf<"login">,
): Promise<void> {
  const { keeper } = house;
  const { peer } = session;
  // Who has an account comes in with that, and with the server's password if it has one.
  checkUnconfined(house.state, session, "take a reserved name");
  const name = request.name ?? session.wanted ?? session.name;
  const account = await keeper.checkLogin(askerOf(house, session), name, request.password);
  if (session.peer !== peer) return;
  await rename(house, session, account.name, account, () => {
    session.wanted = undefined;
    rememberAll(house, session);
    told(house, session, request, account);
  });
}

/** Gives the session's name another password. */
export async function passwd(
  house: HouseParts,
  session: Session,
  request: RequestOf<"passwd">,
): Promise<void> {
  ownAccount(house.state, session);
  checkStrength(request.password, session.name);
  const proof = await house.keeper.hash(askerOf(house, session), request.password);
  const account = await changeAccount(house, { kind: "passwd", proof }, session.hash);
  told(house, session, request, account);
}

/** Gives the session's reserved name back. */
export async function unregister(
  house: HouseParts,
  session: Session,
  request: RequestOf<"unregister">,
): Promise<void> {
  const account = ownAccount(house.state, session);
  const who = whoIsSession(house.state, session);
  await putPeople(house, { kind: "unregister" }, session.hash);
  goOnCounting(house, session, who);
  told(house, session, request, account);
}

function askerOf({ state: { people } }: HouseParts, session: Session): Asker {
  return {
    address: addressOf(session),
    account: people.accountOf(session)?.id,
    hasGone: () => session.peer?.hasEnded ?? true,
  };
}

/** Has kept that a session, with those that go along with it, is a device of its account now. */
function rememberAll(house: HouseParts, { person }: Session): void {
  for (const each of person.sessions) if (each.peer !== undefined) remember(house, each);
}

/** Changes the session's own account; resolves with the account as it is then. */
async function changeAccount(house: HouseParts, ask: AccountAsk, by: Hash): Promise<Account> {
  const { changes } = await putPeople(house, ask, by);
  const [account] = changes.flatMap((change) => change.type === "account" ? change.account : []);
  if (account === undefined) throw new Error(`${ask.kind} has changed no account`);
  return account;
}

function told(
  house: HouseParts,
  session: Session,
  request: { readonly type: string; readonly id?: string },
  account: Account,
): void {
  const { name } = account;
  const role = request.type === "unregister" ? "member" : house.keeper.people.roleIn(account);
  const rooms = request.type === "login" ? roomOrder(house, session) : undefined;
  session.deliver({
    ...{ type: "account", ...idOf(request), action: request.type, name, role },
    ...rooms === undefined ? {} : { rooms: fitting(rooms) },
  });
}
