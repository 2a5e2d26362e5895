/** Sessions whose time is over: they are forgotten at once, however late the disk is, and are nobody's then. */

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { House } from "../lib/chat/house.ts";
import type { HouseLimits } from "../lib/chat/house_limits.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { hash } from "./fixtures/facts.ts";
import { comeIn, comeNow, HousePeer } from "./fixtures/house_peer.ts";
import { PLAIN_PASSWORDS } from "./fixtures/people_house.ts";
import { still } from "./fixtures/still.ts";
import { makeDir } from "./fixtures/stored_server.ts";

/** A house on a disk, whose clock is set by hand. */
interface Kept extends AsyncDisposable {
  readonly house: House;
  readonly log: LocalLog;
  readonly clock: { now: number };
  /** Lets nobody write the disk until it is disposed of. */
  block(): Disposable;
  /** What those who show a password wait for. */
  looking: Promise<void>;
}

async function openHouse(limits: Partial<HouseLimits>, at?: string): Promise<Kept> {
  const dir = at === undefined
    ? await makeDir()
    : { path: at, [Symbol.asyncDispose]: () => Promise.resolve() };
  const log = await LocalLog.open({ dir: dir.path });
  const clock = { now: 0 };
  const kept = { looking: Promise.resolve() };
  const house = new House({
    ...still(),
    now: () => clock.now,
    hashOf: hash,
    factLog: log,
    limits,
    passwords: {
      ...PLAIN_PASSWORDS,
      matches: (password, proof) => kept.looking.then(() => password === proof),
    },
  });
  return Object.assign(kept, {
    ...{ house, log, clock },
    block(): Disposable {
      const db = new DatabaseSync(`${dir.path}/chatroom.db`, { timeout: 5_000 });
      db.exec("BEGIN IMMEDIATE");
      return { [Symbol.dispose]: () => db.close() };
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await log.close();
      await dir[Symbol.asyncDispose]();
    },
  });
}

/** Settles when all is stored and those who waited for it have gone on. */
async function settled({ log }: Kept): Promise<void> {
  do await log.settled(); while (log.settled() !== undefined);
  await Promise.resolve();
}

const LOGIN = "correct horse";
const isLost = ({ told }: HousePeer): boolean =>
  told.some((event) => event.type === "ready" && event.lost === true);

/** Ann, a guest, says something, gets a direct message of Bob's, and is cut off; olga's name is reserved. */
async function cutOff(kept: Kept): Promise<{ readonly secret: string; readonly bob: HousePeer }> {
  const { house } = kept;
  const bob = comeNow(house, { name: "bob" });
  const ann = comeNow(house, { name: "ann" });
  await house.console({ type: "user", action: "add", name: "olga", proof: LOGIN });
  house.request(ann, { type: "say", room: "lobby", text: "once", id: "1" });
  await house.request(bob, { type: "direct", to: "ann", text: "seen", id: "d1" });
  await settled(kept);
  house.gone(ann, false, "timeout");
  await settled(kept);
  return { secret: ann.session, bob };
}

Deno.test("who comes back to a session that is forgotten meanwhile is told that it is lost", async () => {
  await using kept = await openHouse({ sessionMs: 1_000, nameMs: 10 });
  const { house, clock } = kept;
  const { secret, bob } = await cutOff(kept);
  const { promise, resolve } = Promise.withResolvers<void>();
  kept.looking = promise;
  clock.now = 1_001;
  const again = new HousePeer();
  const resume = { direct: 1, seq: {}, epoch: kept.log.index.epoch };
  const comes = house.come(again, { name: "olga", login: LOGIN, session: secret, resume });
  house.expire();
  resolve();
  await comes;
  assertEquals([isLost(again), again.session === secret], [true, false]);
  await settled(kept);
  await house.request(bob, { type: "direct", to: "olga", text: "new", id: "d2" });
  await settled(kept);
  // The client is told where its direct messages begin, and they go on from there.
  const [from] = again.told.flatMap((event) => event.type === "ready" ? [event.direct] : []);
  const numbers = again.told.flatMap((event) => event.type === "direct" ? [event.n] : []);
  assertEquals([from, numbers], [0, [1]]);
});

