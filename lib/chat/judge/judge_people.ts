/**
 * What becomes of accounts, roles, bans and mutes by what is asked for. This folder looks at what the
 * house knows, and neither changes it, nor waits, nor tells anybody.
 */

import type { HouseState } from "../house_state.ts";
import type { PeopleFact } from "../log/fact.ts";
import type { PeopleAsk } from "../people/people_ask.ts";
import type { Change } from "../people/records.ts";
import type { Session } from "../sessions/session.ts";
import { guestId } from "../rooms/room_records.ts";
import { judgeAccount } from "./judge_account.ts";
import { judgeBlock } from "./judge_block.ts";
import { judgeBegin } from "./judge_chat.ts";
import { judgeConsole } from "./judge_console.ts";
import { judgeAccept, judgeInvite, judgeUninvite } from "./judge_invite.ts";
import { judgeMod } from "./judge_mod.ts";
import { judgeOpening, judgeRoom } from "./judge_room.ts";
import { judgeSettings } from "./judge_settings.ts";

/** Conversations that are tidied up at once. */
const MOST_CHATS = 500;

/** What a fact comes to at a time, by what there is. `session` asks for it, unless it is nobody here. */
export function judgePeople(
  state: HouseState,
  fact: PeopleFact,
  session: Session | undefined,
  at: number,
): PeopleFact {
  const { ask } = fact;
  if (ask === undefined) return fact;
  if (session === undefined) return { ...fact, changes: judgeServer(state, ask, at) };
  switch (ask.kind) {
    case "mod":
      return { ...fact, ...judgeMod(state, session, ask, at) };
    case "settings":
      return { ...fact, changes: judgeSettings(state, session, ask) };
    case "register":
    case "passwd":
    case "respell":
    case "sign-out":
    case "unregister":
    case "host":
      return { ...fact, changes: judgeAccount(state, session, ask, at) };
    case "chat":
      return { ...fact, changes: judgeBegin(state, session, ask, at) };
    case "block":
    case "unblock":
      return { ...fact, changes: judgeBlock(state, session, ask, at) };
    case "open":
      return { ...fact, changes: judgeOpening(state, session, ask, at) };
    case "room":
      return { ...fact, changes: judgeRoom(state, session, ask, at) };
    case "invite":
      return { ...fact, changes: judgeInvite(state, session, ask, at) };
    case "uninvite":
      return { ...fact, changes: judgeUninvite(state, session, ask, at) };
    case "accept":
    case "console":
    case "tidy":
      throw new Error(`A session can't ask for ${ask.kind}`);
  }
}

/** How long a link is remembered after its end, in ms, for the case that the clock is put right. */
const LINK_MS = 3_600_000;

/** The records of rooms that are gone, links that are over, and guests who do not come back. */
function tidyRooms(
  { rooms, registry, people }: HouseState,
  { gone, back: found, guests }: Extract<PeopleAsk, { kind: "tidy" }>,
  at: number,
): Change[] {
  const isGone = (key: string): boolean => gone.includes(key) && registry.room(key) === undefined;
  // Its row was taken from what is kept while nobody was in it, and its record with that.
  const back = [...found, ...gone.filter((key) => registry.room(key) !== undefined)];
  const left = guests.filter((hash) => registry.session(hash) === undefined).map(guestId);
  return [
    ...rooms.gone(isGone).map((key) => ({ type: "unroom", key }) as const),
    ...back.flatMap((key) => rooms.of(key) ?? []).map((room) => ({ type: "room", room }) as const),
    ...people.hostsOf((key) => back.includes(key)).map((host) => ({ type: "host", host }) as const),
    ...rooms.over(at - LINK_MS).map(({ id }) => ({ type: "uninvitation", id }) as const),
    ...left.flatMap((account) =>
      rooms.roomsOf(account).map((room) => ({ type: "unmember", room, account }) as const)
    ),
  ];
}

/** What is asked for by no session. */
function judgeServer(state: HouseState, ask: PeopleAsk, at: number): readonly Change[] {
  const { people, registry, rules, chats } = state;
  switch (ask.kind) {
    case "console":
      return judgeConsole(state, ask.request, {
        addressKey: rules.addressKey,
        at,
        account: ask.account,
      }).changes;
    case "accept":
      return judgeAccept(state, ask, at);
    case "tidy": {
      const gone = new Set(ask.gone);
      const isGone = (room: string): boolean => gone.has(room) && registry.room(room) === undefined;
      const unhost = people.hostsOf(isGone).map((host): Change => ({ type: "unhost", host }));
      const lift = people.over(at).map((sanction): Change => ({ type: "lift", sanction }));
      return [
        ...unhost,
        ...lift,
        ...tidyRooms(state, ask, at),
        ...chats.unsettled(MOST_CHATS),
      ];
    }
    default:
      throw new Error(`Nobody but a session can ask for ${ask.kind}`);
  }
}
