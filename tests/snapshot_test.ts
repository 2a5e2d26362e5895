/** A question to the store is answered from one moment of the database, whatever is committed meanwhile. */

import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { getNumber, runSql, snapshot } from "../lib/store/sql.ts";
import { makeDir } from "./fixtures/stored_server.ts";

Deno.test("what is committed between two statements of a question is in neither of them", async () => {
  await using dir = await makeDir();
  const path = `${dir.path}/some.db`;
  using writing = new DatabaseSync(path);
  writing.exec("PRAGMA journal_mode = WAL; CREATE TABLE some (n INTEGER)");
  using reading = new DatabaseSync(path, { readOnly: true });
  const count = (): number => getNumber(reading, "SELECT count(*) AS n FROM some");
  const add = (): number => runSql(writing, "INSERT INTO some VALUES (1)");
  assertEquals(snapshot(reading, () => [count(), add(), count()]), [0, 1, 0]);
  assertEquals(count(), 1);
  const broken = (): never =>
    snapshot(reading, () => {
      count();
      throw new Error("damaged");
    });
  assertThrows(broken, Error, "damaged");
  add();
  assertEquals(snapshot(reading, count), 2);
});
