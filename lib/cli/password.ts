/** Reads passwords from files and the environment; never from the command line. */

import { isPlainFile, READ_ONCE } from "./plain_file.ts";
import { REQUESTS } from "../wire/requests.ts";
import { readNamed } from "../named/named_file.ts";
import { reasonOf } from "../wire/text.ts";
import { flagOf, type Invocation, readEnv, strictText, UsageError } from "./flags.ts";

/** The largest file with a password in its first line, in bytes. */
const MAX_BYTES = 65_536;

/** The flag that names a file with the server's password. */
export const PASSWORD_FLAG = flagOf(
  "--password-file FILE",
  "file whose first line is the server's password; $CHATROOM_PASSWORD holds one too",
);

/** The server's password from the file or the environment. Throws a {@linkcode UsageError}. */
export function givenPassword(invocation: Invocation): string | undefined {
  const file = invocation.get("password-file");
  if (file !== undefined) return readPassword(file);
  const password = readEnv("CHATROOM_PASSWORD");
  return password === undefined ? undefined : short(password, "$CHATROOM_PASSWORD");
}

/** A phrase for where {@linkcode givenPassword} found it. */
export function passwordPlace(invocation: Invocation): string {
  const file = invocation.get("password-file");
  return file === undefined ? "in $CHATROOM_PASSWORD" : `the first line of ${file}`;
}

/** The first line of a file. Throws a {@linkcode UsageError} that does not show the file's content. */
export function readPassword(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readNamed(file, { ...READ_ONCE, most: MAX_BYTES });
  } catch (error) {
    throw new UsageError(`The password file ${file} can't be read: ${reasonOf(error)}`);
  }
  return firstLine(bytes, `the password file ${file}`);
}

/**
 * The same for a server that already runs, and must not wait: a pipe or a terminal was read at the
 * start, and is not read again. Throws for anything but a plain file.
 */
export function readPasswordAgain(file: string): string {
  if (isPlainFile(file)) return readPassword(file);
  throw new UsageError(`The password file ${file} is no plain file, which only a start reads`);
}

/** The first line of text from `source`. Throws a {@linkcode UsageError}. */
export function firstLine(bytes: Uint8Array, source: string): string {
  const line = strictText(bytes, source).split(/\r?\n/, 1)[0] ?? "";
  if (line === "") throw new UsageError(`The first line of ${source} is empty`);
  return short(line, source);
}

function short(password: string, source: string): string {
  const { most } = REQUESTS.hello.password;
  if (password.length <= most) return password;
  throw new UsageError(`The password in ${source} is longer than ${most} characters`);
}
