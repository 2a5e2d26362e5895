/** Files that a person names may be anything: what has no end, or what nobody writes into, holds up nothing. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { loadSettings } from "../lib/client/settings.ts";
import { readNamed, readNamedText, readPem } from "../lib/named/named_file.ts";
import { jsonLine } from "./fixtures/data.ts";
import { makePipe } from "./fixtures/files.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { chatroom, command } from "./program.ts";

const ignore = Deno.build.os === "windows";

function unixTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + (ignore ? " (skipped: Windows has no such files)" : ""), ignore, fn });
}

Deno.test("a plain file is read as it is, to the last byte that it may have", async () => {
  await using dir = await makeDir();
  const path = `${dir.path}/file`;
  const bytes = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251);
  await Deno.writeFile(path, bytes);
  assertEquals(readNamed(path, { most: bytes.length }), bytes);
  const read = (): unknown => readNamed(path, { most: bytes.length - 1 });
  assertThrows(read, Error, "it has over 199999 bytes; name a smaller file");
  assertThrows(() => readNamed(dir.path, { most: 9 }), Error, "it is a directory; name a file");
  assertThrows(() => readNamed(`${path}.no`, { most: 9 }), Deno.errors.NotFound);
  await Deno.writeFile(path, new Uint8Array([0x61, 0xe4]));
  assertThrows(() => readNamedText(path, { most: 9 }), Error, "it is not UTF-8 text");
  // A comment in a certificate may be in any letters.
  assertEquals(readPem(path, { most: 9 }), "a\ufffd");
});

unixTest("a device is read only where that is asked for, and no more of it than fits", async () => {
  for (const path of ["/dev/zero", "/dev/null"]) {
    assertThrows(() => readNamed(path, { most: 9 }), Error, "it is a device; name a plain file");
  }
  const read = (): unknown => readNamed("/dev/zero", { most: 100_000, pipes: true });
  assertThrows(read, Error, "it has over 100000 bytes");
  assertEquals(readNamed("/dev/null", { most: 9, pipes: true }).length, 0);
  await Promise.resolve();
});

unixTest("a pipe is waited for only where that is asked for, and then it is said", async () => {
  await using dir = await makeDir();
  const path = `${dir.path}/pipe`;
  await makePipe(path);
  assertThrows(() => readNamed(path, { most: 9 }), Error, "it is a pipe; name a plain file");
  const told: string[] = [];
  // Who has it open to read and to write makes that nobody waits.
  using both = await Deno.open(path, { read: true, write: true });
  await both.write(new Uint8Array(20));
  const onWait = (waited: string): number => told.push(waited);
  const read = (): unknown => readNamed(path, { most: 9, pipes: true, onWait });
  assertThrows(read, Error, "it has over 9 bytes");
  assertEquals(told, [path]);
});

/** What reads files that a person has named: each is refused a device, with the path, and ends. */
const NAMING: ReadonlyArray<readonly [args: readonly string[], said: string]> = [
  [["serve", "--memory", "--port", "0", "--password-file", "FILE"], "The password file FILE"],
  [["send", "127.0.0.1:1", "--name", "ann", "--password-file", "FILE", "hi"], "The password file"],
  [["send", "127.0.0.1:1", "--name", "ann", "--tls-ca", "FILE", "hi"], "--tls-ca: FILE"],
  [
    ["serve", "--memory", "--port", "0", "--tls-cert", "FILE", "--tls-key", "FILE"],
    "The certificate FILE",
  ],
  [["serve", "--config", "FILE"], "The configuration file FILE"],
  [["config", "check", "CONFIG"], "The password file FILE"],
  [["user", "add", "ann", "--data", "DIR", "--password-file", "FILE"], "The password file FILE"],
  [
    ["relay", "127.0.0.1:1", "--post", "http://127.0.0.1:1/", "--state", "FILE"],
    "--state FILE",
  ],
  [
    ["serve", "--cluster", "nats://127.0.0.1:1", "--data", "DIR", "--cluster-ca", "FILE"],
    "--cluster-ca: FILE",
  ],
];

