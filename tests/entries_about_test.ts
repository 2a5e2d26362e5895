/** What the end of a log knows of the entries about its messages. */

import { assertEquals } from "@std/assert";
import type { LifeEntry } from "../lib/chat/messages/entries.ts";
import { EntriesAbout } from "../lib/chat/messages/entries_about.ts";

const about = { re: 1, from: "ann", at: "2026-01-02T03:04:05.000Z" };

Deno.test("an entry stands until a later one takes its place, or it is taken out", () => {
  const edits: LifeEntry[] = [2, 3].map((seq) => ({ kind: "revised", seq, ...about, text: "x" }));
  const given: LifeEntry = { kind: "reacted", seq: 4, ...about, key: "👍", who: "account a" };
  const entries = new EntriesAbout();
  for (const entry of [...edits, given]) entries.add(entry);
  const standing = (): number[] =>
    [...edits, given].filter((each) => entries.stands(each)).map(({ seq }) => seq);
  assertEquals(standing(), [3, 4]);
  entries.takeEdits(1);
  assertEquals(standing(), [4]);
  entries.add({ kind: "removed", seq: 5, ...about });
  assertEquals(standing(), []);
});
