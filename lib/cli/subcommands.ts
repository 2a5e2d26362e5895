/** The subcommands, and what they have in common. */

import { OutputError } from "../client/printer.ts";
import { nearest, parseInvocation, type Subcommand, type Title, UsageError } from "./flags.ts";
import { flagLines, helpColumns, helpFor, wrapWords } from "./help.ts";
import { complain, printResult } from "./output.ts";
import { LIMITS_TOPIC, TITLES } from "./titles.ts";
import { VERSION } from "./version.ts";

/** A subcommand that is loaded when it is run, so that none waits for the code of the others. */
export interface SubcommandEntry extends Title {
  load(): Promise<Subcommand>;
}

/** Every subcommand, in the order of the help. */
export const SUBCOMMANDS: readonly SubcommandEntry[] = [
  { ...TITLES.serve, load: async () => (await import("./serve.ts")).serveCommand },
  { ...TITLES.connect, load: async () => (await import("./connect.ts")).connectCommand },
  { ...TITLES.discover, load: async () => (await import("./discover.ts")).discoverCommand },
  { ...TITLES.send, load: async () => (await import("./send.ts")).sendCommand },
  { ...TITLES.ask, load: async () => (await import("./ask.ts")).askCommand },
  { ...TITLES.run, load: async () => (await import("./run.ts")).runCommand },
  { ...TITLES.get, load: async () => (await import("./get.ts")).getCommand },
  { ...TITLES.tail, load: async () => (await import("./tail.ts")).tailCommand },
  { ...TITLES.relay, load: async () => (await import("./relay.ts")).relayCommand },
  { ...TITLES.bench, load: async () => (await import("./bench.ts")).benchCommand },
  { ...TITLES.user, load: async () => (await import("./user.ts")).userCommand },
  { ...TITLES.room, load: async () => (await import("./room.ts")).roomCommand },
  { ...TITLES.invite, load: async () => (await import("./invite.ts")).inviteCommand },
  { ...TITLES.hook, load: async () => (await import("./hook.ts")).hookCommand },
  { ...TITLES.ban, load: async () => (await import("./ban.ts")).banCommand },
  { ...TITLES.cluster, load: async () => (await import("./cluster.ts")).clusterCommand },
  { ...TITLES.export, load: async () => (await import("./export.ts")).exportCommand },
  { ...TITLES.import, load: async () => (await import("./import.ts")).importCommand },
  { ...TITLES.backup, load: async () => (await import("./backup.ts")).backupCommand },
  { ...TITLES.restore, load: async () => (await import("./backup.ts")).restoreCommand },
  { ...TITLES.doctor, load: async () => (await import("./doctor.ts")).doctorCommand },
  { ...TITLES.check, load: async () => (await import("./check.ts")).checkCommand },
  { ...TITLES.config, load: async () => (await import("./config.ts")).configCommand },
  {
    ...TITLES.completions,
    load: async () => (await import("./completions.ts")).completionsCommand(await loadAll()),
  },
];

/** Loads all subcommands but `completions`, which needs the others. */
async function loadAll(): Promise<Subcommand[]> {
  const others = SUBCOMMANDS.filter(({ name }) => name !== TITLES.completions.name);
  return await Promise.all(others.map(({ load }) => load()));
}

/** What `chatroom --help` prints. */
async function helpForAll(): Promise<string> {
  const { DOCUMENTS, topicsOf } = await import("./topics.ts");
  const columns = helpColumns();
  const topics = DOCUMENTS.map((document) => topicsOf(document).join(", "));
  const width = Math.max(...SUBCOMMANDS.map(({ name }) => name.length));
  return [
    `chatroom ${VERSION}: a chat server and its client`,
    "",
    "Usage: chatroom SUBCOMMAND [flags] …",
    "",
    ...SUBCOMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "To begin: chatroom serve, and in another terminal chatroom connect --name ann.",
    "",
    ...wrapWords(
      "chatroom SUBCOMMAND --help shows the flags, chatroom --version the version. " +
        "chatroom help TOPIC shows a section of the documents. These are the topics; the first of " +
        "a line shows all of it, headings count too, and chatroom help limits shows a server's limits:",
      columns,
    ),
    "",
    ...topics.flatMap((line) =>
      wrapWords(line, columns - 4).map((part, n) => (n === 0 ? "  " : "    ") + part)
    ),
  ].join("\n");
}

/** Runs a command line; resolves with the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof OutputError)) throw error;
    const isUsage = error instanceof UsageError;
    // What is wrong may be quoted from a file that somebody else wrote.
    const { inertLine } = await import("../words/inert.js");
    complain(inertLine(isUsage ? `chatroom: ${error.message}` : error.message));
    return isUsage ? 2 : 1;
  }
}

async function dispatch([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined) {
    printResult(await helpForAll());
    return 2;
  }
  if (["--version", "-V", "version"].includes(name)) {
    printResult(`chatroom ${VERSION} (Deno ${Deno.version.deno})`);
    return 0;
  }
  if (["--help", "-h", "help"].includes(name)) {
    printResult(args[0] === undefined ? await helpForAll() : await helpAbout(args.join(" ")));
    return 0;
  }
  const entry = find(name);
  if (entry === undefined) {
    const near = nearest(name, SUBCOMMANDS.flatMap((each) => [each.name, ...each.aliases ?? []]));
    const how = near === undefined ? "" : `did you mean ${near}? `;
    throw new UsageError(
      `there is no subcommand ${JSON.stringify(name)}; ${how}chatroom --help lists them`,
    );
  }
  const command = await entry.load();
  if (wantsHelp(command, args)) {
    printResult(helpFor(command));
    return 0;
  }
  return await command.run(parseInvocation(command, args));
}

/** What `chatroom help` prints about a topic. Throws {@linkcode UsageError}. */
async function helpAbout(topic: string): Promise<string> {
  if (topic === LIMITS_TOPIC) {
    const { LIMIT_FLAGS, WEB_LIMIT_FLAGS } = await import("./limit_flags.ts");
    return [
      "The limits of chatroom serve. Each has an environment variable too, named like",
      "CHATROOM_MAX_PAYLOAD for --max-payload; the flag wins.",
      "",
      ...flagLines([...LIMIT_FLAGS, ...WEB_LIMIT_FLAGS], helpColumns()),
    ].join("\n");
  }
  const about = find(topic);
  if (about !== undefined) return helpFor(await about.load());
  const { helpOf } = await import("./documents.ts");
  return await helpOf(topic, helpColumns(), [LIMITS_TOPIC, ...SUBCOMMANDS.map(({ name }) => name)]);
}

/**
 * Whether the arguments ask for help. Throws {@linkcode UsageError} if `--help` stands in a text to be
 * sent: if we printed the help and exited with 0, a script would think the text was sent.
 */
function wantsHelp(command: Subcommand, args: readonly string[]): boolean {
  const at = args.findIndex((arg) => ["--", "--help", "-h"].includes(arg));
  const flag = args[at];
  if (flag === undefined || flag === "--") return false;
  if (!/\bTEXT\b/.test(command.positionals)) return true;
  if (parseInvocation(command, args.slice(0, at)).positionals.length === 0) return true;
  throw new UsageError(
    `${flag} stands in the text, and nothing was sent; put the text into quotes, or -- before it`,
  );
}

function find(name: string): SubcommandEntry | undefined {
  return SUBCOMMANDS.find((command) => command.name === name || command.aliases?.includes(name));
}
