/** The executable: reads the arguments, runs the subcommand that they name, and exits. */

import { runCommandLine } from "./lib/cli/subcommands.ts";

/**
 * The subcommands that may start programs. In the executable all others give that up before they do anything,
 * so that no server and no client can be made to; and so does `bench`, but where it is run from its sources by
 * somebody who lets it.
 */
const STARTS_PROGRAMS: ReadonlySet<string> = new Set(
  import.meta.url.endsWith(".ts") ? ["run", "bench"] : ["run"],
);

if (import.meta.main) {
  // With -A the person has let it do everything, and Deno shows the limits of the process to no other. The
  // executable and the packages may read some variables alone.
  const mayAll = Deno.permissions.querySync({ name: "env" }).state === "granted";
  // Threads have what is left to us.
  if (!mayAll && !STARTS_PROGRAMS.has(Deno.args[0] ?? "")) {
    Deno.permissions.revokeSync({ name: "run" });
  }
  Deno.exit(await runCommandLine(Deno.args));
}
