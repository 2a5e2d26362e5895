/** The sessions that a machine keeps, by which a reserved name needs no password the next time. */

import { assert, assertEquals } from "@std/assert";
import { KeptSession } from "../lib/client/kept_sessions.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const SERVER = "localhost:1234";

function complain(line: string): void {
  throw new Error(line);
}

async function namesIn(folder: string): Promise<string[]> {
  return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
}

Deno.test("a session is found again by the server and the name, in a file that only its owner reads", async () => {
  await using dir = await makeDir();
  const folder = `${dir.path}/sessions`;
  {
    using kept = new KeptSession(folder, [SERVER], complain);
    assertEquals(await kept.find("Ann"), undefined);
    await kept.keep("Ann", "first");
    await kept.keep("Ann", "second");
  }
  using again = new KeptSession(folder, [SERVER], complain);
  assertEquals(await again.find("ann"), { secret: "second", beside: false });
  const files = await namesIn(folder);
  assertEquals(files.length, 1);
  if (Deno.build.os !== "windows") {
    const { mode } = await Deno.stat(`${folder}/${files[0]}`);
    assertEquals((mode ?? 0) & 0o777, 0o600);
    assertEquals(((await Deno.stat(folder)).mode ?? 0) & 0o777, 0o700);
  }
  using other = new KeptSession(folder, ["localhost:1235"], complain);
  assertEquals(await other.find("ann"), undefined);
  using bob = new KeptSession(folder, [SERVER], complain);
  assertEquals(await bob.find("bob"), undefined);
});

Deno.test("a second client of the machine gets a session beside the first, and keeps it", async () => {
  if (Deno.build.os === "windows") return;
  await using dir = await makeDir();
  const first = new KeptSession(dir.path, [SERVER], complain);
  await first.keep("ann", "one");
  const second = new KeptSession(dir.path, [SERVER], complain);
  assertEquals(await second.find("ann"), { secret: "one", beside: true });
  await second.keep("ann", "two");
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  using one = new KeptSession(dir.path, [SERVER], complain);
  using two = new KeptSession(dir.path, [SERVER], complain);
  assertEquals(await one.find("ann"), { secret: "one", beside: false });
  assertEquals(await two.find("ann"), { secret: "two", beside: false });
});

Deno.test("a session of several servers is found by each that was named with it, and by no other", async () => {
  await using dir = await makeDir();
  const [a, b, c, d] = ["a:1", "b:1", "c:1", "d:1"];
  const kept = (...servers: string[]): KeptSession => new KeptSession(dir.path, servers, complain);
  {
    using first = kept(a, b);
    await first.keep("ann", "secret");
    using bob = kept(b);
    assertEquals(await bob.find("bob"), undefined);
  }
  for (const servers of [[a], [b], [b, a], [d, b]]) {
    using again = kept(...servers);
    assertEquals(await again.find("ann"), { secret: "secret", beside: false }, `${servers}`);
  }
  using others = kept(c, d, "tls://a:1");
  assertEquals(await others.find("ann"), undefined);
  {
    // Another that is named with one of them is of the same cluster, and those from before stay.
    using more = kept(b, c);
    assertEquals((await more.find("ann"))?.secret, "secret");
    await more.keep("ann", "secret");
    if (Deno.build.os !== "windows") {
      using beside = kept(a);
      assertEquals(await beside.find("ann"), { secret: "secret", beside: true });
    }
  }
  for (const server of [a, b, c]) {
    using again = kept(server);
    assertEquals((await again.find("ann"))?.secret, "secret", server);
  }
  // A session of its own at one of them goes before what is kept for several.
  using own = kept(c);
  await own.keep("ann", "another");
  own[Symbol.dispose]();
  using again = kept(c);
  assertEquals((await again.find("ann"))?.secret, "another");
});

Deno.test("a session that is over is forgotten, and another name's stays", async () => {
  await using dir = await makeDir();
  using ann = new KeptSession(dir.path, [SERVER], complain);
  using bob = new KeptSession(dir.path, [SERVER], complain);
  await ann.keep("ann", "one");
  await bob.keep("bob", "two");
  ann.forget();
  bob[Symbol.dispose]();
  assertEquals(await ann.find("ann"), undefined);
  assertEquals(await bob.find("bob"), { secret: "two", beside: false });
});

Deno.test("a session that can't be kept is complained of in a line, and a file of others is none", async () => {
  await using dir = await makeDir();
  await Deno.writeTextFile(`${dir.path}/file`, "");
  const lines: string[] = [];
  using kept = new KeptSession(`${dir.path}/file`, [SERVER], (line) => lines.push(line));
  await kept.keep("ann", "one");
  assertEquals(lines.length, 1);
  assert(lines[0]?.startsWith(`This device's session can't be kept in ${dir.path}/file: `));
  using good = new KeptSession(dir.path, [SERVER], complain);
  await good.keep("ann", "one");
  const [name] = (await namesIn(dir.path)).filter((name) => name !== "file");
  good[Symbol.dispose]();
  await Deno.writeTextFile(`${dir.path}/${name}`, "garbage");
  assertEquals(await good.find("ann"), undefined);
});

Deno.test("a session of as many servers with the longest names is found by each, and one that fits nowhere is left out", async () => {
  await using dir = await makeDir();
  const label = "n".repeat(63);
  const long = Array.from(
    { length: 16 },
    (_, n) => `tls://${label}.${label}.${label}.${`${n}`.padStart(61, "n")}:65535`,
  );
  const name = "ä".repeat(64);
  const found = async (server: string, kept: readonly string[]): Promise<string | undefined> => {
    const path = `${dir.path}/${kept.length}-${(kept[0] ?? "").length}`;
    {
      using first = new KeptSession(path, kept, complain);
      await first.keep(name, "s".repeat(64));
    }
    using again = new KeptSession(path, [server], complain);
    return (await again.find(name))?.secret;
  };
  for (const server of long) assertEquals(await found(server, long), "s".repeat(64), server);
  const endless = "x".repeat(9_000);
  assertEquals(await found("a:1", [endless, "a:1"]), "s".repeat(64));
});
