/** The client that listens, and the one that waits for a reply, as scripts use them. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { formatAddress } from "../lib/cli/values.ts";
import { localTime } from "../lib/client/local_times.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json, startServer } from "./helpers.ts";
import { command } from "./program.ts";
import { NO_PTY, Pty } from "./pty.ts";

/** A program in the background whose lines are read. */
function follow(...args: string[]): {
  readonly child: Deno.ChildProcess;
  line(): Promise<string>;
  rest(): Promise<{ code: number; stdout: string; stderr: string }>;
} {
  const child = command(args).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream()).getReader();
  return {
    child,
    line: async () => (await lines.read()).value ?? "",
    async rest(): Promise<{ code: number; stdout: string; stderr: string }> {
      let stdout = "";
      for (let next; !(next = await lines.read()).done;) stdout += `${next.value}\n`;
      const stderr = await new Response(child.stderr).text();
      const { code } = await child.status;
      await child.stdin.close().catch(() => {});
      return { code, stdout, stderr };
    },
  };
}

const say = (room: string, text: string): Json => ({ type: "say", room, text });

Deno.test("tail prints the last messages, then what comes, and says nothing itself", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", { room: "dev" });
  for (let n = 1; n <= 450; n++) await eve.ask(say("dev", `old ${n}`));
  const address = formatAddress(server.addr);
  const tail = follow("tail", address, "--name", "t", "--room", "dev", "-n", "420");
  for (let n = 31; n <= 450; n++) assertEquals(await tail.line(), `eve: old ${n}`);
  await eve.ask(say("dev", "new\u001b[31m\nred"));
  assertEquals(await tail.line(), "eve: new␛[31m↵red");
  if (Deno.build.os !== "windows") tail.child.kill("SIGINT");
  else tail.child.kill("SIGKILL");
  const { code, stdout, stderr } = await tail.rest();
  if (Deno.build.os !== "windows") assertEquals([code, stdout, stderr], [130, "", ""]);
  const { messages } = await eve.ask({ type: "history", room: "dev", limit: 1 });
  assertEquals(messages[0].from, "eve", "nobody else has spoken");
});

Deno.test("tail --time begins each line with the time at which it was said, as it is here", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const { at } = await eve.ask(say("lobby", "one\ntwo"));
  const tail = ["tail", formatAddress(server.addr), "--name", "t", "--no-follow", "--time"];
  const { code, stdout } = await chatroom(tail);
  assertEquals([code, stdout], [0, `${localTime(new Date(at))} eve: one↵two\n`]);
  for (const shape of ["--json", "--raw"]) {
    const refused = await chatroom([...tail, shape]);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, "--time is for lines");
  }
});

Deno.test("tail prints as many messages as are asked for, beyond what is in memory", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path, {}, { messagesPerRoom: 200 });
  using eve = await joinEvent(server, "eve", { room: "dev" });
  for (let n = 1; n <= 320; n++) await eve.ask(say("dev", `old ${n}`));
  const args = ["--name", "t", "--room", "dev", "-n", "310", "--exit-on-disconnect"];
  const tail = follow("tail", formatAddress(server.addr), ...args);
  for (let n = 11; n <= 320; n++) assertEquals(await tail.line(), `eve: old ${n}`);
  await server.shutdown();
  assertEquals((await tail.rest()).stdout, "");
});

Deno.test("tail follows several rooms and tells them apart", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  await eve.ask({ type: "join", room: "dev" });
  await eve.ask(say("dev", "in dev"));
  await eve.ask(say("lobby", "in lobby"));
  const address = formatAddress(server.addr);
  const tail = follow("tail", address, "--name", "t", "--room", "dev", "--room", "lobby");
  const first = [await tail.line(), await tail.line()];
  assertEquals(first.sort(), ["#dev eve: in dev", "#lobby eve: in lobby"]);
  await eve.ask(say("lobby", "more"));
  assertEquals(await tail.line(), "#lobby eve: more");
  await server.shutdown();
  tail.child.kill("SIGKILL");
  assertStringIncludes((await tail.rest()).stderr, "(trying again)");
});

