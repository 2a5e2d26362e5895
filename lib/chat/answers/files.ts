/** The answers to requests about files: those that come in, and those that are fetched. */

import type { Request } from "../../wire/requests.ts";
import type { HouseParts } from "../house_parts.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";

/** Answers a request about files. Throws a {@linkcode Refusal} (`files-off`) on a server that keeps none. */
export function file(_: HouseParts, __: Session, { type }: Request): never {
  throw new Refusal("files-off", `This server takes no files, so there is no ${type}`);
}
