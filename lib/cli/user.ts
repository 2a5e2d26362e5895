/** `chatroom user`: lists and changes the accounts and roles in a data directory. */

import { checkName } from "../chat/names/check_name.ts";
import { USER_ACTIONS, type UserAction } from "../chat/people/console_request.ts";
import { checkStrength } from "../chat/people/keeper.ts";
import { SERVER_ROLES, type ServerRole } from "../chat/people/permissions.ts";
import type { Account } from "../chat/people/records.ts";
import { Refusal } from "../chat/refusal.ts";
import { denoTerminal } from "../client/terminal/tty.ts";
import { ScryptPasswords } from "../server/password.ts";
import { storedTime } from "../store/columns.ts";
import { openReader } from "../store/directory.ts";
import { reasonOf } from "../wire/text.ts";
import { readPeople } from "../store/people.ts";
import { inertLine } from "../words/inert.js";
import { MAX_NAME_LENGTH } from "../words/names.js";
import { askConsole } from "./ask_console.ts";
import { askPassword } from "./ask_password.ts";
import { SERVER_DATA_FLAG, withData } from "./data.ts";
import { chosen, flagOf, type Invocation, readEnv, type Subcommand, UsageError } from "./flags.ts";
import { complain, printResult } from "./output.ts";
import { firstLine, readPassword } from "./password.ts";
import { TITLES } from "./titles.ts";

const ACTIONS = ["add", "list", "reset", "remove", "devices"];

/** `chatroom user`. */
export const userCommand: Subcommand = {
  ...TITLES.user,
  positionals: "ACTION [NAME]",
  choices: ACTIONS,
  notes: [
    `ACTION is ${ACTIONS.slice(0, -1).join(", ")} or ${ACTIONS.at(-1)}.`,
    "add reserves a name, or with --role gives a reserved name another role. reset gives it another",
    "password, remove gives it back. A new password is asked for, or is the first line of stdin or of",
    "--password-file. Works whether the server runs or not; one that runs does it at once.",
    "devices lists where a name is signed in; reset ends all of that.",
    "",
    "Everybody is a member; chatroom help roles shows what an owner and an operator may do.",
  ],
  flags: [
    SERVER_DATA_FLAG,
    flagOf("--role ROLE", "with add: owner, operator or member", {
      choices: SERVER_ROLES,
      default: "member",
    }),
    flagOf("--password-file FILE", "with add and reset: file whose first line is the new password"),
  ],
  run: (invocation) => withData(invocation, (directory) => runUser(invocation, directory)),
};

async function runUser(invocation: Invocation, directory: string): Promise<number> {
  const [word = "", name] = invocation.positionals;
  if (!ACTIONS.includes(word)) {
    throw new UsageError(`user takes ${ACTIONS.join(", ")}, not ${word || "nothing"}`);
  }
  const action = USER_ACTIONS.find((known) => known === word);
  if (word === "devices") {
    roleFrom(invocation, word);
    checkPasswordFile(invocation, word);
    return await listDevices(directory, name);
  }
  if (action === undefined) {
    if (name !== undefined) throw new UsageError("user list takes no name");
    roleFrom(invocation, word);
    checkPasswordFile(invocation, word);
    return list(directory);
  }
  if (name === undefined) throw new UsageError(`user ${action} needs a name, as in: ${action} ann`);
  return await change(invocation, directory, action, name);
}

function list(directory: string): number {
  using db = openReader(directory);
  const { accounts, hosts } = readPeople(db);
  if (accounts.length === 0) printResult("Nobody has reserved a name.");
  for (const { key, name, role, createdAt } of accounts) {
    const rooms = hosts.filter((host) => host.key === key).map(({ room }) => room);
    const hosted = rooms.length === 0 ? "" : ` (host of ${rooms.join(", ")})`;
    const since = storedTime(createdAt, `The account ${name}`).slice(0, 10);
    printResult(inertLine(`${name}: ${role}${hosted}, since ${since}`));
  }
  return 0;
}

async function listDevices(directory: string, name: string | undefined): Promise<number> {
  if (name === undefined) throw new UsageError("user devices needs a name, as in: devices ann");
  checkName(name);
  openReader(directory).close();
  const { devices } = await askConsole(directory, { type: "devices", name });
  if (devices === undefined) {
    throw new Refusal("not-registered", `Nobody has reserved the name ${name}`);
  }
  if (devices.length === 0) printResult(inertLine(`${name} is signed in nowhere.`));
  for (const { label, door, since, seen, here } of devices) {
    const what = [label === "" ? "a device" : label, door === "" ? "" : `(${door})`].join(" ");
    const last = here ? "here now" : `last here ${seen.slice(0, 16).replace("T", " ")} UTC`;
    printResult(inertLine(`${what.trim()}: ${last}, signed in since ${since.slice(0, 10)}`));
  }
  return 0;
}

