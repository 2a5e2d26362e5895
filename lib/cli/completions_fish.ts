/** The completion script for fish. */

import { completedAs, type Flag, HELP_FLAG, type Subcommand } from "./flags.ts";
import { LIMITS_TOPIC } from "./titles.ts";
import { topicWords } from "./topics.ts";

/** The script that completes `commands` in fish. */
export function fishScript(commands: readonly Subcommand[]): string {
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
    ...commands.map(({ name, summary }) => `${first} -a ${name} -d ${quote(summary)}`),
    `${first} -a help -d 'show this, or what a subcommand takes'`,
    `${first} -l help -s h -d 'show this and exit'`,
    `${first} -l version -s V -d 'show the version and exit'`,
    `complete -c chatroom -n '__chatroom_is help' -a ${
      quote([...commands.map(({ name }) => name), LIMITS_TOPIC, ...topicWords()].join(" "))
    }`,
    ...commands.flatMap(lines),
  ].join("\n");
}

function lines({ name, aliases = [], flags, choices, positionals }: Subcommand): string[] {
  const start = `complete -c chatroom -n '__chatroom_is ${[name, ...aliases].join(" ")}'`;
  return [
    ...choices === undefined ? [] : [`${start} -a ${quote(choices.join(" "))}`],
    ...completedAs(positionals) === undefined ? [] : [`${start} -F`],
    ...[...flags, HELP_FLAG].map((flag) => `${start} ${options(flag)}`),
  ];
}

function options({ name, short, value, choices, summary }: Flag): string {
  return [
    `-l ${name}`,
    ...short === undefined ? [] : [`-s ${short}`],
    ...value === undefined ? [] : [valueOf(value)],
    ...choices === undefined ? [] : [`-a ${quote(choices.join(" "))}`],
    `-d ${quote(summary)}`,
  ].join(" ");
}

function valueOf(value: string): string {
  const paths = completedAs(value);
  if (paths === undefined) return "-x";
  return paths === "files" ? "-r -F" : "-x -a '(__fish_complete_directories)'";
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