Deno.test("tail prints the earlier messages of several rooms room by room", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const rooms = ["dev", "ops", "lobby"];
  for (const room of rooms) {
    if (room !== "lobby") await eve.ask({ type: "join", room });
    for (let n = 1; n <= 4; n++) await eve.ask(say(room, `${n}`));
  }
  const { code, stdout } = await chatroom([
    ...["tail", formatAddress(server.addr), "--no-follow", "-n", "4"],
    ...rooms.flatMap((room) => ["-r", room]),
  ], { env: { CHATROOM_NAME: "t" } });
  assertEquals(code, 0);
  const lines = stdout.trim().split("\n");
  const order = [0, 4, 8].map((at) => lines[at]?.split(" ")[0]?.slice(1) ?? "");
  assertEquals(order.toSorted(), rooms.toSorted());
  assertEquals(lines, order.flatMap((room) => [1, 2, 3, 4].map((n) => `#${room} eve: ${n}`)));
});

Deno.test("tail --raw prints the texts byte for byte and --json their events", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const address = formatAddress(server.addr);
  await eve.ask(say("lobby", "\u001b[31mred\u2028\nand more"));
  await eve.ask(say("lobby", "end"));
  const raw = follow("tail", address, "--name", "r", "--raw", "--exit-on-disconnect");
  assertEquals(await raw.line(), "\u001b[31mred\u2028");
  assertEquals([await raw.line(), await raw.line()], ["and more", "end"]);
  const json = follow("tail", address, "--name", "j", "-n", "1", "--json", "--exit-on-disconnect");
  assertEquals(JSON.parse(await json.line()).type, "ready");
  const { at, ...message } = JSON.parse(await json.line());
  assertEquals(message, { type: "message", room: "lobby", seq: 2, from: "eve", text: "end" });
  assert(!Number.isNaN(Date.parse(at)));
  await server.shutdown();
  assertEquals([(await raw.rest()).code, (await json.rest()).code], [3, 3]);
});

Deno.test({
  name: `--raw refuses a terminal${NO_PTY ? ` (skipped: ${NO_PTY})` : ""}`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    const main = new URL("../main.ts", import.meta.url).href;
    await using pty = new Pty([Deno.execPath(), "run", "-A", "-q", main, "tail", "--raw"]);
    await pty.expect("--raw would let others steer this terminal");
    assertEquals(await pty.exitCode(), 2);
  },
});

Deno.test("send --wait-reply prints the first message that is meant for it", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const address = formatAddress(server.addr);
  const args = ["send", address, "--name", "asker", "--wait-reply"];
  for (
    const [flags, answer, printed] of [
      [[], say("lobby", "ASKER: yes\u0007"), "eve: ASKER: yes␇"],
      [["--raw"], say("lobby", "well, @asker"), "well, @asker"],
      [[], { type: "direct", to: "asker", text: "psst" }, "eve (to you): psst"],
    ] as Array<[string[], Json, string]>
  ) {
    const asking = follow(...args, ...flags, "anybody?");
    assertEquals((await eve.takeType("message")).text, "anybody?");
    await eve.ask(say("lobby", "askers, no"));
    await eve.ask(answer);
    const { code, stdout, stderr } = await asking.rest();
    assertEquals([code, stdout, stderr], [0, `${printed}\n`, ""]);
  }
  const late = await chatroom([...args, "--timeout", "100ms", "anybody?"]);
  assertEquals([late.code, late.stdout, late.stderr], [3, "", "No reply came within 100ms\n"]);
});

Deno.test({
  name: `connect goes where one was last${NO_PTY ? ` (skipped: ${NO_PTY})` : ""}`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    await using server = startServer();
    const dir = await Deno.makeTempDir();
    const main = new URL("../main.ts", import.meta.url).href;
    const env = { XDG_CONFIG_HOME: dir, CHATROOM_SERVER: "", CHATROOM_NAME: "" };
    const connect = (...args: string[]): Pty =>
      new Pty([Deno.execPath(), "run", "-A", "-q", main, "connect", ...args], { env });
    const file = `${dir}/chatroom/settings.toml`;
    try {
      for (const args of [[formatAddress(server.addr), "--name", "ann"], []]) {
        await using pty = connect(...args);
        await pty.expect(`You are ann in lobby on ${formatAddress(server.addr)}`);
        pty.type("/quit\r");
        assertEquals(await pty.exitCode(), 0);
      }
      const text = await Deno.readTextFile(file);
      assertStringIncludes(text, `name = "ann"\nserver = "${formatAddress(server.addr)}"\n`);
      await Deno.writeTextFile(file, "name = 7\n");
      await using pty = connect(formatAddress(server.addr), "--name", "bob");
      const problem = "line 1: name is a text in quotes, not 7";
      await pty.until(() => pty.written.includes(problem), problem);
      await pty.expect("You are bob in lobby");
      pty.type("/quit\r");
      assertEquals(await pty.exitCode(), 0);
      assertEquals(await Deno.readTextFile(file), "name = 7\n");
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