for (const [args, said] of NAMING) {
  unixTest(`what has no end is refused by chatroom ${args.join(" ")}`, async () => {
    await using dir = await makeDir();
    const file = `${dir.path}/endless`;
    await Deno.symlink("/dev/zero", file);
    const config = `${dir.path}/chatroom.toml`;
    await Deno.writeTextFile(config, `memory = true\npassword-file = "endless"\n`);
    const filled = (text: string): string =>
      text.replace("FILE", file).replace("DIR", `${dir.path}/data`).replace("CONFIG", config);
    const { code, stdout, stderr } = await chatroom(args.map(filled));
    const text = stdout + stderr;
    assert(code === 1 || code === 2, text);
    assertStringIncludes(text, `${filled(said)}`);
    assert(
      /can't be read: it (?:is a device; name a plain file|has over \d+ bytes)/.test(text),
      text,
    );
  });
}

unixTest(
  "settings that are a pipe or have no end are not waited for, and are as if there were none",
  async () => {
    await using dir = await makeDir();
    const path = `${dir.path}/settings.toml`;
    await makePipe(path);
    assertStringIncludes(
      loadSettings(dir.path).problem ?? "",
      `${path} can't be read: it is a pipe`,
    );
    await Deno.remove(path);
    await Deno.symlink("/dev/zero", path);
    assertStringIncludes(loadSettings(dir.path).problem ?? "", "can't be read: it is a device");
  },
);

unixTest("a password that comes through a pipe is read, and who waits for it is told", async () => {
  await using dir = await makeDir();
  const pipe = `${dir.path}/pipe`;
  await makePipe(pipe);
  const args = ["user", "add", "ann", "--data", `${dir.path}/data`, "--password-file", pipe];
  const child = command(args).spawn();
  await child.stdin.close();
  const ended = child.output();
  // To open it waits until the other side is open, too.
  await Deno.writeTextFile(pipe, "correct horse\n", { create: false });
  const { code, stderr } = await ended;
  const said = new TextDecoder().decode(stderr);
  assertEquals([code, said], [0, `Waiting for what somebody writes into the pipe ${pipe}\n`]);
});

unixTest(
  "import refuses a device, and says that it waits for a pipe that nobody writes into",
  async () => {
    await using dir = await makeDir();
    const data = `${dir.path}/data`;
    for (const from of [[], ["--from", "mattermost"], ["--from", "irssi", "--room", "dev"]]) {
      const { code, stderr } = await chatroom(["import", "/dev/zero", ...from, "--data", data]);
      const said =
        "Can't read /dev/zero: it is a device, which may have no end; name a file or a pipe";
      assertEquals([code, stderr.includes(said)], [1, true], stderr);
    }
    const pipe = `${dir.path}/pipe`;
    await makePipe(pipe);
    const child = command(["import", pipe, "--data", data]).spawn();
    await child.stdin.close();
    const ended = child.output();
    await Deno.writeTextFile(pipe, `${jsonLine({ text: "hi" })}\n`, { create: false });
    const { code, stderr } = await ended;
    const said = new TextDecoder().decode(stderr);
    assertEquals(code, 0, said);
    assertStringIncludes(said, `Waiting for what somebody writes into the pipe ${pipe}\n`);
  },
);

/** What reads whole files without {@linkcode readNamed}, and why no more than one that is ours can come of that. */
const OTHERS: Readonly<Record<string, string>> = {
  "beside/beside.ts": "our own files",
  "cli/import_input.ts":
    "the files of an export, whose kind and size are looked at: they are large",
  "cli/open_files.ts": "the system's own file",
  "doctor/data_checks.ts": "the system's own file",
  "files/part_note.ts": "our own file, if it is a plain one",
  "load/process.ts": "the system's own files",
  "store/control_file.ts": "our own file, if it is a plain one",
  "store/epoch.ts": "our own file",
  "store/link_key.ts": "our own file, if it is a plain one",
  "store/told_file.ts": "our own file, if it is a plain one",
};

Deno.test("nothing in lib reads whole files but by their bound, or it says here why not", async () => {
  const others: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(new URL(`../lib/${folder}`, import.meta.url))) {
      const path = `${folder}${entry.name}`;
      if (entry.isDirectory) await walk(`${path}/`);
      else if (/\.ts$/.test(path)) {
        const source = await Deno.readTextFile(new URL(`../lib/${path}`, import.meta.url));
        if (/\bDeno\.read(?:Text)?File(?:Sync)?\b/.test(source)) others.push(path);
      }
    }
  };
  await walk("");
  assertEquals(others.sort(), Object.keys(OTHERS).sort());
});
