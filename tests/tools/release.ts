/**
 * Makes all that is put up for people when there is a new version, in a folder of its own: `deno task
 * release`. What can't be made on this machine is told with the reason, and the exit code is 1 then.
 */

import { parseArgs } from "@std/cli/parse-args";
import { compileTo, removeParts, ROOT, TARGETS } from "./compile.ts";
import { type Packed, tarGz, textFile, zip } from "./packages/archive.ts";
import { type Build, build, licenceFiles, RUNTIME, template } from "./packages/build.ts";
import { ARCHITECTURES, debPackage } from "./packages/deb_package.ts";
import { npmPackage } from "./packages/npm_package.ts";
import { billOfMaterials } from "./packages/sbom.ts";

/** What can be asked for by `--only`. */
const KINDS = ["executables", "npm", "deb", "sbom"] as const;
type Kind = typeof KINDS[number];

const USAGE = `Usage: deno task release [--only KIND]… [--url URL]

Makes dist/release: what is put up for people when there is a new version.

  --only KIND  make only this, of ${KINDS.join(", ")}; may be repeated
  --url URL    where the files will be, for the formula of Homebrew
  -h, --help   show this

Executables need dl.deno.land, from which Deno downloads the runtimes of other machines, or
DENORT_BIN, which names the denort of this version of Deno for this machine. Debian packages need
dpkg-deb, tar and npm; $DEBFULLNAME and $DEBEMAIL say whom to write to about them. All files are
of the time of the last commit, or of $SOURCE_DATE_EPOCH, so that anybody can make the same.
`;

/** The targets of the formula, by what it calls their hashes. */
const FORMULA: Readonly<Record<string, string>> = {
  SHA256_MAC_ARM: "aarch64-apple-darwin",
  SHA256_MAC_INTEL: "x86_64-apple-darwin",
  SHA256_LINUX_ARM: "aarch64-unknown-linux-gnu",
  SHA256_LINUX_INTEL: "x86_64-unknown-linux-gnu",
};

const FOLDER = "dist/release";

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 all is made, 1 not all, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const unknown: string[] = [];
  const flags = parseArgs(args, {
    boolean: ["help"],
    string: ["only", "url"],
    collect: ["only"],
    alias: { help: "h" },
    unknown: (arg) => unknown.push(arg) === 0,
  });
  if (flags["help"] === true) {
    say(Deno.stdout, USAGE);
    return 0;
  }
  const only = flags["only"] as string[];
  const odd = only.find((kind) => !(KINDS as readonly string[]).includes(kind));
  if (unknown.length > 0) return refuse(`"${unknown[0]}" is not known here`);
  if (odd !== undefined) return refuse(`"${odd}" is none of ${KINDS.join(", ")}`);
  const url = flags["url"] as string | undefined;
  if (url !== undefined && !/^https:\/\/\S+$/.test(url)) {
    return refuse(`--url is an address that begins with https://, not "${url}"`);
  }
  try {
    return await release(new Set(only.length === 0 ? KINDS : only as Kind[]), url);
  } catch (error) {
    say(Deno.stderr, `release: ${messageOf(error)}\n`);
    return 1;
  } finally {
    await removeParts();
  }
}

function refuse(problem: string): number {
  say(Deno.stderr, `release: ${problem}; "deno task release --help" tells what can be asked for\n`);
  return 2;
}

/** Makes what is wanted; resolves with the exit code. */
async function release(wanted: ReadonlySet<Kind>, url: string | undefined): Promise<number> {
  if (Deno.version.deno !== RUNTIME) {
    throw new Error(`a release is made by Deno ${RUNTIME}, and this is ${Deno.version.deno}`);
  }
  const folder = new URL(`${FOLDER}/`, ROOT);
  await Deno.remove(folder, { recursive: true }).catch(() => {}); // there is none
  await Deno.mkdir(folder, { recursive: true });
  const parts = await build();
  const makers = new Map<string, () => Promise<void>>();
  if (wanted.has("executables")) {
    for (const target of TARGETS) {
      const name = archiveName(parts, target);
      makers.set(name, () => executable(parts, target, new URL(name, folder)));
    }
  }
  if (wanted.has("npm")) {
    const { name, bytes } = npmPackage(parts);
    makers.set(name, () => Deno.writeFile(new URL(name, folder), bytes));
  }
  if (wanted.has("deb")) {
    for (const architecture of ARCHITECTURES) {
      const name = `chatroom_${parts.version}_${architecture}.deb`;
      makers.set(name, () => debPackage(parts, architecture, new URL(name, folder).pathname));
    }
  }
  if (wanted.has("sbom")) {
    const name = `chatroom-${parts.version}.cdx.json`;
    const text = (): string => billOfMaterials(parts.bundled, parts.time);
    makers.set(name, () => Deno.writeTextFile(new URL(name, folder), text()));
  }
  const missing = await make(makers);
  const sums = await sumUp(folder);
  if (wanted.has("executables")) {
    const formula = new Map([["chatroom.rb", () => brew(parts, url, sums, folder)]]);
    missing.push(...await make(formula));
  }
  return conclude(missing);
}

