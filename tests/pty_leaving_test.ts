/** How a real terminal is asked, left and suspended, and that its settings are as before. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import type { Server } from "../lib/server/serve.ts";
import {
  demoCommand,
  GREETING,
  ptyTest,
  sends,
  shipped,
  shippedCommand,
} from "./fixtures/on_pty.ts";
import { joinEvent, startServer } from "./helpers.ts";
import { Pty } from "./pty.ts";

ptyTest("checklist 7: Ctrl-C clears, warns and leaves with 130", async () => {
  await using pty = new Pty(demoCommand());
  const before = pty.settings();
  await pty.expect(GREETING);
  assert(pty.settings() !== before);
  pty.type("draft");
  await pty.expect("> draft");
  pty.type("\x03\x03");
  await pty.expect("Press Ctrl-C again");
  pty.type("\x03");
  assertEquals(await pty.exitCode(), 130);
  assertEquals(pty.settings(), before);
});

ptyTest(
  "checklist 7: Ctrl-D leaves with 0, and the screen and the settings are as before",
  async () => {
    await using pty = new Pty(demoCommand());
    const before = pty.settings();
    await pty.expect(GREETING);
    pty.type("\x04");
    assertEquals(await pty.exitCode(), 0);
    assertEquals(pty.settings(), before);
    await pty.until(() => !pty.screen.modes.bracketedPaste, "the end of bracketed paste");
    assertFalse(pty.screen.text.includes("lobby>"));
  },
);

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  ptyTest(`checklist 7: ${signal} leaves with ${code} and restores the settings`, async () => {
    await using pty = new Pty(demoCommand());
    const before = pty.settings();
    await pty.expect(GREETING);
    pty.signal(signal);
    assertEquals(await pty.exitCode(), code);
    assertEquals(pty.settings(), before);
    await pty.until(() => !pty.screen.modes.bracketedPaste, "the end of bracketed paste");
  });
}

ptyTest("a terminal that takes nothing does not keep the program from ending", async () => {
  await using pty = new Pty(demoCommand());
  const before = pty.settings();
  await pty.expect(GREETING);
  pty.type("!big\r");
  await pty.pauseAt("big 1");
  pty.signal("SIGTERM");
  assertEquals(await pty.exitCode(), 143);
  assertEquals(pty.settings(), before);
});

ptyTest("checklist 7: an error nobody caught restores the settings", async () => {
  await using pty = new Pty(demoCommand());
  const before = pty.settings();
  await pty.expect(GREETING);
  pty.type("!throw\r");
  assertEquals(await pty.exitCode(), 1);
  await pty.expect("thrown on purpose");
  assertEquals(pty.settings(), before);
});

ptyTest("checklist 7: Ctrl-Z goes to the shell, and fg comes back to the draft", async () => {
  const env = { PS1: "shell$ ", PS2: "", HISTFILE: "/dev/null", ENV: "" };
  await using pty = new Pty(["bash", "--norc", "--noprofile", "-i"], { env });
  await pty.expect("shell$");
  pty.type(`${demoCommand().join(" ")}\r`);
  await pty.expect(GREETING);
  pty.type("draft\x02");
  await pty.expect("> draft");
  pty.type("\x1a");
  await pty.expect("Stopped");
  pty.type("echo in the $((1+1))nd shell\r");
  await pty.expect("in the 2nd shell");
  pty.type("fg\r");
  await pty.until(() => pty.screen.cursorRow.endsWith("lobby> draft"), "the draft");
  await sends(pty, "!!", "draf!!t");
  pty.type("\x04");
  await pty.until(() => pty.screen.cursorRow.startsWith("shell$"), "the shell");
}, "bash");

/** A shell on a terminal. */
function openShell(): Pty {
  const env = {
    PS1: "shell$ ",
    HISTFILE: "/dev/null",
    ENV: "",
    CHATROOM_NAME: "ann",
    INIT_CWD: "",
  };
  return new Pty(["bash", "--norc", "--noprofile", "-i"], { env });
}

/** Starts the program in a shell, as ann. */
async function startIn(shell: Pty, { addr }: Server): Promise<void> {
  await shell.expect("shell$");
  shell.type(`${shippedCommand(formatAddress(addr)).join(" ")}\r`);
  await shell.expect("You are ann in lobby");
}

