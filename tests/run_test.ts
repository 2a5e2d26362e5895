/** `chatroom run` as a shell uses it: what passes through, what a room is told, and with which exit code. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { startWithFiles } from "./fixtures/carrier.ts";
import { testUnless } from "./fixtures/tools.ts";
import { joinEvent, type Json, type RawPeer, startServer } from "./helpers.ts";
import type { Result } from "./program.ts";
import { PERMISSIONS } from "./tools/compile.ts";

const MAIN = new URL("../main.ts", import.meta.url).href;
const NO_SHELL = Deno.build.os === "windows" ? "it needs a shell" : undefined;
const HEARS = { features: ["people", "life", "bytes"] };

/** Starts `chatroom run` with what the executable may do. */
function start(server: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...PERMISSIONS, MAIN, "run", ...args],
    env: { CHATROOM_CONFIG: "none", CHATROOM_SERVER: server, CHATROOM_NAME: "ci", NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function ended(child: Deno.ChildProcess): Promise<Result> {
  const [{ code, stdout, stderr }] = await Promise.all([
    child.output(),
    child.stdin.close().catch(() => {}),
  ]);
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The text that a message has, edited or not, when that begins so. */
async function toldThat(peer: RawPeer, begin: string): Promise<Json> {
  for (;;) {
    const event = await peer.takeEvent();
    if (event["text"]?.startsWith(begin)) return event;
  }
}

testUnless(
  NO_SHELL,
  "a room is told in one message and a file, and all else passes through",
  async () => {
    await using server = startWithFiles();
    using eve = await joinEvent(server, "eve", HEARS);
    const script = "printf '\\033[31mred\\033[0m\\n'; echo bad >&2; read x; echo $x; exit 7";
    const child = start(
      formatAddress(server.addr),
      "--title",
      "the build",
      "--",
      "sh",
      "-c",
      script,
    );
    const input = child.stdin.getWriter();
    const said = await eve.takeType("message");
    assertEquals([said["from"], said["text"]], ["ci", "running: the build"]);
    await input.write(new TextEncoder().encode("typed\n"));
    input.releaseLock();
    const { code, stdout, stderr } = await ended(child);
    assertEquals([code, stdout, stderr], [7, "\x1b[31mred\x1b[0m\ntyped\n", "bad\n"]);
    const end = await toldThat(eve, "FAILED");
    assertEquals([end["type"], end["re"]], ["revised", said["seq"]]);
    assertMatch(end["text"], /^FAILED with exit code 7 after [\d.]+ s: the build\n```\n/);
    for (const line of ["\nred\n", "\nbad\n", "\ntyped\n"]) assertStringIncludes(end["text"], line);
    const { file } = await eve.takeType("message");
    assertEquals([file.name, file.size], ["sh.log", stdout.length + stderr.length]);
  },
);

testUnless(NO_SHELL, "the message is edited while the command runs", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", HEARS);
  const child = start(
    ...[formatAddress(server.addr), "--every", "10ms"] as const,
    ...["--", "sh", "-c", "echo one; read x; echo two; read x"],
  );
  const input = child.stdin.getWriter();
  const said = await eve.takeType("message");
  assertStringIncludes(said["text"], "running: sh -c 'echo one; ");
  if (!said["text"].includes("\none\n")) {
    assertStringIncludes((await eve.takeType("revised"))["text"], "\none\n");
  }
  await input.write(new TextEncoder().encode("\n"));
  const two = await eve.takeType("revised");
  assertEquals([two["re"], two["text"].split("\n").slice(2)], [said["seq"], ["one", "two", "```"]]);
  await input.write(new TextEncoder().encode("\n"));
  input.releaseLock();
  assertEquals((await ended(child)).code, 0);
  assertMatch((await eve.takeType("revised"))["text"], /^done in /);
});

testUnless(
  NO_SHELL,
  "signals go to the command, and its end by one is told and passed on",
  async () => {
    await using server = startServer();
    using eve = await joinEvent(server, "eve", HEARS);
    const address = formatAddress(server.addr);
    const waits = "setInterval(() => {}, 1_000)";
    const child = start(address, "--", Deno.execPath(), "eval", waits);
    await toldThat(eve, "running: ");
    child.kill("SIGTERM");
    assertEquals(await ended(child), { code: 143, stdout: "", stderr: "" });
    await toldThat(eve, "ended by SIGTERM after ");
    // One that takes it otherwise is waited for. A shell can't, where whoever started this ignores SIGINT.
    const takes = `Deno.addSignalListener("SIGINT", () => { console.log("caught"); Deno.exit(3); });
    console.log("ready"); setInterval(() => {}, 1_000);`;
    const other = start(address, "--every", "10ms", "--", Deno.execPath(), "eval", takes);
    for (let text = ""; !text.includes("\nready\n");) text = (await toldThat(eve, ""))["text"];
    other.kill("SIGINT");
    assertEquals(await ended(other), { code: 3, stdout: "ready\ncaught\n", stderr: "" });
  },
);

testUnless(
  NO_SHELL,
  "without a server the command runs all the same, and what was not told is said",
  async () => {
    const { code, stdout, stderr } = await ended(
      start("127.0.0.1:1", "--", "sh", "-c", "echo here; exit 5"),
    );
    assertEquals([code, stdout], [5, "here\n"]);
    assertMatch(
      stderr,
      /^Nobody was told how the command ended: Can't connect to 127\.0\.0\.1:1: .*\n$/,
    );
  },
);

testUnless(
  NO_SHELL,
  "a server that comes later is told, and one that takes no edits gets another message",
  async () => {
    const first = startServer();
    const { port } = first.addr as Deno.NetAddr;
    await first[Symbol.asyncDispose]();
    const child = start(`127.0.0.1:${port}`, "--every", "50ms", "--", "sh", "-c", "read x; exit 1");
    await using server = startServer({ port, limits: { editMs: 0 } });
    using eve = await joinEvent(server, "eve", HEARS);
    // It may have been told before eve was there.
    const { messages } = await eve.ask({ type: "history", room: "lobby" });
    if (messages.length === 0) await toldThat(eve, "running: ");
    const { code, stderr } = await ended(child);
    assertEquals([code, stderr], [1, ""]);
    const end = await toldThat(eve, "FAILED with exit code 1 after ");
    assertEquals(end["type"], "message");
  },
);

testUnless(NO_SHELL, "one person is told alone", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", HEARS);
  const child = start(formatAddress(server.addr), "--to", "eve", "--", "sh", "-c", "exit 0");
  assertEquals((await ended(child)).code, 0);
  const said = await eve.takeType("direct");
  assertStringIncludes(said["text"], "running: sh -c 'exit 0'");
  const { chat, re } = await toldThat(eve, "done in ");
  assertEquals([chat, re], [said["chat"], said["seq"]]);
});

testUnless(NO_SHELL, "much output passes whole, and its last part is sent", async () => {
  await using server = startWithFiles({ limits: { fileBytes: 100_000 } });
  using eve = await joinEvent(server, "eve", HEARS);
  const script =
    "i=0; while [ $i -lt 4000 ]; do echo 01234567890123456789012345678901234567890123456789; " +
    "i=$((i+1)); done";
  const { code, stdout } = await ended(start(formatAddress(server.addr), "--", "sh", "-c", script));
  assertEquals([code, stdout.length], [0, 4_000 * 51]);
  const end = await toldThat(eve, "done in ");
  assertStringIncludes(end["text"], "\nthe last 20 of 4000 lines:\n");
  const { file, text } = await eve.takeType("message");
  assertEquals(file.size, 100_000);
  assertStringIncludes(text, "the last 100 kB of 204 kB");
});

Deno.test("what can't be run is said in a sentence, and nobody is told", async () => {
  const missing = await ended(start("127.0.0.1:1", "--", "no-such-command", "x"));
  assertEquals(missing, {
    code: 127,
    stdout: "",
    stderr: "There is no command no-such-command; nothing was run, and nobody was told\n",
  });
  for (
    const [args, why] of [
      [["make"], "give the command after --"],
      [[], "give the command after --"],
      [["a:1", "b:2", "--", "make"], 'can\'t take "b:2" before --'],
      [["--to", "eve", "--room", "ops", "--", "make"], "exclude each other"],
      [["--every", "5", "--", "make"], "--every: 5 is a time without its unit"],
    ] as const
  ) {
    const { code, stderr } = await ended(start("127.0.0.1:1", ...args));
    assertEquals([code, stderr.split("\n").length], [2, 2], stderr);
    assertStringIncludes(stderr, why);
  }
});