Deno.test("a session that was found on the disk, and that another takes and loses, is not come back to", async () => {
  await using dir = await makeDir();
  let secret = "";
  {
    await using kept = await openHouse({}, dir.path);
    secret = (await cutOff(kept)).secret;
  }
  await using kept = await openHouse({}, dir.path);
  const { house } = kept;
  const { promise, resolve } = Promise.withResolvers<void>();
  kept.looking = promise;
  const again = new HousePeer();
  const comes = house.come(again, { name: "olga", login: LOGIN, session: secret });
  // It has been found by now, and only the password is still looked at.
  await kept.log.index.recall(hash(secret));
  const other = await comeIn(house, { name: "eve", session: secret });
  assertEquals([isLost(other), other.session], [false, secret]);
  await house.request(other, { type: "quit" });
  house.gone(other, true, "quit");
  house.expire();
  await settled(kept);
  resolve();
  await comes;
  assertEquals([isLost(again), again.session === secret], [true, false]);
});

Deno.test("while the disk hangs sessions are forgotten, and nobody waits for that", async () => {
  const waitingSessions = 10;
  await using kept = await openHouse({ waitingSessions, nameMs: 0 });
  const { house, log, clock } = kept;
  const secrets: string[] = [];
  {
    using _hung = kept.block();
    for (let n = 0; n < 30; n++) {
      const guest = comeNow(house, { name: `guest${n}` });
      secrets.push(guest.session);
      house.gone(guest, true);
      clock.now++;
      house.expire();
    }
    const isKnown = (secret: string): boolean =>
      house.state.registry.session(hash(secret)) !== undefined;
    assertEquals(secrets.filter(isKnown).length, waitingSessions);
    assertEquals(log.settled() === undefined, false);
    // It is not even looked for on the disk.
    const back = comeNow(house, { name: "guest0", session: secrets[0] ?? "" });
    assertEquals([isLost(back), secrets.includes(back.session)], [true, false]);
  }
  await settled(kept);
});

Deno.test("what is forgotten is not found on the disk before the disk has forgotten it", async () => {
  await using kept = await openHouse({ sessionMs: 1_000, nameMs: 10 });
  const { house, clock } = kept;
  const { secret } = await cutOff(kept);
  clock.now = 1_001;
  {
    using _hung = kept.block();
    house.expire();
    assert(await kept.log.index.recall(hash(secret)));
    const back = await comeIn(house, { name: "guest", session: secret });
    assertEquals(isLost(back), true);
  }
  await settled(kept);
  assertEquals(await kept.log.index.recall(hash(secret)), undefined);
});

Deno.test("a session that the disk can't forget may be come back to, with all that is kept of it", async () => {
  await using kept = await openHouse({ sessionMs: 1_000, nameMs: 10 });
  const { house, log, clock } = kept;
  const { secret } = await cutOff(kept);
  const put = log.put.bind(log);
  log.put = (fact, ticket) => {
    if (fact.kind !== "session-forget") return put(fact, ticket);
    const refused = new Refusal("not-stored", "The disk is full");
    log.onEntry({ at: 0, fact, receipt: { refused } }, ticket);
    return undefined;
  };
  clock.now = 1_001;
  house.expire();
  assertEquals(house.state.registry.session(hash(secret)), undefined);
  const resume = { direct: 0, seq: {}, epoch: log.index.epoch };
  const again = await comeIn(house, { name: "olga", login: LOGIN, session: secret, resume });
  house.request(again, { type: "say", room: "lobby", text: "once", id: "1" });
  await settled(kept);
  const numbers = again.told.flatMap((event) => event.type === "direct" ? [event.n] : []);
  const seqs = again.told.flatMap((event) => event.type === "ack" ? [event.seq] : []);
  assertEquals([isLost(again), numbers, seqs], [false, [1], [1]]);
});
