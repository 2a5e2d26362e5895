/** What is stored about people and rooms: each change is there after a restart, and what goes is gone. */

import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { chatLog, roomLog } from "../lib/chat/messages/log_key.ts";
import type { Hook } from "../lib/chat/people/hook_record.ts";
import {
  type Account,
  type AccountSettings,
  type Block,
  type Change,
  type ChatRecord,
  type Invitation,
  type Kept,
  type Listed,
  type Member,
  NOTHING_KEPT,
  plainRoom,
  type RoomRecord,
} from "../lib/chat/people/records.ts";
import { checkStore } from "../lib/store/check.ts";
import { databasePath, openReader } from "../lib/store/directory.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { readPeople } from "../lib/store/people.ts";
import { say, seqOf } from "./fixtures/facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const ANN: Account = {
  ...{ id: "ann-id", name: "Ann", key: "ann", role: "owner", proof: "p", createdAt: 1 },
};
const BOB: Account = { ...ANN, id: "bob-id", name: "bob", key: "bob", role: "member" };
const SECRET: RoomRecord = {
  ...{ key: "secret", name: "Secret", title: "What nobody knows", founder: "ann-id" },
  ...{ access: "invite", topicLocked: true, slow: 5, quiet: true },
};
const MEMBER: Member = { room: "secret", account: "bob-id", by: "Ann", at: 2 };
const LISTED: Listed = {
  ...{ account: "ann-id", log: roomLog("secret"), name: "Secret", read: 7, at: 3 },
  notify: "mentions",
};
const LISTED_CHAT: Listed = { ...LISTED, log: chatLog("c1"), name: "", read: 0 };
const CHAT: ChatRecord = {
  key: "c1",
  parties: [{ who: "account ann-id", name: "Ann" }, { who: "guest ff", name: "eve", gone: true }],
  at: 4,
};
const BLOCK: Block = { account: "ann-id", who: "guest ff", name: "eve", at: 5 };
const SETTINGS: AccountSettings = { account: "ann-id", hideSeen: true, seen: 6 };
const LINK: Invitation = {
  ...{ id: "l1", hash: "00", room: "secret", by: "Ann", at: 7, until: 8, uses: 9, used: 1 },
  register: true,
};

const HOOK: Hook = { id: "h1", name: "ci", hash: "0f", room: "secret", by: "Ann", at: 8 };

const ALL: readonly Change[] = [
  { type: "account", account: ANN },
  { type: "account", account: BOB },
  { type: "room", room: SECRET, opener: "account ann" },
  { type: "member", member: MEMBER },
  { type: "listed", listed: LISTED },
  { type: "chat", chat: CHAT },
  { type: "listed", listed: LISTED_CHAT },
  { type: "block", block: BLOCK },
  { type: "settings", settings: SETTINGS },
  { type: "invitation", invitation: LINK },
  { type: "hook", hook: HOOK },
];

const KEPT: Kept = {
  ...NOTHING_KEPT,
  accounts: [ANN, BOB],
  rooms: [SECRET],
  members: [MEMBER],
  listed: [LISTED, LISTED_CHAT],
  chats: [CHAT],
  blocks: [BLOCK],
  settings: [SETTINGS],
  invitations: [LINK],
  hooks: [HOOK],
};

/** What is kept after all of that and then `changes`, once the log has been closed and opened again. */
async function keptAfter(...changes: Change[]): Promise<Kept> {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
    for (const more of [ALL, changes]) log.put({ kind: "people", changes: more });
    await log.settled();
  }
  using db = openReader(dir.path);
  assertEquals(checkStore(db).problems, []);
  await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
  return sorted(log.people);
}

function sorted(kept: Kept): Kept {
  return { ...kept, listed: kept.listed.toSorted((a, b) => b.log.localeCompare(a.log)) };
}

Deno.test("every change is there after a restart", async () => {
  assertEquals(await keptAfter(), KEPT);
});

const WITHOUT: ReadonlyArray<
  readonly [what: string, changes: readonly Change[], without: Partial<Kept>]
> = [
  ["a room takes its members, its links, its hooks and its places in lists with it", [
    { type: "unroom", key: "secret" },
  ], { rooms: [], members: [], invitations: [], hooks: [], listed: [LISTED_CHAT] }],
  ["a conversation takes its places in lists with it", [
    { type: "unchat", key: "c1" },
  ], { chats: [], listed: [LISTED] }],
  ["an account that is given back takes what is its own with it", [
    { type: "remove", key: "ann", id: "ann-id" },
  ], { accounts: [BOB], listed: [], blocks: [], settings: [] }],
  ["what is taken back one by one is gone", [
    { type: "unmember", room: "secret", account: "bob-id" },
    { type: "unlisted", account: "ann-id", log: chatLog("c1") },
    { type: "unblock", account: "ann-id", who: "guest ff" },
    { type: "uninvitation", id: "l1" },
    { type: "unhook", id: "h1" },
    { type: "settings", settings: { account: "ann-id", seen: 0 } },
  ], { members: [], listed: [LISTED], blocks: [], invitations: [], hooks: [], settings: [] }],
  ["what is changed is as it was said last", [
    { type: "room", room: { ...SECRET, access: "open" } },
    { type: "listed", listed: { ...LISTED, read: 8 } },
    { type: "account", account: { ...ANN, proof: "another" } },
    { type: "chat", chat: { ...CHAT, at: 5 } },
  ], {
    rooms: [{ ...SECRET, access: "open" }],
    listed: [{ ...LISTED, read: 8 }, LISTED_CHAT],
    accounts: [{ ...ANN, proof: "another" }, BOB],
    chats: [{ ...CHAT, at: 5 }],
  }],
  ["a room of which nothing is settled any more has no record", [
    { type: "room", room: plainRoom("secret", "Secret") },
  ], { rooms: [] }],
];

