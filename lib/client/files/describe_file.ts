/** Asks what a file is of which only the id is known. */

import type { EventOf, SentFile } from "../../wire/events.ts";
import { RequestError } from "../conversation.ts";
import { orAborted } from "../../words/or_aborted.js";
import type { TransferLink } from "./transfer_link.ts";

/** Resolves with its name, size and hash. Rejects with a `RequestError`. */
export async function describeFile(
  link: TransferLink,
  id: string,
  signal: AbortSignal,
): Promise<SentFile> {
  return await link.throughBreaks({ signal }, async () => {
    const first = Promise.withResolvers<EventOf<"data">>();
    using _listening = link.listen(id, first.resolve);
    // The first bytes say of which file they are, and one is enough.
    const asked = link.send({ type: "get", file: id, offset: 0, credit: 1 });
    const event = await orAborted(signal, Promise.race([first.promise, asked]));
    // What is asked of the file next comes after that; no answer need be waited for.
    link.send({ type: "cancel", file: id }).catch(() => {});
    if (event.type === "data" && event.about !== undefined) return event.about;
    throw new RequestError("no-answer", `The server does not say what the file ${id} is`);
  });
}
