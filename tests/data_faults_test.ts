/** What the subcommands for data say of faults: one line and exit code 1, never a stack trace. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Data } from "./fixtures/data.ts";
import { command, type Result } from "./program.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

/** A run that failed, for this reason. */
function assertFailed({ code, stderr }: Pick<Result, "code" | "stderr">, said: string): void {
  assertEquals([code, stderr.split("\n").length], [1, 2], stderr);
  assertStringIncludes(stderr, said);
}

const FULL = "/dev/full";
const hasFull = await Deno.stat(FULL).then(() => true, () => false);

for (
  const args of [
    ["export", "--data", "DIR"],
    ["check", "--data", "DIR"],
    ["check", "--json", "--data", "DIR"],
    ["user", "list", "--data", "DIR"],
    ["--version"],
    ["serve", "--help"],
    ["completions", "bash"],
  ]
) {
  Deno.test(`chatroom ${args.join(" ")} fails where its output gets lost`, async (t) => {
    await t.step({
      name: hasFull ? `in ${FULL}` : `skipped: there is no ${FULL}`,
      ignore: !hasFull,
      async fn(): Promise<void> {
        using data = new Data();
        await data.say({});
        const given = args.map((arg) => arg.replace("DIR", data.directory));
        const program = [Deno.execPath(), "run", "--quiet", "-A", MAIN, ...given];
        const { code, stderr } = await new Deno.Command("sh", {
          args: ["-c", `exec "$@" > ${FULL}`, "sh", ...program],
        }).output();
        assertFailed(
          { code, stderr: new TextDecoder().decode(stderr) },
          "Can't write to stdout (No space left on device); send it elsewhere",
        );
      },
    });
  });
}

Deno.test("a check whose reader has gone says nothing, and tells by its exit code", async () => {
  using data = new Data();
  await data.say({}, {});
  for (const expected of [0, 1]) {
    await using child = command(["check", "--data", data.directory]).spawn();
    await child.stdout.cancel();
    await child.stdin.close();
    const stderr = await new Response(child.stderr).text();
    assertEquals([(await child.status).code, stderr], [expected, ""]);
    data.tamper("DELETE FROM message WHERE seq = 1");
  }
});
