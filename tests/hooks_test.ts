/** Webhooks in the house: who makes them, what is said by them, and who may not pass for them. */

import { assertEquals, assertRejects } from "@std/assert";
import type { House } from "../lib/chat/house.ts";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import type { ConsoleRequestOf } from "../lib/chat/people/console_request.ts";
import { readsAsHook } from "../lib/chat/names/check_name.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { nameKey } from "../lib/words/names.js";
import { accountOf, ACCOUNTS, comes, makeRoomHouse } from "./fixtures/room_house.ts";
import { keeping, STILL_LOG } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

type HookRequest = Omit<ConsoleRequestOf<"hook">, "type">;

/** Makes a hook whose token has the hash `name of room`. */
async function add(house: House, room: string, name: string): Promise<unknown> {
  const known = { id: `${name}-${room}`, hash: `${name} of ${room}` };
  return await asked(house, { action: "add", room, name, ...known });
}

/** What comes of a request from the server's machine: the line of the audit trail, or the code of a refusal. */
async function asked(house: House, request: HookRequest): Promise<unknown> {
  try {
    const { hook } = await house.console({ type: "hook", ...request });
    return hook && [hook.by, hook.action, hook.target, hook.room];
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** Says something by a hook; the code of a refusal. */
async function posts(house: House, hash: string, text: string, id?: string): Promise<string> {
  try {
    await house.post({ hash, text, ...(id === undefined ? {} : { id }) });
    return "said";
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

Deno.test("a hook says something in its room, which nobody need be in", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "Ops" });
  assertEquals(await add(house, "ops", "ci"), ["(console)", "hook add", "ci (hook)", "Ops"]);
  assertEquals(await posts(house, "ci of ops", "built\r\nin 3 s\n\n"), "said");
  const said = { type: "message", room: "Ops", from: "ci (hook)", text: "built\nin 3 s" };
  assertEquals(ann.take("message").map(({ seq: _, at: __, ...rest }) => rest), [said]);
  await ann.ask({ type: "leave", room: "ops" });
  assertEquals(await posts(house, "ci of ops", "again"), "said");
  await ann.ask({ type: "join", room: "ops" });
  const { messages } = await ann.ask({ type: "history", room: "ops" });
  assertEquals(
    messages.map(({ seq, from, text }: Record<string, unknown>) => [seq, from, text]),
    [[1, "ci (hook)", "built\nin 3 s"], [2, "ci (hook)", "again"]],
  );
});

Deno.test("what a hook says with an id is said once", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await add(house, "lobby", "ci");
  await add(house, "lobby", "cd");
  for (
    const [hook, text, id, what] of [
      ["ci", "built", "1", "said"],
      ["ci", "built", "1", "said"],
      ["ci", "broken", "1", "id-reused"],
      ["cd", "built", "1", "said"],
      ["ci", "built", "2", "said"],
    ] as const
  ) {
    assertEquals(await posts(house, `${hook} of lobby`, text, id), what);
  }
  assertEquals(ann.take("message").map(({ from, text }) => `${from}: ${text}`), [
    "ci (hook): built",
    "cd (hook): built",
    "ci (hook): built",
  ]);
});

Deno.test(
  "a text of a hook is checked as others are, and it rings who is named",
  none,
  async () => {
    const house = makeRoomHouse({ limits: { messageBytes: 100 } });
    const ann = await comes(house, "ann");
    await add(house, "lobby", "ci");
    assertEquals(await posts(house, "ci of lobby", " \n"), "said");
    assertEquals(await posts(house, "ci of lobby", "\n"), "empty-text");
    assertEquals(await posts(house, "ci of lobby", "x".repeat(101)), "too-large");
    assertEquals(await posts(house, "ci of lobby", "/login a long password"), "may-be-secret");
    ann.take("message");
    await posts(house, "ci of lobby", "ann: @all look");
    const [{ all, text }] = ann.take("message");
    assertEquals([all, text], [undefined, "ann: @all look"]);
  },
);

Deno.test("a token of no hook says nothing, be it one that was taken back", none, async () => {
  const house = makeRoomHouse();
  await add(house, "lobby", "ci");
  assertEquals(await posts(house, "another", "x"), "no-such-hook");
  assertEquals(await asked(house, { action: "remove", which: "none" }), "no-such-hook");
  assertEquals(await asked(house, { action: "remove", which: "ci", room: "dev" }), "no-such-hook");
  assertEquals(await asked(house, { action: "remove", which: "CI" }), [
    ...["(console)", "hook remove", "ci (hook)", "lobby"],
  ]);
  assertEquals(await posts(house, "ci of lobby", "x"), "no-such-hook");
  const one = await assertRejects(() => house.post({ hash: "another", text: "x" }), Refusal);
  const other = await assertRejects(() => house.post({ hash: "ci of lobby", text: "x" }), Refusal);
  assertEquals(one.message, other.message);
});

