/** What the program does on a terminal of its own that depends on its environment and on signals. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { formatAddress } from "../lib/cli/values.ts";
import type { Server } from "../lib/server/serve.ts";
import { joinEvent, startServer } from "./helpers.ts";
import { command } from "./program.ts";
import { NO_PTY, Pty } from "./pty.ts";

const MAIN = new URL("../main.ts", import.meta.url).href;

/** A test on a real terminal; on a system without one it is skipped, and its name says why. */
function ptyTest(name: string, run: () => Promise<void>): void {
  const skipped = NO_PTY === undefined ? "" : ` (skipped: ${NO_PTY})`;
  Deno.test({ name: `${name}, on a pty${skipped}`, ignore: NO_PTY !== undefined, fn: run });
}

/** The program as it is shipped, as `me` in the lobby. */
async function enter(server: Server, env: Record<string, string>): Promise<Pty> {
  const permissions = config.tasks.connect.split(" ").filter((word) => word.startsWith("--allow-"));
  const run = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, MAIN];
  const args = ["connect", formatAddress(server.addr), "--name", "me", "--no-settings"];
  const pty = new Pty([...run, ...args], { env: { COLORTERM: "", NO_COLOR: "", ...env } });
  await pty.expect("You are me in lobby");
  return pty;
}

/** The sequences that choose a colour. */
function colours(written: string): string[] {
  // deno-lint-ignore no-control-regex
  const chosen = [...written.matchAll(/\x1b\[([\d;]+)m/g)].map(([, codes = ""]) => codes);
  return chosen.filter((codes) => /(?:^|;)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;|$)/.test(codes));
}

for (
  const [what, env, wanted] of [
    ["of the 16", { TERM: "xterm" }, /^(?:1;)?(?:3[0-7]|9[0-7])$/],
    ["of the 256", { TERM: "xterm-256color" }, /^(?:1;)?38;5;\d+$/],
    [
      "of true colour",
      { TERM: "xterm-256color", COLORTERM: "truecolor" },
      /^(?:1;)?38;2;\d+;\d+;\d+$/,
    ],
    [
      "none with NO_COLOR",
      { TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" },
      undefined,
    ],
  ] as Array<[string, Record<string, string>, RegExp | undefined]>
) {
  ptyTest(`checklist 9: a name has its colour, ${what}`, async () => {
    await using server = startServer();
    using bob = await joinEvent(server, "bob");
    await using pty = await enter(server, env);
    const before = pty.written.length;
    await bob.ask({ type: "say", room: "lobby", text: "one" });
    await bob.ask({ type: "say", room: "lobby", text: "two" });
    await pty.expect("<bob> two");
    const painted = colours(pty.written.slice(before));
    if (wanted === undefined) assertEquals(colours(pty.written), []);
    else {
      const names = painted.filter((codes) => wanted.test(codes));
      assert(names.length >= 2, `the colours are ${painted.join(", ")}`);
      assertEquals(new Set(names).size, 1, "a name keeps its colour");
    }
  });
}

ptyTest("checklist 9: messages have times, and a mention is marked and rings once", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  await using pty = await enter(server, {});
  await bob.ask({ type: "say", room: "lobby", text: "some of you" });
  for (let n = 1; n <= 5; n++) {
    await bob.ask({ type: "say", room: "lobby", text: `Me, ${n}.` });
  }
  await pty.expect("Me, 5.");
  const marked = pty.screen.rows.filter((row) => /^\d\d:\d\d » \d <bob> Me, \d\.$/.test(row));
  assertEquals(marked.length, 5);
  assert(pty.screen.rows.some((row) => /^\d\d:\d\d 1 <bob> some of you$/.test(row)));
  assertEquals(pty.screen.bells, 1);
});

ptyTest("checklist 14: TERM=dumb gets no escape, and messages wait for Enter", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  await using pty = await enter(server, { TERM: "dumb" });
  pty.type("draft");
  await pty.until(() => pty.screen.cursorRow.startsWith("lobby> draft"), "the draft");
  await bob.ask({ type: "say", room: "lobby", text: "hello" });
  pty.type("ed");
  await pty.until(() => pty.screen.cursorRow.startsWith("lobby> drafted"), "what follows it");
  assertFalse(pty.screen.text.includes("hello"));
  pty.type("\r");
  await pty.expect("<bob> hello");
  await pty.expect("<me> drafted");
  assertFalse(pty.written.includes("\x1b"));
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test({
    name: `checklist 13: ${signal} ends a pipe client with ${code}, and says nothing` +
      (Deno.build.os === "windows" ? " (skipped: Windows has no such signals)" : ""),
    ignore: Deno.build.os === "windows",
    async fn(): Promise<void> {
      await using server = startServer();
      using bob = await joinEvent(server, "bob");
      const child = command(["connect", formatAddress(server.addr), "--name", "me"]).spawn();
      const input = child.stdin.getWriter();
      await input.write(new TextEncoder().encode("hello\n"));
      await bob.takeType("message");
      child.kill(signal);
      const { code: ended, stdout, stderr } = await child.output();
      await input.close().catch(() => {}); // it was closed with the program
      assertEquals([ended, stdout.length, stderr.length], [code, 0, 0]);
    },
  });
}
