/**
 * An evening of answers, edits, removals, reactions and pins at a terminal, in a pipe, with a classic client
 * and by the event protocol: each reads the same, as its door can show it, and so does who comes after it.
 */

import { assertEquals } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { CHEAP, LOGIN, reserve } from "./fixtures/guests.ts";
import {
  CLASSIC,
  comesBack,
  LIFE,
  PIPE,
  playEvening,
  readsPages,
  TERMINAL,
  UNREAD,
} from "./fixtures/life_evening.ts";
import { ptyTest } from "./fixtures/on_pty.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { device, leave, prompts } from "./fixtures/terminal_device.ts";
import { classicFrame, joinClassic, joinEvent, untilVisitor } from "./helpers.ts";
import { command } from "./program.ts";
import type { Pty } from "./pty.ts";

/** The rows with messages and what they answer, without times. */
function rowsOf(pty: Pty): string[] {
  const rows = pty.screen.rows.map((row) => row.replace(/^\d\d:\d\d (?:» )?/, "").trimEnd());
  return rows.filter((row) => /^(\d+ <| {2}↳|-- \w+ (?:changed|removed|pinned))/.test(row));
}

ptyTest("an evening of answers, edits, removals, reactions and pins, at all doors", async () => {
  await using dir = await makeDir();
  await using home = await makeDir();
  await using away = await makeDir();
  await using nobodys = await makeDir();
  await using server = await startStored(dir.path, { passwords: CHEAP });
  const address = formatAddress(server.addr);
  const roles = { olga: "owner", zoe: "member", yara: "member", bob: "member" } as const;
  await reserve(server.host.shared.house, roles);
  // Zoe is there once, with the room listed, and then away.
  using zoe = await joinEvent(server, "zoe", { ...LIFE, login: LOGIN });
  const { session } = zoe.ready;
  const { epoch } = zoe.welcome;
  await zoe.tell({ type: "quit" });
  await zoe.takeType("bye");
  using olga = await joinEvent(server, "olga", { ...LIFE, login: LOGIN });
  using bob = await joinEvent(server, "bob", { ...LIFE, login: LOGIN });
  await using ann = device(home.path, address, "--name", "ann");
  await ann.expect("You are ann in lobby");
  using dora = await joinClassic(server, "dora");
  const pipe = command(["connect", address, "--name", "carl"]).spawn();
  const carl = pipe.stdin.getWriter();
  await untilVisitor(olga, "carl");
  const numbers = new Map<string, number>();
  let seen = 0;
  const cast = {
    olga,
    async ann(line: string, sees: string): Promise<void> {
      await ann.expect(sees);
      ann.type(`${line}\r`);
    },
    bob: {
      async reacts(text: string, key: string): Promise<void> {
        await bob.ask({ type: "react", room: "lobby", re: numbers.get(text), key });
        seen = Math.max(seen, 7);
      },
      async answers(text: string, answer: string): Promise<void> {
        await bob.ask({ type: "say", room: "lobby", text: answer, re: numbers.get(text) });
        seen = Math.max(seen, 13);
      },
    },
    carl: (line: string): Promise<void> => carl.write(new TextEncoder().encode(`${line}\n`)),
    dora: (line: string): Promise<void> => dora.send(classicFrame(line)),
  };
  await playEvening(cast, async (seq) => {
    while (seen < seq) {
      const event = await bob.takeEvent();
      if (event.seq === undefined || event.room !== "lobby") continue;
      seen = Math.max(seen, event.seq);
      if (event.text !== undefined) numbers.set(event.text, event.re ?? event.seq);
    }
  });
  await ann.expect("<olga> @zoe @yara the evening is over");
  // What one removes, and what is pinned, is told to those who are there.
  const told = ["-- You removed 10: oops", "-- olga pinned 1: olga: shall we have dinner?"];
  const place = TERMINAL.indexOf("10 <ann> removed") + 1;
  assertEquals(rowsOf(ann), TERMINAL.toSpliced(place, 0, ...told));
  await leave(ann);
  await carl.close();
  const { code, stdout } = await pipe.output();
  assertEquals([code, new TextDecoder().decode(stdout).trimEnd().split("\n")], [0, PIPE]);
  const heard: string[] = [];
  while (heard.length < CLASSIC.length) heard.push((await dora.takePair()).join(": "));
  assertEquals(heard, CLASSIC);
  // Whoever was away comes back by a session, with pages, and at a terminal.
  await comesBack(server, "zoe", { session, epoch });
  await readsPages(server, "zoe");
  await using late = device(away.path, address, "--name", "zoe");
  await late.expect("Password of zoe:");
  late.type(`${LOGIN}\r`);
  await late.expect(`New: lobby ${UNREAD}`);
  await late.expect("<olga> @zoe @yara the evening is over");
  assertEquals(rowsOf(late), TERMINAL);
  await prompts(late, "lobby>");
  await leave(late);
  await using guest = device(nobodys.path, address, "--name", "gus");
  await guest.expect("<olga> @zoe @yara the evening is over");
  assertEquals(rowsOf(guest), TERMINAL);
  await leave(guest);
});
