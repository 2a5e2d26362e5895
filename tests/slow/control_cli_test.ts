/** `chatroom user`, `ban` and `room` beside a server in a process of its own: what they do holds when they end. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LocalLog } from "../../lib/store/local_log.ts";
import { type ControlPlace, readControl, writeControl } from "../../lib/store/control_file.ts";
import { randomSecret } from "../../lib/wire/control.ts";
import { askWith } from "../fixtures/control.ts";
import { type Served, startServe } from "../fixtures/serve_process.ts";
import { makeDir } from "../fixtures/stored_server.ts";
import { joinEvent } from "../helpers.ts";
import { chatroom, type Result } from "../program.ts";

const LOGIN = "correct horse battery";

function commands(dir: string): (...args: string[]) => Promise<Result> {
  return (...args) => chatroom([...args, "--data", dir], { input: `${LOGIN}\n` });
}

/** Runs it, and throws what it says against it. */
function succeeding(
  run: (...args: string[]) => Promise<Result>,
): (...args: string[]) => Promise<string> {
  return async (...args) => {
    const { code, stdout, stderr } = await run(...args);
    assertEquals([code, stderr], [0, ""], args.join(" "));
    return stdout;
  };
}

/** A server that is ended with the test. */
async function serving(dir: string): Promise<Served & AsyncDisposable> {
  const served = await startServe("--data", dir);
  return { ...served, [Symbol.asyncDispose]: async () => void await served.end() };
}

Deno.test("what the commands do beside a server that runs holds when they end", async () => {
  await using dir = await makeDir();
  const run = commands(dir.path);
  const done = succeeding(run);
  await using served = await serving(dir.path);
  using guest = await joinEvent(served, "bob");
  assertEquals(await done("user", "add", "bob"), "bob is a member now.\n");
  const { from, to } = await guest.takeType("renamed");
  assertEquals([from, to], ["bob", "bob-2"]);
  const { text } = await guest.takeType("notice");
  assertStringIncludes(text, "The name bob is reserved now; you are bob-2.");
  using bob = await joinEvent(served, "bob", { login: LOGIN });
  assertEquals((await bob.ask({ type: "audit" })).code, "not-allowed");
  await done("user", "add", "bob", "--role", "owner");
  assertStringIncludes((await bob.takeType("notice")).text, "You are an owner now");
  assertEquals((await bob.ask({ type: "audit" })).entries.at(-1)?.action, "user add");
  assertEquals((await bob.ask({ type: "mod", action: "ban", target: "eve" })).type, "mod");
  assertEquals((await bob.ask({ type: "mod", action: "mute", target: "bob-2" })).type, "mod");
  assertEquals((await guest.ask({ type: "say", room: "lobby", text: "x" })).code, "muted");
  assertStringIncludes(await done("ban", "list"), "eve is banned, by bob");
  assertEquals(await done("ban", "lift", "bob-2"), "bob-2 may speak again.\n");
  assertEquals((await guest.ask({ type: "say", room: "lobby", text: "x" })).type, "ack");
  assertEquals(await done("ban", "lift", "eve"), "eve is not banned any more.\n");
  using eve = await joinEvent(served, "eve");
  assertEquals(eve.ready.type, "ready");
  assertStringIncludes(await done("room", "list"), "lobby: 1 message");
  const refused = await run("room", "remove", "lobby", "--yes");
  assertEquals([refused.code, refused.stdout], [1, ""]);
  await chatroom(["user", "reset", "bob", "--data", dir.path], { input: "another horse\n" });
  assertEquals((await bob.takeType("bye")).reason, "signed-out");
  using late = await joinEvent(served, "bob", { login: LOGIN });
  assertEquals(late.ready.code, "bad-login");
  const last = await run("user", "remove", "bob");
  assertEquals([last.code, last.stderr], [
    1,
    "bob is the last owner; make somebody else one first\n",
  ]);
  await done("user", "add", "ann", "--role", "owner");
  assertEquals(await done("user", "remove", "bob"), "The name bob is anybody's again.\n");
  assertEquals((await done("user", "list")).replace(/, since .*/, ""), "ann: owner\n");
  const trail = await done("export", "--audit", "--format", "text");
  assertStringIncludes(trail, "(console): user remove bob");
});

