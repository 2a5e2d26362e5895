/** Whom a deed meets, by name, by look and by address: nobody reaches above himself by any of them. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Role } from "../lib/chat/people/permissions.ts";
import type { Account, Sanction } from "../lib/chat/people/records.ts";
import { comeIn } from "./fixtures/house_peer.ts";
import { ask, type Peopled, startHouse } from "./fixtures/people_house.ts";
import { keeping } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

/** Names with a Cyrillic letter in the place of a Latin one. */
const ALIKE: Readonly<Record<string, string>> = {
  owner: "\u043ewner",
  oper: "\u043eper",
  host: "h\u043est",
  maria: "mari\u0430",
};

function account(name: string, role: Role): Account {
  const server = role === "host" ? "member" : role;
  return { id: `${name}'s`, name, key: name, role: server, proof: name, createdAt: 0 };
}

function logOf(sanctions: readonly Sanction[] = []): ReturnType<typeof keeping> {
  const accounts = [
    account("owner", "owner"),
    account("oper", "operator"),
    account("host", "host"),
    account("hugo", "host"),
    account("maria", "member"),
  ];
  const hosts = ["host", "hugo"].map((key) => ({ room: "dev", key }));
  return keeping({ accounts, hosts, sanctions });
}

async function codeOf(
  house: Peopled,
  by: string,
  request: Parameters<typeof ask>[2],
): Promise<string> {
  house.told.get(by)?.splice(0);
  const answer = await ask(house, by, request);
  return answer.type === "error" ? answer.code : answer.type;
}

for (const here of [true, false]) {
  for (const action of ["ban", "mute", "unban", "unmute"]) {
    Deno.test(
      `nobody may ${action} a look-alike of somebody above, ${here ? "here" : "away"}`,
      none,
      async () => {
        const rows = [
          ["oper", "owner", {}],
          ["oper", "owner", { room: "dev", only: true }],
          ["hugo", "owner", { room: "dev" }],
          ["hugo", "oper", { room: "dev" }],
          ["hugo", "host", { room: "dev" }],
          ["oper", "oper", {}],
          ["owner", "owner", {}],
        ] as const;
        for (const [by, whom, where] of rows) {
          const house = await startHouse(
            logOf(),
            here ? [by, "owner", "oper", "host"] : [by],
            "dev",
          );
          const target = ALIKE[whom] ?? "";
          house.told.get(by)?.splice(0);
          const answer = await ask(house, by, { type: "mod", action, target, ...where });
          assertEquals(
            answer.type === "error" && answer.code,
            "not-allowed",
            `${by} ${action} ${whom}`,
          );
          if (answer.type === "error") assertStringIncludes(answer.text, `looks like ${whom}`);
          const gone = house.told.get(whom)?.some(({ type }) => type === "bye") ?? false;
          assertEquals(gone, false);
        }
      },
    );
  }
}

Deno.test("a look-alike of somebody below is met, and told so", none, async () => {
  const house = await startHouse(logOf(), ["oper", "maria"], "dev");
  const target = ALIKE["maria"] ?? "";
  assertEquals(await codeOf(house, "oper", { type: "mod", action: "ban", target }), "mod");
  assertEquals(house.told.get("maria")?.at(-1)?.type, "bye");
});

Deno.test("an address that is banned in a room keeps none of its operators out", none, async () => {
  const house = await startHouse(logOf(), ["host", "maria"], "dev");
  const ban = { type: "mod", action: "ban", target: "192.0.2.9", room: "dev" } as const;
  assertEquals(await codeOf(house, "host", ban), "mod");
  const enter = async (name: string): Promise<string> => {
    try {
      const hello = { name, room: "dev", login: name };
      return (await comeIn(house.house, hello, { address: "192.0.2.9" })).name;
    } catch (error) {
      return (error as Error).message;
    }
  };
  assertEquals(await enter("hugo"), "hugo");
  assertEquals(await enter("oper"), "oper");
});

Deno.test("an address is an address, whoever goes by it as a name", none, async () => {
  const house = await startHouse(logOf(), ["oper", "maria"], "dev");
  const rename = { type: "rename", name: "192.0.2.2" } as const;
  assertEquals(await codeOf(house, "maria", rename), "bad-name");
  for (const name of ["::1", "2001:db8::/64", "[::1]", "\uff11\uff19\uff12.0.2.2", "127.1.1.1"]) {
    assertEquals(await codeOf(house, "maria", { type: "rename", name }), "bad-name", name);
  }
  for (const name of ["10:30", "v1.2.3", "a:b", "1.2.3", "1.2.3.4.5", "300.1.1.1"]) {
    assertEquals(await codeOf(house, "maria", { type: "rename", name }), "renamed", name);
  }
});

Deno.test(
  "a name that is an address, reserved by an earlier version, shields nobody",
  none,
  async () => {
    const { people } = logOf();
    const accounts = [...people.accounts, account("192.0.2.2", "member")];
    const house = await startHouse(keeping({ ...people, accounts }), ["oper", "maria"], "dev");
    const mod = { type: "mod", target: "192.0.2.2" } as const;
    house.told.get("maria")?.splice(0);
    assertEquals(await codeOf(house, "oper", { ...mod, action: "ban" }), "mod");
    assertEquals(house.told.get("maria")?.at(-1)?.type, "bye");
    assertEquals(await codeOf(house, "oper", { ...mod, action: "unban" }), "mod");
  },
);

Deno.test("a deed in a room is in a room that there can be", none, async () => {
  const house = await startHouse(logOf(), ["owner"], "dev");
  for (const room of ["x".repeat(60_000), "two words", ""]) {
    for (const action of ["ban", "mute", "unban", "op"]) {
      const request = { type: "mod", action, target: "maria", room, only: true } as const;
      assertEquals(await codeOf(house, "owner", request), "bad-room", action);
    }
    assertEquals(await codeOf(house, "owner", { type: "bans", room }), "bad-room");
  }
});
