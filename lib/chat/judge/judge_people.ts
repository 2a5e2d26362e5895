/**
 * What becomes of accounts, roles, bans and mutes by what is asked for. This folder looks at what the
 * house knows, and neither changes it, nor waits, nor tells anybody.
 */

import type { HouseState } from "../house_state.ts";
import type { PeopleFact } from "../log/fact.ts";
import type { PeopleAsk } from "../people/people_ask.ts";
import type { Change } from "../people/records.ts";
import type { Session } from "../sessions/session.ts";
import { judgeAccount } from "./judge_account.ts";
import { judgeConsole } from "./judge_console.ts";
import { judgeMod } from "./judge_mod.ts";
import { judgeSettings } from "./judge_settings.ts";

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
    case "sign-out":
    case "unregister":
    case "host":
      return { ...fact, changes: judgeAccount(state, session, ask, at) };
    case "console":
    case "tidy":
      throw new Error(`A session can't ask for ${ask.kind}`);
  }
}

/** What is asked for by no session. */
function judgeServer(state: HouseState, ask: PeopleAsk, at: number): readonly Change[] {
  const { people, registry, rules } = state;
  switch (ask.kind) {
    case "console":
      return judgeConsole(people, ask.request, {
        addressKey: rules.addressKey,
        at,
        account: ask.account,
      }).changes;
    case "tidy": {
      const gone = new Set(ask.gone);
      const isGone = (room: string): boolean => gone.has(room) && registry.room(room) === undefined;
      const unhost = people.hostsOf(isGone).map((host): Change => ({ type: "unhost", host }));
      const lift = people.over(at).map((sanction): Change => ({ type: "lift", sanction }));
      return [...unhost, ...lift];
    }
    default:
      throw new Error(`Nobody but a session can ask for ${ask.kind}`);
  }
}
