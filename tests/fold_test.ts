/** What clients make of pages and of what comes live, whatever order they come in. */

import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { foldEntry, ownEntry, quoteText, RecentEntries } from "../lib/words/fold.js";

const AT = "2026-11-28T12:00:00.000Z";
const PEOPLE = ["ann", "bob", "cid"] as const;
/** Whose client it is. */
const ME = "ann";

/** A message as clients have it. */
interface Said {
  readonly seq: number;
  readonly from: string;
  readonly text: string;
  readonly upTo?: number;
  readonly re?: number;
  readonly quote?: { readonly from: string; readonly text: string };
  readonly edited?: string;
  readonly removed?: { readonly by: string; readonly at: string };
  readonly reactions?: ReadonlyArray<
    { readonly key: string; readonly count: number; readonly mine?: true }
  >;
  readonly pinned?: true;
}

type Event = ReturnType<typeof ownEntry> | { readonly type: "message"; readonly said: Said };

/** One message of a log, as the log itself knows it. */
interface Kept {
  readonly seq: number;
  readonly from: string;
  readonly re: number | undefined;
  text: string;
  edited?: string;
  removedBy?: string;
  isPinned: boolean;
  /** Who reacts, by the keys. */
  readonly people: Map<string, Set<string>>;
}

/** A log that is written to: sets of people and newest texts, without what has led to them. */
class Log {
  seq = 0;
  readonly #kept = new Map<number, Kept>();

