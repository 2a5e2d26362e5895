/** Taking another name: the answer to `rename`, and what `login` comes to. */

import type { RequestOf } from "../wire/requests.ts";
import type { HouseParts } from "./house_parts.ts";
import { unlessRefused } from "./later.ts";
import { countNews } from "./presence.ts";
import { putThen } from "./put.ts";
import type { Account } from "./records.ts";
import { idOf } from "./reply.ts";
import type { Session } from "./session.ts";
import { shownBy } from "./who_is.ts";

/** Gives a session another name, and counts that its rooms are told of it. */
export function answerRename(
  house: HouseParts,
  session: Session,
  request: RequestOf<"rename">,
): void | Promise<void> {
  const from = session.name;
  const { name } = request;
  // What it has already is no news, and nobody but it is told.
  if (name === from) {
    return session.deliver({ type: "renamed", ...idOf(request), from, to: from });
  }
  return unlessRefused(() =>
    rename(house, session, name, undefined, () => {
      session.deliver({ type: "renamed", ...idOf(request), from, to: session.name });
      return countNews(house, house.registry.roomsOf(session));
    }), (refusal) => {
    if (refusal.code === "name-reserved") session.wanted = name;
    throw refusal;
  });
}

/**
 * Gives a session another name, or its own again: that of `account` if it has shown the password of one.
 * Throws or rejects with a `Refusal` and changes nothing when it can't be had.
 */
export function rename(
  house: HouseParts,
  session: Session,
  wanted: string,
  account: Account | undefined,
  then: () => void | Promise<void>,
): void | Promise<void> {
  const shown = shownBy(account);
  const proven = shown === undefined ? {} : { shown };
  return putThen(house, { kind: "rename", session: session.hash, wanted, ...proven }, () => {
    session.peer?.named(session.name);
    return then();
  });
}
