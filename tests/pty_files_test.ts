/** Files from one terminal to the other, through a server, as people send and save them. */

import config from "../deno.json" with { type: "json" };
import { assert, assertEquals } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import { MemoryStorage } from "../lib/files/memory_storage.ts";
import type { Server } from "../lib/server/serve.ts";
import { bytesOfLength, sha256Of } from "./fixtures/files.ts";
import { ptyTest } from "./fixtures/on_pty.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { type StartOptions, startServer } from "./helpers.ts";
import { Pty } from "./pty.ts";

const MAIN = new URL("../main.ts", import.meta.url).href;

/** A server that takes files; `began` is told where each upload begins or goes on. */
function startWithFiles(
  options: StartOptions = {},
  began: (offset: number) => void = () => {},
): Server {
  const files = new KeptFiles({ storage: new MemoryStorage(100_000_000) });
  const begin = files.begin.bind(files);
  files.begin = async (asked, newId) => {
    const upload = await begin(asked, newId);
    began(upload.offset);
    return upload;
  };
  return startServer({ ...options, files });
}

/** The client as shipped, in a folder that is also its home. */
function terminalIn(home: string, server: Server, name: string): Pty {
  const permissions = config.tasks.connect.split(" ").filter((word) => word.startsWith("--allow-"));
  const run = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, MAIN];
  const connect = ["connect", formatAddress(server.addr), "--name", name];
  const env = { CHATROOM_NAME: "", CHATROOM_SERVER: "", HOME: home, XDG_CONFIG_HOME: `${home}/.c` };
  return new Pty(["/bin/sh", "-c", 'cd "$HOME" && exec "$@"', "sh", ...run, ...connect], { env });
}

async function hashOf(path: string): Promise<string> {
  return sha256Of(await Deno.readFile(path));
}

ptyTest("one terminal sends a file, and the other saves it with two words", async () => {
  await using server = startWithFiles();
  await using annHome = await makeDir();
  await using bobHome = await makeDir();
  const bytes = bytesOfLength(3_000_000);
  await Deno.writeFile(`${annHome.path}/My Plan.pdf`, bytes);
  await using ann = terminalIn(annHome.path, server, "ann");
  await ann.expect("You are ann in lobby");
  await using bob = terminalIn(bobHome.path, server, "bob");
  await bob.expect("You are bob in lobby");

  // Tab completes the path, with its blank.
  ann.type("/send My\t for noon\r");
  const row = "file 1 <ann> My Plan.pdf (3 MB, application/pdf): for noon";
  await ann.expect(row);
  await bob.expect(row);
  bob.type("/get 1\r");
  await bob.expect("is saved as");
  assertEquals(await hashOf(`${bobHome.path}/My Plan.pdf`), sha256Of(bytes));
  bob.type("/get 1\r");
  await bob.expect("My Plan (2).pdf");
  assertEquals(await hashOf(`${bobHome.path}/My Plan (2).pdf`), sha256Of(bytes));

  // Somebody who comes later finds it in what was said before, and in the list.
  await using carl = terminalIn(annHome.path, server, "carl");
  await carl.expect("You are carl in lobby");
  carl.type("/files\r");
  await carl.expect(row);

  // What is between two people is for them alone.
  await Deno.writeTextFile(`${annHome.path}/note.txt`, "between us");
  ann.type("/chat bob\r");
  await ann.until(() => ann.screen.cursorRow.startsWith("@bob>"), "the conversation");
  ann.type("/send note.txt\r");
  await bob.expect("file 1 [ann -> bob] note.txt (10 bytes, text/plain)");
  bob.type("/get @ann 1 ~/got.txt\r");
  await bob.expect("note.txt (10 bytes) is saved as");
  assertEquals(await Deno.readTextFile(`${bobHome.path}/got.txt`), "between us");
  assert(!carl.screen.text.includes("note.txt"));
});

ptyTest(
  "a client that is killed while it sends goes on where it was when it starts again",
  async () => {
    const offsets: number[] = [];
    // So slow that the client is still at it when it is killed.
    const limits = { fileBytesPerSecond: 400_000 };
    await using server = startWithFiles({ limits }, (offset) => offsets.push(offset));
    await using home = await makeDir();
    const bytes = bytesOfLength(700_000);
    await Deno.writeFile(`${home.path}/plan.pdf`, bytes);
    await using bob = terminalIn(home.path, server, "bob");
    await bob.expect("You are bob in lobby");
    {
      await using ann = terminalIn(home.path, server, "ann");
      await ann.expect("You are ann in lobby");
      ann.type("/register correct horse battery\r");
      await ann.expect("The name ann is yours now");
      ann.type("/send plan.pdf\r");
      await ann.until(() => /↑ .*[1-9]%.*\) lobby>/.test(ann.screen.cursorRow), "some of the file");
      ann.signal("SIGKILL");
      await ann.exitCode();
    }
    await using ann = terminalIn(home.path, server, "ann");
    await ann.expect("plan.pdf goes on.");
    const row = "file 1 <ann> plan.pdf (700 kB, application/pdf)";
    await ann.expect(row);
    await bob.expect(row);
    const [first, second = 0, ...others] = offsets;
    assertEquals([first, others.length], [0, 0]);
    assert(second > 0, "it began anew");
    bob.type("/get 1 saved.pdf\r");
    await bob.expect("is saved as");
    assertEquals(await hashOf(`${home.path}/saved.pdf`), sha256Of(bytes));
  },
);
