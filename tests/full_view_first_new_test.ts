/** The way to what is new first in the full-screen view. */

import { assertEquals, assertMatch } from "@std/assert";
import { sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { room } from "./fixtures/terminal_account.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

/** A view of lobby, beside dev with so many messages, of which those after `read` are new. */
async function behind(said: number, read: number): Promise<Setup> {
  const counts = { seq: said, last: said };
  const dev = room("dev", { ...counts, read, unread: said - read });
  const rooms = [room("lobby", { ...counts, read: said }), dev];
  return await viewed({ said, ready: { rooms } });
}

/** The conversation on screen. */
function talk(setup: Setup): string[] {
  return shown(setup).slice(1, -2).map((row) => row.slice(13));
}

for (const [how, keys] of [["Alt-U", "\x1bu"], ["Ctrl-X U", "\x18u"], ["/first", "/first\r"]]) {
  Deno.test(`${how} goes to the line above what is new, more than a screen above`, async () => {
    using setup = await behind(200, 140);
    setup.io.type("\x1b2");
    await sees(setup, /dev number 200/);
    setup.io.type(keys ?? "");
    await sees(setup, /---- new ----/);
    const [first, second, ...rest] = talk(setup);
    assertEquals([first, second], ["---- new ----", "03:04 <ann> dev number 141"]);
    assertEquals(rest.at(-1), "03:04 <ann> dev number 160");
    setup.io.type("\x1b[F");
    await sees(setup, /dev number 200/);
  });
}

Deno.test("Alt-U loads what is new first, however far above", async () => {
  using setup = await behind(5_000, 700);
  setup.io.type("\x1b2");
  await sees(setup, /dev number 5000/);
  setup.io.type("\x1bu");
  await sees(setup, /dev number 701$/);
  assertEquals(talk(setup).slice(0, 2), ["---- new ----", "03:04 <ann> dev number 701"]);
  setup.io.type("\x1b[F");
  await sees(setup, /dev number 5000/);
});

Deno.test("Alt-U leaves on screen what is new and has room, and goes down to it from above", async () => {
  using setup = await behind(100, 97);
  setup.io.type("\x1b2");
  await sees(setup, /dev number 100/);
  const before = talk(setup);
  setup.io.type("\x1bu");
  await sees(setup, /dev number 100/);
  assertEquals(talk(setup), before);
  setup.io.type("\x1b[5~\x1b[5~");
  await seesNo(setup, /---- new/);
  setup.io.type("\x1bu");
  await sees(setup, /---- new/);
  assertEquals(talk(setup), before);
});

Deno.test("Alt-U says so where nothing is new, and rings where it can't be had now", async () => {
  using setup = await behind(5_000, 700);
  const { io, conversation } = setup;
  await sees(setup, /lobby number 5000/);
  io.type("\x1bu");
  await sees(setup, /Nothing is new here\./);
  assertEquals(io.screen.bells, 0);
  io.type("\x1b2");
  await sees(setup, /dev number 5000/);
  conversation.lose();
  await sees(setup, /offline/);
  io.type("\x1bu");
  await io.until(() => io.screen.bells === 1, "the bell");
  await sees(setup, /dev number 5000/);
  await seesNo(setup, /Nothing is new/);
});

Deno.test("Alt-U shows the head of a message that is higher than the screen", async () => {
  using setup = await viewed({ said: 30, mendsMs: [] });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 30/);
  io.type("\x1b[O");
  const rows = Array.from({ length: 40 }, (_, n) => `row ${n + 1} of a trace`);
  conversation.message("bob", rows.join("\n"));
  for (let n = 1; n <= 5; n++) conversation.message("bob", `after ${n}`);
  await sees(setup, /after 5/);
  io.type("\x1b[I\x1bu");
  await sees(setup, /---- new ----/);
  assertEquals(talk(setup).slice(0, 2), ["---- new ----", "03:04 <bob> row 1 of a trace"]);
});

Deno.test("what is new above the screen stays above when something lies over it, and what comes then is below", async () => {
  using setup = await behind(200, 140);
  const { io, conversation } = setup;
  io.type("\x1b2");
  await sees(setup, /dev number 200/);
  await sees(setup, /─ \d+ new ↑/);
  for (const [covers, covered] of [["\x1bOP", /keys of the view/], ["\x1bk", /go to>/]] as const) {
    io.type(covers);
    await sees(setup, covered);
    const [state = ""] = shown(setup).filter((row) => /─ \d+ new/.test(row));
    assertMatch(state, /new ↑/);
    conversation.message("bob", "urgent", "dev");
    await sees(setup, /─ 1 new ↓/);
    io.type("\x1b");
    await sees(setup, /─ \d+ new ↑/);
  }
});
