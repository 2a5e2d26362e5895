/** Files at the terminal that go on after a broken link, or when the client starts again. */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { KeptTransfers } from "../lib/client/kept_transfers.ts";
import { fileSentence } from "../lib/words/files.js";
import { until } from "./helpers.ts";
import { FileAnswers } from "./fixtures/file_answers.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { Setup } from "./fixtures/terminal_setup.ts";
import { bytesOf, FilesSetup, prompts } from "./fixtures/terminal_files.ts";

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
    using setup = await Setup.online({
      files: { openKept: () => Promise.resolve(kept()), home: home.path },
    });
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
    using setup = await Setup.online({
      files: { openKept: () => Promise.resolve(kept()), home: home.path },
    });
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
    using setup = await Setup.online({
      files: { openKept: () => Promise.resolve(kept()), home: home.path },
    });
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
  using setup = new Setup({ files: { openKept: () => Promise.resolve(kept()), home: home.path } });
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
    const setup = await Setup.online({
      files: { openKept: () => Promise.resolve(kept), home: home.path },
    });
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
    // The request is answered no more. In a process of its own nothing would be left of the first client.
    setup.conversation.online = false;
    gate.resolve();
    await until(
      "what was saved of nothing is gone",
      () => [...Deno.readDirSync(home.path)].length === 0,
    );
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
