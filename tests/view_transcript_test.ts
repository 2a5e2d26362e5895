/** What the view has loaded of a conversation, and where somebody reads in it. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import type { ShownMessage } from "../lib/client/terminal/shown_messages.ts";
import type { LifeEvent } from "../lib/words/fold.js";
import { cellText, textCells } from "../lib/client/view/screen_cells.ts";
import { type RowsOf, seenRows, type Spot, spotAbove, spotBelow } from "../lib/client/view/spot.ts";
import { Transcript } from "../lib/client/view/transcript.ts";
import type { TranscriptItem } from "../lib/client/view/transcript_item.ts";
import { tries } from "./fixtures/thorough.ts";

const AT = "2026-01-02T03:04:05.000Z";

function said(seq: number, text = `number ${seq}`): ShownMessage {
  return { room: "dev", seq, from: "ann", at: AT, text };
}

function from(first: number, last: number): ShownMessage[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => said(first + n));
}

/** What stands there, as numbers and texts of notes. */
function list(transcript: Transcript): Array<number | string> {
  return transcript.items.map((item) => "note" in item ? item.note.text : item.seq);
}

Deno.test("messages stand by their numbers, each once, and notes where they were told", () => {
  const transcript = new Transcript();
  transcript.expectNewest();
  transcript.add(said(6), "oldest");
  transcript.takeNewest(from(3, 5), true);
  transcript.note({ kind: "notice", at: new Date(AT), text: "a note" });
  transcript.add(said(7), "oldest");
  transcript.add(said(7), "oldest");
  assertEquals(list(transcript), [3, 4, 5, 6, "a note", 7]);
  transcript.takeOlder(from(1, 2), false);
  assertEquals(list(transcript), [1, 2, 3, 4, 5, 6, "a note", 7]);
  assert(transcript.hasOldest && transcript.hasNewest);
});

Deno.test("what is told later stands below, though what had come before it has no row", () => {
  const transcript = new Transcript();
  const note = (text: string, at?: number): void =>
    transcript.note({ kind: "notice", at: new Date(AT), text }, at);
  transcript.takeNewest(from(1, 3), false);
  transcript.doubtNewest();
  // The last number is that of a reaction.
  note("connected", 5);
  transcript.takeNewer([], false);
  note("told");
  assertEquals(list(transcript), [1, 2, 3, "connected", "told"]);
  transcript.add(said(6), "oldest");
  note("again");
  assertEquals(list(transcript), [1, 2, 3, "connected", "told", 6, "again"]);
});

Deno.test("what comes is not kept behind a hole", () => {
  const transcript = new Transcript();
  transcript.takeNewest(from(1, 5), false);
  transcript.doubtNewest();
  transcript.add(said(9), "oldest");
  assertEquals(list(transcript), [1, 2, 3, 4, 5]);
  transcript.takeNewest(from(20, 25), true);
  assertEquals(list(transcript), [20, 21, 22, 23, 24, 25]);
  assertFalse(transcript.hasOldest);
  transcript.doubtNewest();
  transcript.takeNewest(from(24, 27), true);
  assertEquals([transcript.first, transcript.last], [20, 27]);
});

/** What happens to a transcript: something is said, it is doubted, or a page comes that was asked for. */
const TRIES = fc.array(
  fc.constantFrom("said", "unheard", "doubt", "newest", "older", "newer", "forget"),
  { maxLength: 60 },
);

Deno.test("whatever it was asked for, there is no hole in it, and once the newest is there all that comes is", () => {
  fc.assert(
    fc.property(TRIES, (steps) => {
      const transcript = new Transcript();
      let last = 0;
      const page = (first: number, to: number): [ShownMessage[], boolean] => [
        from(Math.max(1, first), to),
        first > 1,
      ];
      for (const step of steps) {
        if (step === "said") transcript.add(said(++last), "oldest");
        // It is said while nobody hears it, and so it is doubted.
        if (step === "unheard") last++;
        if (step === "unheard" || step === "doubt") transcript.doubtNewest();
        if (step === "forget") [last] = [0, transcript.forget()];
        if (step === "newest" && !transcript.hasNewest) {
          transcript.expectNewest();
          transcript.takeNewest(...page(last - 2, last));
        }
        if (step === "older" && !transcript.hasOldest && transcript.first > 0) {
          transcript.takeOlder(...page(transcript.first - 3, transcript.first - 1));
        }
        if (step === "newer" && !transcript.hasNewest && transcript.last > 0) {
          const to = Math.min(last, transcript.last + 3);
          transcript.takeNewer(from(transcript.last + 1, to), to < last);
        }
        const { first, hasNewest } = transcript;
        assertEquals(
          list(transcript),
          first === 0 ? [] : from(first, transcript.last).map(({ seq }) => seq),
        );
        if (hasNewest) assertEquals(transcript.last, last);
      }
    }),
    { numRuns: tries(500, 20_000) },
  );
});