Deno.test("hooks of one name in several rooms are told apart by ids", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "ops" });
  for (const room of ["lobby", "ops"]) await add(house, room, "ci");
  assertEquals(await add(house, "ops", "CI"), "name-taken");
  assertEquals(await add(house, "ops", "сi"), "name-taken");
  assertEquals(await add(house, "none", "ci"), "no-such-room");
  assertEquals(await asked(house, { action: "remove", which: "ci" }), "bad-field");
  assertEquals(await asked(house, { action: "remove", which: "ci-ops" }), [
    ...["(console)", "hook remove", "ci (hook)", "ops"],
  ]);
  assertEquals(await asked(house, { action: "remove", which: "ci (hook)", room: "lobby" }), [
    ...["(console)", "hook remove", "ci (hook)", "lobby"],
  ]);
});

Deno.test("nobody takes a name that reads as a hook's, and no hook another's", none, async () => {
  const house = makeRoomHouse();
  const eve = await comes(house, "eve");
  for (
    const name of [
      "ci (hook)",
      "CI（HOOK）",
      "ci [hook]",
      "ci (h00k)",
      "ci(hook)",
      "ci (hооk)",
      "ci (hooк)",
    ]
  ) {
    assertEquals(await eve.code({ type: "rename", name }), "bad-name", name);
    const request = { type: "user", action: "add", name, proof: "x" } as const;
    const error = await assertRejects(() => house.console(request), Refusal);
    assertEquals(error.code, "bad-name", name);
  }
  for (const name of ["captain hook", "hook", "hook-2", "ann.hook", "off the hook", "ci (web)"]) {
    assertEquals(readsAsHook(nameKey(name)), false, name);
  }
  for (const name of ["", "  ", "server", "ci (hook)", "x".repeat(26), "NickServ", "a\u0007b"]) {
    assertEquals(await add(house, "lobby", name), "bad-name", name);
  }
  assertEquals(await posts(house, "ci of lobby", "x"), "no-such-hook");
});

Deno.test("whoever had such a name before has it still, and no hook gets it", none, async () => {
  const old = accountOf("ci (hook)");
  const house = makeRoomHouse({}, keeping({ accounts: [...ACCOUNTS, old] }));
  assertEquals((await comes(house, "ci (hook)")).peer.name, "ci (hook)");
  assertEquals(await add(house, "lobby", "ci"), "name-taken");
});

Deno.test("a host bans or mutes a hook in its room", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "Den" });
  for (const room of ["den", "lobby"]) await add(house, room, "ci");
  const mod = { type: "mod", target: "ci (hook)", room: "den" } as const;
  for (const [action, code] of [["mute", "muted"], ["ban", "banned"]] as const) {
    assertEquals(await ann.code({ ...mod, action }), "mod");
    assertEquals(await posts(house, "ci of den", "x"), code);
    assertEquals(await posts(house, "ci of lobby", "x"), "said");
    assertEquals(await ann.code({ ...mod, action: `un${action}` }), "mod");
    assertEquals(await posts(house, "ci of den", "x"), "said");
  }
});

Deno.test("a hook speaks in a quiet room, and goes with it", none, async () => {
  const house = makeRoomHouse();
  const olga = await comes(house, "olga");
  await olga.ask({ type: "join", room: "den", access: "invite" });
  await olga.ask({ type: "room", room: "den", quiet: true, slow: 60 });
  await add(house, "den", "ci");
  for (const _ of [1, 2]) assertEquals(await posts(house, "ci of den", "x"), "said");
  await olga.ask({ type: "room", room: "den", remove: true });
  await olga.ask({ type: "join", room: "den" });
  assertEquals(await posts(house, "ci of den", "x"), "no-such-hook");
  assertEquals(olga.house.state.rooms.hooks.all, []);
});

Deno.test("an empty room stays as long as it has a hook", none, async () => {
  let now = 0;
  const house = makeRoomHouse({ now: () => now });
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "den" });
  await add(house, "den", "ci");
  await ann.ask({ type: "leave", room: "den" });
  for (let minute = 0; minute < 3; minute++) {
    now += 61_000;
    house.expire();
    await house.settled();
  }
  assertEquals(await posts(house, "ci of den", "x"), "said");
});

Deno.test("a house knows the hooks that another knew, if that knew any", none, async () => {
  const house = makeRoomHouse();
  await add(house, "lobby", "ci");
  const dump = structuredClone(house.dump());
  const heir = makeRoomHouse({ before: dump });
  assertEquals(await posts(heir, "ci of lobby", "x"), "said");
  const { hooks: _, ...rooms } = dump.rooms;
  const older = makeRoomHouse({ before: { ...dump, rooms: rooms as typeof dump.rooms } });
  assertEquals(await posts(older, "ci of lobby", "x"), "no-such-hook");
});

Deno.test("there are no hooks while a node of a cluster knows none", none, async () => {
  class OldLog extends MemoryLog {
    readonly cluster = { level: 1 };
  }
  const house = makeRoomHouse({}, keeping({ accounts: ACCOUNTS }, new OldLog(STILL_LOG)));
  assertEquals(await add(house, "lobby", "ci"), "try-later");
});
