/**
 * The event protocol: what a client may ask (requests), what a server tells (events), and their
 * encoding as JSON in right-justified frames. PROTOCOL.md beside this file is the specification.
 */

import { encodeFrame, frameText, utf8Length } from "./frame.ts";

/** The version of the event protocol that is spoken here. */
export const PROTOCOL_VERSION = 1;

/** The longest password of a server, in UTF-16 code units; what is longer is refused unread. */
export const MAX_SERVER_PASSWORD = 1_024;

/** The largest event that our clients take, in bytes: a page, or a message of a server with larger limits. */
export const MAX_EVENT_BYTES = 8 * 1_048_576;

/** The room that everybody starts in unless they ask for another. */
export const DEFAULT_ROOM = "lobby";

/** The name that the server itself speaks under; nobody else can have it. */
export const SERVER_NAME = "server";

/** Where a client was when its connection ended: the last seq that it saw in each of its rooms. */
export interface ResumePoint {
  readonly epoch: string;
  readonly seq: Readonly<Record<string, number>>;
  /** The `n` of the last direct message that it saw. */
  readonly direct?: number;
}

/** What a client may ask. `id` is chosen by the client and comes back with the answer. */
export type Request =
  & { readonly id?: string }
  & (
    | {
      readonly type: "hello";
      readonly name?: string;
      readonly room?: string;
      /** The server's, where `welcome.needs` says so. */
      readonly password?: string;
      /** The password of the name, where that is reserved. */
      readonly login?: string;
      readonly session?: string;
      readonly resume?: ResumePoint;
      /** Earlier messages that are wanted of a room that is new; the server's limit unless told. */
      readonly scrollback?: number;
      /** A script that comes and goes: nobody is told, and little is kept for it. */
      readonly visitor?: boolean;
      /** A visitor that takes no number after a name that is in use, and is refused instead. */
      readonly exact?: boolean;
    }
    | {
      readonly type: "say";
      readonly room: string;
      readonly text: string;
      readonly action?: boolean;
    }
    | { readonly type: "direct"; readonly to: string; readonly text: string }
    | { readonly type: "join"; readonly room: string; readonly scrollback?: number }
    | { readonly type: "leave"; readonly room: string }
    | { readonly type: "rename"; readonly name: string }
    | { readonly type: "topic"; readonly room: string; readonly text?: string }
    | { readonly type: "who"; readonly room: string }
    | { readonly type: "rooms" }
    | {
      readonly type: "history";
      readonly room: string;
      readonly before?: number;
      readonly limit?: number;
    }
    | {
      readonly type: "search";
      /** Words that must all be there. */
      readonly query: string;
      /** All rooms that the session is in unless said. */
      readonly room?: string;
      readonly from?: string;
      readonly before?: number;
      /** Matches to pass over: those that came with earlier pages. */
      /** That of the page before, to go on after it. */
      readonly cursor?: string;
      readonly skip?: number;
      readonly limit?: number;
    }
    /** Reserves the name that the session goes by. */
    | { readonly type: "register"; readonly password: string }
    /** Shows that a reserved name is one's own, and takes it: the one last refused unless named. */
    | { readonly type: "login"; readonly password: string; readonly name?: string }
    /** Gives the reserved name another password. */
    | { readonly type: "passwd"; readonly password: string }
    | { readonly type: "unregister" }
    | {
      readonly type: "mod";
      /** One of the actions in lib/chat/permissions.ts. */
      readonly action: string;
      /** A name or an address. */
      readonly target: string;
      /** Where it is asked; whoever has a role in that room only acts there. */
      readonly room?: string;
      /** Acts in that room alone, whatever the role. */
      readonly only?: boolean;
      readonly forMs?: number;
      readonly reason?: string;
    }
    | { readonly type: "bans"; readonly room?: string }
    | { readonly type: "audit"; readonly limit?: number }
    /** Ends the connection and the session: this client does not come back. */
    | { readonly type: "quit" }
    | { readonly type: "ping" }
    | { readonly type: "pong" }
  );

/** The request of one type. */
export type RequestOf<T extends Request["type"]> = Extract<Request, { type: T }>;

/** Why something else is told in the place of a message; programs know it by this. */
export type Withheld = "damaged" | "too-large";

/** A message as it is kept: `seq` counts 1, 2, 3 … in its room, `at` is RFC 3339 in UTC. */
export interface Message {
  readonly room: string;
  readonly seq: number;
  readonly from: string;
  readonly at: string;
  readonly text: string;
  /** True when `from` does something instead of saying it (`/me waves`). */
  readonly action?: true;
  /** Why `text` is a sentence of the server's, and not what was said. */
  readonly withheld?: string;
}

/** A room as a list of rooms shows it. */
export interface RoomSummary {
  readonly room: string;
  readonly members: number;
  readonly topic?: string;
}

/** A ban or a mute as a list shows it. */
export interface ListedBan {
  readonly kind: string;
  readonly target: string;
  /** Where it holds; everywhere if none. */
  readonly room?: string;
  readonly by: string;
  readonly at: string;
  /** For ever if none. */
  readonly until?: string;
  readonly reason?: string;
}

/** What somebody did to somebody, as the audit trail tells it. */
export interface AuditLine {
  readonly at: string;
  readonly by: string;
  readonly action: string;
  readonly target: string;
  readonly room?: string;
  readonly detail?: string;
}

/** The limits that a client does well to know before it sends. */
export interface WelcomeLimits {
  /** Largest payload of a frame that the server accepts, in bytes. */
  readonly payload: number;
}

