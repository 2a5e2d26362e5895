/** The executable: reads the arguments, runs the subcommand that they name, and exits. */

import { runCommandLine } from "./lib/cli/subcommands.ts";

if (import.meta.main) Deno.exit(await runCommandLine(Deno.args));
