/** The completion script for bash, 3.2 and later. */

import { completedAs, type Flag, HELP_FLAG, type Subcommand } from "./flags.ts";
import { LIMITS_TOPIC } from "./titles.ts";
import { topicWords } from "./topics.ts";

/** The script that completes `commands` in bash. */
export function bashScript(commands: readonly Subcommand[]): string {
  return `# Completes the command line of chatroom in bash.
_chatroom_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}
_chatroom() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} flags= words= paths= before= i
  COMPREPLY=()
  # bash takes --flag=value for three words, but for one where COMP_WORDBREAKS has no =.
  if [ "$cur" = "=" ]; then cur=
  elif [ "$prev" = "=" ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $cur == --*=* ]]; then before=\${cur%%=*}= prev=\${cur%%=*} cur=\${cur#*=}; fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    flags="--help --version" words="${commands.map(({ name }) => name).join(" ")} help"
  else
    for ((i = 2; i < COMP_CWORD; i++)); do
      if [ "\${COMP_WORDS[i]}" = "--" ]; then return; fi
    done
    case \${COMP_WORDS[1]} in
${commands.map(branch).join("\n")}
      help) words="${commands.map(({ name }) => name).join(" ")} ${
    [LIMITS_TOPIC, ...topicWords()].join(" ")
  }" ;;
    esac
  fi
  if [ "\${cur:0:1}" = "-" ]; then words=$flags
  elif [ -n "$paths" ]; then _chatroom_paths "$paths"; return; fi
  COMPREPLY=($(compgen -P "$before" -W "$words" -- "$cur"))
}
complete -F _chatroom chatroom`;
}

function branch({ name, aliases = [], flags, choices = [], positionals }: Subcommand): string {
  const valued = flags.filter(({ value }) => value !== undefined);
  const paths = completedAs(positionals);
  return [
    `      ${[name, ...aliases].join(" | ")})`,
    `        flags="${[...flags, HELP_FLAG].flatMap(spellings).join(" ")}"`,
    `        words="${choices.join(" ")}"`,
    ...paths === undefined ? [] : [`        paths=${ACTIONS[paths]}`],
    ...valued.length === 0 ? [] : [`        case $prev in`],
    ...valued.map((flag) => `          ${spellings(flag).join(" | ")}) ${valueOf(flag)} ;;`),
    ...valued.length === 0 ? [] : [`        esac`],
    `        ;;`,
  ].join("\n");
}

/** The flags of `compgen` for paths. */
const ACTIONS = { files: "-f", directories: "-d" } as const;

/** The shell code that completes a flag's value, if it can be completed. */
function valueOf({ choices, value = "" }: Flag): string {
  if (choices !== undefined) return `flags= paths= words="${choices.join(" ")}"`;
  const paths = completedAs(value);
  return paths === undefined ? "return" : `_chatroom_paths ${ACTIONS[paths]}; return`;
}

function spellings({ name, short }: Flag): string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}
