/**
 * Taking a name: another one, or a reserved one from whoever goes by it; and the answers to `rename`.
 */

import type { RequestOf } from "../wire/event.ts";
import { checkMute, idOf, type Inside } from "./inside.ts";
import { countNews, tellRenamed } from "./presence.ts";
import type { Account } from "./records.ts";
import { Refusal } from "./refusal.ts";
import type { Session } from "./session.ts";
import { namesLeft } from "./who_is.ts";

/** Gives a session another name. */
export function answerRename(
  house: Inside,
  session: Session,
  request: RequestOf<"rename">,
): void | Promise<void> {
  const from = session.name;
  // A name is a text that others see: in no room where nothing may be said.
  for (const room of ["", ...session.rooms]) checkMute(house, session, room);
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
export function rename(house: Inside, session: Session, wanted: string, account?: Account): void {
  const { keeper, registry } = house;
  const proven = account ?? keeper.people.accountOf(session);
  keeper.checkEntrance(wanted, session.peer?.address);
  // A room that bans the name is not to be had by coming in under another.
  for (const { name } of registry.roomsOf(session)) {
    keeper.checkEntrance(wanted, session.peer?.address, name);
  }
  const [name, key] = keeper.chooseName(wanted, session, proven);
  const shared = account !== undefined && makeWay(house, name, key, session, session.isVisitor);
  const from = session.name;
  // Who takes another name is no longer what the one before had made of him.
  session.left = namesLeft(keeper.people, session, key);
  if (session.key !== key) session.account = undefined;
  registry.name(session, name, key, shared);
  tellRenamed(house, session, from);
}

/**
 * Takes a reserved name from everybody but `session`, which has shown its password: who has shown it
 * before is the same person and leaves, a guest gets another name. A visitor takes it from guests
 * only, and shares it with the same person; true when it does.
 */
export function makeWay(
  house: Inside,
  name: string,
  key: string,
  session: Session | undefined,
  visits: boolean,
  why = "is reserved, and who reserved it has come",
): boolean {
  const { keeper, registry } = house;
  for (;;) {
    const holder = keeper.holder(name, key, session);
    if (holder === undefined) return false;
    const { peer } = holder;
    const isOwn = keeper.people.accountOf(holder)?.key === key;
    if (isOwn && visits) return true;
    if (peer === undefined) {
      holder.nameUntil = -Infinity;
      house.missing(holder);
    } else if (!isOwn) {
      // It may be who has the password, and has not shown it here.
      if (holder.key === key) holder.wanted = name;
      giveOtherName(house, holder, why);
    } else if (holder.isVisitor) registry.releaseName(holder);
    else {
      house.replaced(peer);
      peer.close({
        type: "bye",
        reason: "replaced",
        text: "Somebody has come with the password of your name; this connection ends.",
      });
    }
  }
}

/** Takes a name that has been reserved from those who go by it, or by one that looks like it. */
export function clearName(house: Inside, { name, key }: Account): void {
  // Who has shown its password stays, as where a visitor shares it.
  makeWay(house, name, key, undefined, true, "is reserved now");
}

function giveOtherName(house: Inside, holder: Session, why: string): void {
  const { keeper, registry } = house;
  const from = holder.name;
  const [name, key] = keeper.otherName(holder);
  holder.left = namesLeft(keeper.people, holder, key);
  registry.name(holder, name, key);
  tellRenamed(house, holder, from);
  holder.deliver({ type: "renamed", from, to: name });
  const text = `The name ${from} ${why}; you are ${name}.`;
  holder.deliver({ type: "notice", text });
}
