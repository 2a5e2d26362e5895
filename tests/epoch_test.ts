/** Whether a database that was put back is noticed, and one that was not is left in its epoch. */

import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { openWriter } from "../lib/store/directory.ts";
import { importMessages } from "../lib/store/import.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { highestId } from "../lib/store/meta.ts";
import { Retention } from "../lib/store/retention.ts";
import { openForWriting } from "../lib/store/schema.ts";
import { purgeSession } from "../lib/store/sessions.ts";
import { jsonLine, lines } from "./fixtures/data.ts";
import { append, direct, hash, say } from "./fixtures/facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const DATABASE = "chatroom.db";

/** A history that is running, and what a kill at this moment would leave of it. */
class Running implements AsyncDisposable {
  readonly #dirs = new AsyncDisposableStack();
  readonly #dir: string;
  readonly history: LocalLog;

  private constructor(dir: string, history: LocalLog) {
    this.#dir = dir;
    this.history = history;
  }

  static async start(): Promise<Running> {
    const dir = await makeDir();
    const running = new Running(dir.path, await LocalLog.open({ dir: dir.path }));
    running.#dirs.use(dir);
    running.#dirs.use(running.history);
    return running;
  }

  /** A copy of the database alone, made while it is in use. */
  async backup(): Promise<string> {
    const path = `${await this.crash()}/${DATABASE}`;
    // Takes in what the log beside it holds.
    using db = new DatabaseSync(path);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return path;
  }

  /** The directory as a kill would leave it, with another database in it where one is named. */
  async crash(putBack?: string): Promise<string> {
    const dir = await this.#makeDir();
    for (const name of [DATABASE, `${DATABASE}-wal`, "boot"]) {
      await Deno.copyFile(`${this.#dir}/${name}`, `${dir}/${name}`);
    }
    if (putBack === undefined) return dir;
    await Deno.remove(`${dir}/${DATABASE}-wal`);
    await Deno.copyFile(putBack, `${dir}/${DATABASE}`);
    return dir;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dirs.disposeAsync();
  }

  async #makeDir(): Promise<string> {
    return this.#dirs.use(await makeDir()).path;
  }
}

/** The epoch that a server on a directory would be in, and the last number of the room a. */
async function opened(dir: string): Promise<[epoch: string, last: number]> {
  await using history = await LocalLog.open({ dir });
  return [history.index.epoch, history.index.last(roomLog("a"))];
}

Deno.test("after a crash the database goes on in its epoch, and a backup that lacks one message does not", async () => {
  await using running = await Running.start();
  const { history } = running;
  await append(history, say("a", "one", { session: "s", id: "1" }));
  const early = await running.backup();
  await append(history, say("a", "two"));
  const crashed = await running.crash();
  const restored = await running.crash(early);
  const complete = await running.crash(await running.backup());
  const [epoch, last] = await opened(restored);
  assertNotEquals(epoch, history.index.epoch);
  assertEquals(last, 1);
  {
    await using again = await LocalLog.open({ dir: restored });
    assertEquals([again.index.epoch, await again.index.recall(hash("s")) !== undefined], [
      epoch,
      false,
    ]);
  }
  assertEquals(await opened(crashed), [history.index.epoch, 2]);
  // And once more, after the count has gone on.
  assertEquals(await opened(crashed), [history.index.epoch, 2]);
  // No number of it can come to stand for another message.
  assertEquals(await opened(complete), [history.index.epoch, 2]);
});

Deno.test("after a crash in a later run an earlier backup is noticed too, and direct messages count", async () => {
  await using running = await Running.start();
  const { history } = running;
  await append(history, say("a", "one"));
  history.put({ kind: "session-use", hashes: [hash("s")] });
  await history.settled();
  const early = await running.backup();
  await append(history, direct("s", "psst"));
  assertNotEquals((await opened(await running.crash(early)))[0], history.index.epoch);
  const dir = await running.crash();
  assertEquals(await opened(dir), [history.index.epoch, 1]);
  await Deno.copyFile(early, `${dir}/${DATABASE}`);
  assertNotEquals((await opened(dir))[0], history.index.epoch);
});

Deno.test("what is imported into a database that was put back does not hide that it was", async () => {
  await using running = await Running.start();
  const { history } = running;
  await append(history, say("a", "one"));
  const early = await running.backup();
  await append(history, say("a", "two"));
  const dir = await running.crash(early);
  {
    using opened = await openWriter(dir);
    await importMessages(opened.db, lines([1, 2, 3].map((n) => jsonLine({ text: `${n}` }))));
  }
  const [epoch] = await opened(dir);
  assertNotEquals(epoch, history.index.epoch);
  {
    using _opened = await openWriter(dir);
  }
  assertEquals((await opened(dir))[0], epoch);
});

Deno.test("starts that fail for want of the file beside it do not make a database older", async () => {
  await using running = await Running.start();
  await append(running.history, say("a", "one"));
  const dir = await running.crash();
  // Stands in for a full disk: the new file can't be written.
  await Deno.mkdir(`${dir}/boot.new`);
  for (let start = 0; start < 3; start++) await assertRejects(() => opened(dir), Error);
  await Deno.remove(`${dir}/boot.new`);
  assertEquals((await opened(dir))[0], running.history.index.epoch);
});

Deno.test("a database whose last messages were let go of is not older for it", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/${DATABASE}`, durability: "full" });
  db.exec(
    `INSERT INTO name VALUES (1, 'ann', 'ann'); INSERT INTO session (id, hash, used) VALUES (1, x'aa', 0);
    INSERT INTO room (id, kind, key, name, last) VALUES (1, 0, 'a', 'a', 2), (2, 1, 'aa', 'ann', 1);
    INSERT INTO message (id, room, seq, at, sender, text) VALUES (1, 1, 1, 0, 1, 'x'), (2, 1, 2, 0, 1, 'y'),
      (3, 2, 1, 0, 1, 'z')`,
  );
  const left = (): unknown => db.prepare("SELECT count(*) AS n FROM message").get()?.["n"];
  const retention = new Retention(db, { keepMs: 1 });
  retention.begin(1_000);
  retention.step(10);
  assertEquals([left(), highestId(db)], [0, 3]);
  db.exec("INSERT INTO message (id, room, seq, at, sender, text) VALUES (4, 2, 2, 0, 1, 'z')");
  assert(purgeSession(db, 1, 10));
  assertEquals([left(), highestId(db)], [0, 4]);
});
