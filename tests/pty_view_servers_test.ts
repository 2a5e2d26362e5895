/** The view of the program as shipped, at real servers: one that goes and comes back, one with two devices. */

import { assert, assertEquals } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { device } from "./fixtures/terminal_device.ts";
import { ptyTest } from "./fixtures/on_pty.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent } from "./helpers.ts";
import type { Pty } from "./pty.ts";

const PASSWORD = "correct horse battery";

/** Waits until a row of the screen matches. */
async function sees(pty: Pty, pattern: RegExp): Promise<void> {
  await pty.until(() => pattern.test(pty.screen.seen), `${pattern}`);
}

/** Waits until none does. */
async function seesNo(pty: Pty, pattern: RegExp): Promise<void> {
  await pty.until(() => !pattern.test(pty.screen.seen), `no ${pattern}`);
}

ptyTest("what is read on one device in the view is not new on the other", async () => {
  await using dir = await makeDir();
  await using desk = await makeDir();
  await using lap = await makeDir();
  await using server = await startStored(dir.path);
  const address = formatAddress(server.addr);
  using bob = await joinEvent(server, "bob");
  await bob.ask({ type: "join", room: "dev" });
  await using first = device(desk.path, address, "--name", "ann", "--view");
  await first.expect("You are ann in lobby");
  first.type(`/register ${PASSWORD}\r`);
  await first.expect("The name ann is yours now");
  await using second = device(lap.path, address, "--name", "ann", "--view");
  await second.expect("Password of ann:");
  second.type(`${PASSWORD}\r`);
  await second.expect("You are ann in lobby");
  first.type("/join dev\r");
  await sees(second, /^2 dev/m);
  await sees(first, /│dev>/);
  first.type("\x1b1");
  await sees(first, /│lobby>/);
  await bob.ask({ type: "say", room: "dev", text: "ann: have you seen this?" });
  await bob.ask({ type: "direct", to: "ann", text: "and this?" });
  for (const each of [first, second]) {
    await sees(each, /^2 dev +1! │/m);
    await sees(each, /^3 @bob +1! │/m);
  }
  first.type("\x1ba");
  await sees(first, /<bob> ann: have you seen this\?/);
  await sees(second, /^2 dev +│/m);
  first.type("\x1ba");
  await sees(first, /<bob> and this\?/);
  await sees(second, /^3 @bob +│/m);
  assert(!/have you seen|and this/.test(second.screen.seen));
});

ptyTest("the view begins where it was left, and not where something was read last", async () => {
  await using dir = await makeDir();
  await using desk = await makeDir();
  await using server = await startStored(dir.path);
  const address = formatAddress(server.addr);
  using bob = await joinEvent(server, "bob");
  {
    await using first = device(desk.path, address, "--name", "ann", "--view");
    await first.expect("You are ann in lobby");
    first.type(`/register ${PASSWORD}\r`);
    await first.expect("The name ann is yours now");
    first.type("/join dev\r");
    await sees(first, /│dev>/);
    first.type("\x1b1");
    await sees(first, /│lobby>/);
    await bob.ask({ type: "say", room: "lobby", text: "the last that is read" });
    await sees(first, /the last that is read/);
    first.type("\x1b2");
    await sees(first, /│dev>/);
    first.type("\x04");
    assertEquals(await first.exitCode(), 0);
  }
  for (
    const [flags, room] of [[[], "dev"], [["--room", "lobby"], "lobby"], [[], "lobby"]] as const
  ) {
    await using again = device(desk.path, address, ...flags);
    await again.expect(`You are ann in ${room}`);
    await sees(again, new RegExp(`│${room}>`));
    again.type("\x04");
    assertEquals(await again.exitCode(), 0);
  }
});

ptyTest("a server goes and comes back while somebody writes in the view", async () => {
  await using dir = await makeDir();
  await using home = await makeDir();
  const server = await startStored(dir.path);
  const { port } = server.addr;
  {
    using bob = await joinEvent(server, "bob");
    for (let n = 1; n <= 40; n++) {
      await bob.ask({ type: "say", room: "lobby", text: `before ${n}` });
    }
  }
  await using pty = device(home.path, formatAddress(server.addr), "--name", "ann", "--view");
  await pty.expect("You are ann in lobby");
  await sees(pty, /<bob> before 40/);
  await server[Symbol.asyncDispose]();
  await sees(pty, /─ offline/);
  pty.type("said meanwhile\r");
  await sees(pty, /<ann> said meanwhile · waits for the connection/);
  pty.type("a draft");
  await sees(pty, /│lobby> a draft/);
  await using again = await startStored(dir.path, { port });
  assertEquals(again.addr.port, port);
  await sees(pty, /<ann> said meanwhile *$/m);
  await seesNo(pty, /offline|waits for/);
  using bob = await joinEvent(again, "bob");
  await bob.ask({ type: "say", room: "lobby", text: "I heard you" });
  await sees(pty, /<bob> I heard you/);
  await sees(pty, /│lobby> a draft/);
  assertEquals(pty.screen.seen.match(/<ann> said meanwhile/g)?.length, 1);
  // What was said before is still to be had, and the place of the draft, too.
  pty.type("\x1b[5~\x1b[5~");
  await sees(pty, /<bob> before 7\b/);
  pty.type("\x1b[F");
  await sees(pty, /<bob> I heard you/);
  await sees(pty, /│lobby> a draft/);
});

ptyTest(
  "a server that is down when its client starts again is waited for, an unknown one is not",
  async () => {
    await using dir = await makeDir();
    await using home = await makeDir();
    const server = await startStored(dir.path);
    const { port } = server.addr;
    const address = formatAddress(server.addr);
    {
      await using first = device(home.path, address, "--name", "ann", "--view");
      await first.expect("You are ann in lobby");
      first.type("\x04");
      assertEquals(await first.exitCode(), 0);
    }
    await server[Symbol.asyncDispose]();
    {
      await using stranger = device(dir.path, address, "--name", "ann");
      await stranger.expect("nothing listens there; is the server");
      assertEquals(await stranger.exitCode(), 3);
    }
    {
      await using left = device(home.path, address);
      await sees(left, /offline, next try in \d+ s/);
      left.type("\x04");
      assertEquals(await left.exitCode(), 0);
    }
    await using pty = device(home.path, address);
    await sees(pty, /offline, next try in \d+ s/);
    await sees(pty, /Can't connect to .*Trying again/s);
    pty.type("written before");
    await using _again = await startStored(dir.path, { port });
    await pty.expect("You are ann in lobby");
    pty.type("\r");
    await sees(pty, /<ann> written before/);
  },
);
