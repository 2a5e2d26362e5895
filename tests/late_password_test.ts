/** The program on a terminal, at a server far away that asks for a password after the prompt is there. */

import { assertFalse } from "@std/assert";
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
