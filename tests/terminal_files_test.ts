/** Files at the terminal: sent and saved, cancelled, listed, and gone on with. */

import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { KeptTransfers } from "../lib/client/kept_transfers.ts";
import type { TerminalOptions } from "../lib/client/terminal/terminal_options.ts";
import type { Event, Message, SentFile } from "../lib/wire/events.ts";
import { fileSentence } from "../lib/words/files.js";
import { FileAnswers, TAKES_FILES } from "./fixtures/file_answers.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

/** Bytes of which no two places look alike. */
function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, n) => n * 31 + (n >> 8) * 7);
}

/** A chat with a server that takes files, and a folder, which is the person's home. */
class FilesSetup implements AsyncDisposable {
  readonly setup: Setup;
  readonly files: FileAnswers;
  readonly home: string;
  readonly #dir: AsyncDisposable;

  private constructor(home: string, dir: AsyncDisposable, options: Partial<TerminalOptions>) {
    this.home = home;
    this.#dir = dir;
    this.setup = new Setup({ files: { home }, ...options });
    this.files = new FileAnswers(this.setup.conversation);
  }

  static async online(options: Partial<TerminalOptions> = {}): Promise<FilesSetup> {
    const dir = await makeDir();
    const made = new FilesSetup(dir.path, dir, options);
    made.setup.conversation.ready();
    await made.setup.io.expect("You are me");
    return made;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await Deno.writeFile(`${this.home}/${name}`, bytes);
  }

  /** Somebody sends a file; resolves when it is shown. */
  async receives(file: SentFile, caption = "", room = "lobby"): Promise<void> {
    const { conversation, io } = this.setup;
    const text = fileSentence(file.name, file.size, caption);
    const at = conversation.at;
    conversation.tell({ type: "message", room, seq: 50, from: "ann", at, text, file });
    await io.expect(file.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.setup[Symbol.dispose]();
    await this.setup.code;
    await this.#dir[Symbol.asyncDispose]();
  }
}

/** Waits until the prompt matches. */
async function prompts({ io }: Setup, pattern: RegExp): Promise<void> {
  await io.until(() => pattern.test(io.screen.cursorRow), String(pattern));
}

Deno.test("/send sends a file with what is said about it, and shows it as the others see it", async () => {
  await using made = await FilesSetup.online();
  const { setup, files } = made;
  const bytes = bytesOf(100_000);
  await made.write("plan.pdf", bytes);
  setup.io.type("/send ~/plan.pdf for noon\r");
  await setup.io.expect("file 101 <me> plan.pdf (100 kB, application/pdf): for noon");
  const [sent] = files.sent;
  assertEquals([sent?.put.name, sent?.put.room, sent?.text], ["plan.pdf", "lobby", "for noon"]);
  assertEquals(sent?.bytes, bytes);
  assertEquals(files.asked, ["put", "chunk", "done"]);
  await prompts(setup, /^lobby> $/);
});

Deno.test("a file whose name the server makes safe is shown by that name, once", async () => {
  await using made = await FilesSetup.online();
  const { setup } = made;
  await made.write(".profile", bytesOf(100));
  setup.io.type("/send ~/.profile mine\r");
  await setup.io.expect("file 101 <me> profile (100 bytes, application/pdf): mine");
  assertFalse(setup.io.screen.text.includes("sent .profile"));
});

Deno.test("a path that is dragged into the window is sent", async () => {
  if (Deno.build.os === "windows") return;
  await using made = await FilesSetup.online();
  const { setup, files, home } = made;
  await made.write("My Plan.pdf", bytesOf(10));
  const dragged = [
    `'${home}/My Plan.pdf' `,
    `${home}/My\\ Plan.pdf `,
    `${home}/My Plan.pdf`,
    `file://${home}/My%20Plan.pdf\n`,
  ];
  for (const [n, path] of dragged.entries()) {
    setup.io.type(`/send \x1b[200~${path}\x1b[201~`);
    await prompts(setup, /Plan/);
    setup.io.type("\r");
    await setup.io.expect(`file ${101 + n} <me> My Plan.pdf (10 bytes, application/pdf)`);
  }
  assertEquals(files.sent.map(({ put }) => put.name), Array(4).fill("My Plan.pdf"));
});

Deno.test("several files are sent at once, and what is said stands with the first", async () => {
  await using made = await FilesSetup.online();
  const { setup, files } = made;
  for (const name of ["a.txt", "b.txt", "c.txt"]) await made.write(name, bytesOf(5));
  setup.io.type("/send ~/a.txt ~/b.txt ~/c.txt all three\r");
  await setup.io.expect("c.txt (5 bytes");
  await files.until(() => files.sent.length === 3, "three files");
  assertEquals(
    files.sent.map(({ put, text }) => [put.name, text]).sort(),
    [["a.txt", "all three"], ["b.txt", undefined], ["c.txt", undefined]],
  );
});

Deno.test("/get saves a file by its number, and never overwrites", async () => {
  await using made = await FilesSetup.online();
  const { setup, files, home } = made;
  const bytes = bytesOf(200_000);
  await made.receives(files.add("plan.pdf", bytes), "look");
  assertEquals(setup.entries.at(-1), "file 50 <ann> plan.pdf (200 kB, application/pdf): look");
  const saved = ["plan.pdf", "plan (2).pdf"];
  for (const name of saved) {
    setup.io.type("/get 50 ~/\r");
    await setup.io.until(() => setup.io.screen.text.replaceAll(/\n {8}/g, "").includes(name), name);
    await setup.io.until(
      () => setup.io.screen.text.split("is saved as").length > saved.indexOf(name) + 1,
      name,
    );
  }
  for (const name of saved) assertEquals(await Deno.readFile(`${home}/${name}`), bytes);
  assertEquals((await Array.fromAsync(Deno.readDir(home))).length, 2);
  setup.io.type("/get 50 ~/plan.pdf\r");
  await setup.io.expect("is there already");
});

Deno.test("the prompt shows how far a file is, and Escape cancels it", async () => {
  await using made = await FilesSetup.online();
  const { setup, files } = made;
  const gate = Promise.withResolvers<void>();
  files.gate = gate.promise;
  await made.write("plan.pdf", bytesOf(100_000));
  setup.io.type("/send ~/plan.pdf\r");
  await prompts(setup, /^\(↑ plan\.pdf \[--------\] 0%\) lobby> $/);
  setup.io.type("draft");
  await prompts(setup, /0%\) lobby> draft$/);
  setup.io.type("\x1b");
  await setup.io.expect("Cancelled: plan.pdf is not sent.");
  await prompts(setup, /^lobby> draft$/);
  gate.resolve();
  await files.until(() => files.asked.at(-1) === "cancel", "that the server need not keep it");
  assertEquals(files.sent, []);
});

