/** Guessers wait, exactly as long as was promised, and nobody else waits for them. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { Account } from "../lib/chat/people/records.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import type { LinkEvent } from "../lib/client/conversation.ts";
import { Link } from "../lib/client/link.ts";
import { serve } from "../lib/server/serve.ts";
import { comeIn } from "./fixtures/house_peer.ts";
import { keeping, still } from "./fixtures/still.ts";
import { eventFrame, RawPeer, startServer } from "./helpers.ts";

const PASSWORD = "open sesame";

/** A house with one account, `ann`, whose clock the test sets; a hash takes a turn of the event loop. */
function makeHouse(): {
  readonly clock: { now: number };
  readonly hashed: () => number;
  readonly login: (address: string, password: string) => Promise<string | undefined>;
} {
  const clock = { now: 0 };
  let hashed = 0;
  const account: Account = {
    name: "ann",
    id: "ann's",
    key: "ann",
    role: "member",
    proof: PASSWORD,
    createdAt: 0,
  };
  const house = new House({
    ...still(),
    factLog: keeping({ accounts: [account] }),
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
    async login(address, login): Promise<string | undefined> {
      return (await comeIn(house, { name: "ann", login }, { address })).name;
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
