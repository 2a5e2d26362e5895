/** What a person writes to search, and what the database is asked. */

import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { parseQuery, toMatch } from "../lib/store/query.ts";

Deno.test("a NUL in a search does not end what the database is asked", () => {
  using database = new DatabaseSync(":memory:");
  database.exec("CREATE VIRTUAL TABLE texts USING fts5(text)");
  database.exec("INSERT INTO texts VALUES ('one two three')");
  const search = database.prepare("SELECT count(*) AS found FROM texts WHERE texts MATCH ?");
  for (
    const [query, found] of [["two", 1], ["tw\0o", 0], ['"one\0two"', 1], ["two\0", 1]] as const
  ) {
    assertEquals(search.get(toMatch(parseQuery(query)))?.["found"], found, query);
  }
});
