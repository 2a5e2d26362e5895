/** A short soak of the view on a terminal ends well: all that was typed arrives, and the screen is right. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { ptyTest } from "../fixtures/on_pty.ts";

const SOAK = new URL("../soak/view.ts", import.meta.url).pathname;

ptyTest("a soak of the view ends with what it held, and nothing wrong", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", SOAK, "--seconds", "20", "--seed", "38"],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stderr)], [0, ""]);
  const told = decoder.decode(stdout);
  assertStringIncludes(told, "resident, slope");
  assertStringIncludes(told, "The screen was the same as drawn anew, and what was typed arrived.");
});

ptyTest("a soak of the view that is asked for nonsense says how it is used", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", SOAK, "--seconds", "soon"],
    stdin: "null",
  }).output();
  assertEquals(code, 2);
  assertStringIncludes(new TextDecoder().decode(stderr), "--seconds N");
});
