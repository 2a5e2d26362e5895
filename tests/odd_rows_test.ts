/** Rows that nobody of ours would have written: a check tells each, and a server starts nevertheless. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { LocalLog } from "../lib/store/local_log.ts";
import { append, say } from "./fixtures/facts.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent } from "./helpers.ts";

const SANCTION =
  "INSERT INTO sanction (kind, room, subject, key, target, by, at, until, reason) VALUES ";

for (
  const [what, sql, told] of [
    [
      "an unknown sanction",
      `${SANCTION} ('zap', '', 'name', 'eve', 'eve', 'ann', 1, 0, '')`,
      '"zap"',
    ],
    [
      "a ban that ends before 1970",
      `${SANCTION} ('ban', '', 'name', 'eve', 'eve', 'ann', 1, -1, '')`,
      "-1",
    ],
    [
      "a ban of a time that no number holds",
      `${SANCTION} ('ban', '', 'name', 'eve', 'eve', 'ann', 1, 4611686018427387904, '')`,
      "4611686018427387904",
    ],
    [
      "a ban of a time that no date holds",
      `${SANCTION} ('ban', '', 'name', 'eve', 'eve', 'ann', -9000000000000000, 9000000000000000, '')`,
      "9000000000000000",
    ],
    [
      "a member of a time that no number holds",
      `INSERT INTO member (room, account, by, at) VALUES ('lobby', 'x', 'ann', 4611686018427387904)`,
      "4611686018427387904",
    ],
    [
      "a trigger",
      "CREATE TRIGGER spy AFTER INSERT ON account BEGIN DELETE FROM audit; END",
      'a trigger "spy", which is not ours',
    ],
    ["a view", "CREATE VIEW peep AS SELECT 1", 'a view "peep", which is not ours'],
    [
      "a control character in a room's name",
      "UPDATE room SET name = 'x' || char(27) || '[2J'",
      "control",
    ],
    [
      "one of C1 in a topic",
      "UPDATE room SET topic = 'x' || char(155) || '2J'",
      "control character",
    ],
    [
      "a session that was used before 1970",
      "INSERT INTO session (hash, used) VALUES (zeroblob(32), -1)",
      "before 1970",
    ],
    [
      "a password that is stored in a wrong form",
      "INSERT INTO account (key, name, role, proof, created, id) VALUES " +
      "('eve', 'Eve', 'member', 'scrypt$16384$8$5$c2FsdA==$c2hvcnQ=', 1, 'id9')",
      'account "eve" has a password that can\'t be checked',
    ],
  ] as Array<[what: string, sql: string, told: string]>
) {
  Deno.test(`a check finds ${what}, and a server starts with it`, async () => {
    await using dir = await makeDir();
    {
      await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
      await append(log, say("lobby", "here"));
    }
    assertEquals((await chatroom(["check", "--data", dir.path])).code, 0);
    {
      using db = new DatabaseSync(`${dir.path}/chatroom.db`);
      db.exec(sql);
    }
    const { code, stdout } = await chatroom(["check", "--data", dir.path]);
    assertEquals(code, 1, stdout);
    assertStringIncludes(stdout, told);
    await using server = await startStored(dir.path);
    using ann = await joinEvent(server, "ann");
    assertEquals((await ann.ask({ type: "say", room: "lobby", text: "hello" })).type, "ack");
  });
}
