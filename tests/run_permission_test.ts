/** Only `chatroom run` may start a program, and only the one that it is told to. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { formatAddress } from "../lib/cli/values.ts";
import { startServer, within } from "./helpers.ts";
import { PERMISSIONS } from "./tools/compile.ts";

const MAIN = new URL("../main.ts", import.meta.url).href;
const TRIES = new URL("./fixtures/tries_programs.ts", import.meta.url).href;

/** Runs the program until it has said what came of trying to start another one. */
async function tries(
  args: readonly string[],
  { preload = true, main = MAIN } = {},
): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...PERMISSIONS, ...preload ? ["--preload", TRIES] : [], main, ...args],
    env: { CHATROOM_CONFIG: "none", CHATROOM_SERVER: "", CHATROOM_NAME: "ci", NO_COLOR: "1" },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const lines = child.stderr.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  let said = "";
  for await (const line of lines) {
    said = line;
    if (line.startsWith("TRIED: ")) break;
  }
  await child.stdin.close().catch(() => {});
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
  await within("the end", child.status);
  return said;
}

Deno.test("the executable is allowed to start programs, and gives that up for all but run", async () => {
  assertEquals(PERMISSIONS.filter((flag) => flag.startsWith("--allow-run")), ["--allow-run"]);
  await using server = startServer();
  const address = formatAddress(server.addr);
  const none = "TRIED: it may not, a thread may not";
  assertEquals(await tries(["serve", "--memory", "--port", "0"]), none);
  assertEquals(await tries(["connect", address]), none);
  assertEquals(await tries(["tail", address]), none);
  // What comes before the subcommand can't hide it.
  assertStringIncludes(await tries(["--memory", "serve"]), "no subcommand");
});

Deno.test("run may start nothing besides the command from when it talks to a server", async () => {
  await using server = startServer();
  const address = formatAddress(server.addr);
  const told = await tries(["run", address, "--", Deno.execPath(), "eval", "await 0"]);
  assertEquals(told, "TRIED: it may not, a thread may not");
});

Deno.test("what tries to start a program can, where it is not given up", async () => {
  const open = `data:text/javascript,await import(${JSON.stringify(TRIES)});` +
    `Deno.listen({ port: 0 }); await new Promise((end) => setTimeout(end, 60_000));`;
  assertEquals(await tries([], { preload: false, main: open }), "TRIED: it may, a thread may");
});
