/**
 * What is stored about people and their rooms, besides what was said: accounts, roles, bans and mutes,
 * what an account has listed, who may enter a room, conversations, devices, the audit trail.
 */

import type { AuditLine } from "../../wire/events.ts";
import type { ReadLog } from "../messages/log_key.ts";
import type { Hash } from "../sessions/session.ts";
import type { Hook, HookChange } from "./hook_record.ts";
import type { ServerRole } from "./permissions.ts";

/** A reserved name. */
export interface Account {
  /** Opaque, and never used again; see account_id.ts. */
  readonly id: string;
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

/** Somebody who is a host of a room: an operator there alone. */
export interface Host {
  /** The room's key. */
  readonly room: string;
  /** The account's key. */
  readonly key: string;
}

/** Who may enter a room: everybody; everybody, but it is in no list; or its members of record. */
export const ACCESSES = ["open", "unlisted", "invite"] as const;

/** Who may enter a room. */
export type Access = typeof ACCESSES[number];

/** What has been settled about a room. Its topic is not here: a `topic` fact sets that. */
export interface RoomRecord {
  readonly key: string;
  readonly name: string;
  /** Empty: none. */
  readonly title: string;
  /** The id of the account that founded it; empty: none did. */
  readonly founder: string;
  readonly access: Access;
  /** Only its hosts set the topic. */
  readonly topicLocked: boolean;
  /** How long everybody waits between two messages, in s; 0: not at all. */
  readonly slow: number;
  /** Only its hosts speak. */
  readonly quiet: boolean;
}

/** A member of record: an account that may enter an `invite` room. */
export interface Member {
  /** The room's key. */
  readonly room: string;
  /** The account's id. */
  readonly account: string;
  /** The name of whoever invited it, as it was then; of a guest, the id of its link. */
  readonly by: string;
  /** The id of that one's account; none for whoever runs the server. */
  readonly inviter?: string;
  /** In ms since 1970. */
  readonly at: number;
  /** What a guest went by, who has no account that says it. */
  readonly name?: string;
}

/** Of what in a room an account wants to be notified. */
export const NOTIFIES = ["all", "mentions", "none"] as const;

/** Of what in a room an account wants to be notified. */
export type Notify = typeof NOTIFIES[number];

/** A room or conversation in an account's list, on all its devices. */
export interface Listed {
  /** The account's id. */
  readonly account: string;
  readonly log: ReadLog;
  /** What the room is called; empty for a conversation. */
  readonly name: string;
  /** The seq up to which it has been read. */
  readonly read: number;
  readonly notify?: Notify;
  /** When it was listed, in ms since 1970. */
  readonly at: number;
}

/** One side of a conversation. */
export interface Party {
  /** The id of an account, or the hash of a guest's first session. */
  readonly who: `account ${string}` | `guest ${string}`;
  readonly name: string;
  /** The account has been given back, or the guest does not come back. */
  readonly gone?: true;
}

/** A conversation of two, of whom the first has begun it; in notes to oneself both are the same. */
export interface ChatRecord {
  readonly key: string;
  readonly parties: readonly [Party, Party];
  /** When it began, in ms since 1970. */
  readonly at: number;
  /** When something was said in it last, if it is read from where it is kept. */
  readonly newsAt?: number;
}

/** Somebody whom an account does not want to hear. */
export interface Block {
  /** The id of the account that blocks. */
  readonly account: string;
  /** Who is blocked, as in {@linkcode Party}. */
  readonly who: string;
  readonly name: string;
  /** In ms since 1970. */
  readonly at: number;
}

/** What an account has set for all its devices, and when it was here last. */
export interface AccountSettings {
  /** The account's id. */
  readonly account: string;
  /** Others are not told when it was here. */
  readonly hideSeen?: true;
  /** When its last device left, in ms since 1970; 0: never. */
  readonly seen: number;
}

/** A session that an account has signed in, and that stays so for a while. */
export interface Device {
  readonly hash: Hash;
  /** The account's id. */
  readonly account: string;
  /** What it calls itself; empty: nothing. */
  readonly label: string;
  /** How it came: by which protocol. */
  readonly door: string;
  /** When it was signed in and when it was used last, in ms since 1970. */
  readonly since: number;
  readonly used: number;
}

/** The most devices of one account that are remembered; the one that was unused for longest goes. */
export const MAX_DEVICES = 32;

/** A link by which guests may come into a room. */
export interface Invitation {
  readonly id: string;
  /** The SHA-256 of its token, in hexadecimal: the token itself is stored nowhere. */
  readonly hash: string;
  /** The room's key. */
  readonly room: string;
  /** The name of whoever made it, as it was then, and the id of that one's account. */
  readonly by: string;
  readonly inviter?: string;
  /** When it was made, and until when it holds, in ms since 1970; 0: for ever. */
  readonly at: number;
  readonly until: number;
  /** How often it may be used, 0: as often as wanted; and how often it was. */
  readonly uses: number;
  readonly used: number;
  /** Who comes by it may reserve a name. */
  readonly register?: true;
}

/** One change of what is stored. The changes of one fact are stored together, or none of them is. */
export type Change =
  | { readonly type: "account"; readonly account: Account }
  /**
   * An account is given back. It is no longer the operator or a member of any room, and what it has
   * listed, whom it blocks, its settings and its devices go. `id` is its id.
   */
  | { readonly type: "remove"; readonly key: string; readonly id: string }
  | { readonly type: "host"; readonly host: Host }
  | { readonly type: "unhost"; readonly host: Host }
  | { readonly type: "sanction"; readonly sanction: Sanction }
  | { readonly type: "lift"; readonly sanction: Sanction }
  | { readonly type: "audit"; readonly line: AuditLine }
  /** A room that is new counts in the share of `opener`, as in a `say`. */
  | { readonly type: "room"; readonly room: RoomRecord; readonly opener?: `account ${string}` }
  /** A room goes, with all that was said in it, its members of record, its links and hooks, and from all lists. */
  | { readonly type: "unroom"; readonly key: string }
  | { readonly type: "member"; readonly member: Member }
  | { readonly type: "unmember"; readonly room: string; readonly account: string }
  | ListChange
  | { readonly type: "chat"; readonly chat: ChatRecord }
  /** A conversation goes, with all that was said in it, and from all lists. */
  | { readonly type: "unchat"; readonly key: string }
  | { readonly type: "block"; readonly block: Block }
  | { readonly type: "unblock"; readonly account: string; readonly who: string }
  | SignOut
  | { readonly type: "invitation"; readonly invitation: Invitation }
  | { readonly type: "uninvitation"; readonly id: string }
  | HookChange;

/** Devices of an account are signed out: one, all but one, or all. */
export interface SignOut {
  readonly type: "sign-out";
  readonly account: string;
  readonly device?: Hash;
  readonly except?: Hash;
}

/** Whether a device of an account is one of those that are signed out. */
export function signsOut({ account, device, except }: SignOut, of: string, hash: Hash): boolean {
  return account === of && (device === undefined || device === hash) && except !== hash;
}

/** A change that is frequent and needs no judgement: nobody waits for it. */
export type ListChange =
  | { readonly type: "listed"; readonly listed: Listed }
  | { readonly type: "unlisted"; readonly account: string; readonly log: ReadLog }
  | { readonly type: "settings"; readonly settings: AccountSettings }
  | { readonly type: "device"; readonly device: Device };

/** What is stored of accounts, roles, bans and mutes. */
export interface KeptPeople {
  readonly accounts: readonly Account[];
  readonly hosts: readonly Host[];
  readonly sanctions: readonly Sanction[];
}

/** All that is stored, except for the audit trail and the devices, which are asked for one by one. */
export interface Kept extends KeptPeople {
  /** The rooms of which something has been settled; all others are as {@linkcode plainRoom} says. */
  readonly rooms: readonly RoomRecord[];
  readonly members: readonly Member[];
  readonly listed: readonly Listed[];
  readonly chats: readonly ChatRecord[];
  readonly blocks: readonly Block[];
  readonly settings: readonly AccountSettings[];
  readonly invitations: readonly Invitation[];
  readonly hooks: readonly Hook[];
}

/** Nothing. */
export const NOTHING_KEPT: Kept = {
  ...{ accounts: [], hosts: [], sanctions: [], rooms: [], members: [], listed: [], chats: [] },
  ...{ blocks: [], settings: [], invitations: [], hooks: [] },
};

/** The record of a room of which nothing has been settled. */
export function plainRoom(key: string, name: string): RoomRecord {
  return {
    ...{ key, name, title: "", founder: "", access: "open" },
    ...{ topicLocked: false, slow: 0, quiet: false },
  };
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
