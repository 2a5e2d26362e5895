#!/usr/bin/env node
// @ts-check
/**
 * The command of the npm package: runs the program, which lies beside it, with the Deno that npm has
 * installed for it, and with the permissions in `launch.json` alone. Arguments, standard streams, signals
 * and the exit code are the program's own.
 */

import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, sep } from "node:path";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";

const PACKAGE = "@chatroom/chatroom";
const COMMAND = "chatroom";
const { arch, argv, env, platform } = process;

/** The folder of the package. */
const home = dirname(dirname(fileURLToPath(import.meta.url)));

/** The systems for which npm has Deno; on Linux with glibc. */
const SYSTEMS = [
  "linux-x64",
  "linux-arm64",
  "darwin-x64",
  "darwin-arm64",
  "win32-x64",
  "win32-arm64",
];

/** What runs Linux programs that are linked with glibc; musl has no such file. */
const LOADERS = { x64: "/lib64/ld-linux-x86-64.so.2", arm64: "/lib/ld-linux-aarch64.so.1" };

/**
 * What is passed on to the program.
 * @type {NodeJS.Signals[]}
 */
const SIGNALS = platform === "win32"
  ? ["SIGINT", "SIGHUP", "SIGTERM"]
  : ["SIGINT", "SIGHUP", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"];

/** @type {(problem: string) => never} */
function fail(problem) {
  process.stderr.write(`${COMMAND}: ${problem}\n`);
  process.exit(1);
}

/**
 * The executable of Deno. It is looked for in the package that has nothing else in it: the command of the
 * package `deno` would be a second Node process, which passes on no signals.
 * @type {() => string}
 */
function findDeno() {
  const system = `${platform}-${arch}`;
  if (!SYSTEMS.includes(system)) {
    fail(`it runs on Deno, which npm has for ${SYSTEMS.join(", ")}, and not for ${system}`);
  }
  const holder = `@deno/${system}${platform === "linux" ? "-glibc" : ""}`;
  try {
    const own = createRequire(import.meta.url);
    const ofDeno = createRequire(own.resolve("deno/package.json"));
    const folder = dirname(ofDeno.resolve(`${holder}/package.json`));
    return join(folder, platform === "win32" ? "deno.exe" : "deno");
  } catch {
    return fail(
      `the package ${holder}, which it runs on, is not installed; ` +
        `install ${PACKAGE} again, without --omit=optional or --no-optional`,
    );
  }
}

/** @type {(path: string) => string | undefined} */
function realPath(path) {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/**
 * The current directory, which may have been removed.
 * @type {() => string | undefined}
 */
function here() {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/**
 * Whether a shell finds this package by the command's name. npm itself puts `node_modules/.bin` before the
 * rest of PATH, which the person's shell does not have.
 * @type {() => boolean}
 */
function isOnPath() {
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter)
    .filter((folder) => folder !== "" && !folder.endsWith(`node_modules${sep}.bin`));
  const self = realPath(home);
  return folders.some((folder) =>
    platform === "win32"
      ? existsSync(join(folder, `${COMMAND}.cmd`)) &&
        realPath(join(folder, "node_modules", ...PACKAGE.split("/"))) === self
      : realPath(join(folder, COMMAND)) === realPath(fileURLToPath(import.meta.url))
  );
}

/**
 * What to type in a shell to run this again.
 * @type {() => string}
 */
function ownCommand() {
  if (home.includes(`${sep}_npx${sep}`)) return `npx -y ${PACKAGE}`;
  if (isOnPath()) return COMMAND;
  const [project = ""] = home.split(`${sep}node_modules${sep}`);
  if (project !== home && `${here()}${sep}`.startsWith(`${project}${sep}`)) {
    return `npx ${COMMAND}`;
  }
  const file = argv[1] ?? COMMAND;
  if (/^[\w@%+=:,./\\-]+$/.test(file)) return file;
  return platform === "win32" ? `"${file}"` : `'${file.replaceAll("'", `'\\''`)}'`;
}

/** @type {(deno: string, args: string[], surroundings: Record<string, string | undefined>) => void} */
function run(deno, args, surroundings) {
  // Becoming the program is best: there is no second process then, and signals need not be passed on. Node
  // has this since 22.15; when it fails it ends Node without a word, so what it needs is looked at first.
  const isRunnable = platform !== "linux" || existsSync(LOADERS[/** @type {"x64"} */ (arch)]);
  const { execve } = /** @type {{ execve?: (...all: unknown[]) => void }} */ (process);
  if (execve !== undefined && platform !== "win32" && isRunnable && existsSync(deno)) {
    return execve.call(process, deno, [deno, ...args], surroundings);
  }
  // A terminal sends these to all of its foreground at once: passed on they would come twice, and a second
  // one ends the program at once. Listened for first, so that none ends this without the program.
  const isAtTerminal = [0, 1, 2].some((stream) => isatty(stream));
  for (const signal of SIGNALS) {
    const passesOn = !isAtTerminal || !["SIGINT", "SIGHUP", "SIGQUIT"].includes(signal);
    process.on(signal, () => passesOn && child.kill(signal));
  }
  const child = spawn(deno, args, { stdio: "inherit", env: surroundings });
  child.on("error", (error) => {
    const musl = platform === "linux" && !isRunnable
      ? "; this system has no glibc, which Deno needs (Alpine Linux has musl)"
      : "";
    fail(`${deno} can't be started: ${error.message}${musl}`);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const { flags } = JSON.parse(readFileSync(join(home, "launch.json"), "utf8"));
run(findDeno(), ["run", ...flags, join(home, "app", "main.js"), ...argv.slice(2)], {
  ...env,
  CHATROOM_COMMAND: ownCommand(),
  DENO_NO_UPDATE_CHECK: "1",
  DENO_NO_PACKAGE_JSON: "1",
});
