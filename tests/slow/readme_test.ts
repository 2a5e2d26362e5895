/** The README, played by a new user: each of its commands is run as it stands, and does what is said. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readDocument } from "../docs.ts";
import { commandsOf, Newcomer } from "../fixtures/newcomer.ts";
import { NO_PTY } from "../pty.ts";

/** Where the README's commands are, and where each is run. */
const PLAYED: Readonly<Record<string, string>> = {
  "chatroom": "tests/readme_test.ts, .ci/run",
  "First talk": "here",
  "On a network": "here",
  "On a network that you do not trust": "tests/readme_steps_test.ts",
  "Keep order": "here",
  "The web page": "here",
  "From an IRC client": "here",
  "Scripts": "here",
  "Keep it running": "here",
};

function playTest(name: string, fn: () => Promise<void>): void {
  const ignore = NO_PTY !== undefined;
  Deno.test({ name: name + (ignore ? ` (skipped: ${NO_PTY})` : ""), ignore, fn });
}

/** The lines of a block, without comments. */
function linesOf(block = ""): string[] {
  return block.trimEnd().split("\n").map((line) => line.replace(/ +#.*$/, ""));
}

Deno.test("every command of the README is run by a test", () => {
  const headings: string[] = [];
  let isFenced = false;
  for (const line of readDocument("README.md").split("\n")) {
    if (line.startsWith("#") && !isFenced) headings.push(line.replace(/^#+ /, ""));
    if (!line.startsWith("```")) continue;
    isFenced = !isFenced;
    if (isFenced) assert(PLAYED[headings.at(-1) ?? ""] !== undefined, headings.at(-1));
  }
});

playTest("the first talk: two people at two terminals, commands, and order kept", async () => {
  const [serve = "", joinAnn = "", joinBob = ""] = linesOf(commandsOf("First talk")[0]);
  const [own = ""] = linesOf(commandsOf("Keep order")[0]);
  await using user = await Newcomer.create();
  await using server = user.serve(serve);
  const address = `127.0.0.1:${await server.port()}`;
  assertMatch(await server.line(/^ {2}(.*connect.*)$/), new RegExp(`connect ${address}$`));
  await using ann = user.terminal(joinAnn, address);
  await using bob = user.terminal(joinBob, address);
  await ann.expect("You are ann in lobby");
  await bob.expect("You are bob in lobby");
  ann.type("hello there\r");
  await bob.expect("<ann> hello there");
  ann.type("/help\r");
  await ann.expect("/msg NAME [TEXT]");
  ann.type("/help keys\r");
  await ann.expect("Alt-1 to Alt-9");
  ann.type("/msg bob hi\r");
  await bob.expect("[ann -> bob] hi");
  ann.type("/join dev\r");
  await ann.expect("dev>");
  ann.type("/room lobby\r");
  await ann.expect("lobby>");
  // The conversation with bob is the second place, and dev the third.
  ann.type("\x1b3");
  await ann.expect("dev>");
  ann.type("\x1b1/register correct horse\r");
  await ann.expect("The name ann is yours now");
  assertEquals(await user.run(own), { code: 0, stderr: "" });
  ann.type("/mute bob 10m\r");
  await bob.expect("You were muted by ann");
  ann.type("/ban 192.0.2.7\r/ban bob 2h spam\r");
  await bob.expect("You are banned by ann");
  assertEquals(await bob.exitCode(), 4);
  ann.type("/bans\r");
  await ann.expect("192.0.2.7 is banned");
  ann.type("/unban bob\r");
  await ann.expect("bob is not banned any more.");
  await using again = user.terminal(joinBob, address);
  await again.expect("You are bob in lobby");
  ann.type("/kick bob\r");
  assertEquals(await again.exitCode(), 4);
  ann.type("\x04");
  assertEquals(await ann.exitCode(), 0);
});

playTest("on a network the server prints the command that joins it", async () => {
  const [serve = "", join = ""] = linesOf(commandsOf("On a network")[0]);
  await using user = await Newcomer.create();
  await using server = user.serve(serve);
  const port = await server.port();
  const printed = await server.line(/^ {2}.*( connect \S+)$/);
  assertStringIncludes(printed, `:${port}`);
  assertStringIncludes(await server.line(/^(Nothing.*)$/), "chatroom help tls");
  for (const command of [`chatroom${printed}`, join.replace("192.168.1.20", `127.0.0.1:${port}`)]) {
    await using pty = user.terminal(command, "");
    await pty.expect("You are ann in lobby");
    pty.type("\x04");
    assertEquals(await pty.exitCode(), 0);
  }
});

playTest("the web page is where the README says", async () => {
  await using user = await Newcomer.create();
  for (const command of linesOf(commandsOf("The web page")[0])) {
    await using server = user.serve(command.replace("8080", "0"));
    const url = new URL(await server.line(/^The web page is at (\S+?)\.?$/));
    assertEquals(url.protocol, command.includes("--tls") ? "https:" : "http:");
    const caCerts = url.protocol === "https:"
      ? [await Deno.readTextFile(`${user.home}/DATA/chatroom/tls-cert.pem`)]
      : [];
    using client = Deno.createHttpClient({ caCerts });
    const page = await fetch(`${url.protocol}//127.0.0.1:${url.port}/`, { client });
    assertStringIncludes(await page.text(), "<title>");
  }
});

playTest("an IRC client comes in where the README says", async () => {
  const [serve = ""] = linesOf(commandsOf("From an IRC client")[0]);
  await using user = await Newcomer.create();
  await using server = user.serve(serve.replace("6667", "0"));
  const port = Number(await server.line(/IRC.* 127\.0\.0\.1:(\d+)/));
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode("NICK ann\r\nUSER ann 0 * :Ann\r\n"));
  const lines = conn.readable.pipeThrough(new TextDecoderStream());
  let told = "";
  for await (const part of lines) if (/ 001 ann :/.test(told += part)) break;
  assertMatch(told, / 001 ann :/);
});

playTest("scripts send one message, a file, and each line of a log", async () => {
  const [send = "", sendFile = "", follow = "", ask = "", hook = ""] = linesOf(
    commandsOf("Scripts")[0],
  );
  await using user = await Newcomer.create();
  await using server = user.serve("chatroom serve");
  const address = `127.0.0.1:${await server.port()}`;
  await using pty = user.terminal("chatroom connect --name eve --room ops --room logs", address);
  await pty.expect("You are eve in");
  assertEquals(await user.run(send, { server: address }), { code: 0, stderr: "" });
  await pty.expect("version 1.4 is live");
  await Deno.writeTextFile(`${user.home}/build.log`, "built\n");
  assertEquals(await user.run(sendFile, { server: address }), { code: 0, stderr: "" });
  await pty.expect("build.log (6 bytes");
  const deploy = `#!/bin/sh\ntouch deployed\n`;
  await Deno.writeTextFile(`${user.home}/deploy`, deploy, { mode: 0o755 });
  const asking = user.run(ask, { server: address });
  await pty.expect("Deploy?");
  pty.type("/room ops\r/answer 3 yes\r");
  assertEquals(await asking, { code: 0, stderr: "" });
  assert((await Deno.stat(`${user.home}/deployed`)).isFile);
  assertEquals((await user.run(hook)).code, 0);
  await Deno.writeTextFile(`${user.home}/app.log`, "disk nearly full\n");
  const stop = new AbortController();
  const following = user.run(follow, { server: address, signal: stop.signal });
  await pty.expect("disk nearly full");
  stop.abort();
  await following;
});

playTest("what a server has is backed up while it runs, and looked at", async () => {
  const [backup = "", doctor = ""] = linesOf(commandsOf("Keep it running")[0]);
  await using user = await Newcomer.create();
  await using server = user.serve("chatroom serve");
  await server.port();
  assertEquals(await user.run(backup), { code: 0, stderr: "" });
  assert((await Deno.stat(`${user.home}/chat.tar`)).size > 0);
  // What it finds is of this machine: it may be that its disk is full.
  const { code } = await user.run(doctor);
  assert(code === 0 || code === 1, `${code}`);
});
