/** Pieces of work that share a transaction. */

import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { HeldCommit } from "../lib/store/held_commit.ts";
import { Reader } from "../lib/store/read.ts";
import { openReader } from "../lib/store/directory.ts";
import { say } from "./fixtures/facts.ts";
import { openNode } from "./fixtures/cluster_world.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { until } from "./helpers.ts";

/** A database with one table, and a connection that sees what is committed in it. */
async function held(waitMs: number, stack: AsyncDisposableStack): Promise<{
  readonly commit: HeldCommit;
  readonly failures: readonly string[];
  readonly add: (n: number) => void;
  readonly seen: () => number[];
  readonly commits: () => number;
}> {
  const dir = stack.use(await makeDir()).path;
  const db = stack.adopt(new DatabaseSync(`${dir}/held.db`), (db) => db.close());
  db.exec("PRAGMA journal_mode = WAL; CREATE TABLE piece (n INTEGER PRIMARY KEY)");
  const other = stack.adopt(
    new DatabaseSync(`${dir}/held.db`, { readOnly: true }),
    (db) => db.close(),
  );
  const failures: string[] = [];
  let commits = 0;
  const commit = new HeldCommit(db, {
    before: () => void commits++,
    onFailed: ({ message }) => failures.push(message),
    waitMs,
  });
  stack.use(commit);
  return {
    commit,
    failures,
    add: (n: number): void => {
      commit.within(() => db.prepare("INSERT INTO piece VALUES (?)").run(n));
      commit.soon();
    },
    seen: (): number[] => other.prepare("SELECT n FROM piece").all().map(({ n }) => Number(n)),
    commits: (): number => commits,
  };
}

Deno.test("pieces are committed together, a moment later", async () => {
  await using stack = new AsyncDisposableStack();
  const { add, seen, commits } = await held(5, stack);
  for (const n of [1, 2, 3]) add(n);
  assertEquals(seen(), []);
  await until("they are there", () => seen().length > 0);
  assertEquals([seen(), commits()], [[1, 2, 3], 1]);
});

Deno.test("a piece that fails leaves those before it, and nothing of itself", async () => {
  await using stack = new AsyncDisposableStack();
  const { add, commit, seen, failures } = await held(60_000, stack);
  add(1);
  assertThrows(() => add(1), Error, "UNIQUE");
  assertEquals([seen(), failures], [[1], []]);
  add(2);
  commit.now();
  assertEquals(seen(), [1, 2]);
});

Deno.test("who asks for a commit within a piece has it at its end", async () => {
  await using stack = new AsyncDisposableStack();
  const { add, commit, seen } = await held(60_000, stack);
  add(1);
  commit.within(() => {
    commit.now();
    assertEquals(seen(), []);
  });
  commit.soon();
  assertEquals(seen(), [1]);
  add(2);
  assertEquals(seen(), [1]);
});

Deno.test("what is to be read from within a piece is read when that is committed", async () => {
  await using stack = new AsyncDisposableStack();
  const { add, commit, seen } = await held(60_000, stack);
  const found: number[][] = [];
  add(1);
  commit.within(() => {
    commit.then(() => found.push(seen()));
    assertEquals(found, []);
  });
  commit.soon();
  assertEquals(found, [[1]]);
  add(2);
  commit.then(() => found.push(seen()));
  assertEquals(found, [[1], [1, 2]]);
});

Deno.test("for a while each piece is committed at once if somebody needs the log for themselves", async () => {
  await using stack = new AsyncDisposableStack();
  const { add, commit, seen } = await held(60_000, stack);
  commit.aside();
  add(1);
  assertEquals(seen(), [1]);
});

Deno.test("what can't be committed is told", async () => {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await makeDir()).path;
  const db = stack.adopt(new DatabaseSync(`${dir}/held.db`), (db) => db.close());
  db.exec("CREATE TABLE a (n INTEGER PRIMARY KEY)");
  db.exec("PRAGMA foreign_keys = ON");
  db.exec("CREATE TABLE b (n INTEGER REFERENCES a (n) DEFERRABLE INITIALLY DEFERRED)");
  const failures: string[] = [];
  const commit = new HeldCommit(db, {
    before: () => {},
    onFailed: ({ message }) => failures.push(message),
  });
  commit.within(() => db.exec("INSERT INTO b VALUES (7)"));
  commit.now();
  assertEquals(failures, ["FOREIGN KEY constraint failed"]);
  assertEquals(db.isTransaction, false);
});

Deno.test("a node's store and its place are of one moment, and who asks sees all that was told", async () => {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await makeDir()).path;
  const store = stack.use(await openNode(dir));
  using db = openReader(dir);
  /** What another process would find: where the store stands, and how many messages it has. */
  const found = (): [number, number] => {
    const { value } = db.prepare("SELECT value FROM meta WHERE key = 'place'").get() ?? {};
    const { seq = 0 } = JSON.parse(String(value ?? "{}"));
    return [seq, new Reader(db).logs()[0]?.last ?? 0];
  };
  for (let seq = 1; seq <= 200; seq++) {
    store.apply(() => {
      const told = store.store([say("dev", `message ${seq}`)], seq);
      told(0);
      return { seq, at: seq, hash: "" };
    });
    const [stands, has] = found();
    assertEquals(stands, has);
    if (seq % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
  }
  const entries = await store.index.search({
    query: '"message 200"',
    logs: ["room dev"],
    limit: 5,
  });
  assertEquals(entries.entries.length, 1);
  assertEquals(found(), [200, 200]);
});
