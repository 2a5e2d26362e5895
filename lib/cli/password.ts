/** Where passwords come from: a file, the environment, or a person; never the command line. */

import { type Flag, type Invocation, readEnv, UsageError } from "./flags.ts";

/** The longest password that is read, in UTF-16 code units. */
const MAX_LENGTH = 1_024;

/** The flag that names a file with the server's password. */
export const PASSWORD_FLAG: Flag = {
  name: "password-file",
  value: "FILE",
  summary: "file whose first line is the server's password; $CHATROOM_PASSWORD holds one too",
};

/** The server's password from the file or the environment. Throws a {@linkcode UsageError}. */
export function givenPassword(invocation: Invocation): string | undefined {
  const file = invocation.get("password-file");
  return file === undefined ? readEnv("CHATROOM_PASSWORD") : readPassword(file);
}

/** The password of our name, where a script comes under a reserved one. */
export function givenLogin(): string | undefined {
  return readEnv("CHATROOM_LOGIN");
}

/** The first line of a file. Throws a {@linkcode UsageError} that tells nothing of what is in it. */
export function readPassword(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(file);
  } catch (error) {
    const why = (error as Error).message.replace(/ \(os error.*|: (open|read)file .*/s, "");
    throw new UsageError(`The password file ${file} can't be read: ${why}`);
  }
  return firstLine(new TextDecoder().decode(bytes), `the password file ${file}`);
}

/** The first line of a text that came from `source`. Throws a {@linkcode UsageError}. */
export function firstLine(text: string, source: string): string {
  const line = text.replace(/^\ufeff/, "").split(/\r?\n/, 1)[0] ?? "";
  if (line === "") throw new UsageError(`The first line of ${source} is empty`);
  if (line.length <= MAX_LENGTH) return line;
  throw new UsageError(`The password in ${source} is longer than ${MAX_LENGTH} characters`);
}
