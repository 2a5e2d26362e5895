/** The table of permissions: walked through in full, and held against the documentation. */

import { assert, assertEquals } from "@std/assert";
import { People } from "../lib/chat/people/people.ts";
import {
  type Action,
  ACTIONS,
  allowed,
  PERMISSIONS,
  type Role,
  ROLES,
  roleText,
  type Scope,
  type ServerRole,
} from "../lib/chat/people/permissions.ts";
import type { Account } from "../lib/chat/people/records.ts";
import { tableOf } from "./docs.ts";
import { ask, startHouse } from "./fixtures/people_house.ts";
import { keeping } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;
const SCOPES: readonly Scope[] = ["server", "room"];

Deno.test("nobody acts on somebody of equal or higher rank", none, () => {
  for (const scope of SCOPES) {
    for (const action of ACTIONS) {
      if (action === "bans" || action === "audit") continue;
      ROLES.forEach((role, rank) =>
        ROLES.forEach((target, targetRank) => {
          if (allowed(scope, action, role, target)) assert(rank > targetRank, `${action} ${role}`);
        })
      );
    }
  }
});

Deno.test("a member may do nothing, and a room's operator nothing beyond the room", none, () => {
  for (const action of ACTIONS) {
    for (const target of ROLES) {
      for (const scope of SCOPES) assertEquals(allowed(scope, action, "member", target), false);
      assertEquals(allowed("server", action, "host", target), false);
    }
  }
});

/** One person for each role to act, and one for each to be acted on. */
const PEOPLE: ReadonlyArray<readonly [role: Role, actor: string, target: string]> = [
  ["member", "mia", "max"],
  ["host", "hal", "hugo"],
  ["operator", "opal", "otto"],
  ["owner", "wim", "wanda"],
];

function account(name: string, role: Role): Account {
  const server: ServerRole = role === "host" ? "member" : role;
  return { id: `${name}'s`, name, key: name, role: server, proof: name, createdAt: 0 };
}

for (const scope of SCOPES) {
  for (const action of ACTIONS) {
    // The audit trail is that of the whole server.
    if (action === "audit" && scope === "room") continue;
    Deno.test(
      `in the house, who may ${action} (${scope}) is who the table says`,
      none,
      async () => {
        for (const [role, actor] of PEOPLE) {
          for (const [targetRole, , target] of PEOPLE) {
            const isList = action === "bans" || action === "audit";
            if (isList && targetRole !== "member") continue;
            const accounts = PEOPLE.flatMap(([r, a, b]) => [account(a, r), account(b, r)]);
            const hosts = ["hal", "hugo"].map((key) => ({ room: "dev", key }));
            const sanctions = (["ban", "mute"] as const).map((kind) => ({
              kind,
              room: scope === "room" ? "dev" : "",
              subject: "name" as const,
              ...{ key: target, target, by: "x", at: 0, until: 0, reason: "" },
            }));
            const isLift = action === "unban" || action === "unmute";
            const log = keeping({ accounts, hosts, sanctions: isLift ? sanctions : [] });
            const there = isLift ? [actor] : [actor, target];
            const house = await startHouse(log, there, "dev");
            const answer = await ask(house, actor, requestFor(action, scope, target));
            const may = allowed(scope, action, role, targetRole);
            const what = `${role} ${action} ${targetRole} (${scope}): ${JSON.stringify(answer)}`;
            if (!may) assertEquals(answer.type === "error" && answer.code, "not-allowed", what);
            else assertEquals(answer.type, isList ? action : "mod", what);
          }
        }
      },
    );
  }
}

function requestFor(action: Action, scope: Scope, target: string): Parameters<typeof ask>[2] {
  const room = scope === "room" ? { room: "dev" } : {};
  if (action === "audit") return { type: "audit" };
  if (action === "bans") return { type: "bans", ...room };
  return { type: "mod", action, target, ...room, ...(scope === "room" ? { only: true } : {}) };
}

Deno.test("the table of who may do what to whom is the one in the code", () => {
  const cell = (scope: Scope, action: Action, role: Role): string => {
    const targets = PERMISSIONS[scope][action][role] ?? [];
    const isList = action === "bans" || action === "audit";
    if (targets.length === 0) return "";
    return isList ? "yes" : targets.map(plural).join(", ");
  };
  const rows = SCOPES.flatMap((scope) =>
    ACTIONS.filter((action) => Object.keys(PERMISSIONS[scope][action]).length > 0).map((action) => [
      `\`/${action}\`${scope === "room" ? " in a room" : ""}`,
      ...["owner" as const, "operator" as const, "host" as const].map((role) =>
        cell(scope, action, role)
      ),
    ])
  );
  const shown = rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
  assertEquals(tableOf("Who may do what to whom"), rows, `it should be\n${shown}`);
});

function plural(role: Role): string {
  return role === "host" ? "hosts of the room" : `${roleText(role)}s`;
}

Deno.test(
  "a role that was changed by others holds at once, and a session keeps no old one",
  none,
  () => {
    const kept = { accounts: [account("ann", "owner")], hosts: [], sanctions: [] };
    const people = new People(() => 0, kept);
    const session = { account: account("ann", "owner") };
    assertEquals(people.roleIn(people.accountOf(session)), "owner");
    people.apply([{ type: "account", account: account("ann", "operator") }]);
    assertEquals(people.roleIn(people.accountOf(session)), "operator");
    const reset = { ...account("ann", "owner"), proof: "another" };
    people.apply([{ type: "account", account: reset }]);
    assertEquals(people.roleIn(people.accountOf(session)), "member");
  },
);
