/**
 * Makes a bundle the same wherever it is made. The names that the bundler gives to parts, and some
 * comments and strings, hold the way from the project to the packages, which each machine has elsewhere.
 */

/** How a package's module is called by where the machine keeps it. */
const KEPT_AT = /(?:\.\.\/)*[^\s"'`]*?\/npm\/[\w.-]+\/(?=(?:@[\w.-]+\/)?[\w.-]+\/\d+\.\d+\.\d+)/g;
/** A name that the bundler has made up: `chunk-6Q7V7E5E.js` or `pipe-WOSSY4O6.js`. */
const NAME = /\b([\w.-]*\w)-[A-Z0-9]{8}\.js\b/g;

/** How many bytes of a hash tell parts apart. */
const NAME_BYTES = 6;

/** Renames the parts in a folder by what is in them, and takes the machine's folders out of all modules. */
export async function settleNames(parts: URL, programs: readonly string[]): Promise<void> {
  const names = new Map<string, string>();
  const texts = new Map<string, string>();
  for (const path of [...programs, ...partsIn(parts)]) {
    const text = (await Deno.readTextFile(new URL(path, parts))).replaceAll(KEPT_AT, "npm/");
    texts.set(path, text);
    if (programs.includes(path)) continue;
    // What it imports is told by the kind of name alone: two may import each other.
    const shape = new TextEncoder().encode(text.replaceAll(NAME, "$1.js"));
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", shape));
    const name = `${path.replace(NAME, "$1")}-${hash.slice(0, NAME_BYTES).toHex()}.js`;
    if ([...names.values()].includes(name)) throw new Error(`Two parts of the bundle are ${name}`);
    names.set(path, name);
  }
  for (const [path, text] of texts) {
    const settled = text.replaceAll(NAME, (name) => names.get(name) ?? name);
    await Deno.writeTextFile(new URL(names.get(path) ?? path, parts), settled);
    if (names.has(path)) await Deno.remove(new URL(path, parts));
  }
}

/** The files of a folder that the bundler has named, in the order of their names. */
function partsIn(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.replaceAll(NAME, "") === "").sort();
}

/** The packages whose modules are in a bundle, as `ws@8.23.0`, in the order of their names. */
export async function packagesIn(parts: URL): Promise<string[]> {
  const found = new Set<string>();
  const mention = /\bnpm\/((?:@[\w.-]+\/)?[\w.-]+)\/(\d+\.\d+\.\d+[\w.+-]*)\//g;
  const collect = async (folder: URL): Promise<void> => {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !name.endsWith(".js")) continue;
      const text = await Deno.readTextFile(new URL(name, folder));
      for (const [, name_ = "", version = ""] of text.matchAll(mention)) {
        found.add(`${name_}@${version}`);
      }
    }
  };
  await collect(parts);
  await collect(new URL("lib/store/", parts));
  return [...found].sort();
}
