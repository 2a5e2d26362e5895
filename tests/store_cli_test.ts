/** `chatroom serve` with its messages on disk, as a process: what it says, and what a kill leaves. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { DatabaseSync } from "node:sqlite";
import { openWriter } from "../lib/store/directory.ts";
import type { Server } from "../lib/server/serve.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { slowTest, tries } from "./fixtures/thorough.ts";
import { toolTest } from "./fixtures/tools.ts";
import { joinEvent } from "./helpers.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

interface Running {
  readonly child: Deno.ChildProcess;
  readonly server: Server;
  /** What it says of what is kept. */
  readonly kept: string;
  end(signal: Deno.Signal, pid?: number): Promise<Deno.CommandStatus>;
}

async function start(args: readonly string[], before: readonly string[] = []): Promise<Running> {
  const [program = "", ...rest] = [...before, Deno.execPath(), "run", "--quiet", "-A", MAIN];
  const child = new Deno.Command(program, {
    args: [...rest, "serve", "--port", "0", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const said: string[] = [];
  while (said.length < 4) said.push((await lines.next()).value ?? "");
  const port = Number(/:(\d+)$/.exec(said[0] ?? "")?.[1]);
  return {
    child,
    server: { addr: { hostname: "127.0.0.1", port, transport: "tcp" } } as Server,
    kept: said[3] ?? "",
    async end(signal: Deno.Signal, pid = child.pid): Promise<Deno.CommandStatus> {
      Deno.kill(pid, signal);
      while (!(await lines.next()).done);
      return await child.status;
    },
  };
}

Deno.test("what was acked is there after kill -9, and the start says how much", async () => {
  await using dir = await makeDir();
  const first = await start(["--data", `${dir.path}/data`]);
  assertEquals(first.kept, `Messages are kept in ${dir.path}/data (0 messages in 0 rooms).`);
  using ann = await joinEvent(first.server, "ann");
  for (let i = 0; i < 20; i++) {
    await ann.ask({ type: "say", id: `${i}`, room: "lobby", text: `${i}` });
  }
  await first.end("SIGKILL");
  const second = await start(["--data", `${dir.path}/data`]);
  assertEquals(second.kept, `Messages are kept in ${dir.path}/data (20 messages in 1 room).`);
  using back = await joinEvent(second.server, "ann", { session: ann.ready.session });
  assertEquals([back.ready.session, back.welcome.epoch], [ann.ready.session, ann.welcome.epoch]);
  assertEquals((await back.ask({ type: "say", id: "3", room: "lobby", text: "3" })).seq, 4);
  assertEquals((await second.end("SIGTERM")).code, 0);
});

/** A server that does not come about: its exit code and what it says. */
async function failing(...args: string[]): Promise<[number, string]> {
  const { code, stderr } = await chatroom(["serve", "--port", "0", ...args]);
  return [code, stderr];
}

Deno.test("Faults: database file corrupt or from a newer version: one clear line, exit 1, file untouched", async () => {
  const newer = async (path: string): Promise<void> => {
    (await openWriter(path.replace(/[^/]*$/, "")))[Symbol.dispose]();
    using db = new DatabaseSync(path);
    db.exec("PRAGMA user_version = 99");
  };
  const corrupt = (path: string): Promise<void> =>
    Deno.writeTextFile(path, "something else entirely\n");
  for (const [make, why] of [[corrupt, "is not a database"], [newer, "newer"]] as const) {
    await using dir = await makeDir();
    const path = `${dir.path}/chatroom.db`;
    await make(path);
    const before = await Deno.readFile(path);
    const [code, text] = await failing("--data", dir.path);
    assertEquals([code, text.split("\n").length], [1, 2], text);
    assertStringIncludes(text, path);
    assertStringIncludes(text, why);
    assertEquals(await Deno.readFile(path), before);
  }
});

slowTest("the start says what goes by itself", async () => {
  for (
    const [flags, rule] of [
      [["--keep", "30d"], "all that is older than 30d"],
      [["--keep-messages", "5"], "all but the last 5 messages of each room"],
      [
        ["--keep", "36h", "--keep-messages", "1"],
        "all that is older than 36h and all but the last 1 message of each room",
      ],
    ] as const
  ) {
    await using dir = await makeDir();
    const { kept, end } = await start(["--data", `${dir.path}/data`, ...flags]);
    assertEquals(
      kept,
      `Messages are kept in ${dir.path}/data (0 messages in 0 rooms); ${rule} is removed.`,
    );
    await end("SIGTERM");
  }
});

Deno.test("what contradicts keeping messages is bad usage", async () => {
  await using dir = await makeDir();
  assertEquals((await failing("--data", dir.path, "--memory"))[0], 2);
  assertEquals((await failing("--data", dir.path, "--durability", "some"))[0], 2);
  for (const [flag, value] of [["keep", "30d"], ["keep-messages", "5"], ["durability", "normal"]]) {
    assertEquals(await failing("--memory", `--${flag}`, value ?? ""), [
      2,
      `chatroom: --memory keeps nothing, so it can't go with --${flag}\n`,
    ]);
  }
});

const inStrace: typeof toolTest = tries(() => {}, toolTest);

inStrace("the disk is synced between a message and its ack", ["strace"], async () => {
  await using dir = await makeDir();
  const trace = `${dir.path}/trace`;
  const calls = "trace=fdatasync,fsync,write,writev,sendto,sendmsg";
  const running = await start(
    ["--data", `${dir.path}/data`],
    ["strace", "-f", "-s", "300", "-e", calls, "-o", trace],
  );
  using ann = await joinEvent(running.server, "ann");
  // What letting her in stores has been stored when she has said something.
  await ann.ask({ type: "say", id: "first", room: "lobby", text: "one" });
  await ann.ask({ type: "say", id: "second", room: "lobby", text: "two" });
  const pid = Number((await Deno.readTextFile(trace)).split(" ")[0]);
  await running.end("SIGTERM", pid);
  const lines = (await Deno.readTextFile(trace)).split("\n");
  const ackOf = (id: string): number =>
    lines.findIndex((line) => line.includes("ack") && line.includes(id));
  const [from, to] = [ackOf("first"), ackOf("second")];
  assert(from >= 0 && to > from, "the acks are not in the trace");
  assertMatch(lines.slice(from, to).join("\n"), /f(data)?sync/);
});
