/** The index of words has what is stored and nothing else, whatever becomes of it meanwhile. */

import { assert, assertEquals } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import type { StayingFact } from "../lib/chat/log/fact.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { checkStore } from "../lib/store/check.ts";
import { Log } from "../lib/store/log.ts";
import { metaOf } from "../lib/store/meta.ts";
import { Packer } from "../lib/store/packing.ts";
import { openForWriting } from "../lib/store/schema.ts";
import { searchStore } from "../lib/store/search.ts";
import { Upkeep } from "../lib/store/upkeep.ts";
import { say } from "./fixtures/facts.ts";
import { revise } from "./fixtures/life_facts.ts";

/** A store without a thread, and its upkeep. */
class Store implements Disposable {
  readonly db: DatabaseSync = openForWriting({ path: ":memory:", durability: "normal" });
  readonly #log = new Log(this.db);
  readonly upkeep = new Upkeep(
    this.db,
    { sessionMs: Infinity, sessions: 1_000 },
    () => this.#log.refresh(),
  );

  put(...facts: readonly unknown[]): void {
    const packer = new Packer();
    for (const fact of facts) packer.add(fact as StayingFact);
    this.#log.append(packer.pack());
  }

  /** Brings the index up to date. */
  index(): void {
    while (this.upkeep.index());
  }

  /** Does all that there is to do; returns up to which ids all was indexed meanwhile. */
  keepUp(): Set<number> {
    const seen = new Set<number>();
    while (this.upkeep.step().more) seen.add(Number(metaOf(this.db, "indexed")));
    return seen;
  }

  /** The terms in the index, without the marks of their logs. */
  get terms(): string[] {
    this.db.exec(
      "CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms USING fts5vocab(main, message_words, 'row')",
    );
    return this.db.prepare("SELECT term FROM terms ORDER BY term").all()
      .map(({ term }) => String(term).slice(2));
  }

  find(query: string, room: string): number[] {
    return searchStore(this.db, { query, logs: [roomLog(room)], limit: 9 }).entries
      .map(({ message }) => message.seq);
  }

  [Symbol.dispose](): void {
    this.db.close();
  }
}

const GONE = { kind: "people", changes: [{ type: "unroom", key: "a" }] };
const MINE = { author: "id1" };

/** What a check finds wrong with the index; these stores lack what only a server notes. */
function problemsIn({ db }: Store): readonly string[] {
  return checkStore(db).problems.filter((problem) => !problem.startsWith("meta "));
}

Deno.test("of a room that is removed no word stays, though an edit was not indexed yet", () => {
  using store = new Store();
  store.put(say("b", "stays here"), say("a", "original", MINE));
  store.index();
  store.put(revise("a", 1, "edited"), GONE);
  store.keepUp();
  assertEquals(store.terms, ["here", "stays"]);
  assertEquals(problemsIn(store), []);
});

Deno.test("a room that is removed before it was indexed has nothing else indexed anew", () => {
  using store = new Store();
  store.put(say("b", "stays here"));
  store.index();
  store.put(say("a", "some words that have not come into the index"), say("a", "so"), GONE);
  assert(!store.keepUp().has(0), "all was indexed anew");
  store.put(say("b", "and this"));
  assert(!store.keepUp().has(0), "all was indexed anew");
  assertEquals(store.terms, ["and", "here", "stays", "this"]);
  assertEquals(problemsIn(store), []);
});

Deno.test("where the index was wrong all is indexed anew, also what came before", () => {
  using store = new Store();
  const words = (word: string): string => Array.from({ length: 100 }, (_, n) => word + n).join(" ");
  store.put(say("b", "stays here"), say("b", words("one"), MINE));
  store.index();
  store.put(revise("b", 2, "short"));
  store.upkeep.index();
  assert(store.upkeep.isLeaving);
  // As if the disk had changed it: such terms are not in the index.
  store.db.prepare("UPDATE leaving SET text = ?").run(words("other") + words("third"));
  while (store.upkeep.isLeaving) {
    store.put(say("b", "said meanwhile"));
    store.upkeep.index();
  }
  store.index();
  assertEquals([store.find("stays", "b"), store.find("short", "b")], [[1], [2]]);
  assertEquals(store.find("one7", "b"), []);
});
