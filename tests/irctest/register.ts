/**
 * Reserves names on a data directory, whether a server runs on it or not: `register.ts DIRECTORY NAME,NAME PASSWORD`.
 * irctest's passwords have 6 letters, which `chatroom user add` refuses, so the hash is put as it is.
 */

import { askConsole } from "../../lib/cli/ask_console.ts";
import { ScryptPasswords } from "../../lib/server/password.ts";

const [directory = "", names = "", password = ""] = Deno.args;
// Hashed at little cost: the tests do this a hundred times.
const proof = await new ScryptPasswords({ N: 1_024, r: 1, p: 1 }).hash(password);
for (const name of names.split(",")) {
  await askConsole(directory, { type: "user", action: "add", name, role: "member", proof });
}
