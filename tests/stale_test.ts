/**
 * What `chatroom user` and others change under a running server stays changed: nothing that a
 * session asks for is kept as it would have been before.
 */

import { assertEquals, assertRejects } from "@std/assert";
import { evolve, evolvePeople } from "../lib/chat/evolve.ts";
import { DEFAULT_LIMITS } from "../lib/chat/house_options.ts";
import { People } from "../lib/chat/people.ts";
import { OneByOne } from "../lib/chat/one_by_one.ts";
import { putPeople } from "../lib/chat/put_people.ts";
import type { Account, Change, Kept, Sanction } from "../lib/chat/records.ts";
import { Registry } from "../lib/chat/registry.ts";
import { RoomShares } from "../lib/chat/room_shares.ts";
import { openPeople } from "../lib/store/directory.ts";
import { DurableHistory } from "../lib/store/durable_history.ts";
import { changePeople, readPeople } from "../lib/store/people.ts";
import { CHEAP, LOGIN } from "./fixtures/guests.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent } from "./helpers.ts";

function account(name: string, role: Account["role"], proof: string): Account {
  return { name, key: name, role, proof, createdAt: 1 };
}

const BAN: Sanction = {
  ...{ kind: "ban", room: "", subject: "name", key: "eve", target: "eve" } as const,
  ...{ by: "ann", at: 1, until: 0, reason: "" },
};

/** What a session asks for right after somebody else has changed something, and what comes of it. */
interface Row {
  readonly what: string;
  readonly changed: (proof: string) => readonly Change[];
  readonly by: "ann" | "oper" | "guest";
  readonly request: Readonly<Record<string, unknown>>;
  readonly code: string;
}

const MOD = { type: "mod", target: "bob" } as const;

const ROWS: readonly Row[] = [
  {
    what: "a password that was reset is not set back by its old owner",
    changed: () => [{ type: "account", account: account("ann", "owner", "reset") }],
    by: "ann",
    request: { type: "passwd", password: "my own again" },
    code: "not-logged-in",
  },
  {
    what: "an account that was removed does not come back",
    changed: () => [{ type: "remove", key: "oper" }],
    by: "oper",
    request: { type: "passwd", password: "my own again" },
    code: "not-logged-in",
  },
  {
    what: "an operator who was made a member keeps nothing of it by another password",
    changed: (proof) => [{ type: "account", account: account("oper", "member", proof) }],
    by: "oper",
    request: { type: "passwd", password: "my own again" },
    code: "account",
  },
  {
    what: "an account that was reset is not given back by its old owner",
    changed: () => [{ type: "account", account: account("oper", "operator", "reset") }],
    by: "oper",
    request: { type: "unregister" },
    code: "not-logged-in",
  },
  ...(["ban", "mute", "op"] as const).map((action): Row => ({
    what: `an owner who was made a member may not ${action}`,
    changed: (proof) => [{ type: "account", account: account("ann", "member", proof) }],
    by: "ann",
    request: { ...MOD, action },
    code: "not-allowed",
  })),
  {
    what: "an owner who was made a member may not unban",
    changed: (proof) => [{ type: "account", account: account("ann", "member", proof) }],
    by: "ann",
    request: { type: "mod", action: "unban", target: "eve" },
    code: "not-allowed",
  },
  {
    what: "nobody is banned who was made an owner",
    changed: (proof) => [{ type: "account", account: account("bob", "owner", proof) }],
    by: "oper",
    request: { ...MOD, action: "ban" },
    code: "not-allowed",
  },
  {
    what: "an account that is made an operator keeps the password that it was given",
    changed: () => [{ type: "account", account: account("bob", "member", "reset") }],
    by: "ann",
    request: { ...MOD, action: "op" },
    code: "mod",
  },
  {
    what: "a role is not given to an account that was removed",
    changed: () => [{ type: "remove", key: "bob" }],
    by: "ann",
    request: { ...MOD, action: "op" },
    code: "not-registered",
  },
  {
    what: "a name that was reserved is nobody else's, nor one that looks like it",
    changed: () => [{ type: "account", account: account("gu\u0435st", "member", "p") }],
    by: "guest",
    request: { type: "register", password: "something new" },
    code: "already-registered",
  },
  {
    what: "a ban that was lifted is not there to be lifted",
    changed: () => [{ type: "lift", sanction: BAN }],
    by: "ann",
    request: { type: "mod", action: "unban", target: "eve" },
    code: "no-such-ban",
  },
];

