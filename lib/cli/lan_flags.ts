/** What the flag of `serve` by which the network is told of it says; loaded when it is given. */

import { utf8Length } from "../wire/text.ts";
import { type Invocation, UsageError } from "./flags.ts";
import { hostName } from "./machine.ts";

/** The longest name: it is a label of the DNS. */
const MAX_NAME_BYTES = 63;

/** How the network is to be told of a server. */
export interface AnnounceWish {
  readonly name: string;
}

/** What the flag asks for. `hostname`: where the server listens. Throws a {@linkcode UsageError}. */
export function announceWish(
  invocation: Invocation,
  hostname: string,
  title: string | undefined,
): AnnounceWish {
  if (isOnlyNear(hostname)) {
    throw new UsageError(
      `--announce tells the network of a server that only this machine can reach: it listens on ` +
        `${hostname}; say --host 0.0.0.0, or leave out --announce`,
    );
  }
  const given = invocation.get("announce")?.trim();
  // A title may be longer; then its beginning is told.
  if (!given) return { name: title ?? hostName() ?? "chatroom" };
  if (utf8Length(given) <= MAX_NAME_BYTES && !/[\p{C}\p{Zl}\p{Zp}]/u.test(given)) {
    return { name: given };
  }
  throw new UsageError(
    `--announce takes a name of ${MAX_NAME_BYTES} bytes at most that can be seen, not ` +
      JSON.stringify(given),
  );
}

/** Whether only this machine can reach an address. */
export function isOnlyNear(hostname: string): boolean {
  return /^(?:127\.|::1$|localhost$|::ffff:127\.)/i.test(hostname);
}
