/** `.ci/reds.mjs`, by which `.ci/run` runs red and skipped tests once more, on what `deno test` prints of real ones. */

import { assertEquals, assertMatch } from "@std/assert";
import { filterOf, redTests, skippedTests } from "../.ci/reds.mjs";

const TESTS = String.raw`
Deno.test("green", () => {});
Deno.test("green (50%) => a/b.ts:1:2 | c", () => {});
Deno.test("red (50%) => a/b.ts:1:2 | c", () => { throw new Error("no"); });
Deno.test("red", () => { throw new Error("no"); });
Deno.test("red by a step", async (t) => {
  await t.step("one", () => {});
  await t.step("two", () => { throw new Error("no"); });
});
`;

Deno.test("what deno test says was red can be run once more, and nothing else is", async () => {
  const file = await Deno.makeTempFile({ suffix: "_test.ts" });
  try {
    await Deno.writeTextFile(file, TESTS);
    const first = await run(file);
    const { names, others } = redTests(first);
    assertEquals(names, ["red (50%) => a/b.ts:1:2 | c", "red", "red by a step"]);
    assertEquals(others, []);
    const again = await run(file, `--filter=${filterOf(names)}`);
    assertMatch(again, /FAILED \| 0 passed \(1 step\) \| 3 failed \(1 step\) \| 2 filtered out/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a file that is red as a whole is told, and can't be named to a filter", async () => {
  const file = await Deno.makeTempFile({ suffix: "_test.ts" });
  try {
    await Deno.writeTextFile(file, `throw new Error("no");`);
    const { names, others } = redTests(await run(file));
    assertEquals(names, []);
    assertEquals(others.length, 1);
    assertMatch(others[0] ?? "", /\(uncaught error\)$/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("what was skipped for want of something is run by itself where that is there", async () => {
  const file = await Deno.makeTempFile({ suffix: "_test.ts" });
  const runTests = async (env: Record<string, string>, ...more: string[]): Promise<string> => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "tests/tools/run_tests.ts", ...more, file],
      cwd: new URL("..", import.meta.url),
      env: { ...env, REQUIRE_TOOLS: "" },
    }).output();
    return new TextDecoder().decode(stdout);
  };
  try {
    const tools = new URL("fixtures/tools.ts", import.meta.url).href;
    await Deno.writeTextFile(
      file,
      `import { testUnless } from ${JSON.stringify(tools)};
      Deno.test("green", () => {});
      testUnless(Deno.env.get("THERE") ? undefined : "not there", "that (is) needed", async () => {});`,
    );
    const first = await runTests({});
    assertEquals(skippedTests(first), ["that (is) needed"]);
    const log = await Deno.makeTempFile();
    await Deno.writeTextFile(log, first);
    const asked = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ".ci/reds.mjs", "skipped", log],
      cwd: new URL("..", import.meta.url),
    }).output();
    await Deno.remove(log);
    const filter = new TextDecoder().decode(asked.stdout).trim();
    assertMatch(await runTests({ THERE: "1" }, "--filter", filter), / 1 tests passed, 0 skipped/);
    assertMatch(await runTests({}, "--filter", filter), /0 tests passed, 1 skipped/);
  } finally {
    await Deno.remove(file);
  }
});

/** What `deno test` prints of a file. */
async function run(file: string, ...more: string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--no-config", ...more, file],
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}
