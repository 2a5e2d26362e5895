/** What may be asked at the control port: a table, one row a type of request. */

import { type ConsoleRequest, USER_ACTIONS } from "../chat/console.ts";
import { SERVER_ROLES } from "../chat/permissions.ts";
import { FieldError, type Fields, isObject, pickFields } from "../wire/fields.ts";

const FIELDS: Readonly<Record<ConsoleRequest["type"], Fields>> = {
  account: { name: { kind: "string" } },
  user: {
    action: { kind: "string" },
    name: { kind: "string" },
    role: { kind: "string", optional: true },
    proof: { kind: "string", optional: true },
  },
  lift: {
    who: { kind: "string" },
    room: { kind: "string", optional: true },
    kind: { kind: "string", optional: true },
  },
};

/** The fields that hold one of a few words. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  action: USER_ACTIONS,
  role: SERVER_ROLES,
  kind: ["ban", "mute"],
};

/** What a command asks. Throws a {@linkcode FieldError} for what nobody can be asked. */
export function consoleRequestFrom(value: unknown): ConsoleRequest {
  const source = isObject(value) ? value : {};
  const type = Object.keys(FIELDS).find((known) => known === source["type"]);
  if (type === undefined) throw new FieldError("This server can't be asked that by a command");
  const request = pickFields(source, FIELDS[type as ConsoleRequest["type"]], { type });
  for (const [field, words] of Object.entries(CHOICES)) {
    if (request[field] === undefined || words.includes(request[field] as string)) continue;
    throw new FieldError(`The field ${field} must be one of ${words.join(", ")}`);
  }
  return request as unknown as ConsoleRequest;
}
