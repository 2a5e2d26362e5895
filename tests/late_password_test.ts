/** The program on a terminal, at a server far away that asks for a password after the prompt is there. */

import { startServer } from "./helpers.ts";
import { NO_PTY, Pty } from "./pty.ts";
import { Proxy } from "./proxy.ts";
import { formatAddress } from "../lib/cli/values.ts";

const MAIN = new URL("../main.ts", import.meta.url).href;
const skipped = NO_PTY === undefined ? "" : ` (skipped: ${NO_PTY})`;

Deno.test({
  name: `a password that is wanted late is asked for, and lets in, on a pty${skipped}`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    await using server = startServer({ password: "open sesame" });
    await using proxy = new Proxy(server);
    proxy.delayMs = 400;
    const command = [Deno.execPath(), "run", "--quiet", "-A", MAIN, "connect"];
    const args = [formatAddress(proxy.addr), "--name", "me", "--no-settings"];
    await using pty = new Pty([...command, ...args], { env: { CHATROOM_PASSWORD: "" } });
    await pty.expect("lobby>");
    await pty.expect("Password:");
    proxy.delayMs = 100;
    pty.type("open sesame\r");
    await pty.expect("You are me in lobby");
  },
});
