/** The requests that change accounts, roles, bans and mutes, as plain data for a fact. */

import type { RequestOf } from "../../wire/requests.ts";
import type { Named } from "../names/name_tables.ts";
import type { Hash } from "../sessions/session.ts";
import type { JudgedRequest } from "./console_request.ts";
import type { Action } from "./permissions.ts";
import type { Access, Notify, Party } from "./records.ts";

/** What one person asks to be done to another, as it was written. */
export interface ModAsk extends Omit<RequestOf<"mod">, "type" | "id"> {
  readonly kind: "mod";
}

/** A session opens a room that not everybody may enter, or that no list has. */
export interface OpenAsk {
  readonly kind: "open";
  readonly room: Named;
  readonly access: Access;
}

/** What one asks of a room's record, as it was written. */
export interface RoomAsk extends Omit<RequestOf<"room">, "type" | "id"> {
  readonly kind: "room";
}

/** A link that is to invite; the token that it is for is known by its hash. */
export interface NewLink extends NonNullable<RequestOf<"invite">["link"]> {
  readonly id: string;
  readonly hash: string;
}

/** Somebody is invited to a room by name, or whoever has a link. */
export interface InviteAsk {
  readonly kind: "invite";
  readonly room: string;
  readonly name?: string;
  readonly link?: NewLink;
}

/** An invitation is taken back, as it was written. */
export interface UninviteAsk extends Omit<RequestOf<"uninvite">, "type" | "id"> {
  readonly kind: "uninvite";
}

/**
 * Somebody comes by a link: a guest, or an account; or beside a guest who has done so. No session asks for
 * it, since it is not in yet.
 */
export interface AcceptAsk {
  readonly kind: "accept";
  /** The hash of the token that it shows, or the id of the guest that it comes beside. */
  readonly by: { readonly link: string } | { readonly guest: string };
  /** The id under which it becomes a member of record, and what it goes by as a guest. */
  readonly who: string;
  readonly name?: string;
}

/** What is asked for, by a session or by whoever runs the server. */
export type PeopleAsk =
  /** The session's name is reserved for it. */
  | {
    readonly kind: "register";
    /** The id of the new account. */
    readonly account: string;
    readonly name: Named;
    readonly proof: string;
  }
  /** The session's own name gets another password. */
  | { readonly kind: "passwd"; readonly proof: string }
  /** The session's own name is written otherwise. */
  | { readonly kind: "respell"; readonly name: string }
  /** Devices of the session's account are signed out: one, or all but the session itself. */
  | { readonly kind: "sign-out"; readonly device?: Hash }
  /** The session's own name is given back. */
  | { readonly kind: "unregister" }
  /** The session has opened a room, and becomes its host. */
  | { readonly kind: "host"; readonly room: Named }
  /** The session begins a conversation with somebody. */
  | { readonly kind: "chat"; readonly key: string; readonly to: Party }
  /** The session's account does not want to hear somebody, or wants to again. */
  | { readonly kind: "block" | "unblock"; readonly name: string }
  | OpenAsk
  | RoomAsk
  | InviteAsk
  | UninviteAsk
  | AcceptAsk
  /** The session's account sets of which rooms it is notified, and whether others learn when it was here. */
  | {
    readonly kind: "settings";
    readonly notify: Readonly<Record<string, Notify>>;
    readonly hideSeen?: boolean;
  }
  | ModAsk
  /** `account` is the id of the account that it may make. */
  | { readonly kind: "console"; readonly request: JudgedRequest; readonly account: string }
  /**
   * Removes bans and mutes that have long been over, what is on record of rooms that are `gone`, and the
   * sessions of guests who came by a link and do not come back. Rooms that were gone and are `back` are
   * stored anew as they are on record.
   */
  | {
    readonly kind: "tidy";
    readonly gone: readonly string[];
    readonly back: readonly string[];
    readonly guests: readonly Hash[];
  };

/** What one person does to another, with all that was found out about it. */
export interface ModAction {
  readonly action: Action;
  /** The name of whoever does it. */
  readonly by: string;
  /** The room's key; empty for the whole server. */
  readonly room: string;
  /** What the room is called. */
  readonly title: string;
  readonly subject: "name" | "address";
  readonly key: string;
  /** The name as it is written, or the address. */
  readonly target: string;
  /** In ms since 1970; 0: for ever. */
  readonly until: number;
  readonly reason: string;
  /** The address of the person that was banned or kicked, for operators of the server. */
  readonly address?: string;
}
