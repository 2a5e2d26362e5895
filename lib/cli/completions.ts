/** `chatroom completions`: prints the script by which a shell completes chatroom's command line. */

import { bashScript } from "./completions_bash.ts";
import { fishScript } from "./completions_fish.ts";
import { zshScript } from "./completions_zsh.ts";
import { type Invocation, type Subcommand, UsageError } from "./flags.ts";
import { printResult } from "./output.ts";
import { TITLES } from "./titles.ts";

const SCRIPTS = new Map([["bash", bashScript], ["zsh", zshScript], ["fish", fishScript]]);

/** Makes `chatroom completions` for the other subcommands and itself. */
export function completionsCommand(others: readonly Subcommand[]): Subcommand {
  const shells = [...SCRIPTS.keys()];
  const self: Subcommand = {
    ...TITLES.completions,
    positionals: shells.join("|"),
    choices: shells,
    notes: [
      'bash, in ~/.bashrc:                   eval "$(chatroom completions bash)"',
      'zsh, in ~/.zshrc after compinit:      eval "$(chatroom completions zsh)"',
      "fish, in ~/.config/fish/config.fish:  chatroom completions fish | source",
    ],
    flags: [],
    run: (invocation) => Promise.resolve(run(invocation, [...others, self])),
  };
  return self;
}

function run({ positionals: [shell] }: Invocation, commands: readonly Subcommand[]): number {
  const script = SCRIPTS.get(shell ?? "");
  if (script === undefined) {
    const given = shell === undefined ? "no shell is named" : `${JSON.stringify(shell)} is unknown`;
    throw new UsageError(`${given}; there are completions for ${[...SCRIPTS.keys()].join(", ")}`);
  }
  printResult(script(commands));
  return 0;
}
