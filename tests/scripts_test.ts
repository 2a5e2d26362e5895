/** The scripts that the manual shows, run as they stand against a real server. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { formatAddress } from "../lib/cli/values.ts";
import { docOf } from "./docs.ts";
import { joinEvent, startServer, untilVisitor } from "./helpers.ts";

const FOLDER = new URL("./scripts/", import.meta.url);
const MAIN = new URL("../main.ts", import.meta.url).pathname;

/** A test with a folder in which `chatroom` is the program. */
function scriptTest(name: string, run: (spawn: Spawn) => Promise<void>): void {
  const ignore = Deno.build.os === "windows";
  const fn = async (): Promise<void> => {
    const bin = await Deno.makeTempDir();
    try {
      const program = `#!/bin/sh\nexec '${Deno.execPath()}' run -A -q '${MAIN}' "$@"\n`;
      await Deno.writeTextFile(`${bin}/chatroom`, program, { mode: 0o755 });
      await run((script, server, ...args) =>
        new Deno.Command("/bin/sh", {
          args: ["-c", 'exec setsid "$@"', "sh", new URL(script, FOLDER).pathname, ...args],
          env: {
            PATH: `${bin}:${Deno.env.get("PATH")}`,
            CHATROOM_SERVER: server,
            CHATROOM_NAME: "",
          },
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
        }).spawn()
      );
    } finally {
      await Deno.remove(bin, { recursive: true });
    }
  };
  Deno.test({ name: name + (ignore ? " (skipped: needs a shell)" : ""), ignore, fn });
}

type Spawn = (script: string, server: string, ...args: string[]) => Deno.ChildProcess;

/** Ends a script and all that it has started. */
async function end(child: Deno.ChildProcess): Promise<void> {
  Deno.kill(-child.pid, "SIGTERM");
  await child.status;
}

Deno.test("the manual shows the scripts as they stand", async () => {
  for await (const { name } of Deno.readDir(FOLDER)) {
    assertStringIncludes(
      docOf("In scripts"),
      `\`\`\`sh\n${await Deno.readTextFile(new URL(name, FOLDER))}\`\`\``,
    );
  }
});

scriptTest("deploy_notice.sh tells how a deployment went, and ends as it did", async (spawn) => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", { room: "ops" });
  const address = formatAddress(server.addr);
  const good = await spawn("deploy_notice.sh", address, "echo", "hi").output();
  assertEquals([good.code, new TextDecoder().decode(good.stdout)], [0, "hi\n"]);
  assertStringIncludes((await eve.takeType("message")).text, ": echo hi");
  const bad = await spawn("deploy_notice.sh", address, "sh", "-c", "exit 7").output();
  assertEquals(bad.code, 7);
  assertEquals((await eve.takeType("message")).text, "deploying FAILED with 7: sh -c exit 7");
});

scriptTest("watch_errors.sh shows errors as they are told, and nothing else", async (spawn) => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", { room: "logs" });
  await eve.ask({ type: "say", room: "logs", text: "an old Error" });
  const child = spawn("watch_errors.sh", formatAddress(server.addr));
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream()).getReader();
  assertEquals((await lines.read()).value, "eve: an old Error");
  await eve.ask({ type: "say", room: "logs", text: "all is well" });
  await eve.ask({ type: "say", room: "logs", text: "the build failed" });
  assertEquals((await lines.read()).value, "eve: the build failed");
  await end(child);
  await lines.cancel();
  await child.stderr.cancel();
});

scriptTest("ping_bot.sh answers !ping, again and again", async (spawn) => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const child = spawn("ping_bot.sh", formatAddress(server.addr));
  await untilVisitor(eve, "pingbot");
  for (let n = 0; n < 2; n++) {
    await eve.ask({ type: "say", room: "lobby", text: "no !ping here, eve: !ping" });
    await eve.ask({ type: "say", room: "lobby", text: "!ping" });
    assertEquals((await eve.takeType("message")).text, "eve: pong");
  }
  const { messages } = await eve.ask({ type: "history", room: "lobby" });
  assertEquals(messages.length, 6, "it says no more than that");
  await end(child);
  await child.stdout.cancel();
  await child.stderr.cancel();
});
