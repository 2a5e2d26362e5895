/** Files as scripts send, fetch and save them: what arrives, what is printed, and with which exit code. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import { MemoryStorage } from "../lib/files/memory_storage.ts";
import { Carrier, startWithFiles } from "./fixtures/carrier.ts";
import { bytesOfLength, inFolder, namesIn, sha256Of } from "./fixtures/files.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { ScriptedServer } from "./fixtures/scripted_server.ts";
import { joinEvent, type Json, type RawPeer, startServer, until } from "./helpers.ts";
import { command } from "./program.ts";
import { Proxy } from "./proxy.ts";
import { NO_PTY, Pty } from "./pty.ts";

/** The next messages that bring files, as a peer of the event protocol is told. */
async function filesTold(peer: RawPeer, count: number, type = "message"): Promise<Json[]> {
  return await Array.fromAsync({ length: count }, () => peer.takeType(type));
}

Deno.test("send --file sends a file, and get fetches it by the id that tail shows", async () => {
  await using server = startWithFiles();
  using eve = await joinEvent(server, "eve", { room: "ops" });
  const env = { CHATROOM_SERVER: formatAddress(server.addr), CHATROOM_NAME: "bot" };
  await inFolder(async (folder) => {
    const bytes = bytesOfLength(1_234_567);
    await Deno.writeFile(`${folder}/plan.pdf`, bytes);
    const file = ["--file", `${folder}/plan.pdf`];
    const sent = await chatroom(["send", "--room", "ops", ...file, "the", "plan"], { env });
    assertEquals(sent, { code: 0, stdout: "", stderr: "" });
    const message = await eve.takeType("message");
    assertEquals([message.from, message.text], ["bot", "sent plan.pdf (1.2 MB): the plan"]);
    assertEquals(message.file.sha256, sha256Of(bytes));
    const tail = await chatroom(["tail", "--room", "ops", "--no-follow"], { env });
    const shown = "bot: sent plan.pdf (1.2 MB): the plan";
    assertEquals(tail.stdout, `${shown} (chatroom get ${message.file.id} fetches it)\n`);
    const get = ["get", message.file.id, "--room", "ops", "-o"];
    for (const path of [`${folder}/plan (2).pdf`, `${folder}/mine.pdf`]) {
      const place = path.includes("(2)") ? folder : path;
      assertEquals(await chatroom([...get, place], { env }), { code: 0, stdout: "", stderr: "" });
      assertEquals(sha256Of(await Deno.readFile(path)), sha256Of(bytes));
    }
    const again = await chatroom([...get, `${folder}/mine.pdf`], { env });
    assertEquals([again.code, again.stdout], [2, ""]);
    assertStringIncludes(again.stderr, "that is there already, and is not overwritten");
    assertEquals(await namesIn(folder), ["mine.pdf", "plan (2).pdf", "plan.pdf"]);
    const wrong = await chatroom(["get", "3f9a", "-o", folder], { env });
    assertEquals([wrong.code, wrong.stdout], [1, ""]);
    assertStringIncludes(wrong.stderr, "3f9a was not fetched: There is no file 3f9a");
  });
});

