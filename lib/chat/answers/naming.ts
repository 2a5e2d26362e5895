/** The answer to `rename`, and how a session takes another name. */

import type { RequestOf } from "../../wire/requests.ts";
import { nameKey } from "../../words/names.js";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { goOnCounting } from "../inbox.ts";
import { whoIsSession } from "../judge/parties.ts";
import { type Later, unlessRefused } from "../later.ts";
import type { Account } from "../people/records.ts";
import { shownBy } from "../people/who_is.ts";
import { countNews } from "../presence.ts";
import { putThen } from "../put.ts";
import { putPeople } from "../put_people.ts";
import type { Session } from "../sessions/session.ts";

/** Gives a session another name. It counts against the rates of its rooms, which are told of it. */
export function answerRename(
  house: HouseParts,
  session: Session,
  request: RequestOf<"rename">,
): Later<void> {
  const from = session.name;
  const { name } = request;
  // If it has that name already, nobody else is told.
  if (name === from) {
    return session.deliver({ type: "renamed", ...idOf(request), from, to: from });
  }
  const account = house.state.people.accountOf(session);
  // A client of the first version may leave its account for another name.
  const isOwn = account !== undefined && (session.hasPeople || nameKey(name) === account.key);
  if (isOwn) return respell(house, session, request);
  return unlessRefused(() =>
    rename(house, session, name, undefined, () => {
      session.deliver({ type: "renamed", ...idOf(request), from, to: session.name });
      return countNews(house, house.registry.roomsOf(session));
    }), (refusal) => {
    if (refusal.code === "name-reserved") session.wanted = name;
    throw refusal;
  });
}

/** Has an account's name written otherwise, on all its devices. */
async function respell(
  house: HouseParts,
  session: Session,
  request: RequestOf<"rename">,
): Promise<void> {
  const from = session.name;
  await putPeople(house, { kind: "respell", name: request.name }, session.hash);
  session.deliver({ type: "renamed", ...idOf(request), from, to: session.name });
  await countNews(house, house.registry.roomsOf(session));
}

/**
 * Gives a session another name, or its own again; with `account`, whose password it has shown, the name
 * of that. Throws or rejects with a `Refusal`, and changes nothing, when it can't have the name.
 */
export function rename(
  house: HouseParts,
  session: Session,
  wanted: string,
  account: Account | undefined,
  then: () => Later<void>,
): Later<void> {
  const shown = shownBy(account);
  // It may be another person after that, who counts otherwise.
  const who = whoIsSession(house.state, session);
  const proven = shown === undefined ? {} : { shown };
  return putThen(house, { kind: "rename", session: session.hash, wanted, ...proven }, () => {
    goOnCounting(house, session, who);
    session.peer?.named(session.name);
    return then();
  });
}