Deno.test("a file that is being saved is cancelled by Escape, and nothing of it stays", async () => {
  await using made = await FilesSetup.online();
  const { setup, files, home } = made;
  files.gate = new Promise(() => {});
  await made.receives(files.add("plan.pdf", bytesOf(100_000)));
  setup.io.type("/get 50 ~/\r");
  await prompts(setup, /^\(↓ plan\.pdf \[--------\] 0%\) lobby> $/);
  setup.io.type("\x1b");
  await setup.io.expect("Cancelled: plan.pdf is not saved.");
  await prompts(setup, /^lobby> $/);
  assertEquals(await Array.fromAsync(Deno.readDir(home)), []);
});

Deno.test("after a broken link a file goes on where it was", async () => {
  await using made = await FilesSetup.online();
  const { setup, files } = made;
  const { conversation, io } = setup;
  const gate = Promise.withResolvers<void>();
  const bytes = bytesOf(100_000);
  await made.write("plan.pdf", bytes);
  files.gate = gate.promise;
  io.type("/send ~/plan.pdf\r");
  await files.until(() => files.asked.at(-1) === "chunk", "a chunk");
  conversation.lose();
  await prompts(setup, /^\(offline, ↑ .*0%\) lobby> $/);
  gate.resolve();
  // What was on its way is lost with the connection.
  await delay(0);
  conversation.ready();
  await io.expect("file 101 <me> plan.pdf");
  assertEquals(files.sent.map((sent) => sent.bytes), [bytes]);
  const puts = conversation.sent.flatMap((each) => each.type === "put" ? [each.file] : []);
  assertEquals(puts, [undefined, "upload-1"]);
});