/** What a server tells. `id` is there when the event answers a request that had one. */
export type Event =
  & { readonly id?: string }
  & (
    | {
      readonly type: "welcome";
      readonly protocol: number;
      readonly server: string;
      /** What those who run the server call it. */
      readonly title?: string;
      readonly epoch: string;
      readonly needs: readonly string[];
      readonly limits: WelcomeLimits;
    }
    | {
      readonly type: "ready";
      readonly name: string;
      readonly session: string;
      readonly room: string;
      readonly seq: number;
      /** The room's last seq where earlier messages follow: those after `seq` up to this one. */
      readonly last?: number;
      readonly topic?: string;
      readonly direct: number;
      /** The session that the client named is not known any more; this is a new one. */
      readonly lost?: true;
    }
    | { readonly type: "message" } & Message
    | {
      readonly type: "direct";
      readonly from: string;
      readonly to: string;
      readonly at: string;
      readonly text: string;
      /** As in {@linkcode Message}. */
      readonly withheld?: string;
      /** Counts the direct messages that the receiving session got: 1, 2, 3 … */
      readonly n: number;
    }
    | { readonly type: "ack"; readonly room?: string; readonly seq?: number; readonly at: string }
    | {
      readonly type: "joined";
      readonly room: string;
      readonly name: string;
      /** Only in the answer to `join`: what comes after it follows. */
      readonly seq?: number;
      /** As in `ready`. */
      readonly last?: number;
      /** Only in the answer to `join`, where the room has one. */
      readonly topic?: string;
    }
    | {
      readonly type: "left";
      readonly room: string;
      readonly name: string;
      readonly reason?: string;
      /** Who sent them away, and why, where somebody did. */
      readonly by?: string;
      readonly why?: string;
    }
    | { readonly type: "renamed"; readonly from: string; readonly to: string }
    | {
      readonly type: "topic";
      readonly room: string;
      readonly text: string;
      /** Who set it; not there in the answer to a question about it. */
      readonly from?: string;
    }
    | {
      readonly type: "members";
      readonly room: string;
      readonly members: readonly string[];
      readonly total: number;
      /** The visitors, which `members` and `total` leave out; only where there are any. */
      readonly visitors?: readonly string[];
    }
    | {
      readonly type: "rooms";
      readonly rooms: readonly RoomSummary[];
      /** True when they are too many for one event: these have the most members. */
      readonly more?: boolean;
    }
    | {
      readonly type: "page";
      /** Empty for a search in all rooms. */
      readonly room: string;
      readonly messages: readonly Message[];
      /** True when there are messages before the first of these, or matches after the last. */
      readonly more: boolean;
      /** Of a search that has more: what to ask with for the next page. */
      readonly cursor?: string;
      /** Words of a search by which nothing can be found. */
      readonly ignored?: readonly string[];
    }
    | {
      readonly type: "gap";
      readonly room: string;
      readonly from: number;
      /** `null` when the numbers are from another epoch, whose end is not known. */
      readonly to: number | null;
    }
    | {
      /** The answer to `register`, `login`, `passwd` and `unregister`. */
      readonly type: "account";
      readonly action: string;
      readonly name: string;
      readonly role: string;
    }
    | {
      readonly type: "mod";
      readonly action: string;
      readonly target: string;
      /** Everywhere if none. */
      readonly room?: string;
      readonly by: string;
      readonly until?: string;
      readonly reason?: string;
      /** Where the person came from; told to those who may ban it. */
      readonly address?: string;
    }
    | { readonly type: "bans"; readonly bans: readonly ListedBan[]; readonly more: boolean }
    | { readonly type: "audit"; readonly entries: readonly AuditLine[]; readonly more: boolean }
    | { readonly type: "notice"; readonly text: string }
    | {
      readonly type: "error";
      readonly code: string;
      readonly text: string;
      readonly retryAfterMs?: number;
    }
    | {
      readonly type: "bye";
      readonly reason: string;
      readonly text: string;
      readonly retryAfterMs?: number;
    }
    | { readonly type: "ping" }
    | { readonly type: "pong" }
  );

/** The event of one type. */
export type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;

/** Encodes one request or event as a frame. */
export function encodeEvent(value: Request | Event): Uint8Array<ArrayBuffer> {
  return encodeFrame(JSON.stringify(value), "right");
}

/** An event's frame as text, to be encoded together with others. */
export function eventText(event: Event): string {
  if (event.type !== "rooms") return frameText(JSON.stringify(event), "right");
  const [head, list] = partsOf(event);
  return frameText(`${head}${list.json}}`, "right", utf8Length(head) + list.bytes + 1);
}

/** An event as JSON. */
export function eventJson(event: Event): string {
  if (event.type !== "rooms") return JSON.stringify(event);
  const [head, list] = partsOf(event);
  return `${head}${list.json}}`;
}

/** Lists of rooms as JSON, and its size: one that is long is told to many. */
const lists = new WeakMap<readonly RoomSummary[], { json: string; bytes: number }>();

/** The JSON of a list of rooms up to the list, the list, and then a brace is missing. */
function partsOf(event: EventOf<"rooms">): [head: string, list: { json: string; bytes: number }] {
  const { rooms, ...rest } = event;
  let list = lists.get(rooms);
  if (list === undefined) {
    const json = JSON.stringify(rooms);
    list = { json, bytes: utf8Length(json) };
    lists.set(rooms, list);
  }
  return [`${JSON.stringify(rest).slice(0, -1)},"rooms":`, list];
}

/** Bytes that a text takes in an event. */
export function bytesInEvent(text: string): number {
  return utf8Length(JSON.stringify(text));
}
