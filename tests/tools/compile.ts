/**
 * Makes the executable with `deno compile`: `deno task compile` for this machine, `--all` for every
 * machine that a release is for.
 */

import { gzipSync } from "node:zlib";
import { parseArgs } from "@std/cli/parse-args";
import config from "../../deno.json" with { type: "json" };
import { DOCUMENTS } from "../../lib/cli/topics.ts";
import { PACKED } from "../../lib/beside/beside.ts";
import { PAGE_FOLDERS } from "../../lib/web/page.ts";
import { settleNames } from "./packages/bundle_names.ts";

/** All that the executable may do. What is not here it can't even ask for. */
export const PERMISSIONS: readonly string[] = [
  ...config.tasks.serve.split(" ").filter((word) => word.startsWith("--allow-")),
  // For chatroom run alone: main.ts gives it up before anything else is run.
  "--allow-run",
  // Without this, a missing permission on a terminal stops the chat with Deno's own question.
  "--no-prompt",
];

/** The machines that a release is for, as `deno compile --target` names them. */
export const TARGETS: readonly string[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

export const ROOT = new URL("../../", import.meta.url);
/** Where the bundle is made, below the project. */
export const PARTS = "dist/parts";
/** What is a program of its own: the executable, and the worker, which no import names. */
const PROGRAMS: readonly string[] = ["main.ts", "lib/store/worker.ts"];
/** What modules read at run time: its path below the project, by that beside the bundle, where it is compressed. */
const FILES: ReadonlyMap<string, string> = new Map([
  ...PAGE_FOLDERS.flatMap((folder) => [...filesBelow(`lib/${folder}`)])
    .map((path) => [path.slice("lib/".length), path] as const),
  ...DOCUMENTS.map(({ path }) =>
    [`documents/${path.slice(path.lastIndexOf("/") + 1)}`, path] as const
  ),
]);

const USAGE = `Usage: deno task compile [--all | --target TARGET] [--bundle-only | --bundled]

Makes dist/chatroom for this machine.

  --all            make dist/chatroom-VERSION-TARGET for every target instead
  --target TARGET  make it for one target instead
  --bundle-only    make no executable, but the modules that go into it, in ${PARTS}
  --bundled        take the modules that are there, from another version of Deno for instance
  -h, --help       show this

Targets:
  ${TARGETS.join("\n  ")}

Deno downloads the runtime of the target from dl.deno.land. The environment variable DENORT_BIN
names a file to take instead: the denort of this version of Deno (${Deno.version.deno}) for that target.
`;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and resolves with the exit code: 0 done, 1 failure, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const unknown: string[] = [];
  const flags = parseArgs(args, {
    boolean: ["all", "bundle-only", "bundled", "help"],
    string: ["target"],
    alias: { help: "h" },
    unknown: (arg) => unknown.push(arg) === 0,
  });
  if (flags["help"] === true) {
    write(Deno.stdout, USAGE);
    return 0;
  }
  const all = flags["all"] === true;
  const target = flags["target"] as string | undefined;
  if (unknown.length > 0) return refuse(`"${unknown[0]}" is not known here`);
  if (all && target !== undefined) return refuse("--all and --target exclude each other");
  if (all && Deno.env.has("DENORT_BIN")) {
    return refuse(`DENORT_BIN names the runtime of one target, and --all makes ${TARGETS.length}`);
  }
  if (target !== undefined && !TARGETS.includes(target)) {
    return refuse(`"${target}" is not one of the targets`);
  }
  const [bundleOnly, bundled] = [flags["bundle-only"] === true, flags["bundled"] === true];
  if (bundleOnly && (bundled || all || target !== undefined)) {
    return refuse("--bundle-only makes no executable, and stands alone");
  }
  if (bundleOnly) return await bundle() ? 0 : 1;
  try {
    if (!bundled && !await bundle()) return 1;
    for (const each of all ? TARGETS : [target]) {
      if (!await compile(each)) return 1;
    }
    return 0;
  } finally {
    await removeParts();
  }
}

/** Says in one line what can't be asked for, and returns the exit code for it. */
function refuse(problem: string): number {
  write(
    Deno.stderr,
    `compile: ${problem}; "deno task compile --help" tells what can be asked for\n`,
  );
  return 2;
}

/**
 * Puts the modules of the program and of its packages into few files: the executable starts in half
 * the time then, and holds no package that only tests need. What a module finds beside itself by
 * `import.meta.url` has to lie beside the bundle, where all of them are one folder.
 *
 * `plain` leaves the code as it is, and with it which packages it is of; else it is made small.
 *
 * Resolves with `false` after having said on stderr why that can't be done.
 */
