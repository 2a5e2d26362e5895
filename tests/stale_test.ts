/**
 * What whoever runs the server changes on its machine holds at once: nothing that a session asks for
 * after that is judged or kept as it would have been before.
 */

import { assertEquals } from "@std/assert";
import type { ConsoleRequest } from "../lib/chat/people/console_request.ts";
import type { Account, Change, Kept, Sanction } from "../lib/chat/people/records.ts";
import { callControl } from "../lib/cli/call_control.ts";
import { type ControlPlace, readControl } from "../lib/store/control_file.ts";
import { openReader, openWriter } from "../lib/store/directory.ts";
import { changePeople, readPeople } from "../lib/store/people.ts";
import { CHEAP, LOGIN } from "./fixtures/guests.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent } from "./helpers.ts";

function account(name: string, role: Account["role"], proof: string): Account {
  return { id: `${name}'s`, name, key: name, role, proof, createdAt: 1 };
}

const BAN: Sanction = {
  ...{ kind: "ban", room: "", subject: "name", key: "eve", target: "eve" } as const,
  ...{ by: "ann", at: 1, until: 0, reason: "" },
};

/** What a session asks for right after something was changed, and what comes of it. */
interface Row {
  readonly what: string;
  readonly changed: ConsoleRequest;
  readonly by: "ann" | "oper";
  readonly request: Readonly<Record<string, unknown>>;
  readonly code: string;
}

const MOD = { type: "mod", target: "bob" } as const;

function reset(name: string): ConsoleRequest {
  return { type: "user", action: "reset", name, proof: "reset" };
}

function makes(name: string, role: Account["role"]): ConsoleRequest {
  return { type: "user", action: "add", name, role };
}

function removes(name: string): ConsoleRequest {
  return { type: "user", action: "remove", name };
}

const ROWS: readonly Row[] = [
  {
    what: "a password that was reset is not set back by its old owner",
    changed: reset("ann"),
    by: "ann",
    request: { type: "passwd", password: "my own again" },
    code: "signed-out",
  },
  {
    what: "an account that was removed does not come back",
    changed: removes("oper"),
    by: "oper",
    request: { type: "passwd", password: "my own again" },
    code: "signed-out",
  },
  {
    what: "an operator who was made a member keeps nothing of it by another password",
    changed: makes("oper", "member"),
    by: "oper",
    request: { type: "passwd", password: "my own again" },
    code: "account",
  },
  {
    what: "an account that was reset is not given back by its old owner",
    changed: reset("oper"),
    by: "oper",
    request: { type: "unregister" },
    code: "signed-out",
  },
  ...(["ban", "mute", "op"] as const).map((action): Row => ({
    what: `an owner who was made a member may not ${action}`,
    changed: makes("ann", "member"),
    by: "ann",
    request: { ...MOD, action },
    code: "not-allowed",
  })),
  {
    what: "an owner who was made a member may not unban",
    changed: makes("ann", "member"),
    by: "ann",
    request: { type: "mod", action: "unban", target: "eve" },
    code: "not-allowed",
  },
  {
    what: "nobody is banned who was made an owner",
    changed: makes("bob", "owner"),
    by: "oper",
    request: { ...MOD, action: "ban" },
    code: "not-allowed",
  },
  {
    what: "an account that is made an operator keeps the password that it was given",
    changed: reset("bob"),
    by: "ann",
    request: { ...MOD, action: "op" },
    code: "mod",
  },
  {
    what: "a role is not given to an account that was removed",
    changed: removes("bob"),
    by: "ann",
    request: { ...MOD, action: "op" },
    code: "not-registered",
  },
  {
    what: "a ban that was lifted is not there to be lifted",
    changed: { type: "lift", who: "eve" },
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
        using opened = await openWriter(dir.path);
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
      using peer = await joinEvent(server, by, { login: LOGIN });
      const keptNow = (): Kept => {
        using db = openReader(dir.path);
        return readPeople(db);
      };
      await callControl(readControl(dir.path) as ControlPlace, changed);
      const after = keptNow();
      await peer.tell({ ...request, id: "asked" });
      let answer = await peer.takeEvent();
      while (answer.id !== "asked" && answer.type !== "bye") answer = await peer.takeEvent();
      assertEquals(answer.code ?? answer.reason ?? answer.type, code);
      const kept = keptNow();
      if (answer.type === "error" || answer.type === "bye") assertEquals(kept, after);
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
