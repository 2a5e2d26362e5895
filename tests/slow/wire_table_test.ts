/** What is not in the wire's tables is an error of the type check wherever it is used. */

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** The lines of the tables that are taken out, and a file that each is an error in then. */
const REMOVED: ReadonlyArray<readonly [table: string, line: RegExp, file: string]> = [
  ["requests", /exact: optional\(flag, .*\),/, "lib/chat/coming/hello_says.ts"],
  ["requests", /target: required\(string, "a name.*\),/, "lib/chat/judge/mod_action.ts"],
  ["events", /total: count,/, "lib/chat/answers/who.ts"],
  ["event_parts", /lost: optional\(trueFlag, .*\),/, "lib/client/link.ts"],
  ["events", /address: optional\(string, .*\),/, "lib/words/commands/moderation.js"],
];

async function copyFolder(from: URL, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(new URL(`${name}/`, from), `${to}/${name}`);
    else await Deno.copyFile(new URL(name, from), `${to}/${name}`);
  }
}

async function errorsIn(folder: string): Promise<string> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "main.ts", "lib/"],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stderr);
}

Deno.test("a field that is taken out of the tables is an error wherever it is used", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["deno.json", "deno.lock", "main.ts"]) {
      await Deno.copyFile(new URL(name, ROOT), `${folder}/${name}`);
    }
    await copyFolder(new URL("lib/", ROOT), `${folder}/lib`);
    for (const [table, line] of REMOVED) {
      const path = `${folder}/lib/wire/${table}.ts`;
      const text = await Deno.readTextFile(path);
      assertEquals(text.match(new RegExp(line, "g"))?.length, 1, String(line));
      await Deno.writeTextFile(path, text.replace(line, ""));
    }
    const errors = await errorsIn(folder);
    for (const [, { source }, file] of REMOVED) {
      const field = source.slice(0, source.indexOf(":"));
      const told = new RegExp(`'${field}' does not exist .*(\n.*){2,3}/${file}:`);
      assert(told.test(errors), `no error about ${field} in ${file}:\n${errors}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
