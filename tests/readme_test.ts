/** The README says what is so: its tables are those of the code, its commands those of the tasks. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import type { Flag } from "../lib/cli/flags.ts";
import { LIMIT_FLAGS, WEB_LIMIT_FLAGS } from "../lib/cli/limit_flags.ts";
import { SUBCOMMANDS } from "../lib/cli/subcommands.ts";
import { type Limit, LIMITS } from "../lib/server/limits.ts";
import { WEB_LIMITS } from "../lib/web/limits.ts";

/** Those of both tables. */
const limitFlags = [...LIMIT_FLAGS, ...WEB_LIMIT_FLAGS];

const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));

/** The cells of the table under a heading, without its first two lines. */
function tableUnder(heading: string): string[][] {
  const section = readme.split(`\n### ${heading}\n`)[1]?.split(/\n#{1,3} /)[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|")).slice(2);
  return rows.map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** The table that flags make. */
function flagTable(flags: readonly Flag[]): string[][] {
  return flags.map(({ name, short, value, default: preset, env, envIsImplied, many, summary }) => [
    `\`--${name}${value === undefined ? "" : ` ${value}`}\`${short ? `, \`-${short}\`` : ""}`,
    [preset ?? "", env === undefined || envIsImplied ? "" : `\`$${env}\``]
      .filter((part) => part !== "").join(" or "),
    many ? `${summary} (may be repeated)` : summary,
  ]);
}

function shown(table: readonly string[][]): string {
  return `it should be\n${table.map((row) => `| ${row.join(" | ")} |`).join("\n")}`;
}

for (const { load } of SUBCOMMANDS) {
  const command = await load();
  Deno.test(`the README's table of flags of ${command.name} is that of --help`, () => {
    // Limits are many, and have a table of their own.
    const expected = flagTable(command.flags.filter((flag) => !limitFlags.includes(flag)));
    assertEquals(tableUnder(`chatroom ${command.name}`), expected, shown(expected));
  });
}

Deno.test("the README's table of limits is the one table of limits", () => {
  const told = Object.values({ ...LIMITS, ...WEB_LIMITS }).map(({ tells }: Limit) =>
    tells ? `\`${tells}\`` : ""
  );
  const expected = flagTable(limitFlags).map((row, n) => [...row, told[n] ?? ""]);
  assertEquals(tableUnder("Limits"), expected, shown(expected));
});

Deno.test("the README's table of dependencies is that of deno.json, pinned", () => {
  const rows = tableUnder("Dependencies").map(([name]) => name);
  const pinned = new Set(
    Object.values(config.imports).map((specifier) => {
      const [, name, version] = /^npm:(.+)@(\d+\.\d+\.\d+)(?:\/|$)/.exec(specifier) ?? [];
      assert(name !== undefined && version !== undefined, `${specifier} is not pinned`);
      return `\`${name}\` ${version}`;
    }),
  );
  assertEquals(rows.sort(), [...pinned].sort());
});

Deno.test("the README begins with the two commands, and .ci/run runs the second to the letter", async () => {
  const first = /```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const [run, test] = first.trim().split("\n").map((line) => line.replace(/\s+#.*/, ""));
  assertEquals(run, "npx -y deno@2.9.6 run -A main.ts serve");
  assertEquals(test, "npx -y deno@2.9.6 task test");
  const ci = await Deno.readTextFile(new URL("../.ci/run", import.meta.url));
  assertStringIncludes(ci, "deno_version=2.9.6");
  assertStringIncludes(ci, 'npx -y "deno@$deno_version" task test');
});

Deno.test("every task and every file that the README names is there", async () => {
  for (const [, task] of readme.matchAll(/`deno task ([\w:]+)/g)) {
    assert(task !== undefined && task in config.tasks, `deno task ${task}`);
  }
  for (const [, path] of readme.matchAll(/\]\(((?!https?:|#)[^)]+)\)/g)) {
    await Deno.stat(new URL(`../${path}`, import.meta.url));
  }
});
