/** What `deno task bench:cluster` and `bench:scale` say without measuring anything. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { RECORDED } from "./bench/scale_costs.ts";
import { tableOf } from "./bench/scale.ts";
import { outcomeOf, SHAPES } from "./bench/scale_world.ts";
import { docOf } from "./docs.ts";

/** Runs one of them to its end. */
async function bench(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", new URL(`bench/${name}`, import.meta.url).pathname, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const text = (output: Uint8Array): string => new TextDecoder().decode(output);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("bench:cluster says that it can't measure where there is no nats-server", async () => {
  const { code, stdout, stderr } = await bench("cluster.ts", [], { NATS_SERVER: "/nowhere" });
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "can't measure anything: there is no nats-server 2.10.27 or later");
});

Deno.test("bench:cluster and bench:scale say what they do not understand", async () => {
  for (const name of ["cluster.ts", "scale.ts"]) {
    const help = await bench(name, ["--help"]);
    assertEquals([help.code, help.stderr], [0, ""]);
    assertStringIncludes(help.stdout, "Usage: deno task bench:");
  }
  for (const args of [["--runs", "0"], ["--only", "nothing"], ["--fast"], ["--members", "x"]]) {
    const { code, stdout, stderr } = await bench("cluster.ts", args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, args.join(" ").replace(/ (0|x)$/, ""));
  }
  for (const args of [["--cost", "nothing=1"], ["--members", "100"], ["--fast"]]) {
    const { code, stdout, stderr } = await bench("scale.ts", args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "is not understood");
  }
});

Deno.test("PERFORMANCE.md has what bench:scale prints for the costs that were measured", () => {
  const rows = (lines: readonly string[]): string[][] =>
    lines.filter((line) => line.startsWith("| ") && !/^\|[ -:]*-/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()));
  const documented = rows(docOf("Many machines").split("\n"));
  const printed = rows(tableOf(SHAPES, RECORDED));
  assertEquals(documented.filter(([, first = ""]) => /^(members|[\d,]+)$/.test(first)), printed);
});

Deno.test("bench:scale: what costs more is used up sooner, and the same always comes out", () => {
  const [shape] = SHAPES;
  if (shape === undefined) throw new Error("There is no shape");
  const plain = outcomeOf(shape, RECORDED);
  assertEquals(outcomeOf(shape, RECORDED), plain);
  const { parts, first } = outcomeOf(shape, { ...RECORDED, otherBytes: 1_000_000 });
  assertEquals(first, "memory");
  assertEquals(parts.cpu, plain.parts.cpu);
  // Twice the heap, and no more than that has changed.
  const roomy = outcomeOf(shape, { ...RECORDED, heapBytes: RECORDED.heapBytes * 2 });
  assertEquals(roomy.parts, { ...plain.parts, memory: plain.parts.memory / 2 });
});
