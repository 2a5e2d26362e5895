/** `chatroom import`: stores messages that `chatroom export` printed. */

import { inertLine } from "../words/inert.js";
import { takeFiles } from "../files/copy_files.ts";
import { writtenAddress } from "../server/address.ts";
import { databasePath, openWriter } from "../store/directory.ts";
import { placeBefore } from "../store/place_before.ts";
import { describeFault, isOfDatabase, StoreError } from "../store/faults.ts";
import { importMessages } from "../store/import.ts";
import { ImportError, type ImportReport } from "../store/import_writer.ts";
import { DATA_FLAG, withData } from "./data.ts";
import { flagOf, type Invocation, type Subcommand } from "./flags.ts";
import { maxTextBytesFrom, PAYLOAD_FLAG } from "./limit_flags.ts";
import {
  FROM_FLAG,
  IMPORT_ROOM_FLAG,
  type ImportInput,
  openInput,
  STRICT_FLAG,
} from "./import_input.ts";
import { complain, printResult } from "./output.ts";
import { TITLES } from "./titles.ts";
import { counted } from "./values.ts";

/** `chatroom import`. */
export const importCommand: Subcommand = {
  ...TITLES.import,
  positionals: "[FILE]",
  notes: [
    "Reads FILE, or stdin: lines of JSON such as",
    '  {"room":"dev","seq":7,"from":"bob","at":"2026-11-23T09:12:00.000Z","text":"hi"}',
    "with action true for what /me says; seq may be left out. The file is stored as a whole or not at",
    "all; a line that can't be stored is named. No server may be running on the data directory, which",
    "is made if there is none. Messages are added after those that a room has, with numbers that",
    "follow on. A room without messages begins with the number of its first message in the file. The",
    "same file is imported once, unless --again is given. --files takes the files that messages have",
    "brought from where export --files has put them; of a file that is not there or was changed only",
    "the text of its message is stored, and the exit code is 1.",
    "--from takes what other programs have exported: the directory that an export of slack was unzipped",
    "to, a bulk export of mattermost (JSONL), or the log of a channel by weechat or irssi, whose times",
    "are of the zone of this machine ($TZ is another). What was private there is left out, and so is",
    "what can't be read: the first of it is named, and the exit code is 1. With --strict nothing is",
    "stored then.",
  ],
  flags: [
    DATA_FLAG,
    FROM_FLAG,
    IMPORT_ROOM_FLAG,
    STRICT_FLAG,
    flagOf("--again", "import a file that was imported before"),
    flagOf("--files DIR", "take the files of messages from DIR, where export --files put them"),
    { ...PAYLOAD_FLAG, summary: "largest text of a message, as for serve" },
  ],
  run: (invocation) => withData(invocation, (directory) => runImport(invocation, directory)),
};

async function runImport(invocation: Invocation, directory: string): Promise<number> {
  const before = placeBefore(directory);
  let isOurs = false;
  try {
    const maxTextBytes = maxTextBytesFrom(invocation);
    const input = await openInput(invocation, maxTextBytes);
    return await importInto(invocation, directory, {
      input,
      maxTextBytes,
      opened: (isNew) => isOurs = isNew,
    });
  } catch (error) {
    if (isOurs) before.putBack();
    if (error instanceof ImportError) {
      // What is in an export may be in it, too.
      for (const line of error.message.split("\n")) complain(inertLine(line));
      return 1;
    }
    const why = isOfDatabase(error) && describeFault(error, databasePath(directory));
    throw why ? new StoreError(`${why}; nothing was stored`) : error;
  }
}

/** Imports into a directory, and closes it. `opened` is called when nobody else has it open, with whether it was made. */
async function importInto(
  invocation: Invocation,
  directory: string,
  { input, maxTextBytes, opened: onOpened }: {
    readonly input: ImportInput;
    readonly maxTextBytes: number;
    readonly opened: (isNew: boolean) => void;
  },
): Promise<number> {
  const { lines, placeOf, leftOut, unread } = input;
  const from = invocation.get("files");
  using opened = await openWriter(directory, (text) => complain(inertLine(text)));
  onOpened(opened.isNew);
  await using files = from === undefined ? undefined : await takeFiles(directory, from);
  const report = await importMessages(opened.db, lines, {
    again: invocation.has("again"),
    maxTextBytes,
    addressOf: writtenAddress,
    ...placeOf && { placeOf },
    ...files && { takeFile: (file) => files.take(file) },
  });
  const told = placeOf === undefined ? report : { ...report, renumbered: 0 };
  const missing = unread?.();
  const problems = [
    ...files?.problems ?? [],
    ...missing === undefined ? [] : ["What can't be read is left out:", ...missing.split("\n")],
  ];
  return tell(told, directory, { leftOut: leftOut?.() ?? [], problems });
}

/** Tells what was stored; returns the exit code. */
function tell(
  { messages, about = 0, rooms, renumbered, withheld, notes = [] }: ImportReport,
  directory: string,
  { leftOut, problems }: {
    readonly leftOut: readonly string[];
    readonly problems: readonly string[];
  },
): number {
  const numbers = renumbered === 0 ? "" : `; ${renumbered} have other numbers than in the file`;
  const left = withheld === 0 ? "" : `; ${withheld} were withheld, and are left out`;
  const done = about === 0 ? "" : `, and what was done about them ${counted(about, "time")},`;
  printResult(
    `Stored ${counted(messages, "message")}${done} in ${counted(rooms, "room")} of ` +
      `${databasePath(directory)}${numbers}${left}`,
  );
  for (const sentence of [...notes, ...leftOut, ...problems]) complain(inertLine(sentence));
  return problems.length === 0 ? 0 : 1;
}