export async function bundle(plain?: "plain"): Promise<boolean> {
  await removeParts(); // of a run that was interrupted
  if (!await bundleParts()) return false;
  const parts = new URL(`${PARTS}/`, ROOT);
  // Tests take from here what the executable may do, and need nothing that makes code small.
  if (plain === undefined) await (await import("./small.ts")).makeSmall(parts);
  await Deno.writeTextFile(new URL("worker.ts", parts), 'import "./lib/store/worker.js";\n');
  for (const [beside, path] of FILES) {
    const file = new URL(beside, parts);
    await Deno.mkdir(new URL(".", file), { recursive: true });
    const bytes = await Deno.readFile(new URL(path, ROOT));
    await Deno.writeFile(new URL(`${file}${PACKED}`), gzipSync(bytes, { level: 9 }));
  }
  return true;
}

/** Bundles the programs; the names of the parts do not depend on the machine. */
async function bundleParts(): Promise<boolean> {
  const args = ["bundle", "--quiet", "--code-splitting", "--outdir", PARTS, ...PROGRAMS];
  await Deno.mkdir(new URL(PARTS, ROOT), { recursive: true });
  const { success, stderr } = await deno(args, ROOT);
  const names = PROGRAMS.map((path) => path.replace(/\.ts$/, ".js"));
  if (success) await settleNames(new URL(`${PARTS}/`, ROOT), names);
  else write(Deno.stderr, `compile: the modules can't be bundled: ${stderr}\n`);
  return success;
}

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (isDirectory) yield* filesBelow(`${folder}${name}/`);
    else yield `${folder}${name}`;
  }
}

export async function removeParts(): Promise<void> {
  await Deno.remove(new URL(PARTS, ROOT), { recursive: true }).catch(() => {}); // there are none
}

/** Makes one executable. Resolves with `false` after having said on stderr why it can't be made. */
async function compile(target: string | undefined): Promise<boolean> {
  const name = target === undefined ? "chatroom" : `chatroom-${config.version}-${target}`;
  const windows = target?.includes("windows") ?? Deno.build.os === "windows";
  const file = `dist/${name}${windows ? ".exe" : ""}`;
  write(Deno.stdout, `Compiling ${file}\n`);
  const problem = await compileTo(file, target);
  if (problem !== undefined) write(Deno.stderr, `compile: ${problem}\n`);
  return problem === undefined;
}

/**
 * Makes the executable `file`, a path below `dist/`, of the bundle that is there, for a target or for this
 * machine. Resolves with why it can't be made; `undefined`: it is made.
 */
export async function compileTo(
  file: string,
  target: string | undefined,
): Promise<string | undefined> {
  const args = [
    "compile",
    "--quiet",
    // The bundle is JavaScript that needs nothing more: no packages, no import map.
    "--no-check",
    "--no-config",
    "--no-npm",
    "--no-remote",
    // It would be kept in the folder for temporary files, where anybody on the machine could have
    // put another one.
    "--no-code-cache",
    ...PERMISSIONS,
    "--include",
    "worker.ts",
    ...new Set([...FILES.keys()].map((path) => path.split("/", 1)[0] ?? "")).values()
      .flatMap((folder) => ["--include", folder]),
    ...target === undefined ? [] : ["--target", target],
    "--output",
    `../${file.slice("dist/".length)}`,
    "main.js",
  ];
  const { success, stderr } = await deno(args, new URL(`${PARTS}/`, ROOT));
  return success ? undefined : reason(stderr);
}

/** Runs this Deno; resolves with whether that went well, and what it said. */
async function deno(args: string[], cwd: URL): Promise<{ success: boolean; stderr: string }> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "inherit",
    stderr: "piped",
  }).output();
  const [said = ""] = new TextDecoder().decode(stderr).split("\nStack backtrace:");
  return { success, stderr: said.trimEnd() };
}

/** Says why `deno compile` failed: in a sentence where it is the runtime, else in its own words. */
function reason(output: string): string {
  const url = /https:\/\/\S+\/denort-[^\s)]+/.exec(output)?.[0];
  if (output.includes("Setting up base binary")) {
    return `the runtime can't be downloaded${url === undefined ? "" : ` from ${url}`}; ` +
      `set DENORT_BIN to a file that holds the denort of Deno ${Deno.version.deno} for the target`;
  }
  const missing = /Could not find denort at '.*'/.exec(output)?.[0];
  if (missing !== undefined) return `${missing}, which is what DENORT_BIN names`;
  return output;
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  to.writeSync(new TextEncoder().encode(text));
}
