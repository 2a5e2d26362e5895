/** Taking a name: another one (the answer to `rename`), or a reserved one from others that have it. */

import type { RequestOf } from "../wire/requests.ts";
import { checkMute } from "./checks.ts";
import type { HouseParts } from "./house_parts.ts";
import { countNews } from "./presence.ts";
import { put } from "./put.ts";
import { withArticle } from "./permissions.ts";
import type { Account } from "./records.ts";
import { Refusal } from "./refusal.ts";
import { idOf } from "./reply.ts";
import type { Named } from "./sanctions.ts";
import type { Session } from "./session.ts";
import { namesLeft } from "./who_is.ts";

/** How many may have a name, or look like it, at most: one for each way in which names are compared. */
const MOST_HOLDERS = 3;

/** Gives a session another name, and counts that its rooms are told of it. */
export function answerRename(
  house: HouseParts,
  session: Session,
  request: RequestOf<"rename">,
): void | Promise<void> {
  const from = session.name;
  // What it has already is no news, and nobody but it is told.
  if (request.name === from) {
    return session.deliver({ type: "renamed", ...idOf(request), from, to: from });
  }
  // A name is a text that others see, so a session that is muted in one of its rooms keeps its name.
  for (const room of ["", ...session.rooms]) checkMute(house.state, session, room);
  try {
    rename(house, session, request.name);
  } catch (error) {
    if (error instanceof Refusal && error.code === "name-reserved") session.wanted = request.name;
    throw error;
  }
  session.deliver({ type: "renamed", ...idOf(request), from, to: session.name });
  return countNews(house, house.registry.roomsOf(session));
}

/**
 * Gives a session another name, `account`'s if one is given, and tells those who share a room with
 * it. Throws a `Refusal` and changes nothing when it can't be had.
 */
export function rename(
  house: HouseParts,
  session: Session,
  wanted: string,
  account?: Account,
): void {
  const { keeper, registry } = house;
  const proven = account ?? keeper.people.accountOf(session);
  keeper.checkEntrance(wanted, session.address);
  // Otherwise somebody could get into a room under one name and go on under one that is banned there.
  for (const { name } of registry.roomsOf(session)) {
    keeper.checkEntrance(wanted, session.address, name);
  }
  const [name, key] = keeper.chooseName(wanted, session, proven);
  const shares = account !== undefined && makeWay(house, name, key, session, session.isVisitor);
  // The rights of an account stay with its name.
  const shown = account ?? (session.key === key ? session.account : undefined);
  takeName(house, session, { name, key }, { shown, shares });
}

/**
 * Takes a reserved name from everybody but `session`, which has shown its password. A session that has
 * shown it before is the same person's and leaves; a guest gets another name. A visitor takes the name
 * from guests only, and shares it with its owner's session: then the result is true.
 */
export function makeWay(
  house: HouseParts,
  name: string,
  key: string,
  session: Session | undefined,
  visits: boolean,
  why = "is reserved, and who reserved it has come",
): boolean {
  const { keeper } = house;
  for (let count = 0; count <= MOST_HOLDERS; count++) {
    const holder = keeper.holder(name, key, session);
    if (holder === undefined) return false;
    const { peer } = holder;
    const isOwn = keeper.people.accountOf(holder)?.key === key;
    if (isOwn && visits) return true;
    // Whatever becomes of its holder, the name is free of it.
    put(house, { kind: "release", session: holder.hash });
    if (peer === undefined) {
      house.missing(holder);
    } else if (!isOwn) {
      // This may be the owner, who has not shown the password on this connection.
      if (holder.key === key) holder.wanted = name;
      giveOtherName(house, holder, why);
    } else if (!holder.isVisitor) {
      house.end(holder, "replaced");
      peer.close({
        type: "bye",
        reason: "replaced",
        text: "Somebody has come with the password of your name; this connection ends.",
      });
    }
  }
  throw new Error(`The name ${name} has had ${MOST_HOLDERS} holders, and has another one`);
}

/** What a name comes with. */
interface Taken {
  /** The account that the session has shown to be its own. */
  readonly shown: Session["account"];
  /** It goes by the name beside its holder. */
  readonly shares?: boolean;
}

/** Gives a session a name that is free for it. */
export function takeName(
  house: HouseParts,
  session: Session,
  { name, key }: Named,
  { shown, shares = false }: Taken,
): void {
  put(house, {
    kind: "rename",
    session: session.hash,
    name,
    key,
    left: namesLeft(house.keeper.people, session, key),
    ...(shown === undefined ? {} : { account: { key: shown.key, proof: shown.proof } }),
    ...(shares ? { shares: true } : {}),
  });
  session.peer?.named(name);
}

/** Takes a name that has been reserved from those who go by it, or by one that looks like it. */
export function clearName(house: HouseParts, { name, key }: Account): void {
  // As for a visitor: a session that has shown the name's password keeps it.
  makeWay(house, name, key, undefined, true, "is reserved now");
}

/** Tells whoever has shown an account that it is something else now. */
export function tellRole({ keeper: { people }, registry }: HouseParts, account: Account): void {
  const { key, role } = account;
  const more = role === "member" ? "" : "; /help moderation says what you may do";
  const text = `You are ${withArticle(role)} now${more}.`;
  for (const session of registry.allNamed(key)) {
    if (people.accountOf(session)?.key === key) session.deliver({ type: "notice", text });
  }
}

function giveOtherName(house: HouseParts, holder: Session, why: string): void {
  const { keeper } = house;
  const from = holder.name;
  const [name, key] = keeper.otherName(holder);
  takeName(house, holder, { name, key }, { shown: holder.account });
  holder.deliver({ type: "renamed", from, to: name });
  const own = holder.wanted === undefined ? "" : " If it is yours, /login PASSWORD takes it.";
  const text = `The name ${from} ${why}; you are ${name}.${own}`;
  holder.deliver({ type: "notice", text });
}
