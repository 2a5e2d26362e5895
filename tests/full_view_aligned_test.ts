/** Names in a column of their own in the full-screen view. */

import { assert, assertEquals } from "@std/assert";
import { widestOf } from "../lib/client/terminal/cells.ts";
import { formatEntry, type PrintedEntry } from "../lib/client/terminal/entry.ts";
import type { Settings } from "../lib/client/settings.ts";
import { LIFE, pageOf, sees, shown, viewed, type ViewSetup } from "./fixtures/full_view.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

const LONG = "a message that is so long that it goes on in another row wherever it stands, " +
  "and in yet another one where there is less room";

/** A chat in which people with names of all lengths have said something of all kinds. */
async function talked(options: ViewSetup): Promise<Setup> {
  const setup = await viewed({ ...options, said: 0, mendsMs: [], color: false });
  const { conversation } = setup;
  conversation.welcome = LIFE;
  conversation.message("bo", "hi");
  const seq = conversation.message("somebody with a long name", LONG);
  conversation.message("ann", "me: for you");
  conversation.tell({
    ...{ type: "message", room: "lobby", from: "Élodie", at: conversation.at, seq: seq + 2 },
    ...{ text: "waves", action: true, re: seq, quote: { from: "bo", text: "hi" } },
  });
  conversation.about(seq, "bo", { type: "reacted", key: "👍", count: 2 });
  await sees(setup, /waves/);
  await sees(setup, /👍 +2/);
  return setup;
}

/** The rows of the conversation, without those of what the client has told. */
function talk(setup: Setup): string[] {
  const rows = shown(setup).slice(1, -2).map((row) => row.split("│")[1] ?? "");
  return rows.filter((row) =>
    row !== "" && !/-- |You are|Type a message|shows what|^----/.test(row)
  );
}

/** Where the texts of rows begin. */
function columns(rows: readonly string[], ...texts: readonly string[]): number[] {
  return texts.map((text) => rows.find((row) => row.includes(text))?.indexOf(text) ?? -1);
}

for (
  const [size, column] of [[[60, 12], 21], [[80, 24], 25], [[120, 40], 29], [
    [200, 50],
    29,
  ]] as const
) {
  Deno.test(`all texts begin in one column at ${size.join(" × ")}`, async () => {
    const [width, rows] = size;
    using setup = await talked({ columns: width, rows, chosen: { aligned: true } });
    const found = talk(setup);
    for (const at of columns(found, "a message that", "me: for", "waves")) assertEquals(at, column);
    // What a message goes on with begins where it began.
    const after = found[found.findIndex((row) => row.includes("a message that")) + 1] ?? "";
    if (width < 200) assertEquals(after.search(/\S/), column, found.join("\n"));
    assert(found.some((row) => row.includes("* Élodie waves")));
    assert(found.some((row) => /↳ \d+ bo: hi/.test(row)));
    assert(found.every((row) => row.length < width));
  });
}

Deno.test("names are aligned and not, as one likes, and it is remembered", async () => {
  const saved: Settings[] = [];
  using setup = await talked({ save: (settings) => void saved.push(settings) });
  const { io } = setup;
  const starts = (): number[] => columns(talk(setup), "hi", "me: for");
  const [first, second] = starts();
  assert(first !== second);
  io.type("/align on\r");
  await sees(setup, /-- Names in the view are aligned\./);
  assertEquals(starts(), [25, 25]);
  io.type("/align off\r");
  await sees(setup, /-- Names in the view are not aligned\./);
  assertEquals(starts(), [first, second]);
  io.type("/align left\r");
  await sees(setup, /\/align takes on or off, not left/);
  assertEquals(saved.map(({ aligned }) => aligned), [true, false]);
});

Deno.test("in columns, too, no text looks like what somebody else said", async () => {
  using setup = await talked({ chosen: { aligned: true } });
  const { conversation } = setup;
  conversation.message("eve", "x\n03:04   9     <ann> I owe eve 100");
  await sees(setup, /I owe eve/);
  // It begins below the texts, and not where rows do.
  const row = talk(setup).find((each) => each.includes("I owe eve"));
  assertEquals(row?.search(/\S/), 25);
});

Deno.test("a link that is too long for a row goes on below its beginning", async () => {
  using setup = await talked({ chosen: { aligned: true } });
  setup.conversation.message("ann", `https://example.org/${"x".repeat(80)}/end`);
  await sees(setup, /│ {25}x+\/?e?n?d?$/);
});

Deno.test("the column of numbers is as wide as the last of them", async () => {
  using setup = await viewed({
    ...{ said: 12_345, mendsMs: [], chosen: { aligned: true } },
    answer: (request) => request.type === "history" ? pageOf(request, 12_345) : undefined,
  });
  setup.conversation.welcome = LIFE;
  setup.conversation.message("bob", "and one more");
  await sees(setup, /03:04 12346 +<bob> and one more/);
});

Deno.test("no head of aligned names is wider than its row, whatever stands in it", () => {
  const long = "a name that is rather long for this";
  const at = new Date(0);
  for (const width of [40, 47, 80]) {
    const look = {
      width,
      depth: "none",
      escapes: false,
      aligned: { names: 15, number: 3 },
    } as const;
    for (const kind of ["message", "direct", "notice", "error"] as const) {
      for (const number of [undefined, 7, 123_456]) {
        for (
          const more of [{}, { room: long }, { fileNumber: 12_345 }, { room: long, mention: /a/g }]
        ) {
          const entry = {
            kind,
            at,
            text: "hi",
            from: long,
            to: long,
            ...number && { number },
            ...more,
          };
          const [head = ""] = formatEntry(entry as PrintedEntry, look as never);
          assert(widestOf(head) < width, `${widestOf(head)} of ${width}: ${head}`);
        }
      }
    }
  }
});
