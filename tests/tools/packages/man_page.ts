/** The manual page `chatroom.1`, made from the tables that `--help` is made from. Its language is mdoc. */

import config from "../../../deno.json" with { type: "json" };
import { type Flag, HELP_FLAG, type Subcommand } from "../../../lib/cli/flags.ts";
import { flagText, wrapWords } from "../../../lib/cli/help.ts";
import { LIMIT_FLAGS, WEB_LIMIT_FLAGS } from "../../../lib/cli/limit_flags.ts";
import { SUBCOMMANDS } from "../../../lib/cli/subcommands.ts";
import { DOCUMENTS } from "../../../lib/cli/topics.ts";

/** How wide its source is. */
const COLUMNS = 76;
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June", "July", "August", "September"],
  ...["October", "November", "December"],
];

/** The source of the page, dated `time` (seconds since 1970). */
export async function manPage(time: number): Promise<string> {
  const date = new Date(time * 1000);
  const day = `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
  const commands = await Promise.all(SUBCOMMANDS.map(({ load }) => load()));
  const lines = [
    // No hyphens in words: many are typed as they stand.
    ...[`.Dd ${day}`, ".Dt CHATROOM 1", ".Os", ".nh"],
    ...[".Sh NAME", ".Nm chatroom", ".Nd a chat server and its client"],
    ".Sh SYNOPSIS",
    ...[".Nm", ".Ar subcommand", ".Op Ar flags", ".Ar ..."],
    ...[".Nm", ".Cm help", ".Op Ar topic"],
    ...[".Nm", ".Fl \\-version"],
    ...description(commands),
    ".Sh SUBCOMMANDS",
    ...commands.flatMap(section),
    ...limits(),
    ...environment(commands),
    ...files(),
    ...exitCodes(),
    ...examples(),
    ...seeAlso(),
  ];
  return `${lines.join("\n")}\n`;
}

function description(commands: readonly Subcommand[]): string[] {
  return [
    ".Sh DESCRIPTION",
    ...prose(
      `This is version ${config.version}. chatroom serve runs a server with rooms, direct ` +
        "messages, history and files. chatroom connect joins it, at a terminal or in a pipe. The " +
        "subcommands are:",
    ),
    ...list(commands.map(({ name, summary }) => [`.It Cm ${word(name)}`, [summary]])),
    ".Pp",
    ...prose(
      "chatroom SUBCOMMAND --help shows the flags of one, and chatroom help TOPIC a section " +
        "of the documents. These are the topics:",
    ),
    ...list(DOCUMENTS.map(({ word: all, topics }) => [
      `.It Cm ${word(all)}`,
      [`all of it, and of its parts ${Object.keys(topics).join(", ")}`],
    ])),
  ];
}

function section({ name, aliases = [], summary, positionals, notes, flags }: Subcommand): string[] {
  const alias = aliases.length === 0 ? "" : ` It may be called ${aliases.join(" or ")}, too.`;
  const own = flags.filter(({ rank }) => rank !== "limit" && rank !== "elsewhere");
  const common = own.filter(({ rank }) => rank === "common");
  const others = own.filter(({ rank }) => rank !== "common");
  const hasLimits = flags.some(({ rank }) => rank === "limit");
  return [
    `.Ss chatroom ${word(name)}`,
    ...prose(`${sentence(summary)}${alias}`),
    ...literal([`chatroom ${name} [flags] ${positionals}`.trimEnd()]),
    ...flagList([...common, ...others, HELP_FLAG]),
    ...hasLimits ? [".Pp", ...prose("Its limits have a section of their own below.")] : [],
    ...noteLines(notes),
  ];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function flagList(flags: readonly Flag[]): string[] {
  return list(flags.map((flag) => [`.It ${flagForms(flag)}`, [flagText(flag)]]));
}

function flagForms({ name, short, value }: Flag): string {
  const argument = value === undefined ? "" : ` Ar ${word(value)}`;
  return `${short === undefined ? "" : `Fl ${word(short)} , `}Fl ${word(`-${name}`)}${argument}`;
}

function list(items: ReadonlyArray<readonly [head: string, texts: readonly string[]]>): string[] {
  return [
    ".Bl -tag -width Ds",
    ...items.flatMap(([head, texts]) => [head, ...texts.flatMap(prose)]),
    ".El",
  ];
}

/** Notes as paragraphs; what stands in columns stays as it is, as in the help. */
function noteLines(notes: readonly string[]): string[] {
  const lines: string[] = [];
  let [words, columns]: [string[], string[]] = [[], []];
  const end = (): void => {
    if (words.length > 0) lines.push(".Pp", ...prose(words.join(" ")));
    if (columns.length > 0) lines.push(...literal(columns));
    [words, columns] = [[], []];
  };
  for (const note of [...notes, ""]) {
    const isColumn = /\S {2,}|^ {2}/.test(note);
    if (note === "" || (isColumn ? words : columns).length > 0) end();
    if (note !== "") (isColumn ? columns : words).push(note);
  }
  return lines;
}

function limits(): string[] {
  return [
    ".Sh LIMITS",
    ...prose(
      "The limits of chatroom serve. Each has an environment variable too, named like " +
        "CHATROOM_MAX_PAYLOAD for --max-payload; the flag wins.",
    ),
    ...flagList([...LIMIT_FLAGS, ...WEB_LIMIT_FLAGS]),
  ];
}

function environment(commands: readonly Subcommand[]): string[] {
  const flags = commands.flatMap((command) => command.flags.map((flag) => ({ command, flag })));
  const named = flags.filter(({ flag }) => flag.env !== undefined && flag.envIsImplied !== true);
  const names = [...new Set(named.map(({ flag }) => flag.env ?? ""))].sort();
  return [
    ".Sh ENVIRONMENT",
    ...prose("A variable counts where its flag is not given."),
    ...list(names.map((name) => {
      const those = named.filter(({ flag }) => flag.env === name);
      const users = [...new Set(those.map(({ command }) => command.name))].join(", ");
      const written = [...new Set(those.map(({ flag }) => `--${flag.name}`))].join(" or ");
      return [`.It Ev ${word(name)}`, [`${written} of ${users}`]];
    })),
    ".Pp",
    ...prose(
      "CHATROOM_PASSWORD is the password of the server, and CHATROOM_LOGIN that of a " +
        "reserved name.",
    ),
  ];
}

function files(): string[] {
  return [
    ".Sh FILES",
    ...list([
      [".It Pa /etc/chatroom/chatroom.toml", [
        "the server's configuration, if it is there; chatroom help configuration says what it may hold",
      ]],
      [".It Pa ~/.config/chatroom", [
        "what a client remembers: settings, servers that were trusted, sessions",
      ]],
      [".It Pa ~/.local/share/chatroom", ["a server's data, unless it is told another place"]],
    ]),
  ];
}

/** From the manual, which has the one table of them. */
function exitCodes(): string[] {
  const manual = Deno.readTextFileSync(new URL("../../../lib/cli/MANUAL.md", import.meta.url));
  const [, table = ""] = /^### Exit codes\n\n\|.*\n\|.*\n((?:\|.*\n)+)/m.exec(manual) ?? [];
  const rows: Array<{ code: string; meanings: string[] }> = [];
  for (const row of table.trim().split("\n")) {
    const [, code = "", meaning = ""] = row.split("|").map((cell) => cell.trim());
    if (code !== "") rows.push({ code, meanings: [] });
    rows.at(-1)?.meanings.push(meaning.replaceAll("`", ""));
  }
  if (rows.length === 0) throw new Error("The manual has no table of exit codes");
  return [
    ".Sh EXIT STATUS",
    ...list(rows.map(({ code, meanings }) => [`.It ${word(code)}`, [meanings.join("; ")]])),
  ];
}

