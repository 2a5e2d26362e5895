/** What all packages are made of. */

import { pathToFileURL } from "node:url";
import config from "../../../deno.json" with { type: "json" };
import runtimes from "../../../lib/cli/packaging/runtimes.json" with { type: "json" };
import { bundleClient } from "../bundle_client.ts";
import { bundle, PARTS, PERMISSIONS, ROOT } from "../compile.ts";
import { filesBelow, type Packed, textFile } from "./archive.ts";
import { packagesIn } from "./bundle_names.ts";
import { type BundledPackage, licenceTexts, lookUp } from "./licences.ts";
import { manPage } from "./man_page.ts";

/** A bundle, and what goes with it. */
export interface Build {
  readonly version: string;
  /** When what is in it was changed last, in seconds since 1970: every file in a package is of that time. */
  readonly time: number;
  /** The modules, and what they read beside themselves; their paths begin with `app/`. */
  readonly app: readonly Packed[];
  /** The library for programs: one module without packages, and its types; their paths begin with `client/`. */
  readonly library: readonly Packed[];
  readonly bundled: readonly BundledPackage[];
  readonly licence: string;
  /** The licences of all else that is in it. */
  readonly thirdParty: string;
  readonly manPage: string;
  /** By the name of the shell. */
  readonly completions: ReadonlyMap<string, string>;
}

/** The Deno that runs packages. */
export const RUNTIME: string = runtimes.deno;

/** What Deno is run with in a package, as the executable is made: nothing but the bundle, and no question. */
export const LAUNCH: readonly string[] = [
  ...["--quiet", "--no-check", "--no-config", "--no-lock", "--no-npm", "--no-remote"],
  // The folder for it may be anybody's.
  ...["--node-modules-dir=none", "--no-code-cache"],
  ...PERMISSIONS,
];

const PACKAGING = new URL("../../../lib/cli/packaging/", import.meta.url);

/** A file of `lib/cli/packaging`, with each `@NAME@` replaced. Throws if one stays. */
export function template(name: string, values: Readonly<Record<string, string>> = {}): string {
  const text = Deno.readTextFileSync(new URL(name, PACKAGING));
  const filled = text.replaceAll(/@([A-Z0-9_]+)@/g, (all, key: string) => values[key] ?? all);
  const open = /@[A-Z0-9_]+@/.exec(filled)?.[0];
  if (open !== undefined) throw new Error(`Nothing is said for ${open} of ${name}`);
  return filled;
}

/** Makes the bundle, which stays in `dist/parts`. Throws if it can't be made. */
export async function build(): Promise<Build> {
  const parts = new URL(`${PARTS}/`, ROOT);
  // Code that was made small does not say which packages it is of.
  if (!await bundle("plain")) throw new Error("there is no bundle to make packages of");
  const bundled = await lookUp(await packagesIn(parts));
  if (!await bundle()) throw new Error("there is no bundle to make packages of");
  const time = await changedAt();
  const shells = ["bash", "zsh", "fish"];
  return {
    version: config.version,
    time,
    app: await filesBelow(parts, "app/"),
    library: await makeLibrary(),
    bundled,
    licence: await Deno.readTextFile(new URL("LICENSE", ROOT)),
    thirdParty: licenceTexts(bundled),
    manPage: await manPage(time),
    completions: new Map(
      await Promise.all(shells.map(async (shell) => [shell, await completionsFor(shell)] as const)),
    ),
  };
}

async function makeLibrary(): Promise<Packed[]> {
  const folder = await Deno.makeTempDir();
  try {
    await bundleClient(folder);
    return await filesBelow(pathToFileURL(`${folder}/`), "client/");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** `$SOURCE_DATE_EPOCH`, or the time of the last commit, or now where there are no commits. */
async function changedAt(): Promise<number> {
  const said = Deno.env.get("SOURCE_DATE_EPOCH") ||
    await output("git", ["log", "-1", "--format=%ct"]).catch(() => "");
  return /^\d{1,10}$/.test(said.trim()) ? Number(said) : Math.floor(Date.now() / 1000);
}

/** What the program itself prints, so that it is shown to run from the bundle. */
async function completionsFor(shell: string): Promise<string> {
  const main = `${PARTS}/main.js`;
  return await output(Deno.execPath(), ["run", ...LAUNCH, main, "completions", shell]);
}

/** Runs a program in the project's folder. Throws what it said when it fails. */
export async function output(
  program: string,
  args: readonly string[],
  cwd = ROOT,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  if (success) return text(stdout);
  throw new Error(`${program} ${args[0] ?? ""}: ${text(stderr).trim() || "it failed"}`);
}

/** The licences as files of a package. */
export function licenceFiles({ licence, thirdParty }: Build): Packed[] {
  return [textFile("LICENSE", licence), textFile("THIRD_PARTY.txt", thirdParty)];
}
