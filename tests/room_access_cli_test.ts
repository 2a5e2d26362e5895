/** `chatroom room access | title | remove` and `chatroom invite`: beside a server that runs, and without. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Server } from "../lib/server/serve.ts";
import { CHEAP, LOGIN, reserve } from "./fixtures/guests.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent } from "./helpers.ts";
import type { Result } from "./program.ts";

/** The commands on a directory. */
function on(dir: string): (...args: string[]) => Promise<Result> {
  return (...args) => chatroom([...args, "--data", dir]);
}

/** A server on which something was said in a room. */
async function withRoom(dir: string): Promise<Server> {
  const server = await startStored(dir, { passwords: CHEAP, password: "open" });
  await reserve(server.host.shared.house, { ann: "member", bob: "member" });
  using ann = await joinEvent(server, "ann", { password: "open", login: LOGIN, room: "Den" });
  await ann.ask({ type: "say", room: "den", text: "tea at four" });
  return server;
}

Deno.test("a room is set and removed beside a server that runs", async () => {
  await using dir = await makeDir();
  await using server = await withRoom(dir.path);
  const run = on(dir.path);
  using ann = await joinEvent(server, "ann", { password: "open", login: LOGIN, room: "den" });
  const closed = await run("room", "access", "den", "invite");
  assertEquals([closed.code, closed.stdout], [0, "The access of Den is invite now.\n"]);
  using bob = await joinEvent(server, "bob", { password: "open", login: LOGIN });
  assertEquals((await bob.ask({ type: "join", room: "den" })).code, "invite-only");
  const hidden = await run("room", "access", "den", "open");
  assertEquals(hidden.code, 1);
  assertStringIncludes(hidden.stderr, "reveal");
  assertEquals((await run("room", "title", "den", "The", "den")).code, 0);
  assertEquals((await ann.ask({ type: "room", room: "den" })).title, "The den");
  assertStringIncludes(
    (await run("room", "list")).stdout,
    "; invite; hosts: ann; title: The den",
  );
  const removed = await run("room", "remove", "den", "--yes");
  assertEquals([removed.code, removed.stdout], [0, "Den is gone.\n"]);
  assertEquals((await ann.takeType("left")).reason, "removed");
  assertEquals((await bob.ask({ type: "join", room: "den" })).type, "joined");
  assertEquals((await bob.ask({ type: "history", room: "den" })).messages, []);
});

Deno.test("what is set while no server runs holds for the next one", async () => {
  await using dir = await makeDir();
  await (await withRoom(dir.path))[Symbol.asyncDispose]();
  const run = on(dir.path);
  assertEquals((await run("room", "access", "den", "invite")).code, 0);
  const made = await run("invite", "--room", "den", "--uses", "1", "--for", "1h");
  assertEquals(made.code, 0);
  assertStringIncludes(made.stderr, "#invite=");
  for (let start = 0; start < 2; start++) {
    await using server = await startStored(dir.path, { passwords: CHEAP, password: "open" });
    using bob = await joinEvent(server, "bob", { password: "open", login: LOGIN });
    assertEquals((await bob.ask({ type: "join", room: "den" })).code, "invite-only");
    const invite = made.stdout.trim();
    using gus = await joinEvent(server, "gus", { invite });
    assertEquals(gus.ready.code ?? gus.ready.room, start === 0 ? "Den" : "bad-invite");
  }
});

Deno.test("a link that is made beside a server lets somebody in, also after a restart", async () => {
  await using dir = await makeDir();
  let session: string;
  {
    await using server = await withRoom(dir.path);
    const { stdout } = await on(dir.path)("invite", "--room", "den");
    using gus = await joinEvent(server, "gus", { invite: stdout.trim() });
    assertEquals([gus.ready.room, gus.ready.confined], ["Den", true]);
    await gus.ask({ type: "say", room: "den", text: "hello" });
    session = gus.ready.session;
  }
  await using server = await startStored(dir.path, { passwords: CHEAP, password: "open" });
  using gus = await joinEvent(server, "gus", { session });
  assertEquals([gus.ready.room, gus.ready.confined], ["Den", true]);
  assertEquals((await gus.ask({ type: "join", room: "lobby" })).code, "no-such-room");
});

Deno.test("what can't be meant is said in a line", async () => {
  await using dir = await makeDir();
  await (await withRoom(dir.path))[Symbol.asyncDispose]();
  const run = on(dir.path);
  for (
    const [code, said, ...args] of [
      [2, "open, unlisted, invite, not secret", "room", "access", "den", "secret"],
      [2, "needs a room and a value", "room", "access", "den"],
      [1, "Nothing is kept of a room nook", "room", "title", "nook", "x"],
      [1, "stays open", "room", "access", "lobby", "invite"],
      [2, "needs a room", "invite"],
      [1, "Nothing is kept of a room nook", "invite", "--room", "nook"],
      [2, "not many", "invite", "--room", "den", "--uses", "many"],
    ] as const
  ) {
    const result = await run(...args);
    assertEquals([result.code, result.stderr.includes(said)], [code, true], result.stderr);
  }
});
