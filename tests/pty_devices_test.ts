/** A person at two terminals, each with a home of its own: what is said, read and kept. */

import config from "../deno.json" with { type: "json" };
import { assert, assertEquals } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { ptyTest } from "./fixtures/on_pty.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { Pty } from "./pty.ts";

const MAIN = new URL("../main.ts", import.meta.url).href;
const PASSWORD = "correct horse battery";

/** The client as shipped, with its settings in a home of its own. */
function device(home: string, ...args: string[]): Pty {
  const permissions = config.tasks.connect.split(" ").filter((word) => word.startsWith("--allow-"));
  const run = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, MAIN];
  const env = { CHATROOM_NAME: "", CHATROOM_SERVER: "", CHATROOM_LOGIN: "", XDG_CONFIG_HOME: home };
  return new Pty([...run, "connect", ...args], { env });
}

async function leave(pty: Pty): Promise<void> {
  pty.type("\x04");
  assertEquals(await pty.exitCode(), 0);
}

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
    const devices = (): number => morning.screen.text.split("; its id is").length - 1;
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
