/**
 * Everything that a peer can leave behind: each row fills one thing as one stranger would, as far as it
 * goes. What is left must be within the cap, and somebody else must find place.
 */

import { assert, assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { HouseLimits } from "../lib/chat/house_limits.ts";
import type { Account, Change } from "../lib/chat/people/records.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { LIMITS } from "../lib/server/limits.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { eachAudit, savePeople } from "../lib/store/people.ts";
import { openForWriting } from "../lib/store/schema.ts";
import type { Request } from "../lib/wire/requests.ts";
import { changesIn, hash } from "./fixtures/facts.ts";
import { comeIn, type HousePeer } from "./fixtures/house_peer.ts";
import { keeping, still } from "./fixtures/still.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { tries } from "./fixtures/thorough.ts";

/** A house on a disk, and its people. */
interface World {
  readonly house: House;
  readonly factLog: LocalLog;
  /** What was kept of people. */
  readonly saved: readonly Change[];
  come(name: string, address: string, account?: Account, session?: string): Promise<HousePeer>;
  /** Asks; whether that was granted. */
  ask(peer: HousePeer, request: Request): Promise<boolean>;
  leave(peer: HousePeer): void;
}

const NAMES = ["ann", "bob", "olga"] as const;

const account = (name: string): Account => ({
  name,
  id: `${name}'s`,
  key: name,
  role: name === "olga" ? "owner" : "member",
  proof: name,
  createdAt: 0,
});

async function openWorld(limits: Partial<HouseLimits>): Promise<World & AsyncDisposable> {
  const dir = await makeDir();
  const opened = await LocalLog.open({ dir: dir.path, durability: "normal" });
  const factLog = keeping({ accounts: NAMES.map(account) }, opened);
  const saved = changesIn(factLog);
  const passwords = {
    hash: (password: string) => Promise.resolve(password),
    matches: (password: string, proof: string) => Promise.resolve(password === proof),
  };
  const house = new House({ ...still(), hashOf: hash, factLog, passwords, limits, now: () => 0 });
  return {
    house,
    factLog,
    saved,
    come: (name, address, account, session) =>
      comeIn(house, {
        name,
        ...(account && { login: account.proof }),
        ...(session === undefined ? {} : { session }),
      }, { address }),
    async ask(peer, request): Promise<boolean> {
      const id = crypto.randomUUID();
      try {
        await house.request(peer, { ...request, id });
      } catch (error) {
        if (error instanceof Refusal) return false;
        throw error;
      }
      await factLog.settled();
      return peer.told.find((event) => event.id === id)?.type !== "error";
    },
    leave: (peer) => house.gone(peer, true),
    async [Symbol.asyncDispose](): Promise<void> {
      await factLog[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

interface Row {
  readonly what: string;
  /** What the operator sets. */
  readonly limits?: Partial<HouseLimits>;
  /** The flags that do it. */
  readonly flags?: ReadonlyArray<keyof typeof LIMITS>;
  /** Fills it as one stranger from 198.51.100.1, or as ann who has reserved her name; how much is left. */
  fill(world: World): Promise<number>;
  readonly cap: number;
  /** Somebody else, from 192.0.2.1, has what he needs of it. */
  others(world: World): Promise<boolean>;
}

const STRANGER = "198.51.100.1";
const OTHER = "192.0.2.1";

/** Asks for more and more until it is refused three times in a row. */
async function untilRefused(ask: (i: number) => Promise<boolean>, most = 2_000): Promise<number> {
  let [granted, refused] = [0, 0];
  for (let i = 0; i < most && refused < 3; i++) {
    if (await ask(i)) [granted, refused] = [granted + 1, 0];
    else refused++;
  }
  return granted;
}

const ROWS: readonly Row[] = [
  {
    what: "rooms that are open",
    limits: { rooms: 20, roomsPerAddress: 10 },
    flags: ["rooms", "roomsPerAddress"],
    async fill(world): Promise<number> {
      for (let n = 1; n <= 3; n++) {
        const eve = await world.come(`eve${n}`, STRANGER);
        await untilRefused((i) => world.ask(eve, { type: "join", room: `${eve.name}-${i}` }));
      }
      return world.house.openRooms - 1;
    },
    cap: 10,
    others: async ({ ask, come }) => ask(await come("bob2", OTHER), { type: "join", room: "ours" }),
  },
  {
    what: "rooms that are kept",
    limits: { keptRoomsPerAddress: 15, newRoomsPerHour: 1_000 },
    flags: ["keptRooms", "keptRoomsPerAddress"],
    async fill(world): Promise<number> {
      const eve = await world.come("eve", STRANGER);
      await untilRefused(async (i) => {
        const room = `spam${i}`;
        return await world.ask(eve, { type: "join", room }) &&
          await world.ask(eve, { type: "say", room, text: "x" }) &&
          await world.ask(eve, { type: "leave", room });
      });
      return world.factLog.index.size.rooms;
    },
    cap: 15,
    others: async ({ ask, come }) => ask(await come("bob2", OTHER), { type: "join", room: "ours" }),
  },
  {
    what: "new rooms in an hour",
    limits: { newRoomsPerHour: 12 },
    flags: ["newRoomsPerHour"],
    async fill(world): Promise<number> {
      const eve = await world.come("eve", STRANGER);
      return await untilRefused(async (i) =>
        await world.ask(eve, { type: "join", room: `r${i}` }) &&
        await world.ask(eve, { type: "leave", room: `r${i}` })
      );
    },
    cap: 12,
    others: async ({ ask, come }) => ask(await come("bob2", OTHER), { type: "join", room: "ours" }),
  },
  {
    what: "sessions that wait for their clients",
    limits: { waitingSessions: 30 },
    flags: ["waitingSessions", "sessionMs", "visitorMs"],
    async fill(world): Promise<number> {
      const first = await world.come("bob2", OTHER);
      await world.ask(first, { type: "say", room: "lobby", text: "kept" });
      world.leave(first);
      const secrets: string[] = [];
      for (let i = 0; i < 300; i++) {
        const session = await world.come(`eve${i}`, STRANGER);
        secrets.push(session.session);
        world.leave(session);
      }
      world.house.expire();
      await world.factLog.settled();
      // Those that the house knows itself it does not ask the store for.
      let isAsked = false;
      world.factLog.index.recall = () => {
        isAsked = true;
        return Promise.resolve(undefined);
      };
      let kept = 0;
      for (const [i, secret] of [first.session, ...secrets].entries()) {
        isAsked = false;
        await world.come(`back${i}`, STRANGER, undefined, secret);
        if (!isAsked) kept++;
        // The other's is among them, though it is the oldest.
        else if (i === 0) return Infinity;
      }
      return kept;
    },
    cap: 30,
    others: async ({ come }) => (await come("bob3", OTHER)).session !== "",
  },
  {
    what: "names that are reserved",
    limits: { registrationsPerHour: 10 },
    flags: ["accounts", "registrationsPerHour"],
    fill: (world) =>
      untilRefused(async (i) => {
        const session = await world.come(`eve${i}`, STRANGER);
        const granted = await world.ask(session, { type: "register", password: "long enough" });
        world.leave(session);
        return granted;
      }),
    cap: 10,
    others: async ({ ask, come }) =>
      ask(await come("carl", OTHER), { type: "register", password: "long enough" }),
  },
  {
    what: "rooms that one account is an operator of",
    limits: { newRoomsPerHour: 1_000, roomsPerSession: 1_000 },
    async fill(world): Promise<number> {
      const ann = await world.come("ann", STRANGER, account("ann"));
      for (let i = 0; i < 60; i++) await world.ask(ann, { type: "join", room: `mine${i}` });
      return world.saved.filter(({ type }) => type === "host").length;
    },
    cap: 20,
    async others(world): Promise<boolean> {
      const bob = await world.come("bob", OTHER, account("bob"));
      await world.ask(bob, { type: "join", room: "ours" });
      await world.ask(bob, { type: "ping" });
      return world.saved.some((change) => change.type === "host" && change.host.key === "bob");
    },
  },
  {
    what: "bans and mutes of one's own rooms",
    async fill(world): Promise<number> {
      const ann = await world.come("ann", STRANGER, account("ann"));
      const [one, two] = ["mine", "mine-too"];
      for (const room of [one, two]) await world.ask(ann, { type: "join", room });
      return await untilRefused((i) =>
        world.ask(ann, {
          type: "mod",
          action: "ban",
          target: `somebody${i}`,
          room: i % 2 === 0 ? one : two,
        })
      );
    },
    cap: 500,
    others: async ({ ask, come }) =>
      ask(await come("olga", OTHER, account("olga")), {
        type: "mod",
        action: "ban",
        target: "eve",
      }),
  },
];

for (const { what, limits = {}, fill, cap, others } of ROWS) {
  Deno.test(`one stranger leaves no more than a share behind: ${what}`, async () => {
    await using world = await openWorld(limits);
    const left = await fill(world);
    assert(left <= cap, `${left} are left, and ${cap} may be`);
    assert(left > cap / 2, `only ${left} could be left: the row fills nothing`);
    assertEquals(await others(world), true);
  });
}

Deno.test("one stranger leaves no more than a share behind: lines of the audit trail", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  const lines = (by: string, count: number): Change[] =>
    Array.from({ length: count }, (_, i) => ({
      type: "audit",
      line: { at: "2026-01-01T00:00:00.000Z", by, action: "ban", target: `t${i}` },
    }));
  savePeople(db, lines("olga", 1));
  for (let i = 0; i < tries(2, 12); i++) savePeople(db, lines("eve", 10_000));
  const kept = [...eachAudit(db)];
  assertEquals(kept[0]?.by, "olga");
  assert(kept.length <= 10_101, `${kept.length} lines`);
  assertEquals(kept.at(-1)?.target, "t9999");
});

Deno.test("each limit of what strangers leave behind is a flag that says so", () => {
  for (const { flags = [] } of ROWS) {
    for (const flag of flags) assert(LIMITS[flag].summary.length > 0, flag);
  }
});
