/** Guessers wait, exactly as long as was promised, and nobody else waits for them. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import { Shares } from "../lib/chat/limits/shares.ts";
import { KnownPlaces } from "../lib/chat/people/attempts.ts";
import type { Account } from "../lib/chat/people/records.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import type { LinkEvent } from "../lib/client/conversation.ts";
import { Link } from "../lib/client/link.ts";
import { serve } from "../lib/server/serve.ts";
import { comeIn } from "./fixtures/house_peer.ts";
import { keeping, still } from "./fixtures/still.ts";
import { eventFrame, RawPeer, startServer } from "./helpers.ts";

const PASSWORD = "open sesame";

/** A house with the accounts `ann` and `bob`, whose clock the test sets; a hash takes a turn of the event loop. */
function makeHouse(): {
  readonly clock: { now: number };
  readonly hashed: () => number;
  readonly login: (address: string, password: string, name?: string) => Promise<string | undefined>;
} {
  const clock = { now: 0 };
  let hashed = 0;
  const accounts = ["ann", "bob"].map((name): Account => ({
    name,
    id: `${name}'s`,
    key: name,
    role: "member",
    proof: PASSWORD,
    createdAt: 0,
  }));
  const house = new House({
    ...still(),
    factLog: keeping({ accounts }),
    passwords: {
      hash: (password) => Promise.resolve(password),
      matches: async (password, proof) => {
        hashed++;
        await new Promise((resolve) => setTimeout(resolve, 0));
        return password === proof;
      },
    },
    now: () => clock.now,
  });
  return {
    clock,
    hashed: () => hashed,
    async login(address, login, name = "ann"): Promise<string | undefined> {
      return (await comeIn(house, { name, login }, { address })).name;
    },
  };
}

Deno.test("40 addresses that guess, four at a time, make nobody else fail", async () => {
  const { login } = makeHouse();
  const guesses = Promise.allSettled(Array.from(
    { length: 160 },
    (_, n) => login(`192.0.2.${n % 40}`, "a guess"),
  ));
  const right = Array.from(
    { length: 15 },
    (_, n) => login(`198.51.100.${n}`, PASSWORD),
  );
  assertEquals(await Promise.all(right), Array(15).fill("ann"));
  for (const { status } of await guesses) assertEquals(status, "rejected");
});

/** So many guess at a name at once, each twice and from a network of its own. */
function guess(
  { login }: ReturnType<typeof makeHouse>,
  many: number,
  name?: string,
): Promise<readonly PromiseSettledResult<unknown>[]> {
  const addresses = Array.from({ length: many }, (_, n) => `198.${n >> 8}.${n & 255}.1`);
  return Promise.allSettled(
    [...addresses, ...addresses].map((address) => login(address, "a guess", name)),
  );
}

Deno.test("however many networks guess at one name, the others come in", async () => {
  const house = makeHouse();
  const guesses = guess(house, 1_000);
  assertEquals(await house.login("192.0.2.1", PASSWORD, "bob"), "bob");
  // He has not waited for them: each has one look taken at most.
  assert(house.hashed() < 20, `${house.hashed()} were looked at before`);
  for (const { status } of await guesses) assertEquals(status, "rejected");
});

Deno.test("whoever comes back from an address comes in, however many guess at that name and others", async () => {
  const house = makeHouse();
  assertEquals(await house.login("192.0.2.1", PASSWORD), "ann");
  const before = house.hashed();
  const guesses = [guess(house, 500), guess(house, 500, "bob")];
  assertEquals(await house.login("192.0.2.1", PASSWORD), "ann");
  assert(house.hashed() - before < 20, `${house.hashed() - before} were looked at before`);
  for (const { status } of (await Promise.all(guesses)).flat()) assertEquals(status, "rejected");
});

Deno.test("who is known somewhere holds up no stranger: they have every other turn", async () => {
  const house = makeHouse();
  assertEquals(await house.login("192.0.2.1", PASSWORD), "ann");
  const known = Array.from({ length: 60 }, () => house.login("192.0.2.1", PASSWORD));
  const before = house.hashed();
  assertEquals(await house.login("203.0.113.1", PASSWORD, "bob"), "bob");
  assert(house.hashed() - before < 20, `${house.hashed() - before} were looked at before`);
  assertEquals(await Promise.all(known), Array(60).fill("ann"));
});

