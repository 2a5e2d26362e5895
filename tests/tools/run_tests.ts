/**
 * `deno task test`, and the suites of long tests: several processes of `deno test` at a time. Most tests wait for
 * a socket, a program or a deadline, so there are more processes than cores. In each of them the
 * files run one after the other, and so what a test counts of its process is its own. They share what
 * they import, whose loading took as long as the tests of most files do; see batch.ts. Of a suite of long
 * tests each file has a process of its own.
 */

import { pathToFileURL } from "node:url";
import { parseArgs } from "@std/cli/parse-args";

const USAGE = `Usage: deno task test [--jobs N] [--filter TEXT] [--quick | --apart FOLDER | FILE...]

Runs tests/*_test.ts, or the files given, and prints what each process of deno test says when it has
ended, and at last how many tests there were and which were skipped, and why. That none has passed is
a failure. Types are not checked; deno task ok does that too.

  --quick       only what tests the house, the wire or the store, and starts no server or program,
                and what holds the code to its shape: the task quick
  --apart FOLDER
                the tests in tests/FOLDER, which may do everything, each file in a process of its own,
                those with the longest text first; a process for each core unless --jobs says more
  --filter TEXT only tests whose names have it, or fit /it/, as for deno test
  --jobs N      processes at a time (default: three for each core, at most 8)
  -h, --help    show this
`;

/** Files of one process: few enough to end together, enough to be worth starting it. */
const FILES_PER_PROCESS = 15;

/** What takes longest, mostly by waiting; the processes share it out, so that they end together. */
const LONG: readonly string[] = [
  ...["web_session", "battery_faults", "limits", "web_tls", "web_resets", "web_limits"],
  ...["load_limits", "store", "serve_faults", "tls_hostile", "pty", "web_leaving"],
  ...["people", "upgrade", "tail", "bench", "pushing", "pipe_cli", "log", "tls"],
  ...["fact_log", "stalled", "order", "battery_framing"],
  ...["linear_page", "linear_terminal", "linear_words"],
];

/** What looks at the code itself, and is quick though it says nothing of the house. */
const SHAPES: readonly string[] = ["imports", "shape", "linear_words"];

const BATCH = new URL("./batch.ts", import.meta.url).pathname;
const TESTS = new URL("../", import.meta.url).pathname;
const PERMISSIONS = [
  ...["--allow-net", "--allow-env", "--allow-read", "--allow-write", "--allow-run", "--allow-ffi"],
  "--allow-sys",
];

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 all passed, 1 some failed, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  let isUsable = true;
  const flags = parseArgs(args, {
    string: ["jobs", "filter", "apart"],
    boolean: ["help", "quick"],
    alias: { h: "help" },
    unknown: (arg) => isUsable &&= !arg.startsWith("-"),
  });
  const apart = flags["apart"];
  const cores = navigator.hardwareConcurrency;
  const jobs = Number(flags["jobs"] ?? (apart === undefined ? Math.min(8, 3 * cores) : cores));
  isUsable &&= Number.isInteger(jobs) && jobs >= 1;
  if (flags["help"] === true || !isUsable) {
    write(USAGE);
    return isUsable ? 0 : 2;
  }
  const named = flags._.map(String);
  const files = apart !== undefined
    ? longestFirst(allTests(`${apart}/`))
    : named.length > 0
    ? named
    : flags["quick"]
    ? allTests().filter(isQuick)
    : allTests();
  const filter = flags["filter"];
  const more = [
    ...(apart === undefined ? PERMISSIONS : ["--allow-all"]),
    ...(filter === undefined ? [] : [`--filter=${filter}`]),
  ];
  const batches = apart === undefined ? batchesOf(files, jobs) : files.map((file) => [file]);
  const count = batches.length;
  const began = performance.now();
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let files; (files = batches.shift()) !== undefined;) {
      outcomes.push(await outcomeOf(files, more));
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  const seconds = Math.round((performance.now() - began) / 1_000);
  const failed = outcomes.filter(({ success }) => !success).length;
  const skipped = outcomes.flatMap(({ skipped }) => skipped);
  const passed = outcomes.reduce((sum, { passed }) => sum + passed, 0);
  for (const name of skipped) write(`Skipped: ${name}\n`);
  const counts = `${passed} tests passed, ${skipped.length} skipped`;
  const result = failed > 0
    ? `${failed} of ${count} processes failed, see above`
    : passed === 0
    ? "Nothing was tested"
    : "All passed";
  write(`${result}: ${files.length} files of tests in ${seconds} s, ${counts}\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** What the tests of one process came to. */
interface Outcome {
  readonly success: boolean;
  readonly passed: number;
  /** The names of those that were not run, which say why. */
  readonly skipped: readonly string[];
}

/** The files in tests/, or in a folder of it, in the order of their names. */
function allTests(folder = ""): string[] {
  return [...Deno.readDirSync(TESTS + folder)].map(({ name }) => name)
    .filter((name) => name.endsWith("_test.ts")).sort().map((name) => TESTS + folder + name);
}

/** So that no process is alone with a long one at the end. */
function longestFirst(files: readonly string[]): string[] {
  const size = (file: string): number => Deno.statSync(file).size;
  return [...files].sort((a, b) => size(b) - size(a));
}

/**
 * Whether a file of tests takes no more than a moment: of lib it imports the house, the wire and the
 * store alone, and it starts no server, no client, no program and no thread.
 */
function isQuick(file: string): boolean {
  if (SHAPES.some((name) => isNamed(file, name))) return true;
  if (isLong(file)) return false;
  const source = Deno.readTextFileSync(file);
  const folders = [...source.matchAll(/from "\.\.\/lib\/(\w+)\//g)].map(([, folder = ""]) =>
    folder
  );
  return folders.length > 0 &&
    folders.every((folder) => ["chat", "wire", "store"].includes(folder)) &&
    !/\b(start(Server|Stored|Serve)|join(Event|Classic)|chatroom|testUnless)\(|\b(RawPeer|WAYS|LocalLog)\b/
      .test(source);
}

/** The files of each process. Neighbours are alike, also in how long they take, and so are apart. */
function batchesOf(files: readonly string[], jobs: number): string[][] {
  const long = LONG.flatMap((name) => files.filter((file) => isNamed(file, name)));
  const all = [...long, ...files.filter((file) => !isLong(file))];
  const count = Math.max(Math.ceil(all.length / FILES_PER_PROCESS), Math.min(all.length, jobs));
  return Array.from({ length: count }, (_, n) => all.filter((_, i) => i % count === n));
}

function isLong(file: string): boolean {
  return LONG.some((name) => isNamed(file, name));
}

function isNamed(file: string, name: string): boolean {
  return file.endsWith(`/${name}_test.ts`);
}

/** Runs files in a process of their own, and prints what it says in one piece. */
async function outcomeOf(
  files: readonly string[],
  more: readonly string[],
): Promise<Outcome> {
  const urls = files.map((file) => pathToFileURL(file).href);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--quiet", ...more, BATCH, "--", ...urls],
    // Colours are for somebody at a terminal, and nobody sees this before it is over.
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  write(text + new TextDecoder().decode(stderr));
  return {
    success,
    passed: Number(/^(?:ok|FAILED) \| (\d+) passed/m.exec(text)?.[1] ?? 0),
    skipped: [...text.matchAll(/^\s*(.*) \.\.\. ignored \(/gm)].map(([, name = ""]) => name),
  };
}

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
