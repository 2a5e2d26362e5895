/** What is seen of a store's files around a commit, and without making the commit longer. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { WatchedFiles } from "../lib/store/watched_files.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const DATABASE = "chatroom.db";
const LOG = `${DATABASE}-wal`;

/** Runs `test` with the watched files of a database that has something in its log. */
async function watching(test: (watched: WatchedFiles, dir: string) => unknown): Promise<void> {
  await using dir = await makeDir();
  const db = new DatabaseSync(`${dir.path}/${DATABASE}`);
  db.exec("PRAGMA journal_mode = WAL; CREATE TABLE said (text); INSERT INTO said VALUES ('hi')");
  using watched = new WatchedFiles(db, dir.path);
  try {
    settle(watched, dir.path);
    await test(watched, dir.path);
  } finally {
    watched[Symbol.dispose]();
    db.close();
  }
}

/** What has just changed in the directory lies back so far that another change can be told from it. */
function settle(watched: WatchedFiles, dir: string): void {
  Deno.utimeSync(dir, 1_000_000_000, 1_000_000_000);
  assertEquals(watched.all(), undefined);
}

/** The names of the files whose times `work` asks for. */
function askedFor(work: () => void): string[] {
  const { statSync } = Deno;
  const names: string[] = [];
  Deno.statSync = (path) => {
    names.push(String(path).replace(/.*\//, ""));
    return statSync(path);
  };
  try {
    work();
  } finally {
    Deno.statSync = statSync;
  }
  return names;
}

Deno.test("nobody asks for the times of the log around a commit, which would make the next one longer", () =>
  watching((watched) => {
    const asked = askedFor(() => {
      for (let commit = 0; commit < 3; commit++) {
        assertEquals([watched.beforeCommit(), watched.afterCommit()], [undefined, undefined]);
      }
    });
    assertEquals(asked.includes(DATABASE), true);
    assertEquals(asked.filter((name) => name === LOG), []);
  }));

Deno.test("after something was made beside the files all are looked at, and it is no trouble", () =>
  watching((watched, dir) => {
    const looks = (): number =>
      askedFor(() => assertEquals(watched.afterCommit(), undefined)).filter((name) => name === LOG)
        .length;
    assertEquals(looks(), 0);
    Deno.writeTextFileSync(`${dir}/note`, "");
    // As long as another change could have the same time.
    assertEquals([looks(), looks()], [1, 1]);
    settle(watched, dir);
    assertEquals(looks(), 0);
  }));

const PUT_AWAY: ReadonlyArray<[string, (path: string) => unknown]> = [
  ["was removed", Deno.removeSync],
  ["was removed", (path) => Deno.renameSync(path, `${path}.away`)],
  ["was replaced by another file", (path) => {
    Deno.copyFileSync(path, `${path}.copy`);
    Deno.renameSync(`${path}.copy`, path);
  }],
];

for (const name of [DATABASE, LOG]) {
  for (const [what, work] of PUT_AWAY) {
    Deno.test(`${name} that ${what} during a commit is noticed after it: ${work.name}`, () =>
      watching((watched, dir) => {
        assertEquals(watched.beforeCommit(), undefined);
        work(`${dir}/${name}`);
        assertStringIncludes(watched.afterCommit() ?? "", `${name} ${what}`);
      }));
  }
}

Deno.test("a file that was cut is noticed before the next commit, the log also after it", () =>
  watching((watched, dir) => {
    assertEquals([watched.beforeCommit(), watched.afterCommit()], [undefined, undefined]);
    const { size } = Deno.statSync(`${dir}/${LOG}`);
    Deno.truncateSync(`${dir}/${LOG}`, size - 1);
    const cut = `${LOG} was cut from ${size} to ${size - 1} bytes`;
    assertStringIncludes(watched.afterCommit() ?? "", cut);
    assertStringIncludes(watched.beforeCommit() ?? "", cut);
  }));

Deno.test("a directory that was moved away is noticed before and after a commit", () =>
  watching((watched, dir) => {
    Deno.renameSync(dir, `${dir}.away`);
    try {
      assertStringIncludes(watched.beforeCommit() ?? "", `${DATABASE} was removed`);
      assertStringIncludes(watched.afterCommit() ?? "", `${DATABASE} was removed`);
    } finally {
      Deno.renameSync(`${dir}.away`, dir);
    }
    assertEquals([watched.all(), watched.afterCommit()], [undefined, undefined]);
  }));