for (const durability of ["full", "normal"] as const) {
  for (const { what, changed, by, request, code } of ROWS) {
    Deno.test(`${what} (${durability})`, async () => {
      await using dir = await makeDir();
      const proof = await CHEAP.hash(LOGIN);
      {
        using opened = await openPeople(dir.path);
        const roles = { ann: "owner", root: "owner", oper: "operator", bob: "member" } as const;
        changePeople(opened.db, () => [
          ...Object.entries(roles).map(([name, role]): Change => ({
            type: "account",
            account: account(name, role, proof),
          })),
          { type: "sanction", sanction: BAN },
        ]);
      }
      await using server = await startStored(dir.path, { passwords: CHEAP }, { durability });
      using peer = await joinEvent(server, by, by === "guest" ? {} : { login: LOGIN });
      using opened = await openPeople(dir.path);
      changePeople(opened.db, () => changed(proof));
      const after: Kept = readPeople(opened.db);
      const answer = await peer.ask({ ...request });
      assertEquals(answer.type === "error" ? answer.code : answer.type, code);
      const kept = readPeople(opened.db);
      if (answer.type === "error") assertEquals(kept, after);
      else {
        const roles = ({ accounts }: Kept): unknown =>
          accounts.map(({ name, role }) => [name, role]).filter(([name]) => name === by);
        assertEquals(roles(kept), roles(after));
        const bob = kept.accounts.find(({ name }) => name === "bob");
        assertEquals(bob?.proof, after.accounts.find(({ name }) => name === "bob")?.proof);
      }
    });
  }
}

Deno.test("a change is judged again until it is kept, and one that is overtaken for ever is refused", async () => {
  await using dir = await makeDir();
  await using history = await DurableHistory.open({ dir: dir.path, durability: "normal" });
  using opened = await openPeople(dir.path);
  const { log } = history;
  const people = new People(() => Date.now(), log.people);
  const registry = new Registry(
    DEFAULT_LIMITS,
    log.index,
    new RoomShares(DEFAULT_LIMITS, log.index, () => 0),
  );
  const state = { people, registry, messageBytes: DEFAULT_LIMITS.messageBytes };
  log.onPeople = (kept) => evolvePeople(state, kept);
  log.onEntry = (entry, ticket) => {
    evolve(state, entry);
    ticket?.done(entry);
  };
  const parts = { state, log, peopleTurn: new OneByOne(), onUndecided: () => {} };
  const change = (judge: () => readonly Change[]): Promise<void> =>
    putPeople(parts, () => ({ changes: judge() }));
  const add = (name: string): readonly Change[] => [{
    type: "account",
    account: account(name, "member", "p"),
  }];
  let judged = 0;
  await change(() => {
    if (judged++ < 3) changePeople(opened.db, () => add(`other${judged}`));
    return add(`own${people.size}`);
  });
  assertEquals(judged, 4);
  const names = (): string[] => readPeople(opened.db).accounts.map(({ name }) => name).sort();
  assertEquals(names(), ["other1", "other2", "other3", "own3"]);
  await assertRejects(
    () =>
      change(() => {
        changePeople(opened.db, () => add(`other${++judged}`));
        return add("never");
      }),
    Error,
    "try again in a moment",
  );
  assertEquals(names().includes("never"), false);
  await change(() => add("late"));
  assertEquals([names().includes("late"), people.account("late")?.name], [true, "late"]);
});
