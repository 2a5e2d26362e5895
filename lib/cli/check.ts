/** `chatroom check`: checks whether a data directory is sound. */

import type { DatabaseSync } from "node:sqlite";
import { checkFiles, type FilesReport } from "../files/check_files.ts";
import { type CheckReport, checkStore } from "../store/check.ts";
import { isPasswordProof } from "../server/password.ts";
import { copiesOf } from "../store/copy_aside.ts";
import { databasePath, openReader } from "../store/directory.ts";
import { readBoot } from "../store/epoch.ts";
import { bringersOf, eachBlob } from "../store/files.ts";
import { sizeText } from "../words/files.js";
import { inertLine } from "../words/inert.js";
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
    "twice), times, accounts, and the index of words; and that each file that was sent is there, with",
    "the SHA-256 that it had.",
    "",
    "Exit codes: 0 all is well, 1 problems were found or there is no such database, 2 bad usage.",
  ],
  flags: [
    DATA_FLAG,
    flagOf("--quick", "skip the checks that take long on a large database, or with many files"),
    { ...PAYLOAD_FLAG, summary: "largest text that a message may have, as for serve" },
    flagOf("--json", "print what was found as one JSON object"),
  ],
  run: (invocation) => withData(invocation, (directory) => runCheck(invocation, directory)),
};

async function runCheck(invocation: Invocation, directory: string): Promise<number> {
  // Read this before the database, which is never older than what is noted here.
  const boot = readBoot(directory);
  using db = openReader(directory, 1);
  const quick = invocation.has("quick");
  const maxTextBytes = maxTextBytesFrom(invocation);
  const found = checkStore(db, { boot, isPasswordProof, quick, maxTextBytes });
  const rows = {
    ...found,
    notes: [...found.notes, ...copiesOf(databasePath(directory)).map(noteOn)],
  };
  const report = await withFiles(db, directory, rows, quick);
  const file = databasePath(directory);
  printResult(
    invocation.has("json")
      ? JSON.stringify({ file, ...report })
      : linesOf(file, report).map(inertLine).join("\n"),
  );
  return report.problems.length === 0 ? 0 : 1;
}

function noteOn(copy: string): string {
  return `${copy} is a copy of before an upgrade, which has what was removed since; a server removes it ` +
    "when it is 30 days old";
}

/** The tables of databases from this version on tell of files. */
const FILES_SINCE = 5;

/** The report on a database, with what is found of the files that its messages have brought. */
async function withFiles(
  db: DatabaseSync,
  directory: string,
  report: CheckReport,
  quick: boolean,
): Promise<CheckReport & FilesReport> {
  // Of damaged tables nobody knows which files there should be.
  if (report.schema < FILES_SINCE || report.problems.length > 0) {
    return { ...report, files: 0, fileBytes: 0 };
  }
  const describe = (sha256: string): string | undefined => describeFile(db, sha256);
  const found = await checkFiles(directory, eachBlob(db), { quick, describe });
  const notes = [...report.notes, ...found.notes];
  return { ...report, ...found, notes };
}

/** Who could send a file again, as the rest of a sentence; `undefined`: no message brings it. */
function describeFile(db: DatabaseSync, sha256: string): string | undefined {
  const [first, ...others] = bringersOf(db, sha256, 2);
  if (first === undefined) return undefined;
  const { name, from, room, at } = first;
  // Who has talked with whom is nobody else's business.
  const where = room === undefined ? "in a conversation" : `in #${room}`;
  const more = others.length === 0 ? "" : "; other messages bring it, too";
  return `: ${name}, which ${from} sent ${where} at ${new Date(at).toISOString()}${more}`;
}

function linesOf(file: string, report: CheckReport & FilesReport): string[] {
  const { problems, notes, schema, rooms, messages, names, sessions, indexed, bytes } = report;
  const { files, fileBytes } = report;
  const waiting = messages > indexed ? ` (${messages - indexed} not yet searchable)` : "";
  const size = `${(bytes / 1_048_576).toFixed(1)} MiB`;
  const sent = files === 0 ? "" : `${counted(files, "file")} (${sizeText(fileBytes)}), `;
  const counts = `${counted(messages, "message")}${waiting} in ${counted(rooms, "room")} by ` +
    `${counted(names, "name")}, ${counted(sessions, "session")}, ${sent}${size}, schema ${schema}`;
  const verdict = problems.length === 0 ? "no problems" : counted(problems.length, "problem");
  return [
    ...problems.map((text) => `Problem: ${text}.`),
    ...notes.map((text) => `Note: ${text}.`),
    `${file}: ${verdict}; ${counts}`,
  ];
}
