/** `check` compares what holds of messages, and how they are counted, with the entries in the log. */

import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Fact } from "../lib/chat/log/fact.ts";
import { checkStore } from "../lib/store/check.ts";
import { openReader } from "../lib/store/directory.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { inChat, say } from "./fixtures/facts.ts";
import { pin, react, remove, revise } from "./fixtures/life_facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const BOB = { author: "id2", from: "bob", who: "account id2" } as const;

const FACTS: readonly Fact[] = [
  ...[say("a", "one", { author: "id1" }), say("a", "two", { author: "id1" })],
  ...[revise("a", 1, "ONE"), revise("a", 1, "One")],
  ...[react("a", 1, "👍"), react("a", 1, "👍", BOB), react("a", 1, "👍", { off: true })],
  ...[
    react("a", 2, "🎉", BOB),
    react("a", 2, "🎉", { ...BOB, off: true }),
    react("a", 2, "🎉", BOB),
  ],
  ...[pin("a", 1), pin("a", 2), pin("a", 2, { off: true })],
  ...[say("a", "three", { author: "id1" }), revise("a", 14, "3"), remove("a", 14)],
  ...[inChat("c", "psst", { author: "id1" }), say("a", "four")],
];

/** A directory with all of that. */
async function filled(
  facts: readonly Fact[] = FACTS,
): Promise<Awaited<ReturnType<typeof makeDir>>> {
  const dir = await makeDir();
  await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
  for (const fact of facts) log.put(fact);
  await log.settled();
  return dir;
}

function problemsIn({ path }: { readonly path: string }, quick = false): readonly string[] {
  using db = openReader(path);
  return checkStore(db, { quick }).problems;
}

function tamper({ path }: { readonly path: string }, sql: string): void {
  using db = new DatabaseSync(`${path}/chatroom.db`);
  db.exec(sql);
}

const SAYS = "the table life says that message";
const NOT = "the table life does not say that message";

for (
  const [what, sql, problems] of [
    ["nothing in what is sound", "", []],
    [
      "an edit that is counted wrong",
      "UPDATE life SET n = 3 WHERE kind = 2 AND re = 1",
      [
        `${SAYS} 1 in "a" was edited (3) by entry 4, and its entries do not`,
        `${NOT} 1 in "a" was edited (2) by entry 4`,
      ],
    ],
    [
      "an edit that was not the last",
      "UPDATE life SET seq = 3 WHERE kind = 2 AND re = 1",
      [
        `${SAYS} 1 in "a" was edited (2) by entry 3, and its entries do not`,
        `${NOT} 1 in "a" was edited (2) by entry 4`,
      ],
    ],
    [
      "an edit that is missing",
      "DELETE FROM life WHERE kind = 2 AND re = 1",
      [`${NOT} 1 in "a" was edited (2) by entry 4`],
    ],
    [
      "a reaction that is missing",
      "DELETE FROM life WHERE kind = 4 AND re = 1 AND who = 'account id2'",
      [`${NOT} 1 in "a" has a reaction "👍" of account id2 (5) by entry 6`],
    ],
    [
      "a reaction that was taken back",
      "UPDATE life SET kind = 4 WHERE kind = 14 AND re = 1",
      [
        `${SAYS} 1 in "a" has a reaction "👍" of account id1 (5) by entry 7, and its entries do not`,
        `${NOT} 1 in "a" has lost a reaction "👍" of account id1 by entry 7`,
      ],
    ],
    [
      "a reaction that nobody has given",
      "INSERT INTO life VALUES (1, 4, 1, '🎉', 'account id9', 5, 5)",
      [`${SAYS} 1 in "a" has a reaction "🎉" of account id9 (5) by entry 5, and its entries do not`],
    ],
    [
      "a reaction that is older than it was",
      "UPDATE life SET n = 8 WHERE kind = 4 AND re = 2",
      [
        `${SAYS} 2 in "a" has a reaction "🎉" of account id2 (8) by entry 10, and its entries do not`,
        `${NOT} 2 in "a" has a reaction "🎉" of account id2 (10) by entry 10`,
      ],
    ],
    [
      "a count of what was taken back that is wrong",
      "UPDATE life SET n = 10 WHERE kind = 24 AND re = 2",
      [
        `${SAYS} 2 in "a" had taken back a reaction "🎉" of account id2 (10) by entry 9, and its entries do not`,
        `${NOT} 2 in "a" had taken back a reaction "🎉" of account id2 (1) by entry 9`,
      ],
    ],
    [
      "a count of what was taken back that is missing",
      "DELETE FROM life WHERE kind = 24 AND re = 1",
      [`${NOT} 1 in "a" had taken back a reaction "👍" of account id1 (1) by entry 7`],
    ],
    [
      "a count of what nobody has taken back",
      "INSERT INTO life VALUES (1, 24, 1, '👍', 'account id2', 6, 3)",
      [
        `${SAYS} 1 in "a" had taken back a reaction "👍" of account id2 (3) by entry 6, and its entries do not`,
      ],
    ],
    [
      "a pin that is missing",
      "DELETE FROM life WHERE kind = 5 AND re = 1",
      [`${NOT} 1 in "a" is pinned by entry 11`],
    ],
    [
      "a removal that is missing",
      "DELETE FROM life WHERE kind = 3",
      [`${NOT} 14 in "a" was removed by entry 16`],
    ],
    [
      "what holds of a message that nothing was done about",
      "INSERT INTO life VALUES ((SELECT id FROM room WHERE kind = 2), 5, 1, '', '', 1, 1)",
      [`${SAYS} 1 in the conversation c is pinned by entry 1, and its entries do not`],
    ],
    [
      "a message with a place that is another's",
      "UPDATE message SET nth = 4 WHERE room = 1 AND seq = 14",
      [
        'entry 14 of "a" has the place 4 among the messages; the one before has 2, and it is a message',
        'entry 15 of "a" has the place 3 among the messages; the one before has 4, and it is none',
      ],
    ],
    [
      "a room that counts what is no message wrong",
      "UPDATE room SET about = 3 WHERE id = 1",
      ['room 1 ("a") says that 3 of its entries are no messages, and 13 are not'],
    ],
  ] as const
) {
  Deno.test(`a check of what was done about messages finds ${what}`, async () => {
    await using dir = await filled();
    tamper(dir, sql);
    assertEquals(problemsIn(dir), [...problems]);
    assertEquals(problemsIn(dir, true), []);
  });
}

Deno.test("what is left of what was let go is no problem, and what should have gone with it is one", async () => {
  await using dir = await filled();
  {
    await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
    log.put({
      kind: "retain",
      cuts: [{ log: (FACTS[0] as Extract<Fact, { kind: "say" }>).log, first: 2 }],
    });
    await log.settled();
  }
  assertEquals(problemsIn(dir), []);
  tamper(dir, "INSERT INTO life VALUES (1, 5, 1, '', '', 11, 1)");
  assertEquals(problemsIn(dir), [`${SAYS} 1 in "a" is pinned by entry 11, and its entries do not`]);
});