Deno.test("what comes on stdin is sent as a file, and get -o - writes it to stdout", async () => {
  await using server = startWithFiles();
  using eve = await joinEvent(server, "eve");
  const env = { CHATROOM_SERVER: formatAddress(server.addr), CHATROOM_NAME: "bot" };
  const text = Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`).join("");
  for (const [args, name] of [[[], "stdin"], [["--as", "lines.txt"], "lines.txt"]] as const) {
    const sent = await chatroom(["send", "--file", "-", ...args], { input: text, env });
    assertEquals(sent, { code: 0, stdout: "", stderr: "" });
    const { file } = await eve.takeType("message");
    assertEquals([file.name, file.size], [name, text.length]);
    const got = await chatroom(["get", file.id, "-o", "-"], { env });
    assertEquals(got, { code: 0, stdout: text, stderr: "" });
  }
  const empty = await chatroom(["send", "--file", "-"], { env });
  assertEquals([empty.code, (await eve.takeType("message")).file.size], [0, 0]);
});

Deno.test("get without -o saves in the folder in which it runs, and prints where", async () => {
  await using server = startWithFiles();
  using eve = await joinEvent(server, "eve");
  const address = formatAddress(server.addr);
  await chatroom(["send", address, "-n", "bot", "-f", "-", "--as", "../a b.txt"], {
    input: "hello",
  });
  const { file } = await eve.takeType("message");
  await inFolder(async (folder) => {
    for (const path of ["a b.txt", "a b (2).txt"]) {
      const { args, options } = ownFolder(folder, ["get", address, file.id, "--name", "bot"]);
      const child = new Deno.Command(args[0] ?? "", { ...options, args: args.slice(1) });
      const { code, stdout, stderr } = await child.output();
      const decoder = new TextDecoder();
      assertEquals([code, decoder.decode(stdout), decoder.decode(stderr)], [0, `${path}\n`, ""]);
      assertEquals(await Deno.readTextFile(`${folder}/${path}`), "hello");
    }
  });
});

/** How the program is run in a folder of its own. */
function ownFolder(
  cwd: string,
  args: readonly string[],
): { args: string[]; options: Deno.CommandOptions } {
  const main = new URL("../main.ts", import.meta.url).pathname;
  return {
    args: [Deno.execPath(), "run", "-A", "--quiet", main, ...args],
    options: { cwd, env: { NO_COLOR: "1", CHATROOM_SERVER: "" }, stdin: "null" },
  };
}

Deno.test("words that are files are sent as files, the others are the text", async () => {
  await using server = startWithFiles();
  using eve = await joinEvent(server, "eve");
  const env = { CHATROOM_SERVER: formatAddress(server.addr), CHATROOM_NAME: "bot" };
  await inFolder(async (folder) => {
    const [a, b, c] = ["a", "b", "c"].map((name) => `${folder}/${name}`) as [
      string,
      string,
      string,
    ];
    for (const path of [a, b, c]) await Deno.writeTextFile(path, path);
    for (
      const [args, texts] of [
        [["--file", a, b, c], ["sent a", "sent b", "sent c"]],
        [["--file", a, b, "both of", c], ["sent a: both of", "sent b"]],
        [["--file", a, "--file", b, folder], ["sent a: DIR", "sent b"]],
        [["--file", a, "--", b], ["sent a: DIR/b"]],
        [["--file", a, "-"], ["sent a", "sent stdin"]],
      ] as Array<[string[], string[]]>
    ) {
      const { code, stderr } = await chatroom(["send", ...args], { input: "x", env });
      assertEquals([code, stderr], [0, ""], args.join(" "));
      const told = await filesTold(eve, texts.length);
      const said = told.map(({ text }) =>
        text.replaceAll(folder, "DIR").replace(/ \(\d+ bytes?\)/, "")
      );
      assertEquals(said.slice(1), texts.slice(1));
      assertEquals(said[0]?.split(":")[0], texts[0]?.split(":")[0]);
      assertEquals(said[0]?.includes(":"), texts[0]?.includes(":"));
    }
  });
});

for (
  const [args, part] of [
    [["--file", "no such file"], "--file no such file: there is no such file; nothing was sent"],
    [["--file", "."], "--file . is a folder; pack it, as in: tar cz . | chatroom send --file -"],
    [["--file", "-", "-"], "- is given twice; stdin can be read once"],
    [
      ["--file", "-", "LICENSE", "of", "it"],
      '"LICENSE" may be a file or the text; nothing was sent. Write --file LICENSE for the file',
    ],
    [["--as", "x", "hi"], "--as is about a file; it needs --file"],
    [
      ["--file", "deno.json", "README.md", "--as", "x"],
      "--as names one file, and 2 are to be sent",
    ],
    [["--classic", "--file", "deno.json"], "--classic has no files; leave out --file"],
    [["--to", "ann", "--room", "x", "--file", "-"], "--to and --room exclude each other"],
  ] as Array<[string[], string]>
) {
  Deno.test(`chatroom send ${args.join(" ")} is bad usage`, async () => {
    const { code, stdout, stderr } = await chatroom(["send", "--name", "x", ...args]);
    assertEquals([code, stdout, stderr.split("\n").length], [2, "", 2], stderr);
    assertStringIncludes(stderr, part);
  });
}

for (
  const [args, part] of [
    [["get", "--name", "x"], "get needs the ID of a file"],
    [["get", "--name", "x", "id", "-o", "deno.json"], "-o deno.json: that is there already"],
    [["tail", "--name", "x", "--save", "deno.json"], "--save deno.json can't be used as a folder"],
    [["tail", "--name", "x", "--classic", "--save", "."], "--classic has no files"],
  ] as Array<[string[], string]>
) {
  Deno.test(`chatroom ${args.join(" ")} is bad usage`, async () => {
    const { code, stdout, stderr } = await chatroom(args);
    assertEquals([code, stdout, stderr.split("\n").length], [2, "", 2], stderr);
    assertStringIncludes(stderr, part);
  });
}

Deno.test("one file that is refused does not keep back the others, and the exit code is 1", async () => {
  await using server = startWithFiles({ limits: { fileBytes: 10_000 } });
  using eve = await joinEvent(server, "eve");
  const env = { CHATROOM_SERVER: formatAddress(server.addr), CHATROOM_NAME: "bot" };
  await inFolder(async (folder) => {
    for (const [name, length] of [["a", 10], ["b", 10_001], ["c", 20]] as const) {
      await Deno.writeFile(`${folder}/${name}`, bytesOfLength(length));
    }
    const paths = ["a", "b", "c"].map((name) => `${folder}/${name}`);
    const { code, stderr } = await chatroom(["send", "--file", ...paths], { env });
    assertEquals(code, 1);
    assertMatch(stderr, /^\S+\/b was not sent: b has .* at most.*\n$/);
    assertEquals((await filesTold(eve, 2)).map(({ file }) => file.name), ["a", "c"]);
  });
});

Deno.test("over the limit what is left on stdin is read, so that its writer does not fail", async () => {
  await using server = startWithFiles({ limits: { fileBytes: 100_000 } });
  const address = formatAddress(server.addr);
  const child = command(["send", address, "--name", "bot", "--file", "-"]).spawn();
  const writer = child.stdin.getWriter();
  // More than any pipe holds.
  for (let n = 0; n < 64; n++) await writer.write(new Uint8Array(65_536));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stdout)], [1, ""]);
  assertMatch(decoder.decode(stderr), /^stdin was not sent: stdin has .*100 kB at most/);
});

Deno.test({
  name: "a script that is interrupted leaves nothing of its file at the server",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const files = new KeptFiles({ storage: new MemoryStorage(1_048_576) });
    await using server = startWithFiles({ files });
    const args = ["send", formatAddress(server.addr), "--name", "bot", "--file", "-"];
    const child = command(args).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new Uint8Array(100_000));
    await until("a part of the file", () => files.underWay().bytes > 0);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    assertEquals([code, decoder.decode(stdout), decoder.decode(stderr)], [130, "", ""]);
    await until("nothing left of it", () => files.underWay().count === 0);
    await writer.close().catch(() => {});
  },
});

Deno.test({
  name: "on a terminal a bar shows how far a file is, and is gone at the end",
  ignore: NO_PTY !== undefined,
  fn: async () => {
    await using server = startWithFiles();
    await inFolder(async (folder) => {
      await Deno.writeFile(`${folder}/plan.bin`, bytesOfLength(1_000_000));
      const main = new URL("../main.ts", import.meta.url).pathname;
      const send = ["send", formatAddress(server.addr), "-n", "bot", "-f", `${folder}/plan.bin`];
      await using pty = new Pty([Deno.execPath(), "run", "-A", "-q", main, ...send]);
      assertEquals(await pty.exitCode(), 0);
      assertStringIncludes(pty.written, "\r\u001b[K↑ plan.bin [");
      // What it has written last may come after its exit code.
      await until("the bar is gone", () => !pty.screen.text.includes("plan.bin"));
    });
  },
});

Deno.test("out of quota a file is refused with how much is taken, and the exit code is 1", async () => {
  await using server = startWithFiles({ limits: { filesPerAddress: 50_000 } });
  const env = { CHATROOM_SERVER: formatAddress(server.addr), CHATROOM_NAME: "bot" };
  const send = ["send", "--file", "-"];
  const first = await chatroom(send, { input: "x".repeat(40_000), env });
  assertEquals(first.code, 0, first.stderr);
  await inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/more`, bytesOfLength(40_000));
    const more = await chatroom(["send", "--file", `${folder}/more`], { env });
    assertEquals(more.code, 1);
    assertMatch(more.stderr, /\/more was not sent: .*(50 kB|50.?000)/);
  });
});

