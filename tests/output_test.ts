/** What every subcommand does where its output gets lost: it says so, and fails. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { SUBCOMMANDS } from "../lib/cli/subcommands.ts";
import { formatAddress } from "../lib/cli/values.ts";
import { startWithFiles } from "./fixtures/carrier.ts";
import { backUp } from "./fixtures/backups.ts";
import { Data, jsonLine } from "./fixtures/data.ts";
import { onSmallDisk } from "./fixtures/small_disk.ts";
import { tries } from "./fixtures/thorough.ts";
import { succeeds, testUnless } from "./fixtures/tools.ts";
import { joinEvent, type RawPeer, startServer, untilVisitor } from "./helpers.ts";
import { command } from "./program.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;
const FULL = "/dev/full";
/** Deno itself opens devices only for those who may do everything. */
const NO_FULL = succeeds("sh", ["-c", `test -c ${FULL}`]) ? undefined : `there is no ${FULL}`;

/** A run whose output gets lost. DIR is a data directory with a message, HOST a server, ID a file there. */
interface Row {
  readonly args: readonly string[];
  readonly input?: string;
  /** What somebody says in the room as soon as the run has joined it. */
  readonly heard?: readonly string[];
}

/** For each subcommand the ways in which it prints what it was run for. */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  connect: [
    { args: ["connect", "HOST", "--name", "bot"], heard: ["hi"] },
    { args: ["connect", "HOST", "--name", "bot", "--json"] },
  ],
  send: [{
    args: ["send", "HOST", "--name", "bot", "--wait-reply", "anybody?"],
    heard: ["bot: yes"],
  }],
  tail: [
    { args: ["tail", "HOST", "--name", "bot"] },
    { args: ["tail", "HOST", "--name", "bot", "--no-follow", "--raw"] },
    { args: ["tail", "HOST", "--name", "bot", "-n", "0"], heard: ["one", "two"] },
    { args: ["tail", "HOST", "--name", "bot", "--json"] },
  ],
  get: [{ args: ["get", "HOST", "ID", "--name", "bot", "-o", "-"] }],
  bench: [{ args: ["bench", "HOST", "--clients", "2", "--duration", "100ms"] }],
  user: [
    { args: ["user", "list", "--data", "DIR"] },
    { args: ["user", "add", "ann", "--data", "DIR"], input: "correct horse battery\n" },
  ],
  room: [{ args: ["room", "list", "--data", "DIR"] }],
  ban: [{ args: ["ban", "list", "--data", "DIR"] }],
  export: [{ args: ["export", "--data", "DIR"] }],
  invite: [{ args: ["invite", "--room", "lobby", "--data", "DIR"] }],
  hook: [
    { args: ["hook", "add", "lobby", "--data", "DIR"] },
    { args: ["hook", "list", "--data", "DIR"] },
  ],
  import: [{ args: ["import", "--data", "DIR"], input: jsonLine({ text: "again" }) }],
  backup: [{ args: ["backup", "NEW", "--data", "DIR"] }],
  restore: [{ args: ["restore", "MADE", "--data", "NEW"] }],
  doctor: [{ args: ["doctor", "HOST"] }],
  check: [
    { args: ["check", "--data", "DIR"] },
    { args: ["check", "--json", "--data", "DIR"] },
  ],
  completions: [{ args: ["completions", "bash"] }],
  config: [{ args: ["config", "show", "--config", "none"] }],
  "--version": [{ args: ["--version"] }],
  "--help": [{ args: ["serve", "--help"] }, { args: ["--help"] }],
};

/**
 * A server goes on without what it prints, and says so in its log; a cluster needs NATS servers to print of, a
 * question somebody who answers, what is discovered a network, what is run prints for itself, and a relay
 * prints nothing.
 */
const ELSEWHERE = ["serve", "discover", "ask", "run", "relay", "cluster"];

Deno.test("every subcommand is tried where its output gets lost", () => {
  const names = SUBCOMMANDS.map(({ name }) => name as string);
  assertEquals(names.filter((name) => !(name in ROWS)), ELSEWHERE);
});

