/** `chatroom config`: checks a server's configuration file, and shows what a server would be run with. */

import { resolve } from "node:path";
import type { Limit } from "../server/limit.ts";
import { LIMITS } from "../server/limits.ts";
import { WEB_LIMITS, webDefaults } from "../web/limits.ts";
import { inertLine } from "../words/inert.js";
import { CONFIG_FLAG, configPath, USUAL_CONFIG } from "./config_flag.ts";
import { lookAtConfig } from "./config_problems.ts";
import { HIDDEN, withoutSecrets } from "./config_values.ts";
import {
  completedAs,
  type Flag,
  flagOf,
  type FlagSource,
  type Invocation,
  isValueOptional,
  readEnv,
  type Subcommand,
  UsageError,
} from "./flags.ts";
import { complain, printResult } from "./output.ts";
import { SERVE_FLAGS } from "./serve_flags.ts";
import { type Wanted, wantedBy, withConfig } from "./serve_wanted.ts";
import { TITLES } from "./titles.ts";
import { counted, formatQuantity } from "./values.ts";

const ACTIONS = ["check", "show"] as const;

/** `chatroom config`. */
export const configCommand: Subcommand = {
  ...TITLES.config,
  positionals: "check|show [FILE]",
  choices: ACTIONS,
  notes: [
    "check reads the file as a server would, and says all that is wrong in it, with its line: also in",
    "the certificate, the key and the password that it names. show prints",
    "each value and where it is from: a flag, an environment variable, a line of the file, or nothing",
    `but the default. The file is FILE, or that of --config, or ${USUAL_CONFIG}.`,
    "",
    "All flags of chatroom serve can be given, too, and win over the file as they do there.",
    "",
    "Exit codes: 0 all is well, 1 something is wrong in the file, 2 bad usage.",
  ],
  flags: [
    CONFIG_FLAG,
    flagOf("--json", "with show: print one JSON object"),
    ...SERVE_FLAGS.filter(({ name }) => name !== CONFIG_FLAG.name)
      .map((flag) => ({ ...flag, rank: "elsewhere" as const })),
  ],
  run: runConfig,
};

async function runConfig(invocation: Invocation): Promise<number> {
  const [word = "", file] = invocation.positionals;
  const action = ACTIONS.find((known) => known === word);
  if (action === undefined) {
    throw new UsageError(`config takes ${ACTIONS.join(" or ")}, not ${word || "nothing"}`);
  }
  const named = file === undefined ? invocation : naming(invocation, file);
  if (action === "show") return await show(named);
  if (invocation.has("json")) throw new UsageError("--json goes with config show");
  return await check(named);
}

/** The same with a file that is named without a flag. */
function naming(invocation: Invocation, file: string): Invocation {
  if (invocation.isSaid("config")) throw new UsageError(`name one file: ${file}, or --config FILE`);
  return { ...invocation, get: (flag) => flag === "config" ? file : invocation.get(flag) };
}

async function check(invocation: Invocation): Promise<number> {
  if (configPath(invocation) === undefined) {
    throw new UsageError(`there is no ${USUAL_CONFIG}; name a file: chatroom config check FILE`);
  }
  const { file, problems, certificateEnds } = await lookAtConfig(invocation);
  for (const problem of problems) complain(inertLine(problem));
  if (problems.length > 0 || file === undefined) return 1;
  const sets = counted(file.values.size, "value");
  const ends = certificateEnds === undefined
    ? ""
    : ` Its certificate ends on ${certificateEnds.toISOString().slice(0, 10)}.`;
  printResult(inertLine(`${file.path} is sound; it sets ${sets}.${ends}`));
  return 0;
}

async function show(invocation: Invocation): Promise<number> {
  const path = configPath(invocation);
  const whole = await withConfig(invocation, SERVE_FLAGS);
  const defaults = defaultsOf(await wantedBy(whole));
  const rows = SERVE_FLAGS.filter(({ name }) => name !== CONFIG_FLAG.name)
    .map((flag) => rowOf(whole, flag, defaults));
  if (invocation.has("json")) {
    const values = Object.fromEntries(
      rows.map(({ name, value, source }) => [name, { value: value ?? null, ...jsonOf(source) }]),
    );
    printResult(JSON.stringify({ file: path ?? null, values }));
    return 0;
  }
  const lines = rows.map((row) => [lineOf(row), sourceText(row.source)] as const);
  const width = Math.max(...lines.map(([{ length }]) => length).filter((length) => length <= 48));
  printResult(
    lines.map(([line, from]) => inertLine(`${line.padEnd(width)}  # ${from}`)).join("\n"),
  );
  return 0;
}

/** A value as a server has it: one text, several, or whether it is on; `undefined`: none, nor a default. */
type Shown = string | readonly string[] | boolean | undefined;

interface Row {
  readonly name: string;
  readonly value: Shown;
  readonly source: FlagSource | undefined;
}

/** What the defaults come to on this machine, by the names of flags. */
function defaultsOf({ limits, place, web }: Wanted): ReadonlyMap<string, string> {
  const rows: Array<readonly [Limit, number]> = [];
  for (const [name, limit] of Object.entries(LIMITS)) {
    rows.push([limit, limits[name as keyof typeof LIMITS]]);
  }
  const ofWeb = webDefaults(web?.limits);
  for (const [name, limit] of Object.entries(WEB_LIMITS)) {
    rows.push([limit, ofWeb[name as keyof typeof WEB_LIMITS]]);
  }
  return new Map([
    ...rows.map(([{ flag, unit }, value]) => [flag, formatQuantity(value, unit)] as const),
    ...place === undefined ? [] : [["data", place.dir] as const],
  ]);
}

function rowOf(whole: Invocation, flag: Flag, defaults: ReadonlyMap<string, string>): Row {
  const { name } = flag;
  const source = whole.source(name);
  if (name === "password-file" && source?.kind !== "flag" && readEnv("CHATROOM_PASSWORD")) {
    return { name, value: HIDDEN, source: { kind: "environment", name: "CHATROOM_PASSWORD" } };
  }
  if (flag.value === undefined) return { name, value: whole.has(name), source };
  const texts = whole.all(name).map((text) => withoutSecrets(name, whereverRead(flag, text)));
  if (flag.many) return { name, value: texts, source };
  if (isValueOptional(flag) && texts[0] === "") return { name, value: true, source };
  return { name, value: texts[0] ?? defaults.get(name) ?? flag.default, source };
}

/** A path as it holds in a file, wherever that is. */
function whereverRead({ value = "" }: Flag, text: string): string {
  return completedAs(value) === undefined ? text : resolve(text);
}

/** A line as it could stand in a file; what need not, since it is the default, or can't, is a comment. */
function lineOf({ name, value, source }: Row): string {
  const line = value === undefined ? `${name} is not set` : `${name} = ${JSON.stringify(value)}`;
  return source === undefined || JSON.stringify(value)?.includes(HIDDEN) ? `# ${line}` : line;
}

function sourceText(source: FlagSource | undefined): string {
  switch (source?.kind) {
    case undefined:
      return "default";
    case "flag":
      return "flag";
    case "environment":
      return `environment ${source.name}`;
    case "file":
      return `${source.file}:${source.line}`;
  }
}

function jsonOf(source: FlagSource | undefined): Readonly<Record<string, string | number>> {
  switch (source?.kind) {
    case undefined:
      return { from: "default" };
    case "flag":
      return { from: "flag" };
    case "environment":
      return { from: "environment", variable: source.name };
    case "file":
      return { from: "file", file: source.file, line: source.line };
  }
}
