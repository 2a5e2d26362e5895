/** `chatroom completions`: prints the script by which a shell completes chatroom's command line. */

import {
  completedAs,
  type Flag,
  HELP_FLAG,
  type Invocation,
  isValueOptional,
  type Subcommand,
  UsageError,
} from "./flags.ts";
import { printResult } from "./output.ts";
import { LIMITS_TOPIC, TITLES } from "./titles.ts";
import { topicWords } from "./topics.ts";

/** The topics of `chatroom help` besides the subcommands. */
const TOPICS = [LIMITS_TOPIC, ...topicWords()];

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

/** For bash, 3.2 and later. */
function bashScript(commands: readonly Subcommand[]): string {
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
${commands.map(bashBranch).join("\n")}
      help) words="${commands.map(({ name }) => name).join(" ")} ${TOPICS.join(" ")}" ;;
    esac
  fi
  if [ "\${cur:0:1}" = "-" ]; then words=$flags
  elif [ -n "$paths" ]; then _chatroom_paths "$paths"; return; fi
  COMPREPLY=($(compgen -P "$before" -W "$words" -- "$cur"))
}
complete -F _chatroom chatroom`;
}

function bashBranch({ name, aliases = [], flags, choices = [], positionals }: Subcommand): string {
  const valued = flags.filter(({ value }) => value !== undefined);
  const paths = completedAs(positionals);
  return [
    `      ${[name, ...aliases].join(" | ")})`,
    `        flags="${[...flags, HELP_FLAG].flatMap(spellings).join(" ")}"`,
    `        words="${choices.join(" ")}"`,
    ...paths === undefined ? [] : [`        paths=${ACTIONS[paths]}`],
    ...valued.length === 0 ? [] : [`        case $prev in`],
    ...valued.map((flag) => `          ${spellings(flag).join(" | ")}) ${bashValue(flag)} ;;`),
    ...valued.length === 0 ? [] : [`        esac`],
    `        ;;`,
  ].join("\n");
}

/** The flags of `compgen` for paths. */
const ACTIONS = { files: "-f", directories: "-d" } as const;

/** The shell code that completes a flag's value, if it can be completed. */
function bashValue({ choices, value = "" }: Flag): string {
  if (choices !== undefined) return `flags= paths= words="${choices.join(" ")}"`;
  const paths = completedAs(value);
  return paths === undefined ? "return" : `_chatroom_paths ${ACTIONS[paths]}; return`;
}

function spellings({ name, short }: Flag): string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

function fishScript(commands: readonly Subcommand[]): string {
  const first = "complete -c chatroom -n __chatroom_first";
  return [
    "# Completes the command line of chatroom in fish.",
    "function __chatroom_first",
    "    test (count (commandline -opc)) -eq 1",
    "end",
    "function __chatroom_is",
    "    set -l words (commandline -opc)",
    '    contains -- "$words[2]" $argv',
    "end",
    "complete -c chatroom -f",
    ...commands.map(({ name, summary }) => `${first} -a ${name} -d ${fishQuoted(summary)}`),
    `${first} -a help -d 'show this, or what a subcommand takes'`,
    `${first} -l help -s h -d 'show this and exit'`,
    `${first} -l version -s V -d 'show the version and exit'`,
    `complete -c chatroom -n '__chatroom_is help' -a ${
      fishQuoted([...commands.map(({ name }) => name), ...TOPICS].join(" "))
    }`,
    ...commands.flatMap(fishLines),
  ].join("\n");
}

function fishLines({ name, aliases = [], flags, choices, positionals }: Subcommand): string[] {
  const start = `complete -c chatroom -n '__chatroom_is ${[name, ...aliases].join(" ")}'`;
  return [
    ...choices === undefined ? [] : [`${start} -a ${fishQuoted(choices.join(" "))}`],
    ...completedAs(positionals) === undefined ? [] : [`${start} -F`],
    ...[...flags, HELP_FLAG].map((flag) => `${start} ${fishOptions(flag)}`),
  ];
}

function fishOptions({ name, short, value, choices, summary }: Flag): string {
  return [
    `-l ${name}`,
    ...short === undefined ? [] : [`-s ${short}`],
    ...value === undefined ? [] : fishValue(value),
    ...choices === undefined ? [] : [`-a ${fishQuoted(choices.join(" "))}`],
    `-d ${fishQuoted(summary)}`,
  ].join(" ");
}

function fishValue(value: string): string[] {
  if (isValueOptional({ value })) return [];
  const paths = completedAs(value);
  if (paths === undefined) return ["-x"];
  return [paths === "files" ? "-r -F" : "-x -a '(__fish_complete_directories)'"];
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** For zsh: evaluate it, or save it in a folder of `$fpath` as `_chatroom`. */
function zshScript(commands: readonly Subcommand[]): string {
  return `#compdef chatroom
# Completes the command line of chatroom in zsh.
_chatroom() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${zshQuoted(`${name}:${summary}`)}`).join("\n")}
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
${commands.map(zshBranch).join("\n")}
    help) compadd -- ${TOPICS.join(" ")}; _describe -t commands subcommand commands ;;
  esac
}
if [[ $funcstack[1] == _chatroom ]]; then _chatroom "$@"; else compdef _chatroom chatroom; fi`;
}

function zshBranch({ name, aliases = [], flags, choices, positionals }: Subcommand): string {
  const specs = [...flags, HELP_FLAG].flatMap(zshSpecs);
  if (choices !== undefined) specs.push(`:value:(${choices.join(" ")})`);
  else if (completedAs(positionals) !== undefined) specs.push(`:file:${zshAction(positionals)}`);
  return [
    `    ${[name, ...aliases].join("|")})`,
    `      _arguments -S ${specs.map((spec) => `\\\n        ${zshQuoted(spec)}`).join(" ")}`,
    `      ;;`,
  ].join("\n");
}

function zshSpecs({ name, short, value, choices, many, summary }: Flag): string[] {
  const text = `[${summary.replace(/[\\:[\]]/g, "\\$&")}]`;
  const after = value === undefined
    ? ""
    : `${isValueOptional({ value }) ? "::" : ":"}${value.replaceAll(":", "\\:")}:${
      choices === undefined ? zshAction(value) : `(${choices.join(" ")})`
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
function zshAction(value: string): string {
  const paths = completedAs(value);
  if (paths === undefined) return " ";
  return paths === "files" ? "_files" : "_files -/";
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
