/** All of a long history is read in the view, from its end to its beginning and back. */

import { assert, assertEquals } from "@std/assert";
import { shown, viewed } from "../fixtures/full_view.ts";

const SAID = 50_000;

Deno.test("50,000 messages are walked back to the first, and the draft is there at the end", async () => {
  using setup = await viewed({ said: SAID, rows: 50 });
  const { io } = setup;
  await io.expect(`number ${SAID}`);
  io.type("a draft");
  await io.expect("> a draft");
  let seen = SAID + 1;
  const first = (): number =>
    Number(
      /number (\d+)$/.exec(shown(setup).slice(1, -2).find((row) => /number/.test(row)) ?? "")?.[1],
    );
  while (first() > 1) {
    assert(first() < seen, "each page shows earlier ones");
    seen = first();
    io.type("\x1b[5~");
    await io.until(() => first() < seen, `what was said before ${seen}`);
  }
  assertEquals(shown(setup)[1]?.includes("2 January 2026"), true);
  const asked = (): number => setup.sent.filter(({ type }) => type === "history").length;
  const before = asked();
  io.type("\x1b[F");
  await io.until(() => shown(setup).some((row) => row.endsWith(`number ${SAID}`)), "the end");
  assert(shown(setup).at(-1)?.endsWith("> a draft"));
  assert(asked() > before, "the end was let go of on the way, as memory is bounded");
});
