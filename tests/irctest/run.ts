/**
 * `deno task irc:irctest -- CHECKOUT`: runs a checkout of irctest against this server, with messages in memory
 * and on the disk, in the clear and over TLS, and prints what passed, by file, what did not, and what is out of
 * scope. irctest needs Python with pytest 7.4 or later; its tests are not ours and are not in this repository.
 */

import { parseArgs } from "@std/cli/parse-args";
import { openFlags } from "../../lib/cli/limit_flags.ts";
import { EXCLUSIONS, NEED_OPERATORS } from "./exclusions.ts";

const HERE = new URL(".", import.meta.url).pathname;
const MAIN = new URL("../../main.ts", import.meta.url).pathname;

const USAGE = `Usage: deno task irc:irctest -- CHECKOUT [--only PATH,PATH] [--store memory,full]
                             [--tls] [--plain] [--at-once N] [--seconds N] [--verbose]

Runs the server tests of a checkout of irctest that are not of one implementation, deprecated or strict.
Those over WebSocket need the package websockets of Python, too.

  --only PATH,PATH   only these files of irctest/server_tests
  --seconds N        how long the tests of one file may take (default 300)
  --store WHERE      memory, full or normal, or several (default memory,full)
  --plain, --tls     only in the clear, or only over TLS (default both)
  --at-once N        how many files are run beside each other, 16 at most (default 2)
  --verbose          what each failed test says, whole
`;

/** Where a checkout has its tests of servers. */
const TESTS = "irctest/server_tests";

/** Which tests are asked for: those that every server should pass. */
const MARKERS = "not implementation-specific and not deprecated and not strict";

/** The ports of the servers: so many for each file that runs beside others, of this run or of another one. */
const PORTS = { first: 11_000, last: 31_000, each: 1_000 };

/** Files of which all tests are of one implementation, or which are none. */
const NO_TESTS = 5;

/** What became of one test. */
interface Outcome {
  readonly file: string;
  /** `file::Class::test`. */
  readonly test: string;
  readonly kind: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  readonly why: string;
}

Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 all that is in scope passed, 1 not, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  let unknown: string | undefined;
  // What `deno task` was given behind `--` comes with it.
  const flags = parseArgs(args[0] === "--" ? args.slice(1) : [...args], {
    boolean: ["tls", "plain", "verbose", "help"],
    string: ["only", "store", "seconds", "at-once"],
    unknown: (arg) => {
      if (!arg.startsWith("-")) return true;
      unknown = arg;
      return false;
    },
  });
  const [checkout] = flags._.map(String);
  if (checkout === undefined || unknown !== undefined || flags["help"] === true) {
    print(unknown === undefined ? USAGE : `irctest: ${unknown} is not understood\n\n${USAGE}`);
    return 2;
  }
  const ways = flags["tls"] === flags["plain"] ? [false, true] : [flags["tls"] === true];
  const only = String(flags["only"] ?? "").split(",").filter((path) => path !== "");
  const seconds = Number(flags["seconds"] ?? 300);
  const files = only.length > 0 ? only : await testFiles(checkout);
  const atOnce = Math.max(1, Math.min(Number(flags["at-once"] ?? 2) || 1, 16));
  let failed = 0;
  for (const store of String(flags["store"] ?? "memory,full").split(",")) {
    for (const overTls of ways) {
      print(`\n## Messages: ${store}; ${overTls ? "over TLS" : "in the clear"}\n`);
      const outcomes: Outcome[] = [];
      const waiting = [...files];
      const runSome = async (): Promise<void> => {
        using ports = claimPorts();
        const { firstPort } = ports;
        for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
          const some = await runTests({ checkout, file, store, overTls, seconds, firstPort });
          if (some.length > 0) tell(`${file}: ${count(some, "passed")} of ${some.length}`);
          outcomes.push(...some);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, runSome));
      failed += report(outcomes, store, flags["verbose"] === true);
    }
  }
  return failed > 0 ? 1 : 0;
}