Deno.test("servers without files are told from those that refuse one: a sentence, and exit code 1", async () => {
  await using off = startServer();
  const env = { CHATROOM_NAME: "bot" };
  const address = formatAddress(off.addr);
  const sent = await chatroom(["send", address, "--file", "deno.json"], { env });
  const why = "This server takes no files: its operator has switched them off, or it is of an " +
    "earlier version";
  assertEquals(sent, { code: 1, stdout: "", stderr: `deno.json was not sent: ${why}\n` });
  const got = await chatroom(["get", address, "3f9a", "-o", "-"], { env });
  assertEquals(got, { code: 1, stdout: "", stderr: `3f9a was not fetched: ${why}\n` });
});

Deno.test("a server of the first version is told of no file that it can't know", async () => {
  using server = new ScriptedServer();
  const sending = chatroom(
    ["send", formatAddress(server.addr), "--name", "bot", "--file", "deno.json"],
  );
  using peer = await server.letIn();
  const asked = peer.takeRest();
  const { code, stderr } = await sending;
  assertEquals(code, 1);
  assertStringIncludes(stderr, "deno.json was not sent: This server takes no files");
  assert(!(await asked).includes('"put"'));
});

Deno.test("tail --save saves the files of what it prints, once, and numbers those of one name", async () => {
  await using server = startWithFiles();
  const address = formatAddress(server.addr);
  const env = { CHATROOM_SERVER: address, CHATROOM_NAME: "bot" };
  for (const input of ["one", "two", "two"]) {
    const { code } = await chatroom(["send", "--file", "-", "--as", "note.txt"], { input, env });
    assertEquals(code, 0);
  }
  await inFolder(async (folder) => {
    const tail = ["tail", "--no-follow", "--save", `${folder}/in/here`];
    const first = await chatroom(tail, { env });
    assertEquals(first.code, 0, first.stderr);
    assertEquals(first.stdout.match(/^bot: sent note.txt \(3 bytes\)/gm)?.length, 3);
    const there = await namesIn(`${folder}/in/here`);
    // The third is the second once more.
    assertEquals(there, ["note (2).txt", "note.txt"]);
    const texts = await Promise.all(
      there.map((name) => Deno.readTextFile(`${folder}/in/here/${name}`)),
    );
    assertEquals([...new Set(texts)].sort(), ["one", "two"]);
    const again = await chatroom([...tail, "--json"], { env });
    const events: Json[] = again.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const messages = events.filter(({ type }) => type === "message");
    const saved = events.filter(({ type }) => type === "saved");
    assertEquals(saved.map(({ file }) => file).sort(), messages.map(({ file }) => file.id).sort());
    for (const { path, name } of saved) {
      assertEquals(name, "note.txt");
      assert(there.includes(path.slice(path.lastIndexOf("/") + 1)), path);
    }
    assertEquals(await namesIn(`${folder}/in/here`), there);
  });
});

