/** A disk that does not answer, played by a transaction of somebody else's that does not end. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { startServe } from "./fixtures/serve_process.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { eventFrame, joinEvent } from "./helpers.ts";

/** Lets nobody write the database until it is disposed of. */
function block(dir: string): Disposable {
  const db = new DatabaseSync(`${dir}/chatroom.db`, { timeout: 5_000 });
  db.exec("BEGIN IMMEDIATE");
  return { [Symbol.dispose]: () => db.close() };
}

const SAY = eventFrame({ type: "say", id: "1", room: "lobby", text: "lost?" });

Deno.test("Faults: a disk that hangs holds up neither the goodbyes of a server nor its end", async () => {
  await using dir = await makeDir();
  const limits = { drainMs: 300 };
  const server = await startStored(dir.path, { limits }, { durability: "full" });
  using ann = await joinEvent(server, "ann");
  const { factLog } = server;
  await factLog.settled();
  using _hung = block(dir.path);
  await ann.send(SAY, eventFrame({ type: "who", id: "2", room: "lobby" }));
  await ann.takeType("members");
  // Its connection waits for the disk as well.
  await ann.send(eventFrame({ type: "register", id: "3", password: "correct horse" }));
  const stopped = server.shutdown();
  assertEquals((await ann.takeType("bye")).reason, "shutdown");
  await stopped;
  assert(factLog.settled() !== undefined, "it has waited for the disk");
  assert(await factLog.close(100) >= 1);
});

Deno.test({
  name: "Faults: serve whose disk hangs ends after SIGTERM, and says what may be lost",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using dir = await makeDir();
    const served = await startServe("--data", dir.path, "--drain-timeout", "300ms");
    using ann = await joinEvent(served, "ann");
    await ann.ask({ type: "say", room: "lobby", text: "stored" });
    using _hung = block(dir.path);
    await ann.send(SAY, eventFrame({ type: "who", id: "2", room: "lobby" }));
    await ann.takeType("members");
    const ended = served.end();
    assertEquals((await ann.takeType("bye")).reason, "shutdown");
    const { code, stderr } = await ended;
    assertEquals(code, 1);
    assertStringIncludes(stderr, "The disk does not answer: messages and changes that nobody was");
    assertStringIncludes(stderr, "count=1");
  },
});
