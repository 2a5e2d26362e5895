/**
 * Taking a name: another one, or a reserved one from whoever goes by it; and the answers to `rename`.
 */

import type { RequestOf } from "../wire/event.ts";
import type { Audiences } from "./audiences.ts";
import { checkMute, idOf, type Inside } from "./inside.ts";
import type { Keeper } from "./keeper.ts";
import type { Peer } from "./peer.ts";
import { countNews, tellRenamed } from "./presence.ts";
import type { Account } from "./records.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import type { Session } from "./session.ts";
import { namesLeft } from "./who_is.ts";

/** What it takes. */
export interface Naming {
  readonly keeper: Keeper;
  readonly registry: Registry;
  readonly audiences: Audiences;
  /** Takes a session without a peer, whose name somebody else gets, out of its rooms. */
  missing(session: Session): void;
  /** Ends what a peer that somebody else takes the place of had of its session. */
  replaced(peer: Peer): void;
}

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
    house.rename(session, request.name);
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
export function rename(naming: Naming, session: Session, wanted: string, account?: Account): void {
  const { keeper, registry } = naming;
  const proven = account ?? keeper.people.accountOf(session);
  keeper.checkEntrance(wanted, session.peer?.address);
  // A room that bans the name is not to be had by coming in under another.
  for (const { name } of registry.roomsOf(session)) {
    keeper.checkEntrance(wanted, session.peer?.address, name);
  }
  const [name, key] = keeper.chooseName(wanted, session, proven);
  const shared = account !== undefined && makeWay(naming, name, key, session, session.isVisitor);
  const from = session.name;
  // Who takes another name is no longer what the one before had made of him.
  session.left = namesLeft(keeper.people, session, key);
  if (session.key !== key) session.account = undefined;
  registry.name(session, name, key, shared);
  tellRenamed(naming, session, from);
}

/**
 * Takes a reserved name from everybody but `session`, which has shown its password: who has shown it
 * before is the same person and leaves, a guest gets another name. A visitor takes it from guests
 * only, and shares it with the same person; true when it does.
 */
export function makeWay(
  naming: Naming,
  name: string,
  key: string,
  session: Session | undefined,
  visits: boolean,
  why = "is reserved, and who reserved it has come",
): boolean {
  const { keeper, registry } = naming;
  for (;;) {
    const holder = keeper.holder(name, key, session);
    if (holder === undefined) return false;
    const { peer } = holder;
    const isOwn = keeper.people.accountOf(holder)?.key === key;
    if (isOwn && visits) return true;
    if (peer === undefined) {
      holder.nameUntil = -Infinity;
      naming.missing(holder);
    } else if (!isOwn) {
      // It may be who has the password, and has not shown it here.
      if (holder.key === key) holder.wanted = name;
      giveOtherName(naming, holder, why);
    } else if (holder.isVisitor) registry.releaseName(holder);
    else {
      naming.replaced(peer);
      peer.close({
        type: "bye",
        reason: "replaced",
        text: "Somebody has come with the password of your name; this connection ends.",
      });
    }
  }
}

/** Takes a name that has been reserved from those who go by it, or by one that looks like it. */
export function clearName(naming: Naming, { name, key }: Account): void {
  // Who has shown its password stays, as where a visitor shares it.
  makeWay(naming, name, key, undefined, true, "is reserved now");
}

function giveOtherName(naming: Naming, holder: Session, why: string): void {
  const { keeper, registry } = naming;
  const from = holder.name;
  const [name, key] = keeper.otherName(holder);
  holder.left = namesLeft(keeper.people, holder, key);
  registry.name(holder, name, key);
  tellRenamed(naming, holder, from);
  holder.deliver({ type: "renamed", from, to: name });
  const text = `The name ${from} ${why}; you are ${name}.`;
  holder.deliver({ type: "notice", text });
}
