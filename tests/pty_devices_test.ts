/** A person at two terminals, each with a home of its own: what is said, read and kept. */

import { assert, assertEquals } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { device, leave, prompts } from "./fixtures/terminal_device.ts";
import { ptyTest } from "./fixtures/on_pty.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent } from "./helpers.ts";

const PASSWORD = "correct horse battery";

ptyTest("an evening with two terminals of one person, and the morning after", async () => {
  await using dir = await makeDir();
  await using desk = await makeDir();
  await using lap = await makeDir();
  const server = await startStored(dir.path);
  const { port } = server.addr;
  const address = formatAddress(server.addr);
  const bob = await joinEvent(server, "bob");

  // The first device reserves the name, the second one needs the password.
  await using first = device(desk.path, address, "--name", "ann");
  await first.expect("You are ann in lobby");
  first.type(`/register ${PASSWORD}\r`);
  await first.expect("The name ann is yours now");
  await using second = device(lap.path, address, "--name", "ann");
  await second.expect("Password of ann:");
  second.type(`${PASSWORD}\r`);
  await second.expect("You are ann in lobby");

  // What is read on one of them is not new on the other.
  first.type("/join dev\r");
  await prompts(first, "dev>");
  await second.expect("You joined dev on another device.");
  second.type("x\x15");
  await bob.ask({ type: "say", room: "lobby", text: "is anybody here?" });
  await first.expect("#lobby 1 <bob> is anybody here?");
  await second.expect("<bob> is anybody here?");
  await prompts(first, "dev>");

  // What is said on one of them is on the other, as one's own.
  second.type("me\r");
  await first.expect("#lobby 2 <ann> me");
  await prompts(first, "dev>");

  // A conversation is on both, with what was said before.
  await bob.ask({ type: "direct", to: "ann", text: "a word with you" });
  await first.expect("[bob -> ann] a word with you");
  await prompts(first, "dev [@bob 1!]>");
  second.type("/chat bob\r");
  await second.expect("<bob> a word with you");
  await prompts(first, "dev>");
  second.type("go on\r");
  await first.expect("[ann -> bob] go on");
  assertEquals((await bob.takeType("direct")).text, "go on");
  await leave(first);
  await leave(second);

  // To somebody who is away it waits, also while the server is started anew.
  const ack = await bob.ask({ type: "direct", to: "ann", text: "read this tomorrow" });
  assertEquals(ack.type, "ack");
  bob[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await using again = await startStored(dir.path, { port });
  assertEquals(again.addr.port, port);
  await using morning = device(lap.path);
  await morning.expect("You are ann");
  await morning.expect("New: ");
  await morning.expect("@bob 1");
  assert(!morning.screen.text.includes("Password"));
  morning.type("/chat bob\r");
  await morning.expect("<bob> read this tomorrow");
  await morning.expect("<ann> go on");
  morning.type("/devices\r");
  await morning.expect("this one");
  await leave(morning);
});

ptyTest(
  "a device comes in without a password the next time, also to a server that was started anew",
  async () => {
    await using dir = await makeDir();
    await using desk = await makeDir();
    const server = await startStored(dir.path);
    const { port } = server.addr;
    {
      await using first = device(desk.path, formatAddress(server.addr), "--name", "ann");
      await first.expect("You are ann in lobby");
      first.type(`/register ${PASSWORD}\r`);
      await first.expect("The name ann is yours now");
      // Another terminal of the same machine is another device, and needs no password either.
      await using beside = device(desk.path, formatAddress(server.addr));
      await beside.expect("You are ann in lobby");
      await leave(beside);
      await leave(first);
    }
    await server[Symbol.asyncDispose]();
    await using _again = await startStored(dir.path, { port });
    await using morning = device(desk.path);
    await morning.expect("You are ann in lobby");
    assert(!morning.screen.text.includes("Password"));
    morning.type("/devices\r");
    await morning.expect("this one");
    const devices = (): number => (morning.screen.text.match(/\b[0-9a-f]{16}\b/g) ?? []).length;
    await morning.until(() => devices() === 2, "two devices");
    morning.type("/logout\r");
    assertEquals(await morning.exitCode(), 0);
    // The other terminal's session is still good.
    await using other = device(desk.path);
    await other.expect("You are ann in lobby");
  },
);

ptyTest("a device that is signed out elsewhere says so, and needs the password again", async () => {
  await using dir = await makeDir();
  await using desk = await makeDir();
  await using lap = await makeDir();
  await using server = await startStored(dir.path);
  const address = formatAddress(server.addr);
  await using first = device(desk.path, address, "--name", "ann");
  await first.expect("You are ann in lobby");
  first.type(`/register ${PASSWORD}\r`);
  await first.expect("The name ann is yours now");
  await using second = device(lap.path, address, "--name", "ann");
  await second.expect("Password of ann:");
  second.type(`${PASSWORD}\r`);
  await second.expect("You are ann in lobby");
  first.type("/logout --others\r");
  assertEquals(await second.exitCode(), 4);
  await using third = device(lap.path, address, "--name", "ann");
  await third.expect("Password of ann:");
});

ptyTest(
  "who came as a guest and logged in is that one at the next start, on the same device",
  async () => {
    await using dir = await makeDir();
    await using desk = await makeDir();
    await using lap = await makeDir();
    await using server = await startStored(dir.path);
    const address = formatAddress(server.addr);
    await using owner = device(desk.path, address, "--name", "ann");
    await owner.expect("You are ann in lobby");
    owner.type(`/register ${PASSWORD}\r`);
    await owner.expect("The name ann is yours now");
    {
      await using guest = device(lap.path, address, "--name", "horse");
      await guest.expect("You are horse in lobby");
      guest.type("/nick ann\r");
      await guest.expect("reserved");
      guest.type(`\x15/login ${PASSWORD}\r`);
      await guest.expect("You are ann");
      await leave(guest);
    }
    await using again = device(lap.path, address);
    await again.expect("You are ann");
    again.type("/devices\r");
    await again.expect("this one");
    assertEquals(again.screen.text.split("signed in").length, 3);
    await leave(again);
    await leave(owner);
  },
);
