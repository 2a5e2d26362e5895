/** `chatroom backup` and `chatroom restore`: copies of a data directory that are whole. */

import { type BackupReport, isTar, makeBackup } from "../backup/make_backup.ts";
import { restoreBackup } from "../backup/restore.ts";
import { inertJson } from "../client/printer.ts";
import { isPasswordProof } from "../server/password.ts";
import { inertLine } from "../words/inert.js";
import { sizeText } from "../words/files.js";
import { DATA_FLAG, withData } from "./data.ts";
import { flagOf, type Invocation, type Subcommand, UsageError } from "./flags.ts";
import { complain, printResult } from "./output.ts";
import { TITLES } from "./titles.ts";
import { counted } from "./values.ts";
import { VERSION } from "./version.ts";

const JSON_FLAG = flagOf("--json", "print what was done as one JSON object");

/** `chatroom backup`. */
export const backupCommand: Subcommand = {
  ...TITLES.backup,
  positionals: "DIR|FILE.tar",
  notes: [
    "Makes the directory DIR or the file FILE.tar, whole or not at all, and overwrites nothing. Works",
    "whether the server runs or not, and holds nobody up. It has the messages, people and rooms, the",
    "files that were sent, and the certificate that serve --tls has made; a password file and your",
    "configuration are elsewhere. Anybody who can read it can read what was said. In a directory on the",
    "same disk the files are links, which take no room; a backup on another disk is worth more.",
    "",
    "Exit codes: 0 done, 1 not done, or what was damaged before is so in the backup, 2 bad usage.",
    "chatroom help backups shows a job that makes one each night; chatroom restore puts it back.",
  ],
  flags: [DATA_FLAG, JSON_FLAG],
  run: (invocation) => withData(invocation, (directory) => runBackup(invocation, directory)),
};

async function runBackup(invocation: Invocation, dir: string): Promise<number> {
  const [target] = invocation.positionals;
  if (target === undefined) {
    throw new UsageError("backup needs a place, as in: chatroom backup /backups/monday.tar");
  }
  if (/\.(?:t?gz|tgz|zip|zst|xz|bz2)$/i.test(target)) {
    throw new UsageError(
      `backup makes a directory or a .tar, and packs none, so it can't make ${target}`,
    );
  }
  const report = await makeBackup({ dir, target, by: VERSION });
  const { messages, rooms, databaseBytes, files, fileBytes, isLinked, made, problems } = report;
  const cluster = report.cluster === undefined ? "" : ` of a node of the cluster ${report.cluster}`;
  const linked = files > 0 && isLinked && !isTar(target)
    ? "; the files are links to those of the data directory"
    : "";
  printResult(
    invocation.has("json") ? inertJson(JSON.stringify(report)) : inertLine(
      `${report.target} is a backup${cluster} as of ${made}: ${counted(messages, "message")} in ` +
        `${counted(rooms, "room")} (${sizeText(databaseBytes)}), ${counted(files, "file")} ` +
        `(${sizeText(fileBytes)})${linked}${elsewhere(report)}`,
    ),
  );
  for (const problem of problems) complain(inertLine(`Problem: ${problem}.`));
  if (problems.length > 0) {
    complain("The data directory is damaged, and so is this backup: keep those of before");
  }
  return problems.length === 0 ? 0 : 1;
}

/** What a node's backup does not have, for whoever may need it one day. */
function elsewhere({ elsewhere }: BackupReport): string {
  if (elsewhere === 0) return "";
  return `; ${counted(elsewhere, "file")} more, on other nodes alone, ${
    elsewhere === 1 ? "is" : "are"
  } not in it`;
}

/** `chatroom restore`. */
export const restoreCommand: Subcommand = {
  ...TITLES.restore,
  positionals: "DIR|FILE.tar",
  notes: [
    "Puts a backup back into a data directory that has nothing in it, or with --aside whatever it has;",
    "no server may run there. Before anything takes its place, all is unpacked and checked. At its next",
    "start the server tells clients that numbers begin anew, and people sign in again.",
    "",
    "Exit codes: 0 done, 1 not done, and all is as it was, 2 bad usage.",
  ],
  flags: [
    DATA_FLAG,
    flagOf("--aside DIR", "move what the data directory has to DIR, on the same disk"),
    flagOf("--damaged", "take a backup as it is, though some of it is damaged or missing"),
    JSON_FLAG,
  ],
  run: (invocation) => withData(invocation, (directory) => runRestore(invocation, directory)),
};

async function runRestore(invocation: Invocation, dir: string): Promise<number> {
  const [backup] = invocation.positionals;
  if (backup === undefined) {
    throw new UsageError("restore needs a backup, as in: chatroom restore /backups/monday.tar");
  }
  const aside = invocation.get("aside");
  const restored = await restoreBackup({
    ...{ backup, dir, aside, isPasswordProof },
    isDamagedTaken: invocation.has("damaged"),
    onProblem: (text) => complain(inertLine(text)),
  });
  const { messages, rooms, files, fileBytes, cluster, isMoved, note, problems } = restored;
  if (invocation.has("json")) {
    const { made } = note;
    const told = { dir, made, messages, rooms, files, fileBytes, cluster, problems };
    printResult(inertJson(JSON.stringify({ ...told, ...isMoved && { aside } })));
    return 0;
  }
  printResult(inertLine(
    `${dir} is as of ${note.made}: ${counted(messages, "message")} in ${counted(rooms, "room")}, ` +
      `${counted(files, "file")} (${sizeText(fileBytes)})` +
      (isMoved ? `; what was there is in ${aside}` : ""),
  ));
  if (cluster !== undefined) {
    printResult(inertLine(
      `It is of a node of the cluster ${cluster}: serve --cluster goes on from it while the log has what ` +
        "came after, and where the log is lost, chatroom cluster reset --data begins anew with it.",
    ));
  }
  for (const problem of problems) complain(inertLine(`Problem: ${problem}.`));
  return 0;
}