Deno.test("a crowd from one network, each from an address of its own, holds up nobody elsewhere", async () => {
  const house = makeHouse();
  const guesses = Promise.allSettled(Array.from(
    { length: 2_000 },
    (_, n) => house.login(`2001:db8:7:${n.toString(16)}::/64`, "a guess"),
  ));
  // The same name as they guess at, and not known where it comes from.
  assertEquals(await house.login("2001:db8:8:1::/64", PASSWORD), "ann");
  assert(house.hashed() < 20, `${house.hashed()} were looked at before`);
  for (const { status } of await guesses) assertEquals(status, "rejected");
});

Deno.test("what is remembered of who had turns, and where, is bounded and is forgotten", () => {
  const shares = new Shares();
  for (let n = 0; n < 20_000; n++) shares.count(`${n}`, 0);
  assertEquals([shares.size, shares.had("0", 0), shares.had("19999", 0)], [10_000, 0, 1]);
  shares.count("19999", 0);
  shares.expire(60_000);
  assertEquals([shares.size, shares.had("19999", 60_000)], [1, 1]);
  const places = new KnownPlaces();
  for (let n = 0; n < 9; n++) places.add("ann's", `192.0.2.${n}`);
  places.add("ann's", "");
  const has = [0, 1, 8].map((n) => places.has("ann's", `192.0.2.${n}`));
  assertEquals([...has, places.has("ann's", "")], [false, true, true, false]);
  for (let n = 0; n < 10_000; n++) places.add(`${n}`, "192.0.2.1");
  assertEquals(places.has("ann's", "192.0.2.8"), false);
});

Deno.test("24 right passwords that come from one address at once are all let in", async () => {
  const { login } = makeHouse();
  const right = Array.from({ length: 24 }, () => login("192.0.2.1", PASSWORD));
  assertEquals((await Promise.all(right)).length, 24);
});

Deno.test("of several guesses of one address at once one is looked at", async () => {
  const { login, hashed } = makeHouse();
  const guesses = Array.from({ length: 8 }, () => login("192.0.2.1", "a guess"));
  const settled = await Promise.allSettled(guesses);
  const codes = settled.map((each) => each.status === "rejected" && each.reason.code);
  assertEquals(codes, ["bad-login", ...Array(7).fill("try-later")]);
  assertEquals(hashed(), 1);
});

Deno.test("a guesser does not use up what its address may have hashed", async () => {
  const { login, clock, hashed } = makeHouse();
  for (let i = 0; i < 2_000; i++) {
    await assertRejects(() => login("192.0.2.1", "a guess"), Refusal);
  }
  assertEquals(hashed(), 1);
  clock.now += 1_000;
  assertEquals(await login("192.0.2.1", PASSWORD), "ann");
  // Nor does what is too long to be a password, which is not hashed at all.
  await assertRejects(() => login("192.0.2.1", "x".repeat(257)), Refusal);
  assertEquals(hashed(), 2);
});

Deno.test("the wait after a wrong password is a whole second, however seldom deadlines are looked at", async () => {
  await using server = serve({ password: PASSWORD });
  using eve = await RawPeer.connect(server);
  await eve.send(eventFrame("eve"));
  const began = performance.now();
  assertEquals((await eve.ask({ type: "hello", password: "a guess" })).code, "bad-password");
  for (;;) {
    const { type, code, retryAfterMs } = await eve.ask({ type: "hello", password: PASSWORD });
    if (type === "ready") break;
    assertEquals(code, "try-later");
    assert(retryAfterMs > 0 && retryAfterMs <= 1_000, `${retryAfterMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const waited = performance.now() - began;
  assert(waited >= 1_000, `only ${waited} ms`);
});

Deno.test("a client that is told to try later waits, and tries again", async () => {
  await using server = startServer({ password: PASSWORD });
  using eve = await RawPeer.connect(server);
  await eve.send(eventFrame("eve"));
  assertEquals((await eve.ask({ type: "hello", password: "a guess" })).code, "bad-password");
  const { hostname, port } = server.addr;
  const link = new Link({
    connect: () => Deno.connect({ hostname, port }),
    name: "ann",
    secrets: { password: PASSWORD },
  });
  const seen: LinkEvent[] = [];
  for await (const event of link.events) {
    seen.push(event);
    if (event.type === "ready") break;
  }
  const [offline] = seen.filter((event) => event.type === "status" && event.status === "offline");
  assertEquals(offline?.type === "status" && offline.code, "try-later");
  await link.close();
});
