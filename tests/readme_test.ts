/** The documents say what is so: their tables are those of the code, their commands those of the tasks. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import framework from "./irc/framework.json" with { type: "json" };
import { type Flag, parseInvocation } from "../lib/cli/flags.ts";
import { LIMIT_FLAGS, WEB_LIMIT_FLAGS } from "../lib/cli/limit_flags.ts";
import { SERVE_FLAGS } from "../lib/cli/serve_flags.ts";
import { SUBCOMMANDS } from "../lib/cli/subcommands.ts";
import {
  CAUSE_CODES,
  GONE_CODE,
  INTERRUPT_CODE,
  NO_COMMAND_CODE,
  NO_REPLY_CODE,
  NOT_RUN_CODE,
  OTHER_CHOICE_CODE,
  SIGNAL_CODES,
  UNANSWERED_CODE,
} from "../lib/client/conversation.ts";
import { terminalCommands } from "../lib/client/terminal/commands/terminal_commands.ts";
import type { ServeFlag } from "../lib/cli/serve_flag.ts";
import type { Limit, Reload } from "../lib/server/limit.ts";
import { LIMITS } from "../lib/server/limits.ts";
import { WEB_LIMITS } from "../lib/web/limits.ts";
import { docOf, DOCUMENTS, readDocument, tableOf } from "./docs.ts";

/** Those of both tables. */
const limitFlags = [...LIMIT_FLAGS, ...WEB_LIMIT_FLAGS];

/** What SIGHUP does for a flag of a server, as the manual has it. */
const ON_SIGHUP: Readonly<Record<Reload, string>> = {
  now: "holds",
  connections: "holds for new connections",
  restart: "waits for a restart",
};

/** The table that flags make, with a column of what SIGHUP does for those of a server. */
function flagTable(flags: ReadonlyArray<Flag & Partial<ServeFlag>>): string[][] {
  return flags.map((flag) => [
    ...flagRow(flag),
    ...flag.reload === undefined ? [] : [ON_SIGHUP[flag.reload]],
  ]);
}

function flagRow(
  { name, short, value, default: preset, env, envIsImplied, many, summary }: Flag,
): string[] {
  return [
    `\`--${name}${value === undefined ? "" : ` ${value}`}\`${short ? `, \`-${short}\`` : ""}`,
    [preset ?? "", env === undefined || envIsImplied ? "" : `\`$${env}\``]
      .filter((part) => part !== "").join(" or "),
    many ? `${summary} (may be repeated)` : summary,
  ];
}

function shown(table: readonly string[][]): string {
  return `it should be\n${table.map((row) => `| ${row.join(" | ")} |`).join("\n")}`;
}

