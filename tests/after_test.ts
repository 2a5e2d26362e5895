/** History forwards from a message, and what was said by a time. */

import { assertEquals, assertRejects } from "@std/assert";
import { readUpTo, seqAt } from "../lib/chat/answers/seq_at.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { openWriter } from "../lib/store/directory.ts";
import { importMessages } from "../lib/store/import.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import type { Message } from "../lib/wire/events.ts";
import { Data, lines } from "./fixtures/data.ts";
import { hash } from "./fixtures/facts.ts";
import { ACCOUNTS, comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { keeping, stillLog } from "./fixtures/still.ts";
import { openNew } from "./fixtures/stored_server.ts";

const none = { permissions: "none" } as const;

/** The seqs of a page, and whether there are more. */
async function page(somebody: Somebody, range: Record<string, number>): Promise<unknown> {
  const { messages, more } = await somebody.ask({ type: "history", room: "lobby", ...range });
  return [messages.map(({ seq }: Message) => seq).join(" "), more];
}

/** When the first entry was made, in ms since 1970, and how long after it each other one. */
const BEGAN = Date.UTC(2026, 0, 2);
const STEP_MS = 1_000;

/** Twenty entries, each of its own time, of which every fifth is a reaction: as an export has them. */
function* twenty(): Generator<string> {
  for (let seq = 1; seq <= 20; seq++) {
    const at = new Date(BEGAN + (seq - 1) * STEP_MS).toISOString();
    const entry = { room: "lobby", seq, from: "eve", at };
    yield JSON.stringify(
      seq % 5 === 0
        ? { type: "reacted", ...entry, re: seq - 1, key: "👍" }
        : { ...entry, text: "hi" },
    );
  }
}

/** Where a session finds what was said so many steps after the first entry; 0: nothing. */
async function saidAt({ house, peer }: Somebody, steps: number): Promise<number | undefined> {
  return await house.read(
    peer,
    (parts, session) => seqAt(parts, session, { room: "lobby" }, BEGAN + steps * STEP_MS),
  );
}

Deno.test("history goes forwards from a message, up to another one", async () => {
  await using stored = await openNew({ messagesPerRoom: 3 });
  for (const log of [stillLog(), stored]) {
    const house = makeRoomHouse({ hashOf: hash }, keeping({ accounts: ACCOUNTS }, log));
    const eve = await comes(house, "eve");
    for (let n = 1; n <= 8; n++) await eve.ask({ type: "say", room: "lobby", text: `${n}` });
    // What is done about a message has a number, and is none.
    await eve.ask({ type: "react", room: "lobby", re: 8, key: "👍" });
    await eve.ask({ type: "say", room: "lobby", text: "10" });
    await house.settled();
    for (
      const [range, seqs, more] of [
        [{ after: 0, limit: 3 }, "1 2 3", true],
        [{ after: 3, limit: 3 }, "4 5 6", true],
        [{ after: 6, limit: 5 }, "7 8 10", false],
        [{ after: 10 }, "", false],
        [{ after: 2, before: 5 }, "3 4", false],
        [{ after: 2, before: 6, limit: 2 }, "3 4", true],
        [{ after: 4, before: 5 }, "", false],
        [{ before: 4, limit: 2 }, "2 3", true],
      ] as const
    ) assertEquals(await page(eve, range), [seqs, more], JSON.stringify(range));
  }
});

Deno.test("of a long page forwards its beginning comes, and the rest is more", none, async () => {
  const house = makeRoomHouse();
  const eve = await comes(house, "eve");
  const text = "x".repeat(30_000);
  for (let n = 1; n <= 4; n++) await eve.ask({ type: "say", room: "lobby", text });
  assertEquals(await page(eve, { after: 0 }), ["1 2", true]);
  assertEquals(await page(eve, { after: 2 }), ["3 4", false]);
});

/** What is asked for, in steps after the first entry, and the seq of what is found. */
const FOUND = [
  [-1, 0],
  [0, 1],
  [0.5, 1],
  [3, 4],
  [4, 4],
  [5, 6],
  [17, 18],
  [19, 19],
  [1_000, 19],
] as const;

Deno.test("what was said by a time is found", none, async () => {
  let made = 0;
  const log = stillLog({ now: () => BEGAN + made * STEP_MS });
  const house = makeRoomHouse({}, keeping({ accounts: ACCOUNTS }, log));
  const eve = await comes(house, "eve");
  for (; made < 20; made++) {
    await eve.ask(
      made % 5 === 4
        ? { type: "react", room: "lobby", re: made, key: "👍" }
        : { type: "say", room: "lobby", text: "hi" },
    );
  }
  for (const [steps, seq] of FOUND) assertEquals(await saidAt(eve, steps), seq, `at ${steps}`);
  assertEquals(house.index.last(roomLog("lobby")), 20);
});

Deno.test("the same in a store, also where what was said first is gone", async () => {
  using data = new Data();
  {
    using opened = await openWriter(data.directory);
    await importMessages(opened.db, lines(twenty()), {});
  }
  for (const gone of [0, 7]) {
    if (gone > 0) {
      data.tamper(
        `DELETE FROM message WHERE seq <= ${gone}; UPDATE room SET first = ${gone + 1} ` +
          `WHERE key = 'lobby'; DELETE FROM life WHERE re <= ${gone}`,
      );
    }
    await using log = await LocalLog.open({ dir: data.directory, durability: "normal" });
    const eve = await comes(makeRoomHouse({ hashOf: hash }, log), "eve");
    for (const [steps, seq] of FOUND) {
      assertEquals(await saidAt(eve, steps), seq > gone ? seq : 0, `at ${steps}`);
    }
  }
});

Deno.test("nobody learns by times what they may not read", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "den", access: "invite" });
  await ann.ask({ type: "say", room: "den", text: "psst" });
  const eve = await comes(house, "eve");
  for (
    const [where, code] of [[{ room: "den" }, "no-such-room"], [
      { chat: "x" },
      "no-such-chat",
    ]] as const
  ) {
    const asked = house.read(eve.peer, (parts, session) => seqAt(parts, session, where, Infinity));
    const error = await assertRejects(() => Promise.resolve(asked), Refusal);
    assertEquals(error.code, code);
  }
});

Deno.test("up to when an account has read is told to its devices", none, async () => {
  let made = 0;
  const log = stillLog({ now: () => BEGAN + made * STEP_MS });
  const house = makeRoomHouse({}, keeping({ accounts: ACCOUNTS }, log));
  const [ann, eve] = [await comes(house, "ann"), await comes(house, "eve")];
  const upTo = async ({ peer }: Somebody, where = { room: "lobby" }): Promise<string | undefined> =>
    await house.read(peer, (parts, session) => readUpTo(parts, session, where));
  assertEquals(await upTo(ann), undefined);
  for (; made < 3; made++) await eve.ask({ type: "say", room: "lobby", text: "hi" });
  await eve.ask({ type: "react", room: "lobby", re: 3, key: "👍" });
  await ann.ask({ type: "read", room: "lobby", seq: 2 });
  assertEquals(await upTo(ann), "2026-01-02T00:00:01.000Z");
  await ann.ask({ type: "read", room: "lobby", seq: 4 });
  assertEquals(await upTo(ann), "2026-01-02T00:00:02.000Z");
  assertEquals([await upTo(eve), await upTo(ann, { room: "none" })], [undefined, undefined]);
});
