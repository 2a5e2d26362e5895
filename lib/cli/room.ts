/** `chatroom room`: lists and removes the rooms that are kept in a data directory. */

import type { DatabaseSync } from "node:sqlite";
import { CONSOLE } from "../chat/judge/judge_console.ts";
import { roomLog } from "../chat/messages/log_key.ts";
import { checkRoom } from "../chat/names/check_name.ts";
import { type Access, ACCESSES } from "../chat/people/records.ts";
import { Refusal } from "../chat/refusal.ts";
import { storedTime } from "../store/columns.ts";
import { type ControlPlace, readControl } from "../store/control_file.ts";
import { InUseError, openReader, openWriter } from "../store/directory.ts";
import { savePeople } from "../store/people.ts";
import { forgetRoom, type KeptRoom, listRooms, removeRooms } from "../store/rooms.ts";
import { transact } from "../store/sql.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";
import { sizeText } from "../words/files.js";
import { inertLine } from "../words/inert.js";
import { askConsole } from "./ask_console.ts";
import { callControl } from "./call_control.ts";
import { SERVER_DATA_FLAG, withData } from "./data.ts";
import { flagOf, type Invocation, type Subcommand, UsageError } from "./flags.ts";
import { complain, printResult } from "./output.ts";
import { TITLES } from "./titles.ts";
import { counted } from "./values.ts";

const ACTIONS = ["list", "access", "title", "remove"];

/** `chatroom room`. */
export const roomCommand: Subcommand = {
  ...TITLES.room,
  positionals: "ACTION [ROOM …]",
  choices: ACTIONS,
  notes: [
    "list shows the rooms that are kept.",
    "access ROOM open|unlisted|invite says who may enter: everybody; everybody, but the room is in no",
    "list; or those who are invited. title ROOM TEXT sets what it is called, for people.",
    "remove deletes rooms for good, with all that was said in them and their hosts; bans in them",
    "stay. It needs --yes: without that it only says what it would remove. A room of which nothing is",
    "kept, and to which nobody is invited, is removed by itself, a minute after its last member has",
    "left. All of it works whether the server runs or not; one that runs does it at once.",
    "",
    "Exit codes: 0 done, 1 nothing was done, 2 bad usage.",
  ],
  flags: [
    SERVER_DATA_FLAG,
    flagOf("--empty", "only rooms without messages"),
    flagOf("--json", "with list: print a line of JSON for each room"),
    flagOf("--yes", "with remove: do it"),
    flagOf(
      "--reveal",
      "with access: also if others can read then what was said by invitation only",
    ),
  ],
  run: (invocation) => withData(invocation, (directory) => runRoom(invocation, directory)),
};

async function runRoom(invocation: Invocation, directory: string): Promise<number> {
  const [action = "", ...names] = invocation.positionals;
  if (!ACTIONS.includes(action)) {
    throw new UsageError(`room takes ${ACTIONS.join(", ")}, not ${action || "nothing"}`);
  }
  const empty = invocation.has("empty");
  if (action === "list") {
    if (names.length > 0) throw new UsageError("room list takes no names");
    if (invocation.has("yes")) throw new UsageError("--yes goes with room remove");
    return list(directory, empty, invocation.has("json"));
  }
  if (invocation.has("json")) throw new UsageError("--json goes with room list");
  if (action === "access" || action === "title") return await set(invocation, directory, action);
  if (empty === (names.length > 0)) {
    throw new UsageError("room remove needs names, or --empty for all that have no messages");
  }
  const keys = names.map(roomKeyOf);
  return invocation.has("yes")
    ? await remove(directory, empty ? undefined : keys)
    : foretell(directory, empty ? undefined : keys);
}

/** Sets who may enter a room, or what it is called. */
async function set(
  invocation: Invocation,
  directory: string,
  action: "access" | "title",
): Promise<number> {
  const [, room, ...rest] = invocation.positionals;
  const value = rest.join(" ");
  if (room === undefined || rest.length === 0) {
    throw new UsageError(`room ${action} needs a room and a value, as in: ${EXAMPLES[action]}`);
  }
  const asked = action === "title" ? { title: value } : { access: accessFrom(value) };
  const name = keptName(directory, room);
  const reveal = invocation.has("reveal") ? { reveal: true } : {};
  await askConsole(directory, { type: "room", room: name, ...asked, ...reveal });
  printResult(inertLine(`The ${action} of ${name} is ${value} now.`));
  return 0;
}

const EXAMPLES = { access: "room access dev invite", title: 'room title dev "The workshop"' };

function accessFrom(value: string): Access {
  const access = ACCESSES.find((known) => known === value);
  if (access !== undefined) return access;
  throw new UsageError(`A room's access is ${ACCESSES.join(", ")}, not ${value}`);
}

/**
 * What a room is called, as it is kept. Throws a `Refusal` for one of which nothing is kept, unless a
 * server runs: that knows also the rooms in which nothing was said yet.
 */
export function keptName(directory: string, name: string): string {
  const key = roomKeyOf(name);
  using db = openReader(directory);
  const kept = listRooms(db).find((room) => room.key === key);
  if (kept !== undefined) return kept.name;
  if (key === DEFAULT_ROOM || readControl(directory) !== undefined) return name;
  throw new Refusal(
    "no-such-room",
    `Nothing is kept of a room ${name}: chatroom room list shows those of which there is, and ` +
      "whoever joins it while the server runs opens it",
  );
}