ptyTest("checklist 7: Ctrl-Z and fg need no permission to keep the draft", async () => {
  await using server = startServer();
  await using pty = openShell();
  await startIn(pty, server);
  pty.type("draft");
  await pty.expect("> draft");
  pty.type("\x1a");
  await pty.expect("Stopped");
  pty.type("fg\r");
  await pty.until(() => pty.screen.cursorRow.endsWith("lobby> draft"), "the draft");
}, "bash");

ptyTest("what is typed after Ctrl-D is the shell's", async () => {
  await using server = startServer();
  await using pty = openShell();
  await startIn(pty, server);
  const held = pty.settings();
  pty.type("\x04");
  // It has read that key, and has not ended yet.
  await pty.until(() => pty.settings() !== held, "other settings");
  pty.type("echo to''gether\r");
  await pty.expect("together");
}, "bash");

ptyTest("checklist 11: a name is asked for, and a password is not shown", async () => {
  await using pty = new Pty(demoCommand("--ask"));
  const before = pty.settings();
  await pty.expect("Your name:");
  pty.type("a👍🏽\x7fnn\r");
  await pty.expect("Password:");
  pty.type("s3cret");
  await pty.expect("Password: ••••••");
  pty.type("\r");
  await pty.expect("The password has 6 characters.");
  await pty.expect("You are ann in lobby");
  assertFalse(pty.written.includes("s3cret"));
  pty.type("\x1b[A\x04");
  assertEquals(await pty.exitCode(), 0);
  assertEquals(pty.settings(), before);
});

ptyTest("a question that is ended by a signal ends the program, with its settings", async () => {
  await using pty = new Pty(demoCommand("--ask"));
  const before = pty.settings();
  await pty.expect("Your name:");
  pty.signal("SIGTERM");
  assertEquals(await pty.exitCode(), 143);
  assertEquals(pty.settings(), before);
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  ptyTest(`${signal} at the question for a name gives ${code} as shipped`, async () => {
    await using pty = shipped();
    const before = pty.settings();
    await pty.expect("Your name:");
    pty.signal(signal);
    assertEquals(await pty.exitCode(), code);
    assertEquals(pty.settings(), before);
  });
}

ptyTest("the program chats with the permissions that it is shipped with", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  await using pty = shipped(formatAddress(server.addr));
  const before = pty.settings();
  await pty.expect("Your name:");
  // Enter alone is no name, and no end.
  pty.type("\r");
  await pty.expect("Others see you by a name: up to 64 letters");
  pty.type(" \rann\r");
  await pty.expect("You are ann in lobby");
  pty.type("hello\r");
  assertEquals((await bob.takeType("message")).text, "hello");
  await bob.ask({ type: "say", room: "lobby", text: "hi" });
  await pty.expect("<bob> hi");
  pty.type("still here\r");
  assertEquals((await bob.takeType("message")).text, "still here");
  pty.type("/quit\r");
  assertEquals(await pty.exitCode(), 0);
  assertEquals(pty.settings(), before);
});

ptyTest("a second client of one person asks for another name, which is for that once", async () => {
  const dir = await Deno.makeTempDir();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(dir, { recursive: true }));
  await using server = startServer();
  const main = new URL("../main.ts", import.meta.url).pathname;
  const connect = (...args: string[]): Pty =>
    new Pty(
      [
        Deno.execPath(),
        "run",
        "--quiet",
        "-A",
        main,
        "connect",
        formatAddress(server.addr),
        ...args,
      ],
      { env: { XDG_CONFIG_HOME: dir, CHATROOM_NAME: "", CHATROOM_SERVER: "" }, columns: 100 },
    );
  const remembered = async (): Promise<string | undefined> =>
    /^name = "(.*)"$/m.exec(await Deno.readTextFile(`${dir}/chatroom/settings.toml`))?.[1];
  await using first = connect("--name", "ann");
  await first.expect("You are ann in lobby");
  await using second = connect();
  await second.expect("The name ann is in use here");
  await second.expect("Another name:");
  second.type("anna\r");
  await second.expect("You are anna in lobby");
  assertEquals(await remembered(), "ann");
  await using third = connect("--name", "deploy");
  await third.expect("You are deploy in lobby");
  assertEquals(await remembered(), "ann");
});
