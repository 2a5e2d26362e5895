/**
 * Requests from the server's machine, as of `chatroom user` and `chatroom ban`. They are judged here,
 * both when a server runs, whose house answers, and when none does and the command changes the store.
 */

import type { AuditLine, ListedDevice } from "../../wire/events.ts";
import { nameKey, roomName } from "../../words/names.js";
import { checkName } from "../names/check_name.ts";
import type { ConsoleRequestOf, JudgedRequest } from "../people/console_request.ts";
import type { People } from "../people/people.ts";
import { type Account, auditLine, type Change } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import { checkNoAddress, checkNotOwn } from "./choose_name.ts";
import { removed } from "./judge_account.ts";
import {
  type ConsoleState,
  judgeConsoleHook,
  judgeConsoleInvite,
  judgeConsoleRoom,
} from "./judge_console_room.ts";

/** The name for it in the audit trail. */
export const CONSOLE = "(console)";

/** The answer to such a request. */
export interface ConsoleAnswer {
  /** To `account`: whose name it is; nobody's if it is left out. */
  readonly account?: Pick<Account, "name" | "role">;
  /** To `devices`: where the name is signed in; none if nobody has reserved it. */
  readonly devices?: readonly ListedDevice[];
  /** To `lift`: what has ended, as the audit trail has it. */
  readonly lifted?: readonly AuditLine[];
  /** To `hook`: what was done, as the audit trail has it. */
  readonly hook?: AuditLine;
  /** To `hook`, of a server that runs: where its page is; none where it has no page, or that is not known. */
  readonly page?: string;
}

/** What a request comes to. */
interface Judged {
  readonly changes: readonly Change[];
  readonly answer: ConsoleAnswer;
}

/** What a text means as an address; `undefined`: none. */
type AddressKey = (text: string) => string | undefined;

/** What was found out where a request came in. */
interface Circumstances {
  readonly addressKey: AddressKey;
  /** The time, in ms since 1970. */
  readonly at: number;
  /** The id of an account that is made. */
  readonly account: string;
}

/** What a request comes to, by what there is. Throws a {@linkcode Refusal}. */
export function judgeConsole(
  state: ConsoleState,
  request: JudgedRequest,
  circumstances: Circumstances,
): Judged {
  const { people } = state;
  switch (request.type) {
    case "account": {
      const account = people.account(checkName(request.name));
      if (account === undefined) return { changes: [], answer: {} };
      const { name, role } = account;
      return { changes: [], answer: { account: { name, role } } };
    }
    case "user":
      return { changes: judgeUser(people, request, circumstances), answer: {} };
    case "lift":
      return judgeLift(people, request, circumstances);
    case "room":
      return told(judgeConsoleRoom(state, request, { by: CONSOLE, at: circumstances.at }));
    case "invite":
      return told(judgeConsoleInvite(state, request, { by: CONSOLE, at: circumstances.at }));
    case "hook": {
      const changes = judgeConsoleHook(state, request, { by: CONSOLE, at: circumstances.at });
      const [hook] = auditedBy(changes);
      return { changes, answer: hook === undefined ? {} : { hook } };
    }
  }
}

/** What the audit trail has of changes. */
export function auditedBy(changes: readonly Change[]): AuditLine[] {
  return changes.flatMap((change) => change.type === "audit" ? change.line : []);
}

/** Changes about which there is nothing to answer. */
function told(changes: readonly Change[]): Judged {
  return { changes, answer: {} };
}

function judgeUser(
  people: People,
  request: ConsoleRequestOf<"user">,
  { addressKey, at, account: id }: Circumstances,
): Change[] {
  const { action, name, role, proof } = request;
  const key = checkName(name);
  const known = people.account(key);
  // The name may also have been given back while the command asked for a password.
  if (known === undefined && (action !== "add" || proof === undefined)) {
    throw new Refusal("not-registered", `Nobody has reserved the name ${name}`);
  }
  if (known !== undefined && action === "add" && proof !== undefined) {
    throw new Refusal(
      "name-taken",
      `Somebody has reserved the name ${name} meanwhile; user reset gives it another password`,
    );
  }
  const isLastOwner = known?.role === "owner" && people.owners === 1;
  if (isLastOwner && (action === "remove" || role !== undefined && role !== "owner")) {
    throw new Refusal("last-owner", `${name} is the last owner; make somebody else one first`);
  }
  if (known === undefined) checkFree(people, name, key, addressKey);
  const line = auditLine(at, {
    by: CONSOLE,
    action: `user ${action}`,
    target: known?.name ?? name,
    detail: role ?? "",
  });
  if (action === "remove") {
    return [...removed(key, known?.id ?? ""), { type: "audit", line }];
  }
  const account: Account = {
    id: known?.id ?? id,
    name: known?.name ?? name,
    key,
    role: role ?? known?.role ?? "member",
    proof: proof ?? known?.proof ?? "",
    createdAt: known?.createdAt ?? at,
  };
  // Whoever was signed in by the password before is not any more.
  const signOut: Change[] = known === undefined || proof === undefined
    ? []
    : [{ type: "sign-out", account: known.id }];
  return [{ type: "account", account }, ...signOut, { type: "audit", line }];
}

function checkFree(people: People, name: string, key: string, addressKey: AddressKey): void {
  checkNoAddress(name, addressKey(key));
  checkNotOwn(name, key);
  const alike = people.reserved(name, key);
  if (alike === undefined) return;
  throw new Refusal("name-taken", `The name ${name} looks like ${alike.name}, which is reserved`);
}

function judgeLift(
  people: People,
  request: ConsoleRequestOf<"lift">,
  { addressKey, at }: Circumstances,
): Judged {
  const { who, room, kind } = request;
  const key = nameKey(who);
  const meant = people.sanctionsOn({ name: who, key }, addressKey(key), at).filter((sanction) =>
    (kind === undefined || sanction.kind === kind) &&
    (room === undefined || sanction.room === nameKey(roomName(room)))
  );
  const lifted = meant.map(({ kind, target, room }) =>
    auditLine(at, { by: CONSOLE, action: `un${kind}`, target, room })
  );
  const changes = meant.flatMap((sanction, index): Change[] => {
    const line = lifted[index] as AuditLine;
    return [{ type: "lift", sanction }, { type: "audit", line }];
  });
  return { changes, answer: { lifted } };
}