Deno.test("when the client starts again, a file goes on as soon as one is in its room", async () => {
  await using dir = await makeDir();
  await using home = await makeDir();
  const bytes = bytesOf(50_000);
  await Deno.writeFile(`${home.path}/plan.pdf`, bytes);
  const kept = (): KeptTransfers =>
    new KeptTransfers(dir.path, ["here:1234"], (line) => assert(false, line));
  {
    using setup = await Setup.online({ files: { kept: kept(), home: home.path } });
    const files = new FileAnswers(setup.conversation);
    files.gate = new Promise(() => {});
    setup.io.type("/join dev\r");
    await prompts(setup, /^dev> $/);
    setup.io.type("/send ~/plan.pdf hello\r");
    await files.until(() => files.asked.at(-1) === "chunk", "a chunk");
    setup.io.type("\x04");
    assertEquals(await setup.code, 0);
    assert(setup.io.screen.text.includes("plan.pdf goes on when you start again."));
  }
  {
    using setup = await Setup.online({ files: { kept: kept(), home: home.path } });
    const files = new FileAnswers(setup.conversation);
    setup.io.type("hi\r");
    await setup.io.expect("<me> hi");
    assertEquals(files.asked, []);
    setup.io.type("/join dev\r");
    await setup.io.expect("plan.pdf goes on.");
    await setup.io.expect("file 101 <me> plan.pdf (50 kB, application/pdf): hello");
    const [sent] = files.sent;
    assertEquals([sent?.put.room, sent?.put.file, sent?.text], ["dev", "upload-1", "hello"]);
    assertEquals(sent?.bytes, bytes);
    await setup.io.until(() => [...Deno.readDirSync(dir.path)].length === 0, "that none is kept");
  }
});

Deno.test("files that wait for their turn go on as well, and one that can't is told of", async () => {
  await using dir = await makeDir();
  await using home = await makeDir();
  const kept = (): KeptTransfers =>
    new KeptTransfers(dir.path, ["here:1234"], (line) => assert(false, line));
  const names = ["1.txt", "2.txt", "3.txt", "4.txt"];
  for (const name of names) await Deno.writeFile(`${home.path}/${name}`, bytesOf(50_000));
  await Deno.writeFile(`${home.path}/empty.txt`, new Uint8Array());
  {
    using setup = await Setup.online({ files: { kept: kept(), home: home.path } });
    const files = new FileAnswers(setup.conversation);
    files.gate = new Promise(() => {});
    const paths = [...names, "empty.txt"].map((name) => `~/${name}`).join(" ");
    setup.io.type(`/send ${paths}\r`);
    await files.until(() => files.asked.at(-1) === "chunk", "a chunk");
    await prompts(setup, /\+4\) lobby> $/);
    setup.io.type("\x04");
    assertEquals(await setup.code, 0);
    for (const name of names) {
      assert(setup.io.screen.text.includes(`${name} goes on when you start again.`), name);
    }
    assert(setup.io.screen.text.includes("!! empty.txt was not sent."));
  }
  using setup = new Setup({ files: { kept: kept(), home: home.path } });
  const files = new FileAnswers(setup.conversation, names.length);
  setup.conversation.ready();
  await setup.io.until(() => files.sent.length === names.length, "all files");
  assertEquals(files.sent.map(({ file }) => file.name).sort(), names);
});

Deno.test("a file that is being saved goes on as soon as one is in the room that it was sent in", async () => {
  await using dir = await makeDir();
  await using home = await makeDir();
  const bytes = bytesOf(50_000);
  const start = async (): Promise<[Setup, FileAnswers]> => {
    const kept = new KeptTransfers(dir.path, ["here:1234"], (line) => assert(false, line));
    const setup = await Setup.online({ files: { kept, home: home.path } });
    return [setup, new FileAnswers(setup.conversation)];
  };
  {
    const [setup, files] = await start();
    using _ = setup;
    const gate = Promise.withResolvers<void>();
    files.gate = gate.promise;
    setup.io.type("/join dev\r");
    await prompts(setup, /^dev> $/);
    const file = files.add("plan.pdf", bytes);
    const text = fileSentence(file.name, file.size);
    const at = setup.conversation.at;
    setup.conversation.tell({ type: "message", room: "dev", seq: 5, from: "ann", at, text, file });
    await setup.io.expect("file 5 <ann> plan.pdf");
    setup.io.type("/get 5 ~/\r");
    await prompts(setup, /0%\) dev> $/);
    setup.io.type("\x04");
    assertEquals(await setup.code, 0);
    // The request is answered no more.
    setup.conversation.online = false;
    gate.resolve();
  }
  {
    const [setup, files] = await start();
    using _ = setup;
    files.add("plan.pdf", bytes);
    setup.io.type("/join dev\r");
    await setup.io.expect("plan.pdf goes on.");
    await setup.io.expect("is saved as");
    assertEquals(files.asked[0], "get");
  }
  assertEquals(await Deno.readFile(`${home.path}/plan.pdf`), bytes);
  assertEquals(await Array.fromAsync(Deno.readDir(dir.path)), []);
});

