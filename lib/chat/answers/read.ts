/** The answer to `read`: how far an account has read a room or a conversation, on all its devices. */

import type { RequestOf } from "../../wire/requests.ts";
import { Asked } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { listedBy } from "../judge/listed_by.ts";
import type { Later } from "../later.ts";
import type { MarkFact } from "../log/person_facts.ts";
import { put } from "../put.ts";
import type { Session } from "../sessions/session.ts";

/** Marks what has been read; the mark that holds then is told to all devices, see tell.ts. */
export function read(house: HouseParts, session: Session, request: RequestOf<"read">): Later<void> {
  const { log, name: title } = listedBy(house.state, session, request);
  const { seq, back, id } = request;
  const fact: MarkFact = {
    kind: "mark",
    by: session.hash,
    log,
    title,
    read: seq,
    ...(back ? { back: true } : {}),
  };
  return put(house, fact, new Asked(session, id));
}
