/** `chatroom export`: writes the messages of a data directory to stdout. */

import type { DatabaseSync } from "node:sqlite";
import { parseWhen, WHEN_TEXT } from "../chat/messages/when.ts";
import { here } from "../client/local_times.ts";
import { inertJson, outputError } from "../client/printer.ts";
import { copyOut } from "../files/copy_files.ts";
import { openForSalvage, openReader } from "../store/directory.ts";
import { compareBoot, lastNumber, readBoot } from "../store/epoch.ts";
import {
  type ExportLine,
  exportLines,
  type ExportOptions,
  Lost,
  roomNames,
} from "../store/export.ts";
import { StoreError } from "../store/faults.ts";
import { leftOut } from "../store/left_out.ts";
import { eachAudit } from "../store/people.ts";
import type { AuditLine, Message } from "../wire/events.ts";
import { auditText } from "../words/commands/moderation.js";
import { describeMessage } from "../words/commands/talk.js";
import { inertLine } from "../words/inert.js";
import { nameKey, roomName } from "../words/names.js";
import { DATA_FLAG, withData } from "./data.ts";
import { chosen, flagOf, type Invocation, type Subcommand, UsageError } from "./flags.ts";
import { complain } from "./output.ts";
import { TITLES } from "./titles.ts";

/** How many bytes are gathered for one write. */
const CHUNK_BYTES = 65_536;

type Format = (line: ExportLine) => string;

const FORMATS = {
  jsonl: (line: ExportLine) => inertJson(JSON.stringify(line)),
  // As a text is printed what people read, and so there are messages alone.
  text: (line: ExportLine) => {
    const message = line as Message;
    return inertLine(
      `${message.at.slice(0, 16).replace("T", " ")}Z [${message.room}] ${describeMessage(message)}`,
    );
  },
};
const FORMAT_NAMES = ["jsonl", "text"] as const;

/** `chatroom export`. */
export const exportCommand: Subcommand = {
  ...TITLES.export,
  positionals: "",
  notes: [
    "Works whether the server runs or not. Direct messages are left out. WHEN is a date such as",
    "2026-11-01 or 2026-11-01T09:30 in the time zone of this machine, the same with Z or an offset",
    "such as +01:00, a day such as yesterday, or a time ago such as 2h or 7d. What is printed is in",
    "UTC. chatroom import reads what jsonl prints: messages as they were said, and what was done about",
    "them, or with --folded messages as they are read now, as text is. With --salvage it prints what can",
    "be read of a damaged database. What is missing or damaged is reported on stderr, and it exits with 1 then.",
    "--files copies the files that these messages have brought, as ID-NAME; import takes them there.",
  ],
  flags: [
    DATA_FLAG,
    flagOf("-r, --room ROOM", "only that room", { many: true }),
    flagOf("--format NAME", "jsonl or text, one message per line", {
      choices: FORMAT_NAMES,
      default: "jsonl",
    }),
    flagOf("--since WHEN", "only messages of that time or later"),
    flagOf("--until WHEN", "only messages before that time"),
    flagOf("--folded", "print messages as they are read now, and not each change of them"),
    flagOf("--salvage", "skip what can't be read of a damaged database"),
    flagOf("--files DIR", "also copy the files of these messages into DIR"),
    flagOf("--audit", "print who did what to whom instead of messages"),
  ],
  run: (invocation) => withData(invocation, (directory) => runExport(invocation, directory)),
};

/** What is exported, and how. */
interface Wanted extends ExportOptions {
  readonly directory: string;
  readonly format: Format;
  /** Where the files of messages are copied to. */
  readonly files: string | undefined;
}

async function runExport(invocation: Invocation, directory: string): Promise<number> {
  const name = chosen(FORMAT_NAMES, invocation.get("format")) ?? "jsonl";
  const rooms = invocation.all("room").map(roomName);
  const files = invocation.get("files");
  const [since, until] = [whenFrom(invocation, "since"), whenFrom(invocation, "until")];
  const folded = name === "text" || invocation.has("folded");
  const range = { rooms, since, until, folded };
  const wanted: Wanted = { ...range, directory, format: FORMATS[name], files };
  if (invocation.has("audit")) {
    const flag = ["salvage", "folded"].find((flag) => invocation.has(flag)) ?? (files && "files");
    if (flag !== undefined) throw new UsageError(`--${flag} is of messages; leave --audit out`);
    if (rooms.length > 0) throw new UsageError("--audit is of all rooms; leave --room out");
    return await runAudit(wanted, name);
  }
  if (invocation.has("salvage")) {
    using opened = openForSalvage(directory);
    return await runSalvage(opened.db, wanted);
  }
  using db = openReader(directory);
  const known = roomNames(db);
  const unknown = rooms.find((room) => !known.has(nameKey(room)));
  if (unknown !== undefined) throw new StoreError(noSuchRoom(unknown, directory, known));
  const damaged = await writeMessages(exportLines(db, wanted), wanted);
  const isWhole = tellLeftOut(db, wanted);
  return damaged === 0 && isWhole ? 0 : 1;
}

