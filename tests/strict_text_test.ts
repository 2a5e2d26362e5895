/** Secrets, and what is stored, are UTF-8 or refused: no two of them become one by being decoded. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { checkStrength } from "../lib/chat/people/keeper.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { findKnownServer, KnownServersError } from "../lib/client/known_servers.ts";
import { parseLine } from "../lib/words/parse.js";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { NO_PTY, Pty } from "./pty.ts";

/** `pässword` in Latin-1. */
const LATIN = new Uint8Array([0x70, 0xe4, ...new TextEncoder().encode("ssword here")]);

/** Decoders that may make another text of what they read, and why that does no harm. */
const LOSSY: Readonly<Record<string, string>> = {
  "beside/beside.ts": "our own files",
  "cli/cluster_flags.ts": "certificates: ASCII, or none",
  "cli/editor_shell.ts": "digits of our own shell",
  "cli/open_files.ts": "the system's own file",
  "cli/own_server.ts": "what our own server prints",
  "cli/run_output.ts": "what any program prints, as people see it; its log is kept byte by byte",
  "client/terminal/keys.ts": "keys, as a person sees them; a password with U+FFFD is refused",
  "cluster/beats.ts": "what a node tells of itself; its names are letters and digits",
  "cluster/copies.ts": "what one node asks of another: hashes and numbers",
  "cluster/peer_files.ts": "the same",
  "doctor/data_checks.ts": "the system's own file",
  "irc/irc_door.ts": "compared with the verbs of HTTP, which are ASCII",
  "load/irc_talk.ts": "what a server sends to a load",
  "load/process.ts": "the system's own files",
  "load/talk.ts": "what a server sends to a load",
  "named/named_file.ts": "certificates: ASCII, or none",
  "store/control_file.ts": "digits in ASCII, or nothing",
  "store/epoch.ts": "compared with what was written, as a whole",
  "store/columns.ts": "what a damaged database holds is shown as far as it goes",
  "store/link_key.ts": "hexadecimal digits, or nothing",
  "store/told_file.ts": "ids, names and numbers: what is no mark counts as none",
  "wire/text.ts": "what comes out with a replacement character is decoded again, strictly",
};

async function* sources(folder = ""): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(`../lib/${folder}`, import.meta.url))) {
    if (entry.isDirectory) yield* sources(`${folder}${entry.name}/`);
    else if (entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts")) {
      yield `${folder}${entry.name}`;
    }
  }
}

Deno.test("nothing in lib decodes bytes but strictly, or it says here why not", async () => {
  const lossy: string[] = [];
  for await (const path of sources()) {
    const source = await Deno.readTextFile(new URL(`../lib/${path}`, import.meta.url));
    const decoders = source.matchAll(
      /new TextDecoder(?:Stream)?\([^)]*\)|\breadTextFile(?:Sync)?\b|\btoText\b|\)\.text\(\)/g,
    );
    if ([...decoders].some(([use]) => !use.includes("fatal: true"))) lossy.push(path);
  }
  assertEquals(lossy.sort(), Object.keys(LOSSY).sort());
});

for (
  const args of [
    ["serve", "--port", "0", "--memory"],
    ["connect", "127.0.0.1:1", "--name", "ann"],
    ["send", "127.0.0.1:1", "--name", "ann", "hi"],
    ["tail", "127.0.0.1:1", "--name", "ann"],
    ["user", "add", "ann", "--data", "DIR"],
  ]
) {
  Deno.test(`chatroom ${args[0]} refuses a password file that is not UTF-8, by its name`, async () => {
    await using dir = await makeDir();
    const file = `${dir.path}/room.key`;
    await Deno.writeFile(file, LATIN);
    const given = args.map((arg) => arg.replace("DIR", `${dir.path}/data`));
    const { code, stderr } = await chatroom([...given, "--password-file", file]);
    assertEquals([code, stderr], [
      2,
      `chatroom: the password file ${file} is not UTF-8 text; save it as UTF-8\n`,
    ]);
  });
}

