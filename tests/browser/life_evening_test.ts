/**
 * An evening of answers, edits, removals, reactions and pins at all doors: the page, a terminal, a pipe, a
 * client in Python and a script. Each reads the same, as its door can show it, and so does who comes after it.
 */

import { assertEquals } from "@std/assert";
import { formatAddress } from "../../lib/cli/values.ts";
import { serveWeb } from "../../lib/web/serve_web.ts";
import { CHEAP, LOGIN, reserve } from "../fixtures/guests.ts";
import {
  CLASSIC,
  comesBack,
  LIFE,
  MESSAGES,
  PAGE,
  PIPE,
  playEvening,
  readsPages,
  TERMINAL,
} from "../fixtures/life_evening.ts";
import { makeDir, startStored } from "../fixtures/stored_server.ts";
import { device, leave } from "../fixtures/terminal_device.ts";
import { joinEvent, untilVisitor } from "../helpers.ts";
import { command } from "../program.ts";
import { NO_PTY } from "../pty.ts";
import { becomes, browserTest, type Person } from "./browser.ts";
import { classicClient } from "./classic_client.ts";
import { signIn } from "./life.ts";

/** The rows of the page, in words. */
async function rowsOf({ page }: Person): Promise<string[]> {
  const rows = await page.evaluate(`[...document.querySelectorAll("#list > .said")].map((row) => {
    const all = (what) => [...row.querySelectorAll(what)].map((each) => each.textContent.trim());
    const parts = [...all(".quote"), ...all(".gone"), ...all(".text"), ...all(".chip:has(.count)")];
    const marks = [
      ...row.classList.contains("edited") ? ["edited"] : [],
      ...all(".pin").length > 0 ? ["pinned"] : [],
    ];
    return parts.join(" | ") + (marks.length > 0 ? " (" + marks.join(", ") + ")" : "");
  })`) as string[];
  return rows.map((row) => row.replace(/ at \d\d:\d\d/, "").replace(/\s+/g, " "));
}

browserTest(
  "an evening of answers, edits, removals, reactions and pins reads the same at all doors",
  async (people) => {
    await using dir = await makeDir();
    await using home = await makeDir();
    await using server = await startStored(dir.path, { passwords: CHEAP });
    await using web = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0 });
    const address = formatAddress(server.addr);
    // Guests of one address react once, all of them.
    const roles = { olga: "owner", zoe: "member", yara: "member", bob: "member" } as const;
    await reserve(server.host.shared.house, roles);
    // Those who will be away are there once, with the room listed.
    const sessions: Record<string, string> = {};
    for (const name of ["zoe", "yara"]) {
      using peer = await joinEvent(server, name, { ...LIFE, login: LOGIN });
      sessions[name] = peer.ready.session;
      await peer.tell({ type: "quit" });
      await peer.takeType("bye");
    }
    using olga = await joinEvent(server, "olga", { ...LIFE, login: LOGIN });
    using watcher = await joinEvent(server, "wes", LIFE);
    const { epoch } = olga.welcome;
    const bob = await signIn(people, web, "bob");
    await using ann = device(home.path, address, "--name", "ann");
    await ann.expect("You are ann in lobby");
    const dora = classicClient(server.addr.port, "dora");
    while ((await watcher.takeType("joined")).name !== "dora");
    const pipe = command(["connect", address, "--name", "carl"]).spawn();
    const carl = pipe.stdin.getWriter();
    await untilVisitor(olga, "carl");
    const row = (text: string): ReturnType<Person["page"]["locator"]> =>
      bob.page.locator("#list .said", { has: bob.page.locator(".text", { hasText: text }) });
    let seen = 0;
    await playEvening({
      olga,
      async ann(line, sees): Promise<void> {
        await ann.expect(sees);
        ann.type(`${line}\r`);
      },
      bob: {
        async reacts(text, key): Promise<void> {
          await row(text).locator(".chip", { hasText: key }).click();
        },
        async answers(text, answer): Promise<void> {
          await row(text).hover();
          await row(text).getByRole("button", { name: "Reply" }).click();
          await bob.page.keyboard.type(answer);
          await bob.page.keyboard.press("Enter");
        },
      },
      carl: (line) => carl.write(new TextEncoder().encode(`${line}\n`)),
      dora: (line) => dora.say(line),
    }, async (seq) => {
      while (seen < seq) seen = Math.max(seen, (await watcher.takeEvent()).seq ?? 0);
    });
    await bob.sees("the evening is over");
    await bob.until(`document.querySelectorAll("#list .edited").length === 2`);
    await becomes(() => rowsOf(bob), PAGE);
    await ann.expect("<olga> @zoe @yara the evening is over");
    const rows = ann.screen.rows.map((each) => each.replace(/^\d\d:\d\d /, "").trimEnd());
    assertEquals(rows.filter((each) => /^(\d+ <| {2}↳)/.test(each)), TERMINAL);
    await leave(ann);
    await carl.close();
    const { code, stdout } = await pipe.output();
    assertEquals([code, new TextDecoder().decode(stdout).trimEnd().split("\n")], [0, PIPE]);
    assertEquals(await dora.heard("the evening is over"), CLASSIC);
    await dora.end();
    // Whoever was away comes back by a session and by pages, and on a page that knows nothing yet.
    await comesBack(server, "zoe", { session: sessions.zoe ?? "", epoch });
    await readsPages(server, "zoe");
    const yara = await signIn(people, web, "yara");
    await yara.sees("the evening is over");
    await becomes(() => rowsOf(yara), PAGE);
    await yara.page.locator(".unread-line").waitFor();
    const after = yara.page.locator(".unread-line ~ .said");
    await becomes(() => after.count(), MESSAGES);
    await becomes(() => yara.page.locator("#list .addressed").count(), 1);
    await bob.page.reload();
    await bob.online();
    await bob.sees("the evening is over");
    await becomes(() => rowsOf(bob), PAGE);
  },
  NO_PTY,
);
