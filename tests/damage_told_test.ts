/** Whatever a subcommand stumbles over in a damaged database, it says in one line that it is damaged. */

import { assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { DATA_FLAG, withData } from "../lib/cli/data.ts";
import { parseInvocation, type Subcommand } from "../lib/cli/flags.ts";
import { TITLES } from "../lib/cli/titles.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { append, say } from "./fixtures/facts.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";

async function fill(dir: string, sql = "SELECT 1"): Promise<void> {
  {
    await using log = await LocalLog.open({ dir, durability: "normal" });
    await append(log, say("lobby", "here"));
  }
  using db = new DatabaseSync(`${dir}/chatroom.db`);
  db.exec("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON");
  db.exec(sql);
}

function run(dir: string, work: () => number): Promise<number> {
  const command: Subcommand = {
    ...TITLES.check,
    positionals: "",
    notes: [],
    flags: [DATA_FLAG],
    run: () => Promise.resolve(0),
  };
  return withData(parseInvocation(command, ["--data", dir]), work);
}

const fail = (): never => {
  throw new RangeError("Invalid time value");
};

Deno.test("an error of any kind over a damaged database is no stack trace", async () => {
  await using dir = await makeDir();
  await fill(dir.path, "UPDATE message SET room = 99");
  assertEquals(await run(dir.path, fail), 1);
  const suppressed = (): never => {
    throw new SuppressedError(new Error("close"), new RangeError("Invalid time value"));
  };
  assertEquals(await run(dir.path, suppressed), 1);
});

Deno.test("an error over a sound database is a mistake of ours, and shows itself as such", async () => {
  await using dir = await makeDir();
  await fill(dir.path);
  await assertRejects(() => run(dir.path, fail), RangeError);
});

for (
  const command of [
    ["room", "list"],
    ["room", "remove", "lobby", "--yes"],
    ["user", "list"],
    ["ban", "list"],
    ["ban", "lift", "bob"],
    ["invite", "--room", "lobby"],
    ["export"],
    ["export", "--audit"],
    ["check"],
  ]
) {
  for (
    const [what, sql] of [
      ["a table is gone", "DROP TABLE sanction; DROP TABLE account; DROP TABLE message"],
      ["a column is gone", "ALTER TABLE room RENAME COLUMN last TO least"],
      ["a number is too large", "UPDATE room SET last = 9223372036854775807, first = last"],
    ] as const
  ) {
    Deno.test(`chatroom ${command.join(" ")} tells in a line that ${what}, if it minds`, async () => {
      await using dir = await makeDir();
      await fill(dir.path, sql);
      const { code, stdout, stderr } = await chatroom([...command, "--data", dir.path]);
      assertEquals([0, 1].includes(code), true, stderr);
      if (code === 1) assertEquals(stdout + stderr === "", false);
      assertEquals(/^ +at |^\S*Error\b/m.test(stderr), false, stderr);
    });
  }
}