Deno.test("it is bounded at the end that nobody reads", () => {
  const transcript = new Transcript();
  transcript.takeNewest(from(9_901, 10_000), true);
  for (let first = 9_701; first > 0; first -= 200) {
    transcript.takeOlder(from(first, first + 199), first > 1);
    assert(transcript.size <= 1_000);
  }
  assertEquals([transcript.first, transcript.last], [101, 1_100]);
  assertFalse(transcript.hasNewest);
  transcript.takeNewer(from(1_101, 1_300), true);
  assertEquals([transcript.first, transcript.last], [301, 1_300]);
  const long = new Transcript();
  long.takeNewest(from(1, 3).map((message) => ({ ...message, text: "x".repeat(1e6) })), false);
  assertEquals([long.first, long.last], [2, 3]);
});

Deno.test("the length of what is loaded counts edits, what came twice and what is gone", () => {
  const transcript = new Transcript();
  const long = (seq: number): ShownMessage => ({ ...said(seq), text: "x".repeat(1.5e6) });
  transcript.takeNewest(from(1, 3), false);
  const edit = { seq: 4, re: 2, from: "ann", at: AT, type: "revised", text: "x".repeat(1.5e6) };
  transcript.fold(edit as LifeEvent);
  transcript.add(long(5), "oldest");
  assertEquals(list(transcript), [3, 5]);
  transcript.takeNewer([said(5)], false);
  transcript.add(long(6), "oldest");
  assertEquals(list(transcript), [3, 5, 6]);
  transcript.empty(6, 6);
  transcript.add(long(7), "oldest");
  assertEquals(list(transcript), [3, 5, 7]);
  transcript.forget();
  transcript.takeNewest([said(1), long(2)], false);
  assertEquals(list(transcript), [1, 2]);
});

Deno.test("what becomes of messages is folded in, and numbers that begin again forget them", () => {
  const transcript = new Transcript();
  transcript.takeNewest(from(1, 3), false);
  const about = { seq: 4, re: 2, from: "ann", at: AT } as const;
  transcript.fold({ ...about, type: "revised", text: "other" });
  const texts = transcript.items.map((item) => "message" in item ? item.message.text : "");
  assertEquals(texts, ["number 1", "other", "number 3"]);
  transcript.empty(1, 2);
  assertEquals(list(transcript), [3]);
  transcript.note({ kind: "notice", key: "waits 1", at: new Date(AT), text: "waits" });
  transcript.forget();
  assertEquals(list(transcript), ["waits"]);
  assert(transcript.changeNote("waits 1", { kind: "gone", at: new Date(AT), text: "" }));
  assertEquals(list(transcript), []);
});

/** Each item has as many rows as its number says in its last digit. */
const rowsOf: RowsOf = (item) =>
  Array.from({ length: item.seq % 4 }, (_, n) => textCells(`${item.seq}.${n}`));

const items: readonly TranscriptItem[] = from(1, 40).map((message) => (
  { id: `message ${message.seq}`, seq: message.seq, message }
));
const ALL = items.flatMap((item) => rowsOf(item, undefined)).map(cellText);

function seen(spot: Spot | undefined, height: number): string[] {
  return seenRows(items, spot, height, rowsOf).rows.map(cellText);
}

Deno.test("the end shows the last rows, and what comes moves nobody who reads further up", () => {
  assertEquals(seen(undefined, 3), ALL.slice(-3));
  const { spot } = spotAbove(items, undefined, { by: 10, height: 3 }, rowsOf);
  const before = seen(spot, 3);
  assertEquals(before, ALL.slice(-13, -10));
  const more = [
    ...items,
    ...from(41, 60).map((message) => (
      { id: `message ${message.seq}`, seq: message.seq, message }
    )),
  ];
  assertEquals(seenRows(more, spot, 3, rowsOf).rows.map(cellText), before);
});

Deno.test("up and down by any number of rows show what is there, and stop at the ends", () => {
  const moves = fc.array(fc.integer({ min: -30, max: 30 }), { maxLength: 12 });
  fc.assert(
    fc.property(moves, fc.integer({ min: 1, max: 12 }), (steps, height) => {
      let spot: Spot | undefined;
      let bottom = ALL.length;
      for (const step of steps) {
        const moved = step < 0
          ? spotAbove(items, spot, { by: -step, height }, rowsOf)
          : spotBelow(items, spot, step, rowsOf);
        spot = moved.spot;
        bottom = Math.min(ALL.length, Math.max(height, bottom + step));
        assertEquals(seen(spot, height), ALL.slice(Math.max(0, bottom - height), bottom));
      }
    }),
    { numRuns: tries(200, 2_000) },
  );
});

Deno.test("a spot whose message is gone is at the one before it", () => {
  const { spot } = spotAbove(items, undefined, { by: 10, height: 3 }, rowsOf);
  const rest = items.filter(({ id }) => id !== spot?.id);
  const { rows } = seenRows(rest, spot, 3, rowsOf);
  assertEquals(rows.length, 3);
});