Deno.test("tail --save goes on saving what comes, through a connection that breaks", async () => {
  await using server = startWithFiles();
  await using proxy = new Proxy(server);
  await using ann = await new Carrier(server).ready();
  await inFolder(async (folder) => {
    const args = ["tail", formatAddress(proxy.addr), "--name", "bot", "--save", folder, "--json"];
    const child = command(args).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    const savedLine = async (nth: number): Promise<Json> => {
      for (;;) {
        const found = seen.split("\n").slice(0, -1).filter((line) =>
          line.includes('"type":"saved"')
        );
        if (found[nth] !== undefined) return JSON.parse(found[nth]);
        seen += (await lines.read()).value ?? "";
      }
    };
    for (const n of [0, 1]) {
      const bytes = bytesOfLength(2_000_000, n + 1);
      await Deno.writeFile(`${folder}/source ${n}.bin`, bytes);
      const { openSource } = await import("../lib/client/files/upload_source.ts");
      const source = await openSource(`${folder}/source ${n}.bin`, `big ${n}.bin`);
      if (n === 1) proxy.delayMs = 2;
      await ann.transfers.upload({ source, destination: { room: "lobby" } }).result;
      if (n === 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        proxy.cut();
      }
      const { path } = await savedLine(n);
      assertEquals(sha256Of(await Deno.readFile(path)), sha256Of(bytes));
    }
    child.kill("SIGTERM");
    await lines.cancel();
    await child.stderr.cancel();
    await child.stdin.close();
    await child.status;
  });
});

