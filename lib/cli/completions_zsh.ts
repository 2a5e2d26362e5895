/** The completion script for zsh: evaluate it, or save it in a folder of `$fpath` as `_chatroom`. */

import { completedAs, type Flag, HELP_FLAG, type Subcommand } from "./flags.ts";
import { LIMITS_TOPIC } from "./titles.ts";
import { topicWords } from "./topics.ts";

/** The script that completes `commands` in zsh. */
export function zshScript(commands: readonly Subcommand[]): string {
  return `#compdef chatroom
# Completes the command line of chatroom in zsh.
_chatroom() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join("\n")}
    'help:show this, or what a subcommand takes'
  )
  if (( CURRENT == 2 )); then
    if [[ $words[2] == -* ]]; then compadd -- --help --version
    else _describe -t commands subcommand commands; fi
    return
  fi
  local sub=$words[2]
  shift words
  (( CURRENT-- ))
  case $sub in
${commands.map(branch).join("\n")}
    help) compadd -- ${
    [LIMITS_TOPIC, ...topicWords()].join(" ")
  }; _describe -t commands subcommand commands ;;
  esac
}
if [[ $funcstack[1] == _chatroom ]]; then _chatroom "$@"; else compdef _chatroom chatroom; fi`;
}

function branch({ name, aliases = [], flags, choices, positionals }: Subcommand): string {
  const specs = [...flags, HELP_FLAG].flatMap(specsOf);
  if (choices !== undefined) specs.push(`:value:(${choices.join(" ")})`);
  else if (completedAs(positionals) !== undefined) specs.push(`:file:${action(positionals)}`);
  return [
    `    ${[name, ...aliases].join("|")})`,
    `      _arguments -S ${specs.map((spec) => `\\\n        ${quote(spec)}`).join(" ")}`,
    `      ;;`,
  ].join("\n");
}

function specsOf({ name, short, value, choices, many, summary }: Flag): string[] {
  const text = `[${summary.replace(/[\\:[\]]/g, "\\$&")}]`;
  const after = value === undefined
    ? ""
    : `:${value.replaceAll(":", "\\:")}:${
      choices === undefined ? action(value) : `(${choices.join(" ")})`
    }`;
  const others = short === undefined ? "" : `(-${short} --${name})`;
  const before = many ? "*" : others;
  return [
    `${before}--${name}${value === undefined ? "" : "="}${text}${after}`,
    ...short === undefined
      ? []
      : [`${before}-${short}${value === undefined ? "" : "+"}${text}${after}`],
  ];
}

/** The zsh action for a value without choices; empty if it can't be completed. */
function action(value: string): string {
  const paths = completedAs(value);
  if (paths === undefined) return " ";
  return paths === "files" ? "_files" : "_files -/";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
