/** The executable: reads the arguments, runs the subcommand that they name, and exits. */

import { giveUpPrograms } from "./lib/cli/output.ts";
import { runCommandLine } from "./lib/cli/subcommands.ts";

/** These give up starting programs themselves, before they talk to a server; `bench` is one from its sources. */
const STARTS_PROGRAMS: ReadonlySet<string> = new Set(
  import.meta.url.endsWith(".ts") ? ["run", "connect", "bench"] : ["run", "connect"],
);

if (import.meta.main) {
  // Threads have what is left to us.
  if (!STARTS_PROGRAMS.has(Deno.args[0] ?? "")) giveUpPrograms();
  Deno.exit(await runCommandLine(Deno.args));
}
