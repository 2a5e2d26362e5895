/** The completion script for bash, 3.2 and later. */

import { type Flag, HELP_FLAG, type Subcommand } from "./flags.ts";

/** What bash is told of `commands`. */
export function bashScript(commands: readonly Subcommand[]): string {
  return `# Completes the command line of chatroom in bash.
_chatroom() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} flags= words= i
  COMPREPLY=()
  # bash takes --flag=value for three words.
  if [ "$cur" = "=" ]; then cur=
  elif [ "$prev" = "=" ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    flags="--help --version" words="${commands.map(({ name }) => name).join(" ")} help"
  else
    for ((i = 2; i < COMP_CWORD; i++)); do
      if [ "\${COMP_WORDS[i]}" = "--" ]; then return; fi
    done
    case \${COMP_WORDS[1]} in
${commands.map(branch).join("\n")}
      help) words="${commands.map(({ name }) => name).join(" ")}" ;;
    esac
  fi
  if [ "\${cur:0:1}" = "-" ]; then words=$flags; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _chatroom chatroom`;
}

function branch({ name, aliases, flags, choices = [] }: Subcommand): string {
  const known = flags.filter(({ choices }) => choices !== undefined);
  const unknown = flags.filter(({ value, choices }) => value && choices === undefined);
  return [
    `      ${[name, ...aliases].join(" | ")})`,
    `        flags="${[...flags, HELP_FLAG].flatMap(spellings).join(" ")}"`,
    `        words="${choices.join(" ")}"`,
    ...known.length + unknown.length === 0 ? [] : [
      `        case $prev in`,
      ...known.map((flag) =>
        `          ${pattern([flag])}) flags= words="${flag.choices?.join(" ")}" ;;`
      ),
      // A value that nobody but the person knows.
      ...unknown.length === 0 ? [] : [`          ${pattern(unknown)}) return ;;`],
      `        esac`,
    ],
    `        ;;`,
  ].join("\n");
}

function pattern(flags: readonly Flag[]): string {
  return flags.flatMap(spellings).join(" | ");
}

function spellings({ name, short }: Flag): string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}
