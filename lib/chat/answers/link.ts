/** The answer to `link`: an HTTP link to a file, for the person that asks. */

import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { whoIsSession } from "../judge/parties.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { readableFile } from "./readable_file.ts";

/** Answers with a link. Rejects with a {@linkcode Refusal}. */
export async function link(
  house: HouseParts,
  session: Session,
  request: RequestOf<"link">,
): Promise<void> {
  const reader = whoIsSession(house.state, session);
  const file = await readableFile(house, session, request.file);
  const made = session.peer?.link?.(file, reader);
  if (made === undefined) {
    const text =
      "This server is not reached over HTTP, so there are no links to files; get fetches it";
    throw new Refusal("no-web", text);
  }
  const { path, url, until } = made;
  session.deliver({
    type: "link",
    ...idOf(request),
    file: file.id,
    path,
    ...(url === undefined ? {} : { url }),
    until: new Date(until).toISOString(),
  });
}
