/** What --help prints: as wide as the terminal, what most people want first, and all of it somewhere. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { flagLines, helpFor } from "../lib/cli/help.ts";
import { LIMIT_FLAGS, WEB_LIMIT_FLAGS } from "../lib/cli/limit_flags.ts";
import { SUBCOMMANDS } from "../lib/cli/subcommands.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { chatroom } from "./program.ts";

for (const { name, load } of SUBCOMMANDS) {
  Deno.test(`the help of ${name} fits the terminal, and has every flag`, async () => {
    const command = await load();
    for (const columns of [60, 80, 100]) {
      const lines = helpFor(command, columns).split("\n");
      // A table in the notes is as wide as it is, and a command line can't be broken.
      const wide = lines.filter((line) =>
        line.length > columns && !/\S {2,}|^\S+$/.test(line.trim())
      );
      assertEquals(wide, []);
    }
    const help = helpFor(command, 80);
    for (const flag of command.flags.filter(({ rank }) => rank !== "limit")) {
      assertStringIncludes(help, `--${flag.name}`);
    }
  });
}

Deno.test("serve's ten common flags come first, and its limits on a page of their own", async () => {
  const { code, stdout } = await chatroom(["serve", "--help"]);
  assertEquals(code, 0);
  const [common = "", others = ""] = stdout.split("\nOthers:\n");
  assertEquals(common.match(/^ {2}.{4}--\S+/gm)?.length, 10);
  assertStringIncludes(common, "--host HOST");
  assertStringIncludes(others, "--tls-cert FILE");
  assertStringIncludes(others, "chatroom help limits shows them.");
  const limits = await chatroom(["help", "limits"]);
  assertEquals(limits.code, 0);
  for (const { name } of [...LIMIT_FLAGS, ...WEB_LIMIT_FLAGS]) {
    assertStringIncludes(limits.stdout, `--${name} `);
    assert(!stdout.includes(`--${name} `), name);
  }
  assertStringIncludes((await chatroom(["help", "dance"])).stderr, 'no help about "dance"');
});

Deno.test("behind a word that is none of a text, -h is the help", async () => {
  const { code, stdout } = await chatroom(["room", "remove", "-h"]);
  assertEquals([code, stdout.split(":")[0]], [0, "chatroom room"]);
});

Deno.test("what a flag does stands in a column of its own, under it where it is long", () => {
  const flags = [
    { name: "short", short: "s", summary: "does it, and says so at some length" },
    { name: "much-longer", value: "VALUE", default: "1", summary: "does more" },
  ];
  assertEquals(flagLines(flags, 36, 12), [
    "  -s, --short   does it, and says so",
    "                at some length",
    "      --much-longer VALUE",
    "                does more (default",
    "                1)",
  ]);
});

Deno.test("chatroom user makes no directory for a name that is to be changed", async () => {
  await using dir = await makeDir();
  const typo = `${dir.path}/typo`;
  for (const action of ["reset", "remove", "list"]) {
    const args = ["user", action, ...action === "list" ? [] : ["ann"], "--data", typo];
    const { code, stderr } = await chatroom(args, { input: "correct horse battery\n" });
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, `There is no ${typo}/chatroom.db; --data names`);
    assertEquals(await Array.fromAsync(Deno.readDir(dir.path)), []);
  }
});