for (const { load } of SUBCOMMANDS) {
  const command = await load();
  Deno.test(`the manual's table of flags of ${command.name} is that of --help`, () => {
    // Limits are many, and have a table of their own; what is elsewhere has its table there.
    const own = command.flags.filter(({ rank }) => rank !== "elsewhere");
    const isLimit = (flag: Flag): boolean => limitFlags.some((limit) => limit === flag);
    const expected = command.name === "serve"
      ? flagTable(SERVE_FLAGS.filter((flag) => !isLimit(flag)))
      : own.filter((flag) => !isLimit(flag)).map(flagRow);
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

Deno.test("the table of dependencies is that of deno.json and of a test's own, pinned", () => {
  const rows = tableOf("Dependencies").map(([name]) => name);
  const imports = [config.imports, framework.imports].flatMap(Object.values<string>);
  const pinned = new Set(
    imports.map((specifier) => {
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
  assertStringIncludes(docOf("First talk"), `alias chatroom='${run?.replace(/ serve$/, "")}'`);
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

Deno.test("every task is in a document", () => {
  const all = DOCUMENTS.map(readDocument).join("\n");
  const told = new Set(
    [...all.matchAll(/deno(?:@[\d.]+)? task ([\w:]+)/g)].map(([, task]) => task),
  );
  assertEquals(Object.keys(config.tasks).filter((task) => !told.has(task)), []);
});

Deno.test("every document is one that is held to the code, but for licences", async () => {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (
      const { name, isDirectory } of Deno.readDir(new URL(`../${folder}`, import.meta.url))
    ) {
      if (name.startsWith(".") || ["dist", "node_modules", "coverage"].includes(name)) continue;
      if (isDirectory) await walk(`${folder}${name}/`);
      else if (name.endsWith(".md")) found.push(`${folder}${name}`);
    }
  };
  await walk("");
  assertEquals(found.sort(), [...DOCUMENTS].sort());
});

const COMMANDS = new Map(
  await Promise.all(SUBCOMMANDS.map(async ({ name, load }) => [name, await load()] as const)),
);

/** The commands that a text shows in blocks for a shell, without comments and what they are joined with. */
function shownCommands(text: string): string[] {
  return [...text.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = ""]) =>
    block.split("\n").filter((line) => !line.startsWith("#")).flatMap((line) =>
      [...line.replace(/ +# .*/, "").matchAll(/\bchatroom( [a-z]+(?: [^|<>;]*)?)/g)]
        .map(([, command = ""]) => command.trim())
    )
  );
}

for (const document of DOCUMENTS) {
  Deno.test(`every command and flag that ${document} shows is there`, () => {
    const text = readDocument(document);
    for (const command of shownCommands(text)) {
      const words = command.replace(/\)"?$/, "").match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
      const [name = "", ...args] = words.map((word) => word.replaceAll(/^["']|["']$/g, ""));
      if (name === "help") continue;
      const known = COMMANDS.get(name);
      assert(known !== undefined, `chatroom ${command}`);
      parseInvocation(known, args);
    }
    const prose = text.replaceAll(/^```[^]*?^```/gm, "");
    for (const [, command = ""] of prose.matchAll(/`chatroom ([^`]+)`/g)) {
      const [name = "", ...args] = command.split(/\s+/);
      if (["help", "SUBCOMMAND"].includes(name)) continue;
      const flags = COMMANDS.get(name)?.flags;
      assert(flags !== undefined, `chatroom ${command}`);
      for (const [, flag] of args.join(" ").matchAll(/--([a-z-]+)/g)) {
        assert(flags.some((each) => each.name === flag), `chatroom ${command}`);
      }
    }
    // croc's, which is measured beside ours.
    const ofOthers = ["no-compress"];
    const all = [...COMMANDS.values()].flatMap(({ flags }) => flags.map(({ name }) => name));
    for (const [, flag = ""] of prose.matchAll(/`--([a-z-]+)[^`]*`/g)) {
      assert([...all, ...ofOthers, "help", "version"].includes(flag), `--${flag}`);
    }
  });
}

Deno.test("every slash command that a document names is there", () => {
  const paths = ["healthz", "readyz", "metrics", "ws", "irc", "hook"];
  const names = terminalCommands().flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  // Of WeeChat and irssi, which IRC.md is about.
  const ofOthers = ["quote"];
  const known = new Set([...names, ...paths, ...ofOthers]);
  for (const document of DOCUMENTS) {
    for (const [, name = ""] of readDocument(document).matchAll(/`\/([a-z]+)\b/g)) {
      assert(known.has(name), `${document}: /${name}`);
    }
  }
});

Deno.test("the table of exit codes has those of the code, and no others", async () => {
  const used = new Set([...Object.values(CAUSE_CODES), ...Object.values(SIGNAL_CODES)]);
  for (const code of [GONE_CODE, INTERRUPT_CODE, NO_REPLY_CODE]) used.add(code);
  for (const code of [OTHER_CHOICE_CODE, UNANSWERED_CODE]) used.add(code);
  for (const code of [NO_COMMAND_CODE, NOT_RUN_CODE]) used.add(code);
  const cli = new URL("../lib/cli/", import.meta.url);
  for await (const { name } of Deno.readDir(cli)) {
    if (!name.endsWith(".ts")) continue;
    const code = await Deno.readTextFile(new URL(name, cli));
    if (name === "subcommands.ts") {
      for (const [, number] of code.matchAll(/\? (\d) : (\d)/g)) used.add(Number(number));
    }
    // What --help says of them is said of the same ones.
    const notes = [...code.matchAll(/"(Exit codes: .*",\n(?: +"\d .*",\n)?)/g)];
    for (const [, note = ""] of notes) {
      for (const [number] of note.matchAll(/\b\d+\b/g)) used.add(Number(number));
    }
  }
  const shown = tableOf("Exit codes").flatMap(([codes = ""]) => codes.match(/\d+/g) ?? []);
  assertEquals(shown.map(Number), [...used].sort((a, b) => a - b));
});

Deno.test("the variables that the executable may read are told, and so are those that say something", async () => {
  const allowed = /--allow-env=(\S+)/.exec(config.tasks.serve)?.[1]?.split(",") ?? [];
  const section = docOf("Build the executable");
  for (const name of allowed) assertStringIncludes(section, `\`${name}\``);
  const all = DOCUMENTS.map(readDocument).join("\n");
  const ours = new Set<string>();
  for (const folder of ["cli", "client", "server", "store", "web", "load", "tls"]) {
    const url = new URL(`../lib/${folder}/`, import.meta.url);
    for await (const { name } of Deno.readDir(url)) {
      if (!name.endsWith(".ts")) continue;
      const code = await Deno.readTextFile(new URL(name, url));
      for (const [name] of code.matchAll(/\bCHATROOM_[A-Z]+(?:_[A-Z]+)*/g)) ours.add(name);
    }
  }
  ours.delete("CHATROOM_LIFELINE"); // one of our programs sets it for another
  for (const name of ours) {
    const flag = `\`--${name.slice("CHATROOM_".length).toLowerCase().replaceAll("_", "-")} `;
    assert(all.includes(`$${name}`) || all.includes(flag), name);
  }
  for (const [, name = ""] of all.matchAll(/\$(CHATROOM_[A-Z_]+)/g)) assert(ours.has(name), name);
});

Deno.test("the table of what watches a server has every path", async () => {
  const code = await Deno.readTextFile(new URL("../lib/web/watch.ts", import.meta.url));
  const paths = [...code.matchAll(/case "(\/\w+)"/g)].map(([, path]) => `\`${path}\``);
  assertEquals(tableOf("Watch it").map(([path]) => path).sort(), paths.sort());
});

Deno.test("the table of folders has those of lib", async () => {
  const folders: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL("../lib", import.meta.url))) {
    if (isDirectory) folders.push(`\`lib/${name}\``);
  }
  assertEquals(tableOf("The house").map(([folder]) => folder).sort(), folders.sort());
});

Deno.test("the README is short enough to be read: 10 KB at most", () => {
  const bytes = new TextEncoder().encode(readDocument("README.md")).length;
  assert(bytes <= 10_240, `${bytes} bytes; which part of it has its home in a manual?`);
});