/** The key of a room by the name that was typed. Throws a {@linkcode UsageError}. */
export function roomKeyOf(name: string): string {
  try {
    return checkRoom(name);
  } catch (error) {
    if (error instanceof Refusal) throw new UsageError(error.message);
    throw error;
  }
}

function list(directory: string, empty: boolean, json: boolean): number {
  using db = openReader(directory);
  const rooms = listRooms(db).filter(({ messages }) => !empty || messages === 0);
  if (rooms.length === 0 && !json) printResult("No room is kept.");
  for (const room of rooms) {
    const { name, topic, title, access, members, messages, bytes, files, fileBytes, hosts } = room;
    const times = { first: timeOf(room, room.first), last: timeOf(room, room.last) };
    printResult(
      json
        ? JSON.stringify({
          ...{ room: name, access, messages, bytes, files, fileBytes, ...times, title, topic },
          ...{ hosts, members },
        })
        : inertLine(lineOf(room)),
    );
  }
  return 0;
}

function lineOf(room: KeptRoom): string {
  const { name, topic, title, access, messages, bytes, files, fileBytes, first, last, hosts } =
    room;
  const days = first === null || last === null
    ? ""
    : `, ${timeOf(room, first)?.slice(0, 10)} to ${timeOf(room, last)?.slice(0, 10)}`;
  const brought = files === 0 ? "" : `, ${counted(files, "file")} (${sizeText(fileBytes)})`;
  const size = `${counted(messages, "message")} (${Math.ceil(bytes / 1_024)} KiB)${brought}${days}`;
  const operators = hosts.length === 0 ? "" : `; hosts: ${hosts.join(", ")}`;
  const who = access === "open" ? "" : `; ${access}`;
  const called = title === "" ? "" : `; title: ${title}`;
  return `${name}: ${size}${who}${operators}${called}${topic === "" ? "" : `; topic: ${topic}`}`;
}

function timeOf({ name }: KeptRoom, ms: number | null): string | undefined {
  return ms === null ? undefined : storedTime(ms, `A message in ${name}`);
}

/**
 * The kept rooms with these keys, or, without keys, all that have no messages. Complains of each key
 * that is none of them.
 */
function chosenRooms(db: DatabaseSync, keys: readonly string[] | undefined): KeptRoom[] {
  const rooms = listRooms(db).filter(({ key, messages }) =>
    key !== DEFAULT_ROOM && (keys?.includes(key) ?? messages === 0)
  );
  for (const key of keys ?? []) {
    if (key === DEFAULT_ROOM) complain(`${DEFAULT_ROOM} stays: everybody starts in it`);
    else if (!rooms.some((room) => room.key === key)) {
      complain(inertLine(`Nothing is kept of a room ${key}; chatroom room list shows the rooms`));
    }
  }
  if (keys === undefined && rooms.length === 0) complain("There is no room without messages");
  return rooms;
}

function foretell(directory: string, keys: readonly string[] | undefined): number {
  using db = openReader(directory);
  const rooms = chosenRooms(db, keys);
  for (const room of rooms) printResult(inertLine(lineOf(room)));
  if (rooms.length > 0) {
    complain(`Nothing was removed yet; say it again with --yes, and ${them(rooms)} for good`);
  }
  return 1;
}

function them(rooms: readonly KeptRoom[]): string {
  const messages = rooms.reduce((sum, room) => sum + room.messages, 0);
  return `${counted(rooms.length, "room")} with ${counted(messages, "message")} ` +
    `${rooms.length === 1 ? "goes" : "go"}`;
}

async function remove(directory: string, keys: readonly string[] | undefined): Promise<number> {
  // Don't make a directory that does not exist.
  openReader(directory).close();
  const place = readControl(directory);
  try {
    using opened = await openWriter(directory, (text) => complain(inertLine(text)));
    return removeFrom(opened.db, keys);
  } catch (error) {
    if (!(error instanceof InUseError) || place === undefined) throw error;
    return await removeRunning(directory, place, keys);
  }
}

/** Has the server that runs remove rooms. */
async function removeRunning(
  directory: string,
  place: ControlPlace,
  keys: readonly string[] | undefined,
): Promise<number> {
  using db = openReader(directory);
  const rooms = chosenRooms(db, keys);
  for (const { name } of rooms) {
    await callControl(place, { type: "room", room: name, remove: true });
    printResult(inertLine(`${name} is gone.`));
  }
  return rooms.length === 0 ? 1 : 0;
}

function removeFrom(db: DatabaseSync, keys: readonly string[] | undefined): number {
  const rooms = chosenRooms(db, keys);
  if (rooms.length === 0) return 1;
  transact(db, () => {
    removeRooms(db, rooms.map(({ key }) => roomLog(key)));
    for (const { key } of rooms) forgetRoom(db, key);
  });
  const audited = { at: new Date().toISOString(), by: CONSOLE, action: "remove-room" } as const;
  savePeople(
    db,
    rooms.flatMap(({ key, name: target, hosts, messages }) => [
      ...hosts.map((host) => ({ type: "unhost", host: { room: key, key: host } }) as const),
      {
        type: "audit",
        line: { ...audited, target, detail: counted(messages, "message") },
      } as const,
    ]),
  );
  for (const room of rooms) printResult(inertLine(`${room.name} is gone.`));
  return 0;
}