Deno.test("without a place to keep them, files that are under way end with the client", async () => {
  await using made = await FilesSetup.online();
  const { setup, files } = made;
  files.gate = new Promise(() => {});
  await made.write("plan.pdf", bytesOf(50_000));
  setup.io.type("/send ~/plan.pdf\r");
  await prompts(setup, /0%\) lobby> $/);
  setup.io.type("\x04");
  assertEquals(await setup.code, 0);
  assert(setup.io.screen.text.includes("!! plan.pdf was not sent."));
});

Deno.test("in a conversation a file is for the other alone", async () => {
  await using made = await FilesSetup.online();
  const { setup, files } = made;
  const { io, conversation } = setup;
  io.type("/chat ann\r");
  await prompts(setup, /^@ann> $/);
  await made.write("plan.pdf", bytesOf(10));
  io.type("/send ~/plan.pdf\r");
  await io.expect("file 101 <me> plan.pdf (10 bytes, application/pdf)");
  assertEquals([files.sent[0]?.put.to, files.sent[0]?.put.room], ["ann", undefined]);
  const file = files.add("answer.txt", bytesOf(3), "text/plain");
  const text = fileSentence(file.name, file.size, "mine");
  conversation.tell({
    ...{ type: "direct", from: "ann", to: "me", at: conversation.at, text, file },
    ...{ chat: "c9", with: "ann", seq: 102 },
  });
  await io.expect("file 102 <ann> answer.txt (3 bytes, text/plain): mine");
  io.type("/room lobby\r");
  await prompts(setup, /^lobby/);
  conversation.tell({
    ...{ type: "direct", from: "ann", to: "me", at: conversation.at, text, file },
    ...{ chat: "c9", with: "ann", seq: 103 },
  });
  await io.expect("file 103 [ann -> me] answer.txt (3 bytes, text/plain): mine");
  // Its number is found from here, and with where it was said in any case.
  for (
    const [line, name] of [["/get 103 ~/", "answer.txt"], ["/save @ann 103 ~/", "answer (2).txt"]]
  ) {
    io.type(`${line}\r`);
    await io.until(() => io.screen.text.replaceAll(/\n {8}/g, "").includes(`/${name}`), `${name}`);
  }
});

Deno.test("/files lists the files of a room, further back each time, and says when there is none", async () => {
  await using made = await FilesSetup.online();
  const { setup, files } = made;
  const { io, conversation } = setup;
  const message = (seq: number): Message => {
    const file = files.add(`f${seq}.txt`, bytesOf(seq));
    const text = fileSentence(file.name, file.size);
    return { room: "lobby", seq, from: "ann", at: conversation.at, text, file };
  };
  let pages: Event[] = [
    { type: "page", room: "lobby", messages: [message(7), message(9)], more: true },
    { type: "page", room: "lobby", messages: [message(3)], more: false },
    { type: "page", room: "lobby", messages: [], more: false },
  ];
  const before = conversation.answer;
  conversation.answer = (request) => {
    if (request.type !== "history") return before(request);
    const [page, ...others] = pages;
    pages = others;
    return page as Event;
  };
  io.type("/files\r");
  await io.expect("/files again shows those before; /get NUMBER saves one.");
  assert(io.screen.rows.includes("---- files in lobby ----"));
  assertEquals(setup.entries.slice(-3, -1), [
    "file 7 <ann> f7.txt (7 bytes, application/pdf)",
    "file 9 <ann> f9.txt (9 bytes, application/pdf)",
  ]);
  io.type("/files\r");
  await io.expect("file 3 <ann> f3.txt");
  io.type("/files 5\r");
  await io.expect("No files were sent in lobby.");
  assertEquals(setup.sent.filter(({ type }) => type === "history"), [
    { type: "history", room: "lobby", limit: 20, files: true },
    { type: "history", room: "lobby", limit: 20, files: true, before: 7 },
    { type: "history", room: "lobby", limit: 5, files: true },
  ]);
});

