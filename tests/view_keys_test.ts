/** The keys of the view, by the table that they come from. */

import { assert, assertEquals } from "@std/assert";
import { VIEW_KEYS, viewAction } from "../lib/client/view/view_keys.ts";
import { tableOf } from "./docs.ts";
import { shown, viewed } from "./fixtures/full_view.ts";

Deno.test("the manual's table of the keys of the view is that of the code", () => {
  const rows = VIEW_KEYS.map(({ shown, summary }) => [shown, summary]);
  const table = rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const documented = tableOf("Each room on a screen of its own");
  assertEquals(documented, rows, `it should be\n${table}\n`);
});

Deno.test("each key of the view has one meaning, and each with Alt another way", () => {
  const keys = VIEW_KEYS.flatMap(({ keys }) => keys);
  assertEquals([...new Set(keys)], keys);
  for (const { keys, action } of VIEW_KEYS) {
    for (const key of keys) assertEquals(viewAction(key), action);
  }
  assert(VIEW_KEYS.some(({ action, summary }) => action === "prefix" && summary.includes("Alt")));
});

Deno.test("/help keys has the keys of the view while it is on screen", async () => {
  using setup = await viewed({ columns: 100, rows: 60 });
  setup.io.type("/help keys\r");
  await setup.io.expect("keys of the view");
  for (const { shown: key } of VIEW_KEYS) assert(shown(setup).join("\n").includes(key), key);
});
