/** The secret by which links to files are signed: kept with the data, so that links outlive a restart. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { openLinkKey } from "../lib/store/link_key.ts";
import type { Server } from "../lib/server/serve.ts";
import { pathTo, sendsFile, textOf } from "./fixtures/sent_files.ts";
import { startServe } from "./fixtures/serve_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { joinEvent } from "./helpers.ts";

Deno.test("the secret of a directory stays, for its owner alone; where it is none, there is another", async () => {
  await using dir = await makeDir();
  const path = `${dir.path}/link-key`;
  const first = openLinkKey(dir.path);
  assertEquals(first.length, 32);
  assertEquals(openLinkKey(dir.path), first);
  if (Deno.build.os !== "windows") assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  for (const wrong of ["", "ab", "x".repeat(64)]) {
    await Deno.writeTextFile(path, wrong);
    const another = openLinkKey(dir.path);
    assertNotEquals(another, first);
    assertEquals(openLinkKey(dir.path), another);
  }
  const [one, two] = [1, 2].map(() => openLinkKey(`${dir.path}/nothing`));
  assertNotEquals(one, two);
});

Deno.test("a link to a file holds when the server has been started again", async () => {
  await using dir = await makeDir();
  const flags = ["--data", `${dir.path}/data`, "--web", "0"];
  const first = await startServe(...flags);
  let path: string;
  let session: string;
  {
    using ann = await joinEvent({ addr: first.addr } as Server, "ann");
    path = await pathTo(ann, await sendsFile(ann, { name: "a.txt", data: textOf(100) }));
    session = ann.ready.session;
    const changed = path.replace(/key=../, (key) => key.endsWith("AA") ? "key=BB" : "key=AA");
    const wrong = await fetch(new URL(changed, first.page));
    assertEquals(wrong.status, 404);
    await wrong.body?.cancel();
  }
  assertEquals((await first.end()).code, 0);
  const second = await startServe(...flags);
  using _ann = await joinEvent({ addr: second.addr } as Server, "ann", { session });
  const again = await fetch(new URL(path, second.page));
  assertEquals(again.status, 200, path);
  assert((await again.bytes()).length === 100);
  assertEquals((await second.end()).code, 0);
});
