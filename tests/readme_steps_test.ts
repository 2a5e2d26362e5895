/** The README's way to an encrypted server with a password, gone as it stands by a new user. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { docOf } from "./docs.ts";
import { NO_PTY, Pty } from "./pty.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

/** The commands of a section, block by block. */
function commandsOf(heading: string): string[] {
  const section = docOf(heading);
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, commands]) => commands ?? "");
}

Deno.test({
  name: "the README's steps lead to a server with TLS and a password, and into it from another " +
    `terminal${NO_PTY === undefined ? "" : ` (skipped: ${NO_PTY})`}`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    const [server, join, script] = commandsOf("On a network that you do not trust");
    assert(server !== undefined && join !== undefined && script !== undefined);
    assertMatch(server, /chatroom serve --tls .*--password-file/);
    const home = await Deno.makeTempDir();
    // On a port that is free here; all else is as the README has it.
    const program = `#!/bin/sh\n[ "$1" = serve ] && set -- "$@" --port 0\n` +
      `exec '${Deno.execPath()}' run -A -q '${MAIN}' "$@"\n`;
    await Deno.writeTextFile(`${home}/chatroom`, program, { mode: 0o755 });
    const env = {
      PATH: `${home}:${Deno.env.get("PATH")}`,
      HOME: home,
      USER: "ann",
      ...Object.fromEntries(
        ["DATA", "CONFIG", "STATE", "CACHE"].map((what) => [`XDG_${what}_HOME`, `${home}/${what}`]),
      ),
      DENO_DIR: await denoDir(),
    };
    const inHome = (commands: string): string[] => ["/bin/sh", "-ec", `cd '${home}'\n${commands}`];
    const child = new Deno.Command("setsid", {
      args: inHome(server),
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
    const line = async (wanted: RegExp): Promise<string> => {
      for (let next; !(next = await lines.next()).done;) {
        const found = wanted.exec(next.value)?.[1];
        if (found !== undefined) return found;
      }
      throw new Error(`${wanted} was not printed`);
    };
    try {
      // The steps leave the server's address out, and mean the port that is usual.
      const port = await line(/ is listening on \S+:(\d+)$/);
      const fingerprint = await line(/^ {2}(SHA256:\S+)$/);
      const there = { ...env, CHATROOM_SERVER: `localhost:${port}` };
      {
        await using pty = new Pty(inHome(join), { columns: 120, env: there });
        await pty.expect("(yes, no, or paste the other):");
        assertStringIncludes(pty.screen.text, fingerprint);
        pty.type("yes\r");
        await pty.expect("Password:");
        pty.type((await Deno.readTextFile(`${home}/room.key`)).trim() + "\r");
        await pty.expect("lobby>");
        const sent = await new Deno.Command("/bin/sh", {
          args: inHome(script).slice(1),
          env: there,
          stdin: "null",
        }).output();
        assertEquals([sent.code, new TextDecoder().decode(sent.stderr)], [0, ""]);
        await pty.expect("The backup is done");
        pty.type("\x04");
        assertEquals(await pty.exitCode(), 0);
      }
    } finally {
      Deno.kill(-child.pid, "SIGTERM");
      while (!(await lines.next()).done);
      await child.status;
      await Deno.remove(home, { recursive: true });
    }
  },
});

/** Where this Deno keeps what it has downloaded: with a home of our own it would do so again. */
async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
