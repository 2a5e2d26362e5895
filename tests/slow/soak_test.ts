/** The soak ends what it has begun, also when it is ended itself. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { slopeOf } from "../soak/slope.ts";

const SOAK = new URL("../soak/main.ts", import.meta.url).pathname;

for (const [signal, expected] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test({
    name: `a soak that gets ${signal} ends with its table and leaves no process behind`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "-A", SOAK],
        env: { NO_COLOR: "1", SOAK_SECONDS: "60" },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const stderr = new Response(child.stderr).text();
      const lines = child.stdout.pipeThrough(new TextDecoderStream())
        .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
      const pid = Number(/of process (\d+)/.exec((await lines.next()).value ?? "")?.[1]);
      assert(pid > 0);
      child.kill(signal);
      const table: string[] = [];
      for (let line = await lines.next(); !line.done; line = await lines.next()) {
        table.push(line.value);
      }
      assertEquals([(await child.status).code, await stderr], [expected, ""]);
      assertStringIncludes(table.join("\n"), "all, in order");
      assertThrows(() => Deno.kill(pid, "SIGCONT"), Deno.errors.NotFound);
    },
  });
}

Deno.test("a slope is that of the line through the points", { permissions: "none" }, () => {
  assertEquals(slopeOf([[0, 1], [1, 3], [2, 5]]), 2);
  assertEquals(slopeOf([[0, 0], [1, 3], [2, 0]]), 0);
  assertEquals([slopeOf([]), slopeOf([[1, 1]]), slopeOf([[1, 1], [1, 2]])], [0, 0, 0]);
});