/** Runs the program with its output into a file, and whoever is in the room says what is heard. */
async function run(row: Row, output: string, data: Data): Promise<{ code: number; said: string }> {
  await using server = startWithFiles();
  using eve = await joinEvent(server, "eve");
  const id = row.args.includes("ID") ? await sendFile(eve) : "";
  for (const text of ["one", "two", "three"]) await eve.ask({ type: "say", room: "lobby", text });
  using backup = new Data();
  const [NEW, MADE] = [`${backup.directory}/new`, `${backup.directory}/made`];
  if (row.args.includes("MADE")) await backUp(data.directory, MADE);
  const places = { HOST: formatAddress(server.addr), DIR: data.directory, ID: id, NEW, MADE };
  const args = row.args.map((arg) => places[arg as keyof typeof places] ?? arg);
  const child = new Deno.Command("sh", {
    args: ["-c", 'exec "$@" >>"$OUTPUT"', "sh", Deno.execPath(), "run", "-q", "-A", MAIN, ...args],
    env: { OUTPUT: output, CHATROOM_NAME: "", CHATROOM_SERVER: "" },
    stdin: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  if (row.input !== undefined) await input.write(new TextEncoder().encode(row.input));
  // Its end would be the end of connect.
  if (row.heard === undefined && row.args[0] !== "connect") await input.close().catch(() => {});
  await sayTo(eve, row.heard ?? [], row.args[0] === "send");
  const said = await new Response(child.stderr).text();
  const { code } = await child.status;
  await input.close().catch(() => {});
  return { code, said };
}

/** Sends a file to the room; resolves with its id. */
async function sendFile(eve: RawPeer): Promise<string> {
  const { file } = await eve.ask({ type: "put", room: "lobby", name: "a.txt" });
  await eve.ask({ type: "chunk", file, offset: 0, data: btoa("hello") });
  const ack = await eve.ask({ type: "done", file });
  return ack.file.id;
}

async function sayTo(eve: RawPeer, texts: readonly string[], isReply: boolean): Promise<void> {
  if (texts.length === 0) return;
  await (isReply ? eve.takeType("message") : untilVisitor(eve, "bot"));
  for (const text of texts) await eve.ask({ type: "say", room: "lobby", text });
}

const LOST = "Can't write to stdout (No space left on device); send it elsewhere, or make room " +
  "there\n";

const ALL = Object.values(ROWS).flat();
for (const row of tries(ALL.filter((_, n) => n % 4 === 0), ALL)) {
  testUnless(
    NO_FULL,
    `chatroom ${row.args.join(" ")} fails where its output gets lost`,
    async () => {
      using data = new Data();
      await data.say({});
      assertEquals(await run(row, FULL, data), { code: 1, said: LOST });
    },
  );
}

testUnless(NO_FULL, "a server whose output gets lost says so in its log, and goes on", async () => {
  const args = ["run", "-q", "-A", MAIN, "serve", "--memory", "--port", "0"];
  const child = new Deno.Command("sh", {
    args: ["-c", `exec "$@" >${FULL}`, "sh", Deno.execPath(), ...args],
    stderr: "piped",
  }).spawn();
  const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("goes on")) said += (await lines.read()).value ?? " goes on, it is over";
  assertStringIncludes(said, "Can't write to stdout (No space left on device)");
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
  await lines.cancel();
});

Deno.test("a disk that fills up in the middle of a message is told, and ends tail", async (t) => {
  await onSmallDisk(t, async (disk) => {
    using data = new Data();
    const text = "x".repeat(60_000);
    const heard = Array.from({ length: 20 }, () => text);
    const args = ["tail", "HOST", "--name", "bot", "-n", "0"];
    const { code, said } = await run({ args, heard }, `${disk.path}/log`, data);
    assertEquals([code, said], [1, LOST]);
  });
});

Deno.test("tail ends with the reader of its first lines, and --no-follow by itself", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  for (const text of ["one", "two", "three"]) await eve.ask({ type: "say", room: "lobby", text });
  const address = formatAddress(server.addr);
  const child = command(["tail", address, "--name", "t"]).spawn();
  const reader = child.stdout.getReader();
  const first = await reader.read();
  assertEquals(new TextDecoder().decode(first.value), "eve: one\neve: two\n");
  await reader.cancel();
  const stderr = await new Response(child.stderr).text();
  assertEquals([(await child.status).code, stderr], [0, ""]);
  await child.stdin.close().catch(() => {});
  const all = command(["tail", address, "--name", "t", "--no-follow"]).spawn();
  const { code, stdout } = await all.output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "eve: one\neve: two\neve: three\n"]);
});
