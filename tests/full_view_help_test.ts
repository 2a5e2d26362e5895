/** What the full-screen view tells of its keys, and of what need not stay among what was said. */

import { assert, assertEquals } from "@std/assert";
import { VIEW_KEYS } from "../lib/client/view/view_keys.ts";
import { sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";

for (const [columns, rows] of [[80, 24], [60, 24]] as const) {
  Deno.test(`/help and F1 begin with the keys of the view, each in a row of ${columns}`, async () => {
    using setup = await viewed({ columns, rows, mendsMs: [] });
    const { io } = setup;
    for (const opens of ["/help\r", "\x1bOP", "\x1b[11~"]) {
      io.type(opens);
      await sees(setup, /│---- keys of the view ----/);
      const told = shown(setup).map((row) => row.slice(row.indexOf("│") + 1));
      for (const { shown: key, brief } of VIEW_KEYS.filter(({ brief }) => brief !== undefined)) {
        assert(told.includes(`  ${key.padEnd(15)}${brief}`), key);
      }
      assert(told.some((row) => row.startsWith("  /view ")));
      assert(told.some((row) => row.startsWith("---- help ----")), "what is below begins");
      assert(told.some((row) => /more rows: PageDown, Down · Escape closes/.test(row)), "the hint");
      io.type("\x1b");
      await seesNo(setup, /keys of the view/);
    }
  });
}

Deno.test("the greeting of the view names the keys of the view, and so does /view", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io } = setup;
  await sees(setup, /F1 shows the keys/);
  io.type("/view\r");
  await io.until(() => !io.screen.seen.includes("│"), "the stream");
  io.type("/view\r");
  await sees(setup, /─ F1: the keys here · \/view: back to the stream ─/);
  io.type("x");
  await seesNo(setup, /F1: the keys here/);
});

Deno.test("a function key that does nothing rings", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io } = setup;
  const before = io.screen.bells;
  io.type("\x1b[17~");
  await io.until(() => io.screen.bells === before + 1, "the bell");
});

Deno.test("what passes stands in the line below, and not among what was said", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io } = setup;
  io.type("\x1ba");
  await sees(setup, /─ Nothing new anywhere\. ─/);
  io.type("\x03");
  await sees(setup, /─ Press Ctrl-C again to leave\. ─/);
  io.type("x");
  await seesNo(setup, /Press Ctrl-C|Nothing new/);
  io.type("\x03\x03");
  await sees(setup, /─ Press Ctrl-C again to leave\. ─/);
  assertEquals(shown(setup).filter((row) => row.includes("Ctrl-C")).length, 1);
});