Deno.test("one number names a message to every command, with a file or without", async () => {
  await using made = await FilesSetup.online();
  const { setup, files, home } = made;
  const { io, conversation } = setup;
  conversation.welcome = { ...TAKES_FILES, features: ["people", "files", "life"] };
  await made.receives(files.add("plan.pdf", bytesOf(10)), "look");
  assertEquals(setup.entries.at(-1), "file 50 <ann> plan.pdf (10 bytes, application/pdf): look");
  // Where another room has the same number, the one that is looked at counts.
  const at = conversation.at;
  const other = files.add("other.pdf", bytesOf(20));
  const text = fileSentence(other.name, other.size);
  conversation.tell({ type: "joined", room: "dev", name: "me", seq: 0, last: 0 });
  conversation.tell({ type: "message", room: "dev", seq: 50, from: "ann", at, text, file: other });
  await io.expect("#dev file 50 <ann> other.pdf (20 bytes, application/pdf)");
  io.type("/get \t~/\r");
  await io.until(() => io.screen.text.includes("plan.pdf (10 bytes) is saved"), "the one here");
  io.type("/get #dev 50 ~/\r");
  await io.until(() => io.screen.text.includes("other.pdf (20 bytes) is saved"), "the other");
  assertEquals(await Deno.readFile(`${home}/other.pdf`), bytesOf(20));
  io.type("/re 50 thanks\r");
  await io.until(() => setup.sent.some((each) => each.type === "say"), "the answer");
  const said = setup.sent.find((each) => each.type === "say");
  assertEquals([said?.re, said?.text], [50, "thanks"]);
  io.type("/react 50 👍\r");
  await io.until(() => setup.sent.some((each) => each.type === "react"), "the reaction");
  assertEquals(setup.sent.find((each) => each.type === "react")?.re, 50);
});

Deno.test("a search shows files with their numbers", async () => {
  await using made = await FilesSetup.online();
  const { setup, files } = made;
  const file = files.add("plan.pdf", bytesOf(3));
  await made.receives(files.add("other.pdf", bytesOf(3)));
  const { conversation, io } = setup;
  const text = fileSentence(file.name, file.size, "at noon");
  const messages = [{ room: "dev", seq: 4, from: "ann", at: conversation.at, text, file }];
  const before = conversation.answer;
  conversation.answer = (request) =>
    request.type === "search" ? { type: "page", room: "", messages, more: false } : before(request);
  io.type("/search plan\r");
  await io.expect("That is all of: plan");
  assertMatch(
    io.screen.text.replaceAll(/\n {8}/g, " "),
    /1\. 2026-01-02 \d\d:\d\d #dev file 4 <ann> «plan»\.pdf \(3 bytes, application\/pdf\): at noon/,
  );
});

Deno.test("a server without files is told of in one sentence, at each command", async () => {
  await using made = await FilesSetup.online();
  const { setup, files } = made;
  setup.conversation.welcome = { ...TAKES_FILES, features: ["people"] };
  await made.write("plan.pdf", bytesOf(3));
  setup.io.type("/send ~/plan.pdf\r");
  await setup.io.expect("This server takes no files");
  setup.io.type("/files\r");
  await setup.io.until(
    () => setup.io.screen.text.split("This server takes no files").length === 3,
    "the second time",
  );
  assertEquals(files.asked, []);
  assertFalse(setup.sent.some(({ type }) => type === "history"));
});

Deno.test("what can't be meant is told, with what can", async () => {
  await using made = await FilesSetup.online();
  const { setup, home } = made;
  for (
    const [line, told] of [
      ["/send", "/send needs the path of a file, as in: /send plan.pdf"],
      ["/send ~/no.pdf", "There is no file ~/no.pdf"],
      ["/send ~", "~ is a folder; /send takes files"],
      ["/get", "/get needs the number of a message with a file, as in: /get 41"],
      ["/get plan.pdf", "not plan.pdf; /files lists them"],
      ["/get 7", "Message 7 brings no file: no file of lobby was shown yet; /files lists them"],
      ["/get #dev 7", "Message 7 brings no file: no file of dev was shown yet; /files lists them"],
      ["/files x", "/files takes a number from 1 to 200, not x"],
    ] as const
  ) {
    setup.io.type(`${line}\r`);
    await setup.io.until(
      () =>
        setup.io.screen.text.replaceAll(/\s+/g, " ").includes(`!! ${told}`) ||
        setup.io.screen.text.replaceAll(/\s+/g, " ").includes(told),
      told,
    );
  }
  assert(home !== "");
});