async function runAudit(
  { directory, since = -Infinity, until = Infinity }: Wanted,
  format: keyof typeof FORMATS,
): Promise<number> {
  using db = openReader(directory);
  const lines = [...eachAudit(db)].filter(({ at }) => {
    const ms = Date.parse(at);
    return ms >= since && ms < until;
  });
  const shown = format === "text"
    ? (line: AuditLine): string => inertLine(auditText(line))
    : (line: AuditLine): string => inertJson(JSON.stringify(line));
  await writeLines(lines, shown);
  return 0;
}

/** Prints what can be read from a damaged database, and reports what can't. */
async function runSalvage(db: DatabaseSync, wanted: Wanted): Promise<number> {
  const boot = readBoot(wanted.directory);
  const salvage = { lost: new Lost(), last: lastNumber(db, boot) };
  const damaged = await writeMessages(exportLines(db, { ...wanted, salvage }), wanted);
  const { lost } = salvage;
  if (lost.count > 0) {
    complain(
      `${lost.count} of the messages up to number ${salvage.last} in all can't be read: ` +
        lost.describe(),
    );
  }
  const missing = lost.count > 0 ? undefined : compareBoot(db, boot);
  if (missing !== undefined) complain(`Also: ${missing}`);
  const isWhole = tellLeftOut(db, wanted);
  return damaged + lost.count > 0 || missing !== undefined || !isWhole ? 1 : 0;
}

/** Reports what was left out; false if something was. */
function tellLeftOut(db: DatabaseSync, { rooms }: ExportOptions): boolean {
  const sentences = leftOut(db, rooms);
  for (const sentence of sentences) complain(inertLine(sentence));
  return sentences.length === 0;
}

/** Prints messages, and copies their files; reports and returns how many of both are damaged. */
async function writeMessages(
  lines: Iterable<ExportLine>,
  { directory, format, files }: Wanted,
): Promise<number> {
  let damaged = 0;
  let notCopied = 0;
  await writeLines(lines, format, async (line) => {
    if ("type" in line) return;
    const { withheld, file } = line;
    if (withheld === "damaged") damaged++;
    if (files === undefined || file === undefined) return;
    const problem = await copyOut(directory, file, files);
    if (problem === undefined) return;
    complain(inertLine(problem));
    notCopied++;
  });
  const what = damaged === 1 ? "1 message is" : `${damaged} messages are`;
  if (damaged > 0) complain(`${what} damaged, and withheld; chatroom check tells which`);
  return damaged + notCopied;
}

/** Writes to the end, or until the reader has gone. `also` is done with each line. */
async function writeLines<Line>(
  messages: Iterable<Line>,
  format: (message: Line) => string,
  also: (message: Line) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const encoder = new TextEncoder();
  const write = async (text: string): Promise<void> => {
    const bytes = encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
    } catch (error) {
      throw error instanceof Deno.errors.BrokenPipe ? error : outputError(error);
    }
  };
  let text = "";
  try {
    for (const message of messages) {
      await also(message);
      text += `${format(message)}\n`;
      if (text.length < CHUNK_BYTES) continue;
      await write(text);
      text = "";
    }
    await write(text);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function whenFrom(invocation: Invocation, flag: string): number | undefined {
  const text = invocation.get(flag);
  if (text === undefined) return undefined;
  const time = parseWhen(text, here());
  if (time === undefined) throw new UsageError(`--${flag} is ${WHEN_TEXT}, not ${text}`);
  return time;
}

function noSuchRoom(room: string, directory: string, known: ReadonlyMap<string, string>): string {
  const names = [...known.values()].slice(0, 10).map(inertLine).join(", ");
  const there = known.size === 0 ? "it has none" : `it has ${names}`;
  const more = known.size > 10 ? ` and ${known.size - 10} more` : "";
  return `There is no room ${inertLine(room)} in ${directory}; ${there}${more}`;
}
