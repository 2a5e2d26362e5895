/**
 * Makes modules small. An executable takes all that it holds into memory when it starts, and V8 reads what it
 * runs, so each byte is waited for.
 *
 * The names of functions and classes stay, since the log may have them: where it happened is all that a trace in
 * one long line still says. esbuild, which bundles, would keep them too, but with a call for each function at every
 * start, which takes longer than all that is won.
 */

import { minify } from "terser";

/** What gets its name from the variable that it is put into: a class, as bundlers write them, or a function. */
const NAMED_BY_VARIABLE =
  /^(?:var|let|const) ([\w$]+) = (?:class\b|async\b|function\b|\(|[\w$]+ =>)/gm;

/** Makes every module in a folder small, those in its folders too. */
export async function makeSmall(folder: URL): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) await makeSmall(new URL(`${name}/`, folder));
    else if (name.endsWith(".js")) await makeFileSmall(new URL(name, folder));
  }
}

async function makeFileSmall(file: URL): Promise<void> {
  const text = await Deno.readTextFile(file);
  const { code } = await minify(text, {
    module: true,
    ecma: 2020,
    keep_fnames: true,
    keep_classnames: true,
    mangle: { reserved: [...text.matchAll(NAMED_BY_VARIABLE)].flatMap(([, name]) => name ?? []) },
    format: { comments: false, ascii_only: true },
  });
  if (code === undefined) throw new Error(`${file.pathname} can't be made small`);
  await Deno.writeTextFile(file, code);
}