Deno.test("known servers that are not UTF-8 are refused, by the file's name", async () => {
  await using dir = await makeDir();
  const file = `${dir.path}/known_servers`;
  await Deno.writeFile(file, LATIN);
  const look = (): unknown => findKnownServer(file, "127.0.0.1:1234");
  assertThrows(look, KnownServersError, `${file} can't be read: it is not UTF-8 text`);
});

Deno.test("a byte order mark before a password is no part of it", async () => {
  await using dir = await makeDir();
  const file = `${dir.path}/room.key`;
  await Deno.writeTextFile(file, "\ufeffcorrect horse\r\n");
  await using server = await startStored(dir.path, { password: "correct horse" });
  const to = `127.0.0.1:${server.addr.port}`;
  const sent = await chatroom(["send", "--name", "ann", "--password-file", file, to, "hi"]);
  assertEquals([sent.code, sent.stderr], [0, ""]);
});

Deno.test("chatroom user refuses a password on stdin that is not UTF-8", async () => {
  await using dir = await makeDir();
  const { code, stderr } = await chatroom(["user", "add", "ann", "--data", dir.path], {
    input: LATIN,
  });
  assertEquals([code, stderr], [2, "chatroom: stdin is not UTF-8 text; save it as UTF-8\n"]);
});

/** Runs the program from a shell, which alone can make arguments and variables that are no text. */
async function fromShell(line: string): Promise<{ code: number; stderr: string }> {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", line, "sh", Deno.execPath(), "run", "-q", "-A", main],
    env: { CHATROOM_NAME: "ann", CHATROOM_SERVER: "127.0.0.1:1" },
    stdin: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

const windows = Deno.build.os === "windows";

for (const variable of ["CHATROOM_PASSWORD", "CHATROOM_LOGIN"]) {
  Deno.test({
    name: `$${variable} that is not UTF-8 is refused, and not told`,
    ignore: windows,
    async fn(): Promise<void> {
      const { code, stderr } = await fromShell(
        `export ${variable}="$(printf 'p\\344ssword')"; exec "$@" send hi`,
      );
      assertEquals([code, stderr], [
        2,
        `chatroom: $${variable} is not UTF-8 text; set it in a terminal that is set to UTF-8\n`,
      ]);
    },
  });
}

Deno.test({
  name: "an argument that is not UTF-8 is refused, and nothing else is sent in its place",
  ignore: windows,
  async fn(): Promise<void> {
    for (
      const args of [`send "$(printf 'gr\\374\\337')"`, `send --room "$(printf 'b\\374ro')" hi`]
    ) {
      const { code, stderr } = await fromShell(`exec "$@" ${args}`);
      assertEquals([code, stderr.split("\n").length], [2, 2], stderr);
      assertStringIncludes(stderr, "is not UTF-8 text; set the terminal to UTF-8");
    }
  },
});

Deno.test("what was decoded with a loss is no password, at a command or a server", () => {
  for (const command of ["register", "login", "passwd"]) {
    const parsed = parseLine(`/${command} p\ufffdssword`, { room: "lobby" });
    assert(parsed.kind === "error" && parsed.text.includes("did not come as UTF-8"), command);
  }
  let refused: unknown;
  try {
    checkStrength("p\ufffdssword");
  } catch (error) {
    refused = error;
  }
  assert(refused instanceof Refusal && refused.code === "weak-password");
});

Deno.test({
  name: `a password that is typed in another encoding is refused${
    NO_PTY ? ` (skipped: ${NO_PTY})` : ""
  }`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    await using dir = await makeDir();
    const main = new URL("../main.ts", import.meta.url).href;
    const user = ["user", "add", "ann", "--data", dir.path];
    await using pty = new Pty([Deno.execPath(), "run", "-A", "-q", main, ...user]);
    await pty.expect("New password of ann");
    pty.type(new Uint8Array([...LATIN, 0x0d]));
    await pty.expect("That password did not come as UTF-8");
    assertEquals(await pty.exitCode(), 2);
  },
});
