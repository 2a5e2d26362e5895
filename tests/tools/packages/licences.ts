/** The packages that are in the bundle, and the texts of their licences, which have to go with them. */

import config from "../../../deno.json" with { type: "json" };

/** A package of npm whose modules are in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its `package.json` names it, such as `MIT`. */
  readonly licence: string;
  /** What it says of its licence: the files that have the texts, by name. */
  readonly texts: ReadonlyMap<string, string>;
}

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice|copyrightnotice)(?:[.-].*)?$/i;

/** Looks up packages, given as `ws@8.23.0`, where Deno keeps what it has fetched from npm. */
export async function lookUp(packages: readonly string[]): Promise<BundledPackage[]> {
  const cache = await npmCache();
  // A folder for each registry: where another one is set, it is not named like npm's.
  const registries = await Array.fromAsync(Deno.readDir(cache), ({ name }) => `${cache}/${name}`);
  return packages.map((each) => {
    const at = each.lastIndexOf("@");
    const [name, version] = [each.slice(0, at), each.slice(at + 1)];
    const folder = registries.map((registry) => `${registry}/${name}/${version}`).find(isThere);
    if (folder === undefined) throw new Error(`Deno has not kept ${each} in ${cache}`);
    const { license } = JSON.parse(Deno.readTextFileSync(`${folder}/package.json`));
    if (typeof license !== "string") throw new Error(`${each} does not name its licence`);
    const files = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile)
      .map(({ name }) => name).filter((file) => LICENCE_FILE.test(file)).sort();
    const texts = new Map(files.map((file) => [file, Deno.readTextFileSync(`${folder}/${file}`)]));
    return { name, version, licence: license, texts };
  });
}

function isThere(folder: string): boolean {
  try {
    return Deno.statSync(`${folder}/package.json`).isFile;
  } catch {
    return false;
  }
}

async function npmCache(): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
    stdin: "null",
  }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  if (!success || typeof npmCache !== "string") throw new Error("Deno tells no folder of packages");
  return npmCache;
}

/** What goes out with every package as `THIRD_PARTY.txt`. */
export function licenceTexts(packages: readonly BundledPackage[]): string {
  const rule = "-".repeat(72);
  const begin =
    `What is in chatroom ${config.version} besides chatroom itself, and under which licences.
Deno, which runs it, is under the MIT licence and has a list of its own: https://github.com/denoland/deno
`;
  const parts = packages.map(({ name, version, licence, texts }) => {
    const said = [...texts.values()].map((text) => text.replaceAll("\r\n", "\n").trim());
    if (said.length === 0) said.push("The package has no text of its licence with it.");
    return `${rule}\n${name} ${version} (${licence})\n\n${said.join("\n\n")}\n`;
  });
  return [begin, ...parts].join("\n");
}
