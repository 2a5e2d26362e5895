/** `chatroom check` finds nothing after anything that people or commands can do to the stored data. */

import { assertEquals } from "@std/assert";
import { CHEAP, LOGIN } from "./fixtures/guests.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent } from "./helpers.ts";

type Command = readonly [command: string, input?: string];

/** Runs the program on a directory, and checks that it succeeds and leaves sound data. */
async function run(dir: string, [command, input = ""]: Command): Promise<void> {
  const { code, stderr } = await chatroom([...command.split(" "), "--data", dir], { input });
  assertEquals(code, 0, `${command}: ${stderr}`);
  await checkAfter(dir, command);
}

async function checkAfter(dir: string, what: string): Promise<void> {
  const { code, stdout } = await chatroom(["check", "--json", "--data", dir]);
  assertEquals([code, JSON.parse(stdout).problems], [0, []], `after ${what}`);
}

const LINE = '{"room":"old","from":"eve","at":"2026-11-23T09:12:00.000Z","text":"hi"}\n';

Deno.test("a check finds nothing after any command, with no server running", async () => {
  for (
    const commands of [
      [["user add cli", LOGIN], ["user add cli --role owner"], ["user reset cli", LOGIN]],
      [["user add cli", LOGIN], ["user remove cli"]],
      [["import", LINE], ["user add cli", LOGIN], ["room remove old --yes"]],
    ] as const
  ) {
    await using dir = await makeDir();
    for (const command of commands) await run(dir.path, command);
  }
});

Deno.test("a check finds nothing after whatever people do, and commands beside the server", async () => {
  await using dir = await makeDir();
  {
    await using server = await startStored(dir.path, { passwords: CHEAP });
    await run(dir.path, ["user add boss --role owner", LOGIN]);
    using boss = await joinEvent(server, "boss", { login: LOGIN });
    using bob = await joinEvent(server, "bob");
    for (
      const [peer, request] of [
        [bob, { type: "say", room: "lobby", text: "hello" }],
        [bob, { type: "direct", to: "boss", text: "psst" }],
        [bob, { type: "topic", room: "lobby", text: "tea" }],
        [bob, { type: "register", password: LOGIN }],
        [bob, { type: "passwd", password: `${LOGIN}!` }],
        [bob, { type: "join", room: "dev" }],
        [bob, { type: "say", room: "dev", text: "code" }],
        [bob, { type: "leave", room: "dev" }],
        [boss, { type: "mod", action: "op", target: "bob" }],
        [boss, { type: "mod", action: "deop", target: "bob" }],
        [boss, { type: "mod", action: "mute", target: "bob" }],
        [boss, { type: "mod", action: "unmute", target: "bob" }],
        [boss, { type: "mod", action: "mute", target: "bob", room: "lobby", only: true }],
        [boss, { type: "mod", action: "ban", target: "192.0.2.7", for: 3_600 }],
        [boss, { type: "audit" }],
        [bob, { type: "unregister" }],
        [boss, { type: "mod", action: "kick", target: "bob" }],
      ] as const
    ) {
      const { type } = await peer.ask(request);
      const what = JSON.stringify(request);
      assertEquals(type === "error", false, what);
      await checkAfter(dir.path, what);
    }
    await boss.ask({ type: "join", room: "den", access: "invite" });
    const { token } = await boss.ask({ type: "invite", room: "den", link: {} });
    await using gus = await joinEvent(server, "gus", { invite: String(token) });
    assertEquals(gus.ready.room, "den");
    await checkAfter(dir.path, "a guest came by a link");
    await run(dir.path, ["ban lift bob"]);
    await run(dir.path, ["ban lift 192.0.2.7"]);
    await run(dir.path, ["user reset boss", LOGIN]);
    await run(dir.path, ["user add eve", LOGIN]);
    await run(dir.path, ["user remove eve"]);
  }
  await checkAfter(dir.path, "the end of the server");
  await run(dir.path, ["room remove dev --yes"]);
  await run(dir.path, ["import", LINE]);
});
