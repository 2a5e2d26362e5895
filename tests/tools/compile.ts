/**
 * Makes the executable with `deno compile`: `deno task compile` for this machine, `--all` for every
 * machine that a release is for.
 */

import { parseArgs } from "@std/cli/parse-args";
import config from "../../deno.json" with { type: "json" };

/** All that the executable may do. What is not here it can't even ask for. */
export const PERMISSIONS: readonly string[] = [
  ...config.tasks.serve.split(" ").filter((word) => word.startsWith("--allow-")),
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

const STACK_BYTES = 16_777_216;

const USAGE = `Usage: deno task compile [--all | --target TARGET]

Makes dist/chatroom for this machine.

  --all            make dist/chatroom-VERSION-TARGET for every target instead
  --target TARGET  make it for one target instead
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
    boolean: ["all", "help"],
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
  for (const each of all ? TARGETS : [target]) {
    if (!await compile(each)) return 1;
  }
  return 0;
}

/** Says in one line what can't be asked for, and returns the exit code for it. */
function refuse(problem: string): number {
  write(
    Deno.stderr,
    `compile: ${problem}; "deno task compile --help" tells what can be asked for\n`,
  );
  return 2;
}

/** Makes one executable. Resolves with `false` after having said on stderr why it can't be made. */
async function compile(target: string | undefined): Promise<boolean> {
  const name = target === undefined ? "chatroom" : `chatroom-${config.version}-${target}`;
  const windows = target?.includes("windows") ?? Deno.build.os === "windows";
  const file = `dist/${name}${windows ? ".exe" : ""}`;
  write(Deno.stdout, `Compiling ${file}\n`);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "compile",
      // `deno task check` checks the types; what the runtime's version says of them is no matter.
      "--no-check",
      ...PERMISSIONS,
      // A worker's file is named by no import.
      "--include",
      "lib/store/worker.ts",
      // The files of the web page, which are read and not imported.
      "--include",
      "lib/web/page",
      ...target === undefined ? [] : ["--target", target],
      "--output",
      file,
      "main.ts",
    ],
    cwd: new URL("../../", import.meta.url),
    // Deno looks at CommonJS packages in threads whose stacks are too small for that, and crashes.
    env: { NO_COLOR: "1", RUST_MIN_STACK: String(STACK_BYTES) },
    stdin: "null",
    stdout: "inherit",
    stderr: "piped",
  }).output();
  if (!success) write(Deno.stderr, `compile: ${reason(new TextDecoder().decode(stderr))}\n`);
  return success;
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
  return output.trimEnd();
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  to.writeSync(new TextEncoder().encode(text));
}
