/** A machine that has Node alone passes the tests: what else they need is looked for first. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { succeeds } from "./fixtures/tools.ts";

/** The programs that every machine with Node and a shell has, as .ci/run gives them. */
async function basics(): Promise<string[]> {
  const ci = await Deno.readTextFile(new URL("../.ci/run", import.meta.url));
  return /^basics="([^"]*)"/m.exec(ci)?.[1]?.split(/\s+/) ?? [];
}

Deno.test("a program that is not there has not succeeded, and does not throw", () => {
  assertEquals(succeeds("a-program-that-nobody-has", ["--version"]), false);
  assertEquals(succeeds("sh", ["-c", "exit 0"]), true);
  assertEquals(succeeds("sh", ["-c", "exit 1"]), false);
});

Deno.test("tests that start other programs than a shell's basics do so by way of the tools", async () => {
  const known = new Set(await basics());
  const unasked: string[] = [];
  const folder = new URL("./", import.meta.url);
  for (const path of testFiles(folder)) {
    const text = await Deno.readTextFile(new URL(path, folder));
    if (text.includes("fixtures/tools.ts")) continue;
    for (const [, program = ""] of text.matchAll(/new Deno\.Command\(\s*"([^"]+)"/g)) {
      if (!known.has(program.replace(/^\/bin\//, ""))) unasked.push(`${path}: ${program}`);
    }
  }
  // It falls back to the same bytes from here where there is no Python.
  assertEquals(unasked, ["browser/classic_client.ts: python3"]);
});

/** Test files and what they import, but for what measures and makes pictures. */
function testFiles(folder: URL, under = ""): string[] {
  return [...Deno.readDirSync(new URL(under, folder))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) {
      return ["bench", "irctest", "tools"].includes(name)
        ? []
        : testFiles(folder, `${under}${name}/`);
    }
    return name.endsWith(".ts") ? [`${under}${name}`] : [];
  }).sort();
}

Deno.test("a run that has skipped all is a failure, and says what it has skipped", async () => {
  const file = await Deno.makeTempFile({ suffix: "_test.ts" });
  const skipped = "it works (skipped: there is no such thing here)";
  const run = async (): Promise<[number, string]> => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "tests/tools/run_tests.ts", file],
      cwd: new URL("../", import.meta.url),
    }).output();
    return [code, new TextDecoder().decode(stdout)];
  };
  try {
    const test = `Deno.test({ name: ${JSON.stringify(skipped)}, ignore: true, fn() {} });\n`;
    await Deno.writeTextFile(file, test);
    const [code, said] = await run();
    assertStringIncludes(said, `Skipped: ${skipped}\nNothing was tested: `);
    assertEquals(code, 1);
    await Deno.writeTextFile(file, `${test}Deno.test("it is there", () => {});\n`);
    const [better, told] = await run();
    assertStringIncludes(told, "1 tests passed, 1 skipped");
    assertEquals(better, 0);
  } finally {
    await Deno.remove(file);
  }
});
