/** Conversations that end are taken from the lists of their two, however much others have listed. */

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { chatLog, type ReadLog, roomLog } from "../lib/chat/messages/log_key.ts";
import type { Change, Party } from "../lib/chat/people/records.ts";
import { migrate } from "../lib/store/migrations.ts";
import { readPeople, savePeople } from "../lib/store/people.ts";

function listed(account: string, log: ReadLog): Change {
  return { type: "listed", listed: { account, log, name: "", read: 0, at: 1 } };
}

function begun(key: string, one: Party["who"], other: Party["who"]): Change {
  const parties = [{ who: one, name: "a" }, { who: other, name: "b" }] as const;
  return { type: "chat", chat: { key, parties, at: 1 } };
}

Deno.test("a conversation that ends leaves the lists of its two, and no other does", () => {
  using db = new DatabaseSync(":memory:");
  migrate(db, 0);
  savePeople(db, [
    begun("one", "account ann", "guest 00"),
    begun("two", "account ann", "account bob"),
    begun("notes", "account ann", "account ann"),
    ...["one", "two", "notes"].map((key) => listed("ann", chatLog(key))),
    listed("bob", chatLog("two")),
    listed("ann", roomLog("one")),
  ]);
  const places = (): string[] =>
    readPeople(db).listed.map(({ account, log }) => `${account} ${log}`).sort();
  savePeople(db, [{ type: "unchat", key: "two" }]);
  const left = [chatLog("notes"), chatLog("one"), roomLog("one")];
  assertEquals(places(), left.map((log) => `ann ${log}`).sort());
  savePeople(db, ["one", "notes", "none"].map((key): Change => ({ type: "unchat", key })));
  assertEquals(places(), [`ann ${roomLog("one")}`]);
});

Deno.test("conversations that end hold nobody up where much is listed", () => {
  using db = new DatabaseSync(":memory:");
  migrate(db, 0);
  const keys = Array.from({ length: 500 }, (_, i) => `chat ${i}`);
  savePeople(db, keys.map((key): Change => begun(key, "guest 00", "guest 11")));
  const accounts = Array.from({ length: 2_000 }, (_, i) => `account ${i}`);
  const rooms = Array.from({ length: 30 }, (_, i) => roomLog(`room ${i}`));
  savePeople(db, accounts.flatMap((id) => rooms.map((room) => listed(id, room))));
  const began = performance.now();
  savePeople(db, keys.map((key): Change => ({ type: "unchat", key })));
  const took = performance.now() - began;
  assert(took < 1_000, `500 conversations took ${took} ms`);
});

Deno.test("a guest whose session is an account's by now is gone when the server starts", () => {
  using db = new DatabaseSync(":memory:");
  migrate(db, 0);
  const [hash, other] = ["00".repeat(32), "11".repeat(32)];
  const times = { label: "", door: "", since: 1, used: 2 };
  savePeople(db, [
    { type: "device", device: { hash, account: "bob", ...times } },
    begun("one", `guest ${hash}`, "account ann"),
    begun("two", `guest ${other}`, "account ann"),
  ]);
  db.exec(`INSERT INTO session (hash, used) VALUES (unhex('${other}'), 2)`);
  const gone = readPeople(db).chats.map(({ key, parties: [guest] }) => [key, guest.gone ?? false]);
  assertEquals(gone.sort(), [["one", true], ["two", false]]);
});
