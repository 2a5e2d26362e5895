/** `chatroom hook`: makes, lists and removes webhooks, by which programs say something in a room. */

import { ID_BYTES, idFrom } from "../chat/people/account_id.ts";
import { shownName } from "../chat/rooms/hooks.ts";
import { HOOK_PATH, hookHash, newHookToken } from "../server/hook_token.ts";
import { storedTime } from "../store/columns.ts";
import { openReader } from "../store/directory.ts";
import { readPeople } from "../store/people.ts";
import { listRooms } from "../store/rooms.ts";
import { inertLine } from "../words/inert.js";
import { askConsole } from "./ask_console.ts";
import { SERVER_DATA_FLAG, withData } from "./data.ts";
import { flagOf, type Invocation, type Subcommand, UsageError } from "./flags.ts";
import { complain, printResult } from "./output.ts";
import { keptName, roomKeyOf } from "./room.ts";
import { TITLES } from "./titles.ts";

const ACTIONS = ["add", "list", "remove"];

/** `chatroom hook`. */
export const hookCommand: Subcommand = {
  ...TITLES.hook,
  positionals: "ACTION [ROOM | HOOK]",
  choices: ACTIONS,
  notes: [
    "add ROOM makes a hook and prints its URL, this once: whoever has it can say something in the",
    "room, as NAME (hook), by a POST of JSON as for Slack or Mattermost, of Alertmanager or Grafana,",
    "or of plain text. list shows the hooks. remove HOOK takes one back, by its name or its id.",
    "Works whether the server runs or not; one that runs does it at once, and takes what is posted",
    "if it has a web door (serve --web). chatroom help webhooks in says what it makes of a body.",
    "",
    "Exit codes: 0 done, 1 nothing was done, 2 bad usage.",
  ],
  flags: [
    SERVER_DATA_FLAG,
    flagOf("--name NAME", "with add: what the hook is called; as its room unless told"),
    flagOf("-r, --room ROOM", "with list and remove: only hooks of that room"),
    flagOf("--json", "with list: print a line of JSON for each hook"),
  ],
  run: (invocation) => withData(invocation, (directory) => runHook(invocation, directory)),
};

async function runHook(invocation: Invocation, directory: string): Promise<number> {
  const [action = "", what, extra] = invocation.positionals;
  if (!ACTIONS.includes(action)) {
    throw new UsageError(`hook takes ${ACTIONS.join(", ")}, not ${action || "nothing"}`);
  }
  const ofOthers = { name: ["add"], room: ["list", "remove"], json: ["list"] } as const;
  for (const [flag, known] of Object.entries(ofOthers)) {
    if (invocation.get(flag) === undefined && !invocation.has(flag)) continue;
    if ((known as readonly string[]).includes(action)) continue;
    throw new UsageError(`--${flag} goes with hook ${known.join(" and ")}, not with ${action}`);
  }
  if (action === "list") {
    if (what !== undefined) throw new UsageError("hook list takes no names; --room ROOM does");
    return list(directory, invocation);
  }
  if (what === undefined || extra !== undefined) {
    throw new UsageError(`hook ${action} needs one name, as in: ${EXAMPLES[action] ?? ""}`);
  }
  return action === "add"
    ? await add(directory, what, invocation.get("name"))
    : await remove(directory, what, invocation.get("room"));
}

const EXAMPLES: Readonly<Record<string, string>> = {
  add: "hook add dev --name ci",
  remove: "hook remove ci",
};

async function add(directory: string, wanted: string, named?: string): Promise<number> {
  const room = keptName(directory, wanted);
  const token = newHookToken();
  const { page, hook } = await askConsole(directory, {
    type: "hook",
    action: "add",
    room,
    name: named ?? room,
    id: idFrom(crypto.getRandomValues(new Uint8Array(ID_BYTES))),
    hash: hookHash(token),
  });
  const path = `${HOOK_PATH.slice(1)}${token}`;
  printResult(page === undefined ? `/${path}` : `${page}${path}`);
  const where = page === undefined
    ? " Put it behind the address of the page, which a server has with --web."
    : "";
  complain(inertLine(
    `What is posted there is said in ${hook?.room ?? room} as ${
      hook?.target ?? ""
    }.${where} It is ` +
      "shown this once; whoever has it can post.",
  ));
  return 0;
}

function list(directory: string, invocation: Invocation): number {
  using db = openReader(directory);
  const wanted = invocation.get("room");
  const key = wanted === undefined ? undefined : roomKeyOf(wanted);
  const hooks = readPeople(db).hooks.filter(({ room }) => key === undefined || room === key);
  const names = new Map(listRooms(db).map(({ key, name }) => [key, name]));
  if (hooks.length === 0 && !invocation.has("json")) printResult("There are no hooks.");
  for (const hook of hooks) {
    const { id, name, by } = hook;
    const room = names.get(hook.room) ?? hook.room;
    const at = storedTime(hook.at, `The hook ${id}`);
    printResult(
      invocation.has("json")
        ? JSON.stringify({ id, name, room, by, at })
        : inertLine(`${id}: ${shownName(hook)} in ${room}, since ${at.slice(0, 10)}`),
    );
  }
  return 0;
}

async function remove(directory: string, which: string, room?: string): Promise<number> {
  // Don't make a directory that does not exist.
  openReader(directory).close();
  const { hook } = await askConsole(directory, {
    type: "hook",
    action: "remove",
    which,
    ...(room === undefined ? {} : { room: keptName(directory, room) }),
  });
  printResult(inertLine(`${hook?.target ?? which} says nothing in ${hook?.room ?? ""} any more.`));
  return 0;
}