Deno.test("send --to gives a file to one person, who saves it with tail --to-me", async () => {
  await using server = startWithFiles();
  using ann = await joinEvent(server, "ann");
  await ann.ask({ type: "register", password: "open sesame" });
  using bot = await joinEvent(server, "bot");
  await bot.ask({ type: "register", password: "open sesame" });
  const address = formatAddress(server.addr);
  const env = { CHATROOM_LOGIN: "open sesame" };
  const send = ["send", address, "--name", "bot", "--to", "ann", "--file", "-", "--as", "key.txt"];
  const guest = await chatroom(["send", address, "--name", "eve", "--to", "ann", "--file", "-"]);
  assertEquals(guest.code, 1);
  assertStringIncludes(guest.stderr, "stdin was not sent: Here only people with a reserved name");
  const sent = await chatroom([...send, "for you"], { input: "1234", env });
  assertEquals(sent, { code: 0, stdout: "", stderr: "" });
  const { file, text } = await ann.takeType("direct");
  assertEquals([file.name, text], ["key.txt", "sent key.txt (4 bytes): for you"]);
  const other = await chatroom(["get", address, file.id, "--name", "eve", "-o", "-"]);
  assertEquals(other.code, 1);
  await inFolder(async (folder) => {
    const args = ["tail", address, "--name", "ann", "--to-me", "--no-follow", "--save", folder];
    const { code, stdout } = await chatroom(args, { env });
    assertEquals([code, stdout], [
      0,
      `bot (to you): ${text} (chatroom get ${file.id} fetches it)\n`,
    ]);
    assertEquals(await Deno.readTextFile(`${folder}/key.txt`), "1234");
  });
});

Deno.test("a text may be any JSON, and tail --raw gives it back byte for byte", async () => {
  await using server = startServer();
  const env = { CHATROOM_SERVER: formatAddress(server.addr), CHATROOM_NAME: "probe" };
  const texts = [
    '{"t":21.5,"at":"cellar"}',
    '[1, 2,\t{"deep": [null, "\\u0000\\n", "\u2028é😀"]}]  ',
    '"just a string"',
    `{"lines":\n  "${"x".repeat(30_000)}"\n}`,
  ];
  for (const text of texts) {
    const { code } = await chatroom(["send"], { input: text, env });
    assertEquals(code, 0);
  }
  const raw = await chatroom(["tail", "--no-follow", "--raw"], { env });
  assertEquals(raw, { code: 0, stdout: texts.map((text) => `${text}\n`).join(""), stderr: "" });
});
