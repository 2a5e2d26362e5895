/** What is tidied away from time to time: empty rooms, unless somebody opens them again, and guests. */

import { assertEquals } from "@std/assert";
import type { House } from "../lib/chat/house.ts";
import type { KnownSession } from "../lib/chat/log/fact_log.ts";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { plainRoom } from "../lib/chat/people/records.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { hash } from "./fixtures/facts.ts";
import { LateLog } from "./fixtures/late_logs.ts";
import { ACCOUNTS, comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { keeping, STILL_LOG } from "./fixtures/still.ts";
import { makeDir } from "./fixtures/stored_server.ts";

async function reserve(house: House, name: string): Promise<Somebody> {
  const proof = `password of ${name}`;
  await house.console({ type: "user", action: "add", name, role: "member", proof });
  return await comes(house, name);
}

Deno.test("a room that is opened again while it is tidied away stays as it was set", async () => {
  await using dir = await makeDir();
  let now = 0;
  {
    await using log = await LocalLog.open({ dir: dir.path });
    const house = makeRoomHouse({ now: () => now, date: Date.now, hashOf: hash }, log);
    const ann = await reserve(house, "ann");
    // A guest of whom it has to be looked on disk whether it may come back.
    await ann.ask({ type: "join", room: "den", access: "invite" });
    const { token: invite } = await ann.ask({ type: "invite", room: "den", link: {} });
    house.gone((await comes(house, "guest", { invite })).peer, true);
    await ann.ask({ type: "join", room: "nook", access: "unlisted" });
    await ann.ask({ type: "leave", room: "nook" });
    await house.settled();
    now = 9 * 86_400_000;
    house.expire();
    await house.settled();
    now += 61_000;
    house.expire();
    await ann.ask({ type: "join", room: "nook" });
    await ann.ask({ type: "say", room: "nook", text: "for those who know it" });
    // What tidies has looked by then, and has had its turn.
    await log.index.recall(hash("nobody"));
    await reserve(house, "bob");
    await house.settled();
  }
  await using log = await LocalLog.open({ dir: dir.path });
  const nook = log.people.rooms.find(({ key }) => key === "nook");
  assertEquals(nook?.access, "unlisted");
});

/** Ann has opened a room that is in no list, and left it; its time to be tidied away has come. */
async function leftRoom(log: LateLog): Promise<{ house: House; ann: Somebody }> {
  let now = 0;
  const house = makeRoomHouse({ now: () => now }, keeping({ accounts: ACCOUNTS }, log));
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "nook", access: "unlisted" });
  await ann.ask({ type: "leave", room: "nook" });
  ann.take("left");
  now = 61_000;
  house.expire();
  return { house, ann };
}

Deno.test("what is said in a room that is opened while it is tidied away stays", async () => {
  const { house, ann } = await leftRoom(new LateLog(STILL_LOG));
  // All of it before what tidies has its turn.
  const asked = [
    ann.ask({ type: "join", room: "nook" }),
    ann.ask({ type: "say", room: "nook", text: "is anybody here?" }),
    ann.ask({ type: "leave", room: "nook" }),
  ];
  await Promise.all(asked);
  await comes(house, "bob");
  await ann.ask({ type: "join", room: "nook" });
  const { messages } = await ann.ask({ type: "history", room: "nook" });
  assertEquals(messages.map(({ text }: { text: string }) => text), ["is anybody here?"]);
  assertEquals(house.state.rooms.access("nook"), "unlisted");
});

Deno.test("nobody is sent out of a room that is opened while its removal is stored", async () => {
  const log = new LateLog(STILL_LOG);
  const { house, ann } = await leftRoom(log);
  log.isLate = true;
  while (log.waiting === 0) await Promise.resolve();
  ann.ask({ type: "join", room: "nook" });
  const said = ann.ask({ type: "say", room: "nook", text: "is anybody here?" });
  log.catchUp();
  await said;
  assertEquals([ann.take("left"), ann.take("ack").length], [[], 1]);
  assertEquals(house.state.rooms.access("nook"), "unlisted");
  assertEquals(house.state.people.hostsOf((room) => room === "nook").length, 1);
  // It is stored as it was set, too.
  while (!log.has("room nook")) await Promise.resolve();
});

/** A log that knows these sessions from before. */
class KnowingLog extends MemoryLog {
  readonly #known: ReadonlySet<string>;

  constructor(known: Iterable<string>) {
    super(STILL_LOG);
    this.#known = new Set(known);
  }

  override recall(session: string): KnownSession | undefined {
    return this.#known.has(session) ? { label: "", since: 0 } : undefined;
  }
}

Deno.test("guests of a link who do not come back go, however many others may", async () => {
  const guests = Array.from({ length: 250 }, (_, n) => `session ${n}`);
  const members = guests.map((hash) => ({ room: "den", account: `guest ${hash}`, by: "x", at: 0 }));
  const rooms = [{ ...plainRoom("den", "den"), access: "invite" } as const];
  const log = keeping({ accounts: ACCOUNTS, rooms, members }, new KnowingLog(guests.slice(0, 240)));
  let now = 0;
  const house = makeRoomHouse({ now: () => now }, log);
  const ann = await comes(house, "ann");
  for (let minute = 1; minute <= 3; minute++) {
    now = minute * 61_000;
    house.expire();
    for (let n = 0; n < 1_000; n++) await Promise.resolve();
  }
  assertEquals(house.state.rooms.guests(), guests.slice(0, 240));
  assertEquals(await ann.code({ type: "join", room: "den" }), "invite-only");
});
