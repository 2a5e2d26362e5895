/** What is searched for: each form of a query, and that no text whatever is syntax to SQLite. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { dateMs, parseQuery } from "../lib/chat/messages/query.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { MAX_ALIKE, MAX_OCCURRENCES, messageTerms } from "../lib/chat/messages/message_terms.ts";
import { termsOf, wantedTerms } from "../lib/words/search.js";
import { markedTerms, toMatch } from "../lib/store/word_index.ts";
import { tries } from "./fixtures/thorough.ts";

function table(...texts: string[]): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE VIRTUAL TABLE words USING fts5(terms, text UNINDEXED, tokenize='ascii')");
  const insert = db.prepare("INSERT INTO words VALUES (?, ?)");
  for (const text of texts) insert.run(markedTerms(1, termsOf(text)), text);
  return db;
}

function matchOf(query: string): string | undefined {
  const { words, phrases } = parseQuery(query);
  const { wanted } = wantedTerms(words, phrases);
  return wanted.length === 0 ? undefined : toMatch([1, 2], wanted);
}

function find(db: DatabaseSync, query: string): unknown[] {
  const match = matchOf(query);
  if (match === undefined) return [];
  return db.prepare("SELECT text FROM words WHERE words MATCH ? ORDER BY rowid").all(match)
    .map(({ text }) => text);
}

for (
  const [text, parsed] of [
    ["", { words: [], phrases: [] }],
    ["red  apple", { words: ["red", "apple"], phrases: [] }],
    ['red "a phrase" apple', { words: ["red", "apple"], phrases: ["a phrase"] }],
    ['"still open', { words: [], phrases: ["still open"] }],
    ['a"b c"d', { words: ["a", "d"], phrases: ["b c"] }],
    ['"" " "', { words: [], phrases: [] }],
    ["from:bob hi", { words: ["hi"], phrases: [], from: "bob" }],
    ['FROM:"Ann Lee"', { words: [], phrases: [], from: "Ann Lee" }],
    ["from:@bob hi", { words: ["hi"], phrases: [], from: "bob" }],
    ['from:"@Ann Lee"', { words: [], phrases: [], from: "Ann Lee" }],
    ["in:dev", { words: [], phrases: [], room: "dev" }],
    ["in:#dev", { words: [], phrases: [], room: "dev" }],
    [
      "after:2026-10-01 before:2026-11-01",
      { words: [], phrases: [], after: "2026-10-01", before: "2026-11-01" },
    ],
    ["after:2026-10-01T09:30", { words: [], phrases: [], after: "2026-10-01T09:30" }],
    ["https://example.org to:bob", { words: ["https://example.org", "to:bob"], phrases: [] }],
    ["not AND (NEAR* ^x", { words: ["not", "AND", "(NEAR*", "^x"], phrases: [] }],
  ] as const
) {
  Deno.test(`the search ${text || "for nothing"} is taken apart`, () => {
    assertEquals(parseQuery(text) as unknown, parsed);
  });
}

for (
  const [text, message] of [
    ["before:soon", 'before: takes a date such as before:2026-11-01, not "soon"'],
    ["after:2026-02-30", 'after: takes a date such as after:2026-10-01, not "2026-02-30"'],
    ["from:@ bob", "from: needs a value, as in: from:bob"],
    ["from: bob", "from: needs a value, as in: from:bob"],
    ["in:#", "in: needs a value, as in: in:dev"],
    ["from:a from:b", "from: is given twice; say it once"],
    ["x".repeat(501), "A search is at most 500 characters long; this has 501"],
    ["x ".repeat(33), "A search has at most 32 words and phrases; this has 33"],
  ] as const
) {
  Deno.test(`the search ${text.slice(0, 20)} is refused with what to write`, () => {
    const error = assertThrows(() => parseQuery(text), Refusal);
    assertEquals([error.code, error.message], ["bad-query", message]);
  });
}

Deno.test("a search finds all words, phrases in a row, and longer words by their beginning", () => {
  using db = table("The red apple", "a red car, an apple", "Äpfel sind apples", "nothing");
  assertEquals(find(db, "red apple"), ["The red apple", "a red car, an apple"]);
  assertEquals(find(db, '"red apple"'), ["The red apple"]);
  assertEquals(find(db, "app"), ["The red apple", "a red car, an apple", "Äpfel sind apples"]);
  assertEquals(find(db, "app red"), ["The red apple", "a red car, an apple"]);
  assertEquals(find(db, '"app"'), []);
  assertEquals(find(db, "ap"), []);
  assertEquals(find(db, "APFEL"), ["Äpfel sind apples"]);
  assertEquals(find(db, '!!! "apple" "?"'), ["The red apple", "a red car, an apple"]);
  assertEquals(find(db, "!!!"), []);
});

Deno.test("nothing that is searched for is syntax to the index", () => {
  using db = table("some text", 'with "quotes" AND operators');
  const statement = db.prepare("SELECT count(*) FROM words WHERE words MATCH ?");
  let asked = 0;
  const ask = (text: string): void => {
    let match: string | undefined;
    try {
      match = matchOf(text);
    } catch (error) {
      assert(error instanceof Refusal, String(error));
    }
    if (match === undefined) return;
    statement.all(match);
    asked++;
  };
  const syntax = fc.string({ unit: "binary", maxLength: 40 });
  const pieces = [
    '"',
    "*",
    "^",
    "AND",
    "NOT",
    "NEAR(",
    ")",
    " ",
    "{a b}:",
    "text:",
    "-",
    "\0",
    "x",
  ];
  const mixed = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((all) => all.join(""));
  const numRuns = tries(100, 2_000);
  fc.assert(fc.property(syntax, ask), { numRuns });
  fc.assert(fc.property(mixed, ask), { numRuns });
  assert(asked > numRuns, `only ${asked} searches had a term`);
});

Deno.test("a term can't break out by itself: what is quoted raw is a syntax error", () => {
  using db = table("text");
  const raw = (match: string): unknown =>
    db.prepare("SELECT 1 FROM words WHERE words MATCH ?").all(match);
  assertThrows(() => raw('"a" AND'), Error);
  assertThrows(() => raw('"a\0"'), Error);
  raw(matchOf('a" AND\0') ?? "");
});

Deno.test("dates are days or minutes in UTC that exist", () => {
  assertEquals(dateMs("2026-11-01"), Date.UTC(2026, 10, 1));
  assertEquals(dateMs("2026-11-01T09:30"), Date.UTC(2026, 10, 1, 9, 30));
  assertEquals(dateMs("2026-11-01T09:30:15.250Z"), Date.UTC(2026, 10, 1, 9, 30, 15, 250));
  for (const text of ["2026-11-31", "2026-13-01", "2026-11-01T25:00", "yesterday", "2026-11", ""]) {
    assertEquals(dateMs(text), undefined, text);
  }
});

Deno.test("a message counts each term so often, and so many that begin alike, with gaps for the rest", () => {
  for (const text of ["", "red  Äpple", "red ".repeat(100), `${"the fox ".repeat(128)}end`]) {
    assertEquals(messageTerms(text), termsOf(text));
  }
  const often = messageTerms("tea ".repeat(1_000) + "for two");
  assertEquals(often.filter((term) => term === "tea").length, MAX_OCCURRENCES);
  assertEquals(often.slice(-3), ["\ue000", "for", "two"]);
  const alike = Array.from({ length: 900 }, (_, n) => `abc${n}`);
  const kept = messageTerms([...alike, ...alike, "abc0"].join(" "));
  assertEquals(kept.filter((term) => term === "abc0").length, 3);
  assertEquals(new Set(kept), new Set([...alike.slice(0, MAX_ALIKE), "\ue000"]));
  assertEquals(termsOf("\ue000"), []);
  assertEquals(messageTerms("\ufdfa".repeat(9_000)).length < 4 * 2 * MAX_OCCURRENCES, true);
});

Deno.test("each word is looked for once, and of many only the last may be a beginning", () => {
  const { wanted } = wantedTerms(["lunch", "LUNCH", "1", "1"], ["at noon", "at  noon"]);
  assertEquals(wanted, [
    { terms: ["at", "noon"], isPrefix: false },
    { terms: ["lunch"], isPrefix: true },
    { terms: ["1"], isPrefix: false },
  ]);
  const many = wantedTerms(["one", "two", "three", "four", "five"], []).wanted;
  assertEquals(many.map(({ isPrefix }) => isPrefix), [false, false, false, false, true]);
});
