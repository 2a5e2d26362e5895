/** What `chatroom import` reads: what `export` printed, or what another program has exported. */

import { type BadLine, utf8Lines } from "../client/lines.ts";
import { type ExportFolder, slackLines } from "../foreign/slack.ts";
import { ForeignError, ForeignReading } from "../foreign/foreign.ts";
import { ircLogLines } from "../foreign/irc_log.ts";
import { mattermostLines } from "../foreign/mattermost.ts";
import { checkRoom } from "../chat/names/check_name.ts";
import { roomName } from "../words/names.js";
import { maxLineBytes } from "../store/import.ts";
import { ImportError } from "../store/import_writer.ts";
import { decodeText, reasonOf } from "../wire/text.ts";
import { isAwaited } from "../named/named_file.ts";
import { chosen, flagOf, type Invocation, UsageError } from "./flags.ts";
import { tellOfWaiting } from "./plain_file.ts";

/** The programs of which exports are read. */
const PROGRAMS = ["slack", "mattermost", "weechat", "irssi"] as const;
type Program = typeof PROGRAMS[number];

export const FROM_FLAG = flagOf(
  "--from PROGRAM",
  "what has exported it: slack, mattermost, weechat or irssi",
  {
    choices: PROGRAMS,
  },
);

export const IMPORT_ROOM_FLAG = flagOf(
  "--room ROOM",
  "room of a log of weechat or irssi, if the file's name does not say it",
);

export const STRICT_FLAG = flagOf(
  "--strict",
  "import nothing where anything in the export of --from can't be read",
);

/** A line of an export of Mattermost is a post with all its replies. */
const LONGEST_POST = 64 * 1_048_576;
/** Of one character there are so many bytes at most for each of its UTF-16 code units. */
const BYTES_OF_UNIT = 3;
/** What the name of a log ends with, behind the channel: `irc.libera.#dev.weechatlog`, `#dev-2026-11.log`. */
const CHANNEL = /#([^#/\\]+?)(?:[-_.]\d{4}-?\d{2}(?:-?\d{2})?)?(?:\.weechatlog|\.log|\.txt)?$/;

/** Lines to import. */
export interface ImportInput {
  readonly lines: AsyncIterable<string>;
  /** Where in the input what was read last is, if its lines are not those of the input. */
  readonly placeOf?: () => string;
  /** What was left out, when all has been read. */
  readonly leftOut?: () => readonly string[];
  /** What could not be read, and so is not there, when all has been read; `undefined`: nothing. */
  readonly unread?: () => string | undefined;
}

/**
 * Opens what an invocation names; `maxTextBytes`: how large a text may be. What it can't read is an
 * {@linkcode ImportError}, be it now or when lines are read.
 */
export async function openInput(
  invocation: Invocation,
  maxTextBytes: number,
): Promise<ImportInput> {
  const [path] = invocation.positionals;
  const program = chosen(PROGRAMS, invocation.get("from"));
  const givenRoom = invocation.get("room");
  const isStrict = invocation.has("strict");
  if (isStrict && program === undefined) {
    throw new UsageError("--strict is for --from; lines that export printed are taken all or none");
  }
  if (givenRoom !== undefined && program !== "weechat" && program !== "irssi") {
    throw new UsageError("--room is for a log of one channel: --from weechat or --from irssi");
  }
  if (program === undefined) {
    const all = linesOf(await inputOf(path), path ?? "stdin", maxLineBytes(maxTextBytes));
    return { lines: textsOf(all) };
  }
  const reading = new ForeignReading();
  const max = Math.floor(maxTextBytes / BYTES_OF_UNIT);
  const found = await foreignLines(program, { path, givenRoom, reading, max });
  return {
    lines: asJson(
      found,
      path ?? "stdin",
      (count) => checkRead(reading, program, { isStrict, count }),
    ),
    placeOf: () => reading.place,
    leftOut: () => reading.sentences,
    unread: () => reading.unread?.text,
  };
}

interface ForeignInput {
  readonly path: string | undefined;
  readonly givenRoom: string | undefined;
  readonly reading: ForeignReading;
  readonly max: number;
}

async function foreignLines(
  program: Program,
  { path, givenRoom, reading, max }: ForeignInput,
): Promise<AsyncIterable<object>> {
  if (program === "slack") return slackLines(await folderAt(path), reading, max);
  const most = program === "mattermost" ? LONGEST_POST : maxLineBytes(max * BYTES_OF_UNIT);
  const room = program === "mattermost" ? "" : logRoom(givenRoom, path);
  const lines = linesOf(await inputOf(path), path ?? "stdin", most);
  return program === "mattermost"
    ? mattermostLines(lines, reading, max)
    : ircLogLines(lines, { of: program, room, reading, max });
}

