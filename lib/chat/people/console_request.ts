/** The requests that can come from the server's machine: a table with a row for each type. */

import {
  count,
  FieldError,
  flag,
  isObject,
  type MessagesOf,
  oneOf,
  optional,
  pickFields,
  secret,
  string,
} from "../../wire/fields.ts";
import { SERVER_ROLES } from "./permissions.ts";
import { ACCESSES } from "./records.ts";

/** What can be done with a reserved name. */
export const USER_ACTIONS = ["add", "reset", "remove"] as const;

/** What can be done with it. */
export type UserAction = typeof USER_ACTIONS[number];

const REQUESTS = {
  /** Who has reserved a name. */
  account: { name: string },
  /** The devices on which a reserved name is signed in. */
  devices: { name: string },
  /** A name is reserved, or given another role; it gets another password; it is given back. */
  user: {
    action: oneOf(USER_ACTIONS),
    name: string,
    role: optional(oneOf(SERVER_ROLES)),
    /** The new password, hashed. An `add` without one is for a name that is reserved already. */
    proof: optional(secret),
  },
  /** A room is set otherwise, or removed. */
  room: {
    room: string,
    access: optional(oneOf(ACCESSES)),
    /** Also if others can read then what was said by invitation only. */
    reveal: optional(flag),
    title: optional(string),
    remove: optional(flag),
  },
  /** A link that invites to a room. The command makes up its token, and tells the hash. */
  invite: {
    room: string,
    id: string,
    hash: string,
    forMs: optional(count),
    uses: optional(count),
    register: optional(flag),
  },
  /** A webhook is made, whose token the command makes up, or taken back. */
  hook: {
    action: oneOf(["add", "remove"]),
    /** With `add` the room that it is of; with `remove` it may be left out. */
    room: optional(string),
    name: optional(string),
    id: optional(string),
    hash: optional(string),
    /** With `remove`: its id or its name. */
    which: optional(string),
  },
  /** Ends the bans and mutes on a name, on names that look like it, or on an address. */
  lift: {
    who: string,
    /** Only those that hold in that room alone. */
    room: optional(string),
    kind: optional(oneOf(["ban", "mute"])),
  },
};

type Requests = MessagesOf<typeof REQUESTS>;

/** A request from the server's machine. */
export type ConsoleRequest = Requests[keyof Requests];

/** The request of one type. */
export type ConsoleRequestOf<T extends ConsoleRequest["type"]> = Requests[T];

/** A request that is judged by what is kept of people: all but those for lists of something else. */
export type JudgedRequest = Exclude<ConsoleRequest, { readonly type: "devices" }>;

/** Reads a request of a command. Throws a {@linkcode FieldError} for anything else. */
export function consoleRequestFrom(value: unknown): ConsoleRequest {
  const source = isObject(value) ? value : {};
  const type = Object.keys(REQUESTS).find((known) => known === source["type"]);
  if (type === undefined) throw new FieldError("This server can't be asked that by a command");
  const fields = REQUESTS[type as ConsoleRequest["type"]];
  return pickFields(source, fields, { type }) as ConsoleRequest;
}
