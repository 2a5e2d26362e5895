/** Which passwords are accepted for names. */

import { REQUESTS } from "../wire/requests.ts";
import { Refusal } from "./refusal.ts";

/** Shortest and longest passwords of names, in UTF-16 code units. */
export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = REQUESTS.register.password.most;

/** Decoders put this for bytes that are not UTF-8: different passwords would be the same. */
const NOT_UTF8 = "\ufffd";

/** Throws a {@linkcode Refusal} (`weak-password`) for a password that no name can have. */
export function checkStrength(password: string): void {
  const { length } = password;
  if (password.includes(NOT_UTF8)) {
    throw new Refusal(
      "weak-password",
      "A password has no U+FFFD, which is what is left of letters that were not UTF-8",
    );
  }
  if (length >= MIN_PASSWORD && length <= MAX_PASSWORD) return;
  throw new Refusal(
    "weak-password",
    `A password has ${MIN_PASSWORD} to ${MAX_PASSWORD} characters; this one has ${length}`,
  );
}
