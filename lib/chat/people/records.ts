/** What is stored about people: accounts, roles, bans, mutes, the audit trail. */

import type { AuditLine } from "../../wire/events.ts";
import type { ServerRole } from "./permissions.ts";

/** A reserved name. */
export interface Account {
  readonly name: string;
  readonly key: string;
  readonly role: ServerRole;
  /** What a password is checked with: the name of the function, its parameters, salt and hash. */
  readonly proof: string;
  /** In ms since 1970. */
  readonly createdAt: number;
}

/** A ban or a mute. There is one of a kind for each subject and room. */
export interface Sanction {
  readonly kind: "ban" | "mute";
  /** The room's key; empty for the whole server. */
  readonly room: string;
  /** Whether `key` is that of a name or an address. */
  readonly subject: "name" | "address";
  readonly key: string;
  /** The name as it was written, or the address. */
  readonly target: string;
  readonly by: string;
  /** In ms since 1970. */
  readonly at: number;
  /** In ms since 1970; 0: for ever. */
  readonly until: number;
  readonly reason: string;
}

/** Somebody who is an operator of one room. */
export interface Host {
  /** The room's key. */
  readonly room: string;
  /** The account's key. */
  readonly key: string;
}

/** One change of what is stored. The changes of one fact are stored together, or none of them is. */
export type Change =
  | { readonly type: "account"; readonly account: Account }
  /** It is no longer the operator of any room, either. */
  | { readonly type: "remove"; readonly key: string }
  | { readonly type: "host"; readonly host: Host }
  | { readonly type: "unhost"; readonly host: Host }
  | { readonly type: "sanction"; readonly sanction: Sanction }
  | { readonly type: "lift"; readonly sanction: Sanction }
  | { readonly type: "audit"; readonly line: AuditLine };

/** All that is stored, except for the audit trail. */
export interface Kept {
  readonly accounts: readonly Account[];
  readonly hosts: readonly Host[];
  readonly sanctions: readonly Sanction[];
}

/** A line: who did what to whom, at a time in ms since 1970. An empty room or detail is left out. */
export function auditLine(
  at: number,
  { by, action, target, room = "", detail = "" }: Omit<AuditLine, "at">,
): AuditLine {
  return {
    at: new Date(at).toISOString(),
    by,
    action,
    target,
    ...(room === "" ? {} : { room }),
    ...(detail === "" ? {} : { detail }),
  };
}
