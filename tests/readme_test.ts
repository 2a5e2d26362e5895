/** The documents say what is so: their tables are those of the code, their commands those of the tasks. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import type { Flag } from "../lib/cli/flags.ts";
import { LIMIT_FLAGS, WEB_LIMIT_FLAGS } from "../lib/cli/limit_flags.ts";
import { SUBCOMMANDS } from "../lib/cli/subcommands.ts";
import { type Limit, LIMITS } from "../lib/server/limits.ts";
import { WEB_LIMITS } from "../lib/web/limits.ts";
import { DOCUMENTS, readDocument, tableOf } from "./docs.ts";

/** Those of both tables. */
const limitFlags = [...LIMIT_FLAGS, ...WEB_LIMIT_FLAGS];

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
  Deno.test(`the manual's table of flags of ${command.name} is that of --help`, () => {
    // Limits are many, and have a table of their own.
    const expected = flagTable(command.flags.filter((flag) => !limitFlags.includes(flag)));
    assertEquals(tableOf(`chatroom ${command.name}`), expected, shown(expected));
  });
}

Deno.test("the manual's table of limits is the one table of limits", () => {
  const told = Object.values({ ...LIMITS, ...WEB_LIMITS }).map(({ tells }: Limit) =>
    tells ? `\`${tells}\`` : ""
  );
  const expected = flagTable(limitFlags).map((row, n) => [...row, told[n] ?? ""]);
  assertEquals(tableOf("Limits"), expected, shown(expected));
});

Deno.test("the table of dependencies is that of deno.json, pinned", () => {
  const rows = tableOf("Dependencies").map(([name]) => name);
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
  const first = /```sh\n([\s\S]*?)```/.exec(readDocument("README.md"))?.[1] ?? "";
  const [run, test] = first.trim().split("\n").map((line) => line.replace(/\s+#.*/, ""));
  assertEquals(run, "npx -y deno@2.9.6 run -A main.ts serve");
  assertEquals(test, "npx -y deno@2.9.6 task test");
  const ci = await Deno.readTextFile(new URL("../.ci/run", import.meta.url));
  assertStringIncludes(ci, "deno_version=2.9.6");
  assertStringIncludes(ci, 'npx -y "deno@$deno_version" task test');
});

for (const document of DOCUMENTS) {
  Deno.test(`every task, file and heading that ${document} names is there`, async () => {
    const text = readDocument(document);
    for (const [, task] of text.matchAll(/`deno task ([\w:]+)/g)) {
      assert(task !== undefined && task in config.tasks, `deno task ${task}`);
    }
    for (const [, path = "", anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const target = new URL(path, new URL(`../${document}`, import.meta.url));
      await Deno.stat(target);
      if (anchor === undefined) continue;
      const headings = (await Deno.readTextFile(target)).matchAll(/^#+ (.*)$/gm);
      const anchors = [...headings].map(([, heading = ""]) =>
        heading.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")
      );
      assert(anchors.includes(anchor), `${path}#${anchor}`);
    }
  });
}

Deno.test("the README is short enough to be read: 10 KB at most", () => {
  const bytes = new TextEncoder().encode(readDocument("README.md")).length;
  assert(bytes <= 10_240, `${bytes} bytes; which part of it has its home in a manual?`);
});
