/** The program on a terminal, at a server far away that asks for a password after the prompt is there. */

import { delay } from "@std/async/delay";
import { assertEquals, assertFalse } from "@std/assert";
import { startServer } from "./helpers.ts";
import { NO_PTY, Pty } from "./pty.ts";
import { Proxy } from "./proxy.ts";
import { formatAddress } from "../lib/cli/values.ts";

const MAIN = new URL("../main.ts", import.meta.url).href;
const skipped = NO_PTY === undefined ? "" : ` (skipped: ${NO_PTY})`;

Deno.test({
  name:
    `checklist 11: a password that is wanted late is asked for, and lets in, on a pty${skipped}`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    await using server = startServer({ password: "open sesame" });
    await using proxy = new Proxy(server);
    proxy.delayMs = 400;
    const command = [Deno.execPath(), "run", "--quiet", "-A", MAIN, "connect"];
    const args = [formatAddress(proxy.addr), "--name", "me", "--no-settings"];
    await using pty = new Pty([...command, ...args], { env: { CHATROOM_PASSWORD: "" } });
    await pty.expect("lobby>");
    pty.type("too early\rhalf a line");
    await pty.expect("Password of the server:");
    proxy.delayMs = 100;
    // The chat that has ended had waited for a key too; it must get none of these.
    pty.type("open sesame\r");
    await pty.expect("You are me in lobby");
    assertFalse(pty.written.includes("sesame"));
    // Nothing that was written is lost, nor joined, nor said without being asked for.
    await pty.until(() => pty.screen.cursorRow.endsWith("> too early"), "the line");
    pty.type("\x03");
    await pty.until(() => pty.screen.cursorRow.endsWith("> half a line"), "the draft");
    pty.type("\x1b[A");
    await pty.until(() => pty.screen.cursorRow.endsWith("> too early"), "the line before it");
    assertFalse(pty.screen.text.includes("<me>"));
  },
});

/** Answers a question; resolves when nobody reads keys any more. */
async function answers(pty: Pty, answer: string): Promise<void> {
  const asking = pty.settings();
  pty.type(`${answer}\r`);
  while (pty.settings() === asking) await delay(5);
}

/** A client on a pty that comes by a proxy. */
function connected(proxy: Proxy): Pty {
  const command = [Deno.execPath(), "run", "--quiet", "-A", MAIN, "connect"];
  const args = [formatAddress(proxy.addr), "--name", "me", "--no-settings"];
  return new Pty([...command, ...args], { env: { CHATROOM_PASSWORD: "" } });
}

Deno.test({
  name: `what is typed while a password is looked at is not echoed, on a pty${skipped}`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    await using server = startServer({ password: "open sesame" });
    await using proxy = new Proxy(server);
    await using pty = connected(proxy);
    const before = pty.settings();
    await pty.expect("Password of the server:");
    proxy.delayMs = 400;
    await answers(pty, "wrong");
    pty.type("tea at noon\r");
    await pty.expect("That is not this server's password.");
    await pty.until(() => pty.screen.cursorRow.includes("Password of the server:"), "the next one");
    assertFalse(pty.written.includes("tea"), "it may be a password");
    await answers(pty, "open sesame");
    await pty.expect("You are me in lobby");
    pty.type("\x04");
    assertEquals(await pty.exitCode(), 0);
    assertEquals(pty.settings(), before);
  },
});

Deno.test({
  name: `Ctrl-C while a password is looked at leaves the terminal as it was, on a pty${skipped}`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    await using server = startServer({ password: "open sesame" });
    await using proxy = new Proxy(server);
    await using pty = connected(proxy);
    const before = pty.settings();
    await pty.expect("Password of the server:");
    proxy.delayMs = 5_000;
    await answers(pty, "wrong");
    pty.type("\x03");
    assertEquals(await pty.exitCode(), 130);
    assertEquals(pty.settings(), before);
  },
});
