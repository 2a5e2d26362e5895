/** `chatroom check`: checks whether a data directory is sound. */

import { inertLine } from "../words/inert.js";
import { type CheckReport, checkStore } from "../store/check.ts";
import { isPasswordProof } from "../server/password.ts";
import { databasePath, openReader } from "../store/directory.ts";
import { readBoot } from "../store/epoch.ts";
import { DATA_FLAG, withData } from "./data.ts";
import { flagOf, type Invocation, type Subcommand } from "./flags.ts";
import { maxTextBytesFrom, PAYLOAD_FLAG } from "./limit_flags.ts";
import { printResult } from "./output.ts";
import { TITLES } from "./titles.ts";
import { counted } from "./values.ts";

/** `chatroom check`. */
export const checkCommand: Subcommand = {
  ...TITLES.check,
  positionals: "",
  notes: [
    "Works whether the server runs or not, and changes nothing. It checks the pages and indexes of",
    "the file, the references between tables, the numbers of each room's messages (none missing, none",
    "twice), times, accounts, and the index of words.",
    "",
    "Exit codes: 0 all is well, 1 problems were found or there is no such database, 2 bad usage.",
  ],
  flags: [
    DATA_FLAG,
    flagOf("--quick", "skip the checks that take long on a large database"),
    { ...PAYLOAD_FLAG, summary: "largest text that a message may have, as for serve" },
    flagOf("--json", "print what was found as one JSON object"),
  ],
  run: (invocation) => withData(invocation, (directory) => runCheck(invocation, directory)),
};

function runCheck(invocation: Invocation, directory: string): number {
  // Read this before the database, which is never older than what is noted here.
  const boot = readBoot(directory);
  using db = openReader(directory, 1);
  const report = checkStore(db, {
    boot,
    isPasswordProof,
    quick: invocation.has("quick"),
    maxTextBytes: maxTextBytesFrom(invocation),
  });
  const file = databasePath(directory);
  printResult(
    invocation.has("json")
      ? JSON.stringify({ file, ...report })
      : linesOf(file, report).map(inertLine).join("\n"),
  );
  return report.problems.length === 0 ? 0 : 1;
}

function linesOf(file: string, report: CheckReport): string[] {
  const { problems, notes, schema, rooms, messages, names, sessions, indexed, bytes } = report;
  const waiting = messages > indexed ? ` (${messages - indexed} not yet searchable)` : "";
  const size = `${(bytes / 1_048_576).toFixed(1)} MiB`;
  const counts = `${counted(messages, "message")}${waiting} in ${counted(rooms, "room")} by ` +
    `${counted(names, "name")}, ${counted(sessions, "session")}, ${size}, schema ${schema}`;
  const verdict = problems.length === 0 ? "no problems" : counted(problems.length, "problem");
  return [
    ...problems.map((text) => `Problem: ${text}.`),
    ...notes.map((text) => `Note: ${text}.`),
    `${file}: ${verdict}; ${counts}`,
  ];
}