function examples(): string[] {
  return [
    ".Sh EXAMPLES",
    ...prose("Two people on one machine, each line in a terminal of its own:"),
    ...literal(["chatroom serve", "chatroom connect --name ann", "chatroom connect --name bob"]),
    ".Pp",
    ...prose("Encrypted, for the whole network, with one password for everybody:"),
    ...literal([
      "(umask 077; head -c 15 /dev/urandom | base64 > room.key)",
      "chatroom serve --tls --host 0.0.0.0 --password-file room.key",
    ]),
    ".Pp",
    ...prose("A message from a script, which ends when the server has stored it:"),
    ...literal(["chatroom send --name deploy --room ops 'version 1.4 is live'"]),
  ];
}

function seeAlso(): string[] {
  return [
    ".Sh SEE ALSO",
    ...prose(
      "chatroom help manual has the whole manual, chatroom help operating what those need " +
        "who run a server.",
    ),
    ".Pp",
    ...[".Xr journalctl 1 ,", ".Xr systemctl 1"],
  ];
}

function literal(lines: readonly string[]): string[] {
  return [".Bd -literal -offset indent", ...lines.map(escaped), ".Ed"];
}

/** A text in lines of the source, each sentence in a new one. */
function prose(text: string): string[] {
  return text.split(/(?<=[.!?:][)"]?) (?=[A-Z($])/).flatMap((each) =>
    wrapWords(escaped(each), COLUMNS).map((line) => line.replace(/^(?=[.'])/, "\\&"))
  );
}

/** An argument of a macro, which is taken for no macro. */
function word(text: string): string {
  const safe = escaped(text).replaceAll('"', "\\(dq");
  return `"${safe.startsWith("\\&") ? safe : `\\&${safe}`}"`;
}

function escaped(line: string): string {
  return line.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^(?=[.'])/, "\\&")
    .replaceAll(
      /[^\n -~]/gu,
      (letter) =>
        `\\[u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}
