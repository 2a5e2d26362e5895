/** The view on a real terminal: what it leaves behind, however it ends. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { demoCommand, GREETING, ptyTest } from "./fixtures/on_pty.ts";
import { Pty } from "./pty.ts";

/** The demo in the view, behind a line of the shell's screen. */
async function viewDemo(): Promise<Pty> {
  const command = ["/bin/sh", "-c", 'echo the shell; exec "$@"', "sh", ...demoCommand("--view")];
  const pty = new Pty(command);
  await pty.expect(GREETING);
  assert(pty.screen.isAlternate);
  return pty;
}

/** Whether the terminal is as it was before. */
async function isAsBefore(pty: Pty): Promise<void> {
  await pty.until(() => !pty.screen.isAlternate, "the shell's screen");
  assert(pty.screen.text.includes("the shell"));
  assertFalse(pty.screen.text.includes(GREETING));
  assertEquals(pty.screen.modes, { bracketedPaste: false, wraparound: true });
}

ptyTest("Ctrl-D gives the shell's screen back as it was", async () => {
  await using pty = await viewDemo();
  pty.type("\x04");
  assertEquals(await pty.exitCode(), 0);
  await isAsBefore(pty);
  assertEquals(pty.screen.rows, ["the shell"]);
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  ptyTest(`${signal} gives the shell's screen back`, async () => {
    await using pty = await viewDemo();
    pty.signal(signal);
    assertEquals(await pty.exitCode(), code);
    await isAsBefore(pty);
  });
}

ptyTest(
  "an error that nobody caught gives the shell's screen back, and is told on it",
  async () => {
    await using pty = await viewDemo();
    pty.type("!throw\r");
    assertEquals(await pty.exitCode(), 1);
    await isAsBefore(pty);
    await pty.expect("thrown on purpose");
  },
);

ptyTest("Ctrl-Z goes to the shell, and fg comes back to the view and the draft", async () => {
  const env = { PS1: "shell$ ", PS2: "", HISTFILE: "/dev/null", ENV: "" };
  await using pty = new Pty(["bash", "--norc", "--noprofile", "-i"], { env });
  await pty.expect("shell$");
  pty.type(`${demoCommand("--view").join(" ")}\r`);
  await pty.expect(GREETING);
  pty.type("a draft");
  await pty.until(() => pty.screen.cursorRow.includes("> a draft"), "the draft");
  pty.type("\x1a");
  await pty.expect("Stopped");
  assertFalse(pty.screen.isAlternate);
  pty.type("fg\r");
  await pty.until(() => pty.screen.isAlternate, "the view");
  await pty.until(() => pty.screen.cursorRow.includes("> a draft"), "the draft again");
  pty.type("\x15\x04");
  await pty.until(() => !pty.screen.isAlternate, "the end");
}, "bash");