Deno.test("a server that was killed leaves a file that stands in nobody's way", async () => {
  await using dir = await makeDir();
  const done = succeeding(commands(dir.path));
  const umask = Deno.build.os === "windows" ? undefined : Deno.umask(0);
  try {
    const first = await startServe("--data", dir.path);
    const stale = readControl(dir.path) as ControlPlace;
    await first.end("SIGKILL");
    assertEquals(readControl(dir.path), stale);
    assertEquals(await done("user", "add", "ann"), "ann is a member now.\n");
    const second = await startServe("--data", dir.path);
    const place = readControl(dir.path) as ControlPlace;
    if (umask !== undefined) {
      const { mode } = await Deno.stat(`${dir.path}/control`);
      assertEquals((mode ?? 0) & 0o777, 0o600);
    }
    assert(place.token !== stale.token);
    assertEquals(
      await askWith({ ...place, token: stale.token }, { type: "account", name: "ann" }),
      undefined,
    );
    assertEquals(await done("user", "add", "bob"), "bob is a member now.\n");
    using bob = await joinEvent(second, "bob");
    assertEquals(bob.ready.code, "name-reserved");
    const { code, stderr } = await second.end();
    assertEquals(code, 0);
    assertStringIncludes(stderr, "does not know the token was cut off");
    assertEquals(readControl(dir.path), undefined);
  } finally {
    if (umask !== undefined) Deno.umask(umask);
  }
});

Deno.test("a directory that is in use by somebody who can't be asked is told so, and nothing is changed", async () => {
  await using dir = await makeDir();
  await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
  const run = commands(dir.path);
  const fails = async (): Promise<void> => {
    const { code, stdout, stderr } = await run("user", "add", "ann");
    assertEquals([code, stdout, stderr.trim().split("\n").length], [1, "", 1], stderr);
    assertStringIncludes(stderr, `another program is using ${dir.path}, such as a server`);
    assertStringIncludes(stderr, "If it is a server, it can't be asked either");
  };
  await fails();
  // The port of a server that was killed is somebody else's now.
  let heard = "";
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const token = randomSecret();
  writeControl(dir.path, { port: listener.addr.port, token });
  const listening = (async (): Promise<void> => {
    for await (const conn of listener) {
      const buffer = new Uint8Array(10_000);
      heard += new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
      await conn.write(new TextEncoder().encode('{"answer":{}}\n')).catch(() => {});
      conn.close();
    }
  })();
  await fails();
  listener.close();
  await listening;
  assertStringIncludes(heard, '"nonce"');
  assert(!heard.includes(token) && !heard.includes("scrypt"));
  assertEquals(history.people.accounts, []);
});

Deno.test("commands that come at once wait for each other, whether a server runs or not", async () => {
  await using dir = await makeDir();
  const done = succeeding(commands(dir.path));
  const add = (...names: string[]): Promise<string[]> =>
    Promise.all(names.map((name) => done("user", "add", name)));
  await add("ann", "bob", "carl");
  await using _served = await serving(dir.path);
  await add("dora", "emil", "fred");
  const listed = (await done("user", "list")).split("\n").map((line) => line.split(":")[0]).sort();
  assertEquals(listed, ["", "ann", "bob", "carl", "dora", "emil", "fred"]);
});

Deno.test("a directory that becomes read-only keeps no command from a server that runs", async () => {
  await using dir = await makeDir();
  const done = succeeding(commands(dir.path));
  const served = await startServe("--data", dir.path);
  const { token } = readControl(dir.path) as ControlPlace;
  if (Deno.build.os !== "windows") await Deno.chmod(dir.path, 0o500);
  try {
    assertEquals(await done("user", "add", "ann"), "ann is a member now.\n");
    assertEquals((await served.end()).code, 0);
  } finally {
    if (Deno.build.os !== "windows") await Deno.chmod(dir.path, 0o700);
  }
  // The file may still be there.
  await using again = await serving(dir.path);
  assert(readControl(dir.path)?.token !== token);
  assertEquals(await done("user", "add", "bob"), "bob is a member now.\n");
  using bob = await joinEvent(again, "bob");
  assertEquals(bob.ready.code, "name-reserved");
});