async function change(
  invocation: Invocation,
  directory: string,
  action: UserAction,
  name: string,
): Promise<number> {
  checkName(name);
  const role = roleFrom(invocation, action);
  checkPasswordFile(invocation, action);
  // Only add may make a directory: with the others a missing one must be a typing mistake.
  if (action !== "add") openReader(directory).close();
  const { account: known } = await askConsole(directory, { type: "account", name });
  if (known === undefined && action !== "add") {
    throw new Refusal("not-registered", `Nobody has reserved the name ${name}`);
  }
  if (known !== undefined && action === "add") checkOnlyRole(known, role, invocation);
  const isNew = action === "reset" || action === "add" && known === undefined;
  const proof = isNew ? await newProof(invocation, name) : undefined;
  if (typeof proof === "number") return proof;
  // The account may have changed while the person typed; this decides by what it is now.
  await askConsole(directory, {
    ...{ type: "user", action, name },
    ...(role === undefined ? {} : { role }),
    ...(proof === undefined ? {} : { proof }),
  });
  const said = SAID[action](known?.name ?? name, role ?? "member");
  const rest = action === "add" && known !== undefined ? " The password is what it was." : "";
  printResult(inertLine(said + rest));
  return 0;
}

/**
 * Adding a reserved name can only change its role. Throws a {@linkcode Refusal} if the flags ask for
 * more than that, or for no change.
 */
function checkOnlyRole(
  { name, role: current }: Pick<Account, "name" | "role">,
  role: ServerRole | undefined,
  invocation: Invocation,
): void {
  const hasFile = invocation.get("password-file") !== undefined;
  if (role !== undefined && !hasFile) return;
  throw new Refusal(
    "name-taken",
    `${name} is reserved already (${current}), and nothing was changed; ` +
      `user reset ${name} gives it another password, user add ${name} --role ROLE ` +
      `${hasFile ? "without --password-file " : ""}another role`,
  );
}

const SAID: Readonly<Record<UserAction, (name: string, role: ServerRole) => string>> = {
  add: (name, role) => `${name} is ${role === "member" ? "a" : "an"} ${role} now.`,
  reset: (name) => `${name} has another password now.`,
  remove: (name) => `The name ${name} is anybody's again.`,
};

function roleFrom(invocation: Invocation, action: string): ServerRole | undefined {
  const text = invocation.get("role");
  if (text === undefined) return undefined;
  if (action !== "add") throw new UsageError(`--role goes with user add, not with user ${action}`);
  return chosen(SERVER_ROLES, text);
}

function checkPasswordFile(invocation: Invocation, action: string): void {
  if (["add", "reset"].includes(action) || invocation.get("password-file") === undefined) return;
  throw new UsageError(`--password-file goes with user add and reset, not with user ${action}`);
}

/** The hash of a new password, or an exit code if the person did not answer. */
async function newProof(invocation: Invocation, name: string): Promise<string | number> {
  if (name.length > MAX_NAME_LENGTH) throw new UsageError("That name is too long");
  const file = invocation.get("password-file");
  const password = file !== undefined
    ? readPassword(file)
    : Deno.stdin.isTerminal()
    ? await askTwice(name)
    : firstLine(await readStdin(), "stdin");
  if (typeof password === "number") return password;
  checkStrength(password);
  return await new ScryptPasswords().hash(password);
}

async function readStdin(): Promise<Uint8Array> {
  try {
    return await new Response(Deno.stdin.readable).bytes();
  } catch (error) {
    throw new UsageError(`The password can't be read from stdin: ${reasonOf(error)}`);
  }
}

async function askTwice(name: string): Promise<string | number> {
  const io = denoTerminal(readEnv("INIT_CWD") !== undefined);
  const ask = (question: string): Promise<string | number> =>
    askPassword(io, question, { plain: readEnv("TERM") === "dumb" });
  for (;;) {
    const first = await ask(`New password of ${inertLine(name)}: `);
    if (typeof first === "number") return first;
    try {
      checkStrength(first);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      complain(error.message);
      continue;
    }
    const second = await ask("The same again: ");
    if (typeof second === "number" || first === second) return second;
    complain("These were two passwords; nothing is changed yet.");
  }
}
