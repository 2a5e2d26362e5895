/** `deno task bench:devices`, with few people. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const BENCH = new URL("bench/devices.ts", import.meta.url).pathname;
const IS_LINUX = Deno.build.os === "linux";

/** Runs it to its end. */
async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", BENCH, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (output: Uint8Array): string => new TextDecoder().decode(output);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test({
  name: "bench:devices compares people with three devices with people with one" +
    (IS_LINUX ? "" : " (skipped: only Linux has all of 127.0.0.0/8)"),
  ignore: !IS_LINUX,
  fn: async () => {
    const { code, stdout, stderr } = await bench(
      ...["--accounts", "40", "--connected", "10", "--runs", "1"],
    );
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "30 devices of 10 people came in by session");
    const rows = stdout.split("\n").filter((line) => line.startsWith("| ")).slice(2);
    const cells = rows.map((row) => row.split(" | "));
    const what = ["coming in by session", "a direct message", "a read mark"];
    assertEquals(cells.map(([first]) => first?.slice(2)), [
      ...what,
      "heap for each person",
      "memory for each person",
    ]);
    for (const [first, one, all, ratio] of cells.slice(0, 3)) {
      const values = [one, all, ratio].map((cell) => parseFloat(cell ?? ""));
      assert(values.every((value) => value > 0), `${first}: ${values}`);
    }
  },
});

Deno.test("bench:devices says what it does not understand", async () => {
  const few = await bench("--accounts", "1000");
  assertEquals([few.code, few.stdout], [2, ""]);
  assertStringIncludes(few.stderr, "--accounts 1000 (from 1135 to 1000000 here)");
  const wrong = await bench("--connected", "15");
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "--connected 15");
});
