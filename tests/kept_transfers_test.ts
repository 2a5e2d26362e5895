/** The transfers that a machine keeps, so that they go on when the client starts again. */

import { assert, assertEquals } from "@std/assert";
import type { KeptTransfer } from "../lib/client/files/file_transfer.ts";
import { KeptTransfers } from "../lib/client/kept_transfers.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const SERVER = "localhost:1234";
const FILE = {
  ...{ id: "f1", name: "plan.pdf", size: 3, type: "application/pdf" },
  sha256: "0".repeat(64),
};
const DOWN: KeptTransfer = { kind: "download", file: FILE, place: { folder: "/tmp" } };

function up(doneId: string): KeptTransfer {
  const changedAt = 1;
  return { kind: "upload", path: "/tmp/a", size: 3, changedAt, destination: { room: "a" }, doneId };
}

function complain(line: string): void {
  throw new Error(line);
}

/** In whatever order the folder was read. */
function sorted(kept: readonly KeptTransfer[]): string[] {
  return kept.map((each) => JSON.stringify(each)).sort();
}

async function filesIn(folder: string): Promise<string[]> {
  return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
}

Deno.test("transfers that were kept are found by the server and the name, until others are kept", async () => {
  await using dir = await makeDir();
  const folder = `${dir.path}/transfers`;
  {
    using first = new KeptTransfers(folder, [SERVER], complain);
    assertEquals(await first.take("Ann"), []);
    first.keep("Ann", [up("1"), DOWN]);
    first.keep("Ann", [DOWN, up("2")]);
  }
  const [file = ""] = await filesIn(folder);
  if (Deno.build.os !== "windows") {
    assertEquals(((await Deno.stat(`${folder}/${file}`)).mode ?? 0) & 0o777, 0o600);
    assertEquals(((await Deno.stat(folder)).mode ?? 0) & 0o777, 0o700);
  }
  {
    using bob = new KeptTransfers(folder, [SERVER], complain);
    using other = new KeptTransfers(folder, ["localhost:1235"], complain);
    assertEquals([await bob.take("bob"), await other.take("ann")], [[], []]);
  }
  {
    using second = new KeptTransfers(folder, [SERVER], complain);
    assertEquals(await second.take("ann"), [DOWN, up("2")]);
  }
  using third = new KeptTransfers(folder, [SERVER], complain);
  assertEquals(await third.take("ann"), [DOWN, up("2")]);
  third.keep("ann", []);
  assertEquals(await filesIn(folder), []);
});

Deno.test("what a client that runs has kept is its own, and what two have left is one's", async () => {
  if (Deno.build.os === "windows") return;
  await using dir = await makeDir();
  const first = new KeptTransfers(dir.path, [SERVER], complain);
  const second = new KeptTransfers(dir.path, [SERVER], complain);
  first.keep("ann", [up("1")]);
  assertEquals(await second.take("ann"), []);
  second.keep("ann", [up("2"), DOWN]);
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  using third = new KeptTransfers(dir.path, [SERVER], complain);
  assertEquals(sorted(await third.take("ann")), sorted([up("1"), up("2"), DOWN]));
  assertEquals((await filesIn(dir.path)).length, 1);
  using fourth = new KeptTransfers(dir.path, [SERVER], complain);
  assertEquals(await fourth.take("ann"), []);
});

Deno.test("transfers of several servers are found by each that was named with them", async () => {
  await using dir = await makeDir();
  const kept = (...servers: string[]): KeptTransfers =>
    new KeptTransfers(dir.path, servers, complain);
  {
    using first = kept("a:1", "b:1");
    first.keep("ann", [DOWN]);
  }
  {
    using other = kept("c:1");
    assertEquals(await other.take("ann"), []);
    using second = kept("b:1");
    assertEquals(await second.take("ann"), [DOWN]);
    second.keep("ann", [up("1")]);
  }
  using third = kept("a:1");
  assertEquals(await third.take("ann"), [up("1")]);
});

Deno.test("what was left behind long ago, or is not whole, is not gone on with", async () => {
  await using dir = await makeDir();
  {
    using old = new KeptTransfers(dir.path, [SERVER], complain);
    old.keep("ann", [up("1")]);
  }
  await Deno.writeTextFile(`${dir.path}/x.transfers`, '{"server":"localhost:1234","na');
  await Deno.writeTextFile(
    `${dir.path}/y.transfers`,
    `${JSON.stringify({ server: SERVER, name: "ann", kept: [{ kind: "upload" }] })}\n`,
  );
  await Deno.writeTextFile(
    `${dir.path}/z.transfers`,
    `${JSON.stringify({ server: SERVER, name: "ann", kept: [up("3")] })}\nleft of a longer line`,
  );
  using later = new KeptTransfers(dir.path, [SERVER], complain);
  assertEquals(sorted(await later.take("ann")), sorted([up("1"), up("3")]));
  later[Symbol.dispose]();
  using week = new KeptTransfers(dir.path, [SERVER], complain);
  assertEquals(await week.take("ann", Date.now() + 8 * 86_400_000), []);
  assertEquals(await filesIn(dir.path), []);
});

Deno.test("that transfers can't be kept is complained of once", async () => {
  await using dir = await makeDir();
  await Deno.writeTextFile(`${dir.path}/file`, "");
  const told: string[] = [];
  using kept = new KeptTransfers(`${dir.path}/file`, [SERVER], (line) => told.push(line));
  kept.keep("ann", [DOWN]);
  kept.keep("ann", [DOWN, up("1")]);
  assertEquals(told.length, 1);
  assert(told[0]?.includes(`${dir.path}/file`), told[0]);
});