for (const [what, changes, without] of WITHOUT) {
  Deno.test(what, async () => {
    assertEquals(await keptAfter(...changes), { ...KEPT, ...without });
  });
}

Deno.test("an account whose name is reserved anew has another id, and nothing of the one before", async () => {
  const anew: Account = { ...ANN, id: "another", role: "member" };
  const kept = await keptAfter(
    { type: "remove", key: "ann", id: "ann-id" },
    { type: "account", account: anew },
  );
  assertEquals(kept.accounts, [anew, BOB]);
  assertEquals([kept.listed, kept.blocks, kept.settings], [[], [], []]);
});

Deno.test("a room with members of record, a link or a hook stays, though nothing was said in it", async () => {
  await using dir = await makeDir();
  await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
  const room = (key: string): Change => ({ type: "room", room: plainRoom(key, key) });
  const member: Change = { type: "member", member: { ...MEMBER, room: "a" } };
  const invitation: Change = { type: "invitation", invitation: { ...LINK, room: "b" } };
  const hook: Change = { type: "hook", hook: { ...HOOK, room: "d" } };
  const rooms = ["a", "b", "c", "d"];
  log.put({ kind: "people", changes: [...rooms.map(room), member, invitation, hook] });
  await log.settled();
  log.removeEmpty(() => false);
  await log.settled();
  assertEquals(rooms.map((key) => log.index.has(roomLog(key))), [true, true, false, true]);
});

Deno.test("values of a later version are read as what keeps the most to itself", async () => {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
    log.put({ kind: "people", changes: ALL });
    await log.settled();
  }
  using db = new DatabaseSync(databasePath(dir.path));
  db.exec("UPDATE room SET access = 'by-moonlight' WHERE key = 'secret'");
  db.exec("UPDATE listed SET notify = 'sometimes' WHERE key = 'secret'");
  const { rooms, listed } = sorted(readPeople(db));
  const { notify: _, ...plain } = LISTED;
  assertEquals([rooms, listed], [[SECRET], [plain, LISTED_CHAT]]);
});

Deno.test("what was said in a room that is gone is removed bit by bit, and its place is given anew", async () => {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
    for (let n = 0; n < 700; n++) log.put(say("a", `word${n}`, { mentions: ["id1"] }));
    log.put({ kind: "people", changes: [{ type: "unroom", key: "a" }] });
    assertEquals(await seqOf(log, say("a", "anew")), 701);
    const left = (): number => {
      using db = openReader(dir.path);
      assertEquals(checkStore(db).problems, []);
      return Number(db.prepare("SELECT count(*) AS n FROM room").get()?.["n"]);
    };
    while (left() > 1) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  using db = openReader(dir.path);
  const count = (table: string): unknown =>
    db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"];
  assertEquals(["mention", "room", "message"].map(count), [0, 1, 1]);
  assertEquals(checkStore(db).problems, []);
});

for (
  const [what, sql, sentence] of [
    [
      "a member of a room that is not there",
      "INSERT INTO member (room, account, by, at) VALUES ('x', 'ann-id', 'Ann', 1)",
      'member has a row of the room "x", which is not there',
    ],
    [
      "what nobody has listed",
      "UPDATE listed SET account = 'nobody' WHERE kind = 0",
      "listed has a row of the account nobody, which is not there",
    ],
    [
      "a conversation without a log",
      "DELETE FROM room WHERE kind = 2",
      "conversation c1 has no log",
    ],
    [
      "a mention of nothing",
      "INSERT INTO author VALUES (1, 'ann-id'); INSERT INTO mention VALUES (1, 1, 9, 9)",
      "a mention is of message 9 in the log 1, which is not there",
    ],
    [
      "a time that is none",
      "UPDATE member SET at = 9000000000000000000",
      'the member bob-id of "secret" has 9000000000000000000 for a time (at), which is none',
    ],
    [
      "an access that there is not",
      "UPDATE room SET access = 'x' WHERE kind = 0",
      'room "Secret" has the access "x", which there is not',
    ],
  ] as const
) {
  Deno.test(`a check tells of ${what}`, async () => {
    await using dir = await makeDir();
    {
      await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
      log.put({ kind: "people", changes: ALL });
      await log.settled();
    }
    using db = new DatabaseSync(databasePath(dir.path));
    db.exec(sql);
    assertEquals(checkStore(db).problems, [sentence]);
  });
}