/** The room of the log of a channel. */
function logRoom(given: string | undefined, path: string | undefined): string {
  const room = given === undefined ? CHANNEL.exec(path ?? "")?.[1] : roomName(given);
  if (room === undefined) {
    throw new UsageError(
      `${path ?? "stdin"} does not say of which channel it is, as #dev.log does: add --room ROOM`,
    );
  }
  checkRoom(room);
  return room;
}

/** Throws where too much of an export can't be read to go on without it. */
function checkRead(
  reading: ForeignReading,
  program: Program,
  { isStrict, count }: { readonly isStrict: boolean; readonly count: number },
): void {
  const { unread } = reading;
  const isInVain = unread?.isInVain === true || count === 0;
  if (unread === undefined || !isInVain && !isStrict) return;
  const why = isInVain
    ? `most of it can't be read: is it an export of ${program}?`
    : `not all of it can be read; without --strict the rest is imported.`;
  throw new ImportError(`${unread.text}\nNothing was stored, since ${why}`);
}

async function* asJson(
  found: AsyncIterable<object>,
  name: string,
  check: (count: number) => void,
): AsyncGenerator<string> {
  let count = 0;
  try {
    for await (const line of found) {
      count++;
      yield JSON.stringify(line);
    }
    check(count);
  } catch (error) {
    if (error instanceof ForeignError) throw refused(error.message);
    throw error instanceof ImportError ? error : refused(`Can't read ${name}: ${reasonOf(error)}`);
  }
}

/** The directory that an export was unzipped to. */
async function folderAt(path: string | undefined): Promise<ExportFolder> {
  if (path === undefined) {
    throw new UsageError("An export of Slack is a directory: unzip it, and give that");
  }
  try {
    if (!(await Deno.stat(path)).isDirectory) {
      throw refused(`${path} is no directory: unzip an export of Slack, and give where it is then`);
    }
  } catch (error) {
    throw error instanceof ImportError ? error : refused(`Can't read ${path}: ${reasonOf(error)}`);
  }
  return {
    read: (name) => ifThere(() => strictTextIn(path, name)),
    list: async (name) => await ifThere(() => namesIn(`${path}/${name}`)) ?? [],
  };
}

/** The largest file of a day, in bytes, and so of what is in memory at once. */
const LARGEST_FILE = 256 * 1_048_576;

async function strictTextIn(path: string, name: string): Promise<string> {
  // An archive may have links to elsewhere in it, and to what never ends.
  const { isFile, size } = await Deno.lstat(`${path}/${name}`);
  if (!isFile) throw refused(`${name} is no file`);
  if (size > LARGEST_FILE) throw refused(`${name} is larger than 256 MiB`);
  const text = decodeText(await Deno.readFile(`${path}/${name}`));
  if (text === undefined) throw refused(`${name} is not UTF-8 text`);
  return text;
}

async function namesIn(path: string): Promise<string[]> {
  if ((await Deno.lstat(path)).isSymlink) throw refused(`${path} is a link`);
  const names: string[] = [];
  for await (const { name } of Deno.readDir(path)) names.push(name);
  return names.sort();
}

async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function inputOf(path: string | undefined): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  if (path === undefined) return Deno.stdin.readable;
  try {
    const is = await Deno.stat(path);
    if (is.isCharDevice || is.isBlockDevice) {
      throw new Error("it is a device, which may have no end; name a file or a pipe");
    }
    if (isAwaited(path, is)) tellOfWaiting(path);
    return (await Deno.open(path)).readable;
  } catch (error) {
    throw new ImportError(`Can't read ${path}: ${reasonOf(error)}`);
  }
}

/** Lines that are text. Throws an {@linkcode ImportError} if one is not. */
async function* textsOf(lines: AsyncIterable<string | BadLine>): AsyncGenerator<string> {
  let number = 0;
  for await (const line of lines) {
    number++;
    if (typeof line !== "string") throw refused(`Line ${number} ${line.problem}`);
    yield line;
  }
}

/** The lines of a text. Throws an {@linkcode ImportError} if it can't be read. */
async function* linesOf(
  input: ReadableStream<Uint8Array<ArrayBuffer>>,
  name: string,
  maxBytes: number,
): AsyncGenerator<string | BadLine> {
  try {
    for await (const line of input.pipeThrough(utf8Lines(maxBytes))) yield line;
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw refused(`Can't read ${name}: ${reasonOf(error)}`);
  }
}

function refused(why: string): ImportError {
  return new ImportError(`${why}; nothing was stored`);
}
