/** Reserving a name, and showing that it is one's own: the answers to those requests. */

import type { RequestOf } from "../wire/requests.ts";
import { auditLine } from "./audit_line.ts";
import { checkMute } from "./checks.ts";
import type { HouseParts } from "./house_parts.ts";
import { rename } from "./naming.ts";
import { putPeople } from "./put_people.ts";
import type { Account, Change } from "./records.ts";
import { Refusal } from "./refusal.ts";
import { idOf } from "./reply.ts";
import { addressOf, type Session } from "./session.ts";
import { checkStrength } from "./strength.ts";

/** Reserves the name that the session goes by. */
export async function register(
  house: HouseParts,
  session: Session,
  request: RequestOf<"register">,
): Promise<void> {
  const { people } = house.keeper;
  const { name, key } = session;
  const check = (): void => {
    const owner = people.reserved(name, key);
    if (owner !== undefined) {
      const isOwn = people.accountOf(session) !== undefined;
      throw new Refusal(
        "already-registered",
        isOwn ? `${name} is reserved for you` : `The name ${name} is reserved`,
      );
    }
    if (people.size < house.state.rules.accounts) return;
    throw new Refusal("too-many-accounts", `The server keeps ${people.size} names, its limit`);
  };
  checkStrength(request.password);
  checkMute(house.state, session);
  check();
  house.keeper.countRegistration(addressOf(session));
  const proof = await house.keeper.hash(addressOf(session), request.password);
  const account: Account = { name, key, role: "member", proof, createdAt: people.now };
  await putPeople(house, () => {
    check();
    if (session.key !== key) throw new Refusal("try-later", "Your name has changed meanwhile");
    return { changes: [{ type: "account", account }, audit(house, account, "register")] };
  }, session.hash);
  told(house, session, request, account);
}

/** Shows that a reserved name is one's own, and takes it. */
export async function login(
  house: HouseParts,
  session: Session,
  request: RequestOf<"login">,
): Promise<void> {
  const { keeper } = house;
  const { peer } = session;
  const name = request.name ?? session.wanted ?? session.name;
  const account = await keeper.checkLogin(addressOf(session), name, request.password);
  if (session.peer !== peer) return;
  await rename(house, session, account.name, account, () => {
    session.wanted = undefined;
    told(house, session, request, account);
  });
}

/** Gives the session's name another password. */
export async function passwd(
  house: HouseParts,
  session: Session,
  request: RequestOf<"passwd">,
): Promise<void> {
  own(house, session);
  checkStrength(request.password);
  const proof = await house.keeper.hash(addressOf(session), request.password);
  const account = await change(house, session, "passwd", (account) => ({ ...account, proof }));
  told(house, session, request, account);
}

/** Gives the name back. */
export async function unregister(
  house: HouseParts,
  session: Session,
  request: RequestOf<"unregister">,
): Promise<void> {
  const account = await change(house, session, "unregister", (account) => {
    if (account.role !== "owner") return undefined;
    throw new Refusal(
      "last-owner",
      "An owner's name stays reserved; chatroom user remove on the server's machine removes it",
    );
  });
  told(house, session, request, account);
}

/** Makes something else of a session's own account, or removes it; resolves with what it was or is. */
async function change(
  house: HouseParts,
  session: Session,
  action: string,
  make: (account: Account) => Account | undefined,
): Promise<Account> {
  let account = own(house, session);
  await putPeople(house, () => {
    account = own(house, session);
    const made = make(account);
    const line = audit(house, account, action);
    if (made === undefined) return { changes: [{ type: "remove", key: account.key }, line] };
    account = made;
    return { changes: [{ type: "account", account }, line] };
  }, session.hash);
  return account;
}

/** The account of a session, which must have shown that it is its own. */
function own(house: HouseParts, session: Session): Account {
  const account = house.keeper.people.accountOf(session);
  if (account !== undefined) return account;
  throw new Refusal("not-logged-in", "You have not reserved your name; /register PASSWORD does");
}

function audit(house: HouseParts, { name }: Account, action: string): Change {
  const line = auditLine(house.keeper.people, { by: name, action, target: name });
  return { type: "audit", line };
}

function told(
  house: HouseParts,
  session: Session,
  request: { readonly type: string; readonly id?: string },
  account: Account,
): void {
  const { name } = account;
  const role = request.type === "unregister" ? "member" : house.keeper.people.roleIn(account);
  session.deliver({ type: "account", ...idOf(request), action: request.type, name, role });
}