/** The files of tests of servers in a checkout, by their paths under `irctest/server_tests`. */
async function testFiles(checkout: string, folder = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${checkout}/${TESTS}/${folder}`)) {
    if (name.startsWith("__")) continue;
    if (isDirectory) files.push(...await testFiles(checkout, `${folder}${name}/`));
    else if (name.endsWith(".py")) files.push(`${folder}${name}`);
  }
  return files.sort();
}

/** One file of tests, and how it is to be run. */
interface Run {
  readonly checkout: string;
  readonly file: string;
  readonly store: string;
  readonly overTls: boolean;
  readonly seconds: number;
  /** The first of its ports. */
  readonly firstPort: number;
}

/** Takes ports that nobody else takes until it is disposed of; throws an `Error` where none are left. */
function claimPorts(): Disposable & { readonly firstPort: number } {
  for (let port = PORTS.first; port < PORTS.last; port += PORTS.each) {
    try {
      // Whoever listens on the one before has them.
      const claim = Deno.listen({ hostname: "127.0.0.1", port: port - 1 });
      return { firstPort: port, [Symbol.dispose]: () => claim.close() };
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`Others have all ports from ${PORTS.first} to ${PORTS.last}`);
}

/** Runs one file of irctest; throws an `Error` where it could not be run. */
async function runTests(run: Run): Promise<readonly Outcome[]> {
  const { checkout, file, store, overTls, seconds, firstPort } = run;
  // irctest keeps a list of ports there, which those that run beside each other would spoil.
  const temporary = await Deno.makeTempDir({ prefix: "irctest" });
  const report = `${temporary}/report.xml`;
  const deno = [Deno.execPath(), "run", "--quiet", "--no-check", "-A"];
  const pytest = ["-m", "pytest", "--controller", "chatroom", "-m", MARKERS, "-q", "--tb=short"];
  const child = new Deno.Command("python3", {
    args: [...pytest, "-p", "no:cacheprovider", `--junitxml=${report}`, `${TESTS}/${file}`],
    cwd: checkout,
    env: {
      // What else Python finds there, such as the library that the tests over WebSocket need.
      PYTHONPATH: [HERE, Deno.env.get("PYTHONPATH") ?? ""].filter((each) => each !== "").join(":"),
      PYTHONDONTWRITEBYTECODE: "1",
      CHATROOM_COMMAND: JSON.stringify([...deno, MAIN]),
      CHATROOM_REGISTER: JSON.stringify([...deno, `${HERE}register.ts`]),
      CHATROOM_FLAGS: JSON.stringify(openFlags()),
      CHATROOM_STORE: store,
      CHATROOM_PORTS: String(firstPort),
      TMPDIR: temporary,
      CHATROOM_TLS: overTls ? "1" : "0",
      CHATROOM_OPERATORS: NEED_OPERATORS.source,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let isLate = false;
  // Interrupted, pytest writes its report of what has been tested so far.
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGINT");
  }, seconds * 1_000);
  const { code, stdout } = await child.output();
  clearTimeout(timer);
  const xml = await Deno.readTextFile(report).catch(() => "");
  await Deno.remove(temporary, { recursive: true });
  const outcomes = [...xml.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)].map(
    outcomeOf,
  );
  if (isLate) {
    const why = `the file took longer than ${seconds} s`;
    return [...outcomes, { file, test: `${file}::the rest`, kind: "failed", why }];
  }
  // 1: some have failed.
  if (code > 1 && code !== NO_TESTS || xml === "") {
    throw new Error(`pytest ended with ${code}: ${new TextDecoder().decode(stdout).slice(-2_000)}`);
  }
  return outcomes;
}

/** What a `testcase` in a report of pytest tells. */
function outcomeOf([, attributes = "", inner = ""]: RegExpExecArray): Outcome {
  const [, place = "", name = ""] = /classname="([^"]*)" name="([^"]*)"/.exec(attributes) ?? [];
  const [, path = "", suite = ""] = /^irctest\.server_tests\.(.*)\.(\w+)$/.exec(place) ?? [];
  const file = `${path.replaceAll(".", "/")}.py`;
  const test = `${file}::${suite}::${unescaped(name)}`;
  const [, tag, how = "", text = ""] =
    /<(failure|error|skipped)([^>]*)>(.*?)<\/(?:failure|error|skipped)>/s.exec(inner) ?? [];
  const why = unescaped(/message="([^"]*)"/.exec(how)?.[1] ?? text);
  if (tag === undefined) return { file, test, kind: "passed", why: "" };
  return { file, test, kind: tag === "skipped" ? "skipped" : "failed", why };
}

function unescaped(text: string): string {
  const named: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => {
    if (!name.startsWith("#")) return named[name] ?? whole;
    const code = name.startsWith("#x") ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    return String.fromCodePoint(code);
  });
}

/** Prints what became of the tests, by file, and why those did not pass; returns how many failed that are in scope. */
function report(outcomes: readonly Outcome[], store: string, isVerbose: boolean): number {
  const exclusions = EXCLUSIONS.filter((each) => (each.store ?? store) === store);
  const whyOut = ({ kind, test }: Outcome): string | undefined =>
    kind === "failed" ? exclusions.find(({ tests }) => tests.test(test))?.why : undefined;
  const isFailed = (each: Outcome): boolean => each.kind === "failed" && whyOut(each) === undefined;
  print("| file | passed | failed | out of scope | skipped | why |");
  print("| ---- | -----: | -----: | -----------: | ------: | --- |");
  const row = (name: string, all: readonly Outcome[], why: string): void => {
    const failed = all.filter(isFailed).length;
    const out = count(all, "failed") - failed;
    print(
      `| ${[name, count(all, "passed"), failed, out, count(all, "skipped"), why].join(" | ")} |`,
    );
  };
  for (const [file, all] of [...Map.groupBy(outcomes, ({ file }) => file)].sort()) {
    row(file, all, whysOf(all, whyOut));
  }
  row("**all**", outcomes, "");
  const failed = outcomes.filter(isFailed);
  list("Failed", failed.map((each) => [each.test, each.why]), isVerbose);
  list(
    "Skipped",
    outcomes.flatMap(({ kind, test, why }) => kind === "skipped" ? [[test, why]] : []),
  );
  print("\nOut of scope:\n");
  for (const { tests, why } of exclusions) {
    const out = outcomes.filter((each) => tests.test(each.test));
    // What was skipped or is not there says nothing of whether the reason holds.
    if (out.every(({ kind }) => kind === "skipped")) continue;
    const passed = count(out, "passed");
    const also = passed === 0 ? "" : `, though ${passed} passed`;
    print(`- ${why} (${count(out, "failed")} failed${also})`);
  }
  return failed.length;
}

/** Why tests did not pass, each reason once. */
function whysOf(all: readonly Outcome[], whyOut: (each: Outcome) => string | undefined): string {
  const whys = all.flatMap((each) => {
    if (each.kind === "passed") return [];
    return whyOut(each) ?? (each.kind === "skipped" ? oneLine(each.why) : "FAILED, see below");
  });
  return [...new Set(whys)].join("; ").replaceAll("|", "\\|");
}

function count(all: readonly Outcome[], kind: Outcome["kind"]): number {
  return all.filter((each) => each.kind === kind).length;
}

/** Prints tests with reasons, by the reason where many have one. */
function list(title: string, all: readonly (readonly string[])[], isWhole = false): void {
  if (all.length === 0) return;
  print(`\n${title}:\n`);
  const reasons = Map.groupBy(all, ([, why = ""]) => isWhole ? why : oneLine(why));
  for (const [why, tests] of reasons) {
    const names = tests.map(([test = ""]) => test).sort();
    print(`- ${names.join(", ")}: ${why}`);
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().slice(0, 160);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Says how far it is, beside what is printed. */
function tell(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
