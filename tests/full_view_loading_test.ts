/**
 * `deno run` writes over the screen while it loads code, from the cursor's row on: in the full-screen view that row is
 * whole again, whatever the code was loaded for.
 */

import { sees, shown, viewed, type ViewSetup } from "./fixtures/full_view.ts";
import { AT } from "./fixtures/terminal_account.ts";

const INVITED: ViewSetup = {
  ready: { invited: [{ room: "secret", by: "bob", at: AT }] },
};

for (
  const [what, before, keys, after] of [
    ["the first paste", [], "\x1b[200~one\rtwo\rthree\x1b[201~", /three/],
    ["the first long paste", [], `\x1b[200~${"line\r".repeat(30)}\x1b[201~`, /\(e\)dit/],
    ["a letter in a panel", [["\x1b4", /│answer>/], ["o", /│answer> o/]], "x", /answer> ox/],
  ] as const
) {
  Deno.test(`what is written over the screen for ${what} is mended`, async () => {
    using setup = await viewed({ ...INVITED, mendsMs: [1] });
    const { io } = setup;
    await sees(setup, /lobby number 9/);
    for (const [key, seen] of before) {
      io.type(key);
      await sees(setup, seen);
    }
    await io.screen.write(`\x1b[${io.size().rows};1H\x1b[2K`);
    io.type(keys);
    await sees(setup, after);
    await io.until(() => shown(setup)[io.size().rows - 1]?.includes("│") === true, "the border");
  });
}