  /** Does something, if it changes anything; `pick` chooses the message that it is about. */
  step(what: Step): Event | undefined {
    const { who: from, pick, text, key, off } = what;
    const there = [...this.#kept.values()].filter(({ removedBy }) => removedBy === undefined);
    const target = there[pick % there.length];
    if (what.type === "say") {
      const seq = ++this.seq;
      const re = pick % 3 === 0 ? target?.seq : undefined;
      this.#kept.set(seq, { seq, from, re, text, isPinned: false, people: new Map() });
      return { type: "message", said: this.read(seq) };
    }
    if (target === undefined) return undefined;
    const people = target.people.get(key) ?? new Set();
    switch (what.type) {
      case "revise":
        if (target.from !== from) return undefined;
        Object.assign(target, { text, edited: AT });
        return ownEntry({ type: "revise", re: target.seq, text }, this.#next(), from);
      case "remove":
        target.removedBy = from;
        return ownEntry({ type: "remove", re: target.seq }, this.#next(), from);
      case "react":
        if (people.has(from) !== off) return undefined;
        if (off) people.delete(from);
        else people.add(from);
        target.people.set(key, people);
        if (people.size === 0) target.people.delete(key);
        return ownEntry({ type: "react", re: target.seq, key, off }, this.#next(), from);
      case "pin":
        if (target.isPinned !== off) return undefined;
        target.isPinned = !off;
        return ownEntry({ type: "pin", re: target.seq, off }, this.#next(), from);
    }
  }

  /** A message as a page of now has it. */
  read(seq: number): Said {
    const { from, re, text, edited, removedBy, isPinned, people } = this.#kept.get(seq) as Kept;
    const answered = re === undefined ? undefined : this.#kept.get(re);
    const common = {
      ...{ seq, from },
      ...(re === undefined ? {} : { re }),
      ...(answered === undefined || answered.removedBy !== undefined
        ? {}
        : { quote: { from: answered.from, text: quoteText(answered.text) } }),
    };
    if (removedBy !== undefined) return { ...common, text: "", removed: { by: removedBy, at: AT } };
    const reactions = [...people].map(([key, those]) => (
      { key, count: those.size, ...(those.has(ME) ? { mine: true as const } : {}) }
    ));
    return {
      ...{ ...common, text },
      ...(edited === undefined ? {} : { edited }),
      ...(reactions.length === 0 ? {} : { reactions }),
      ...(isPinned ? { pinned: true } : {}),
    };
  }

  /** The last messages before a number. */
  page(before: number, limit: number): { readonly messages: Said[]; readonly upTo: number } {
    const seqs = [...this.#kept.keys()].filter((seq) => seq < before).slice(-limit);
    return { messages: seqs.map((seq) => this.read(seq)), upTo: this.seq };
  }

  #next(): { readonly seq: number; readonly at: string } {
    return { seq: ++this.seq, at: AT };
  }
}

/** A client that has messages in view, of pages and live. */
class Client {
  readonly view = new Map<number, Said>();
  readonly #recent = new RecentEntries();

  live(event: Event): void {
    if (event.type === "message") {
      const { said } = event;
      // A page may have brought it before.
      if (!this.view.has(said.seq)) this.view.set(said.seq, said);
      return;
    }
    const own = event.from === ME;
    const { own: _, ...other } = event;
    const entry = own ? event : other as typeof event;
    this.#recent.note(entry);
    for (const [seq, said] of this.view) this.view.set(seq, foldEntry(said, entry));
  }

  page(page: ReturnType<Log["page"]>): void {
    for (const said of this.#recent.foldPage(page) ?? []) this.view.set(said.seq, said);
  }
}

const step = fc.record({
  type: fc.constantFrom("say", "say", "revise", "remove", "react", "react", "pin"),
  who: fc.constantFrom(...PEOPLE),
  pick: fc.nat(99),
  text: fc.constantFrom("one", "two", " \nthree", "four ".repeat(30)),
  key: fc.constantFrom("👍", "🎉"),
  off: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What happens next: in the log, or at the client. */
const turn = fc.oneof(
  { weight: 4, arbitrary: step },
  fc.record({ type: fc.constant("live"), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    type: fc.constant("ask"),
    before: fc.nat(30),
    limit: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({ type: fc.constant("answer"), pick: fc.nat(9) }),
);

Deno.test("pages and what comes live make the picture that a page of the end has", () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 80, size: "max" }), (turns) => {
      const log = new Log();
      const client = new Client();
      /** What is on its way to the client: events come in order, pages whenever they come. */
      const events: Event[] = [];
      const pages: Array<ReturnType<Log["page"]>> = [];
      for (const turn of turns) {
        if (turn.type === "live") events.splice(0, turn.count).forEach((each) => client.live(each));
        else if (turn.type === "ask") pages.push(log.page(turn.before, turn.limit));
        else if (turn.type === "answer") pages.splice(turn.pick, 1).forEach((p) => client.page(p));
        else {
          const event = log.step(turn as Step);
          if (event !== undefined) events.push(event);
        }
      }
      events.forEach((each) => client.live(each));
      pages.forEach((page) => client.page(page));
      const seen = [...client.view].map(([seq, { upTo: _, ...said }]) => [seq, said]);
      assertEquals(seen, [...client.view.keys()].map((seq) => [seq, log.read(seq)]));
    }),
    { numRuns: 500 },
  );
});

Deno.test("an entry that a page has already, or that is about another message, changes nothing", () => {
  const said: Said = {
    ...{ seq: 3, from: "ann", text: "hi", upTo: 9 },
    reactions: [{ key: "👍", count: 1 }],
  };
  const react = { type: "react", re: 3, key: "👍" } as const;
  assertStrictEquals(foldEntry(said, ownEntry(react, { seq: 9, at: AT }, "bob")), said);
  assertStrictEquals(
    foldEntry(said, ownEntry({ ...react, re: 4 }, { seq: 10, at: AT }, "bob")),
    said,
  );
  assertEquals(foldEntry(said, ownEntry(react, { seq: 10, at: AT }, "ann")), {
    ...said,
    upTo: 10,
    reactions: [{ key: "👍", count: 2, mine: true }],
  });
});

Deno.test("of a message that is removed stays who said it, and what it answered", () => {
  const said: Said & { readonly room: string; readonly at: string } = {
    ...{ seq: 3, room: "dev", from: "ann", at: AT, text: "hi", action: true, re: 1 },
    pinned: true,
    ...{ quote: { from: "bob", text: "hm" }, edited: AT, reactions: [{ key: "👍", count: 1 }] },
    ...{ file: { id: "f" } },
  };
  const remove = { type: "remove", re: 3, reason: "spam" } as const;
  assertEquals(
    foldEntry(said, ownEntry(remove, { seq: 7, at: AT }, "oper")),
    {
      ...{ seq: 3, room: "dev", from: "ann", at: AT, text: "", re: 1, upTo: 7 },
      quote: { from: "bob", text: "hm" },
      removed: { by: "oper", at: AT, reason: "spam" },
    } as unknown as typeof said,
  );
});

Deno.test("what is quoted of a file is what is said with it", () => {
  const answer: Said = { seq: 4, from: "bob", text: "yes", re: 3 };
  const edit = (text: string): Said =>
    foldEntry(answer, {
      ...{ type: "revised", seq: 5, re: 3, from: "ann", at: AT, text },
      file: { name: "a.txt" },
    });
  assertEquals(edit("sent a.txt (10 bytes): look").quote, { from: "ann", text: "look" });
  assertEquals(edit("sent a.txt (10 bytes)").quote, { from: "ann", text: "a.txt" });
});

Deno.test("long texts of edits are not all kept", () => {
  const recent = new RecentEntries();
  const edit = { type: "revise", re: 1, text: "x".repeat(60_000) } as const;
  for (let seq = 2; seq <= 100; seq++) recent.note(ownEntry(edit, { seq, at: AT }, "ann"));
  const messages: Said[] = [{ seq: 1, from: "ann", text: "hi" }];
  const isKept = (upTo: number): boolean => recent.foldPage({ messages, upTo }) !== undefined;
  assertEquals([isKept(1), isKept(60), isKept(99)], [false, false, true]);
});

Deno.test("a page of before more than is kept is asked for again", () => {
  const recent = new RecentEntries();
  const messages: Said[] = [{ seq: 1, from: "ann", text: "hi" }];
  const page = { messages, upTo: 1 };
  for (let seq = 2; seq <= 1_500; seq++) {
    recent.note(ownEntry({ type: "pin", re: 1, off: seq % 2 === 1 }, { seq, at: AT }, "ann"));
  }
  assertEquals(recent.foldPage(page), undefined);
  assertEquals(recent.foldPage({ ...page, upTo: 1_499 }), [
    { seq: 1, from: "ann", text: "hi", upTo: 1_500, pinned: true },
  ]);
  // A server that changes no messages does not say how far its pages are folded.
  assertEquals(recent.foldPage({ messages }), messages);
});

Deno.test("a quote is one line, and not long", () => {
  assertEquals(quoteText(" \r\n  lunch?  \nat noon"), "lunch?");
  assertEquals(quoteText("😀".repeat(80)), "😀".repeat(80));
  assertEquals(quoteText("😀".repeat(81)), `${"😀".repeat(79)}…`);
  assertEquals(quoteText(""), "");
  // No half of a letter, wherever what is looked at ends.
  assertEquals(quoteText(`${" ".repeat(600)}\n${"😀".repeat(40)}`), "😀".repeat(19));
});