/** Makes each in its turn, and says so; resolves with what can't be made, and why. */
async function make(makers: ReadonlyMap<string, () => Promise<void>>): Promise<string[]> {
  const missing: string[] = [];
  for (const [name, maker] of makers) {
    try {
      await maker();
      say(Deno.stdout, `Made ${FOLDER}/${name}\n`);
    } catch (error) {
      missing.push(`${name}: ${messageOf(error)}`);
    }
  }
  return missing;
}

function conclude(missing: readonly string[]): number {
  for (const each of missing) say(Deno.stderr, `Not made: ${each}\n`);
  return missing.length === 0 ? 0 : 1;
}

function archiveName({ version }: Build, target: string): string {
  return `chatroom-${version}-${target}.${target.includes("windows") ? "zip" : "tar.gz"}`;
}

/** The executable for a target, with what goes with it, as an archive. */
async function executable(parts: Build, target: string, archive: URL): Promise<void> {
  if (Deno.env.has("DENORT_BIN") && target !== Deno.build.target) {
    throw new Error("DENORT_BIN names the runtime of one machine, which is taken to be this one");
  }
  const isWindows = target.includes("windows");
  const program = `dist/program${isWindows ? ".exe" : ""}`;
  const problem = await compileTo(program, target);
  if (problem !== undefined) throw new Error(problem);
  const file = new URL(program, ROOT);
  const bytes = await Deno.readFile(file);
  await Deno.remove(file);
  const under = `chatroom-${parts.version}-${target}/`;
  const inside = [
    { path: isWindows ? "chatroom.exe" : "chatroom", bytes, isProgram: true },
    ...licenceFiles(parts),
    ...isWindows ? [] : besides(parts),
  ].map((each) => ({ ...each, path: under + each.path }));
  await Deno.writeFile(archive, isWindows ? zip(inside, parts.time) : tarGz(inside, parts.time));
}

/** What a shell and `man` take from an archive. */
function besides({ manPage, completions }: Build): Packed[] {
  const named = (shell: string): string => shell === "zsh" ? "_chatroom" : `chatroom.${shell}`;
  return [
    textFile("chatroom.1", manPage),
    ...[...completions].map(([shell, text]) => textFile(`completions/${named(shell)}`, text)),
  ];
}

/** Writes `SHA256SUMS`, which `sha256sum --check` reads; resolves with the sums by their files. */
async function sumUp(folder: URL): Promise<ReadonlyMap<string, string>> {
  const names = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
  const sums = new Map<string, string>();
  for (const name of names) {
    const hash = await crypto.subtle.digest("SHA-256", await Deno.readFile(new URL(name, folder)));
    sums.set(name, new Uint8Array(hash).toHex());
  }
  const lines = [...sums].map(([name, sum]) => `${sum}  ${name}\n`).join("");
  await Deno.writeTextFile(new URL("SHA256SUMS", folder), lines);
  say(Deno.stdout, `Made ${FOLDER}/SHA256SUMS\n`);
  return sums;
}

/** The formula of Homebrew, which names the archives by their hashes. */
async function brew(
  parts: Build,
  url: string | undefined,
  sums: ReadonlyMap<string, string>,
  folder: URL,
): Promise<void> {
  if (url === undefined) throw new Error("no --url says where its archives will be");
  const values: Record<string, string> = { URL: url.replace(/\/$/, ""), VERSION: parts.version };
  for (const [key, target] of Object.entries(FORMULA)) {
    const sum = sums.get(archiveName(parts, target));
    if (sum === undefined) throw new Error(`there is no executable for ${target}`);
    values[key] = sum;
  }
  await Deno.writeTextFile(new URL("chatroom.rb", folder), template("chatroom.rb", values));
}

function messageOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return `${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

function say(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  to.writeSync(new TextEncoder().encode(text));
}
