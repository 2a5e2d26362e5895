/** What the recorded session shows is what the program shows now. */

import { assert, assertEquals } from "@std/assert";
import { ptyTest } from "../fixtures/on_pty.ts";
import { castIn, castScreens } from "../tools/asciicast.ts";
import { recordSession } from "../tools/session.ts";

const FILE = new URL("../pictures/session.cast", import.meta.url);

ptyTest(
  "the session is recorded anew with the same screens (or: deno task recording)",
  async () => {
    const stored = await castScreens(castIn(await Deno.readTextFile(FILE)));
    const now = await castScreens(await recordSession());
    assert(stored.size > 0);
    assertEquals([...now.keys()], [...stored.keys()]);
    for (const [mark, screen] of now) {
      const text = (cells: typeof screen | undefined): string[] =>
        cells?.map((row) => row.map((cell) => cell.text).join("")) ?? [];
      assertEquals(text(screen), text(stored.get(mark)), mark);
      assertEquals(screen, stored.get(mark), `${mark}: its colours`);
    }
  },
);
