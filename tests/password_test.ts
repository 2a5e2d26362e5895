/** Passwords: what is compared, what is stored, and how guessing is slowed down. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Turns } from "../lib/chat/limits/turns.ts";
import { Attempts } from "../lib/chat/people/attempts.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import type { LogEntry } from "../lib/server/log.ts";
import { passwordCheck, ScryptPasswords } from "../lib/server/password.ts";
import { CHEAP } from "./fixtures/guests.ts";
import { HousePeer } from "./fixtures/house_peer.ts";
import { ask, startHouse } from "./fixtures/people_house.ts";
import { keeping } from "./fixtures/still.ts";
import { encodeFrame } from "../lib/wire/frame.ts";
import { eventFrame, joinEvent, RawPeer, startServer, until } from "./helpers.ts";

const none = { permissions: "none" } as const;

Deno.test("the right password opens, in any spelling of it, and no other", () => {
  const opens = passwordCheck("pâsse word");
  assert(opens("pâsse word"));
  assert(opens("pa\u0302sse\u00a0word"));
  for (const wrong of ["", "p", "pâsse wor", "pâsse word ", "Pâsse word", "x".repeat(60_000)]) {
    assertEquals(opens(wrong), false);
  }
});

Deno.test("what is compared tells nothing about how much of a password was right", () => {
  const compared: Uint8Array[] = [];
  const right = "a".repeat(100);
  const almost = "a".repeat(99) + "b";
  const open = (): (attempt: string) => boolean =>
    passwordCheck(right, (attempt, expected) => {
      compared.push(attempt.slice(), expected.slice());
      return false;
    });
  const opens = open();
  assertEquals(opens(almost), false);
  assertEquals(opens("b" + almost), false);
  assertEquals(opens(almost), false);
  const [first, expected, wrong, , again] = compared;
  assert(first !== undefined && expected !== undefined && wrong !== undefined);
  for (const hash of compared) assertEquals(hash.length, 32);
  // A hash that began as the right one does would do so by chance, once in 2⁶⁴ runs.
  assert(startsUnlike(first, expected) && startsUnlike(wrong, expected));
  assertEquals(again, first);
  // Nobody can find out in advance what an attempt's hash is: each server has a key of its own.
  compared.length = 0;
  assertEquals(open()(almost), false);
  assert(compared[0] !== undefined && startsUnlike(compared[0], first));
  // What is longer than any password is refused before it costs a hash.
  compared.length = 0;
  assertEquals(opens("a".repeat(1_025)), false);
  assertEquals(compared, []);
});

function startsUnlike(a: Uint8Array, b: Uint8Array): boolean {
  return a.subarray(0, 8).join() !== b.subarray(0, 8).join();
}

Deno.test("a stored password has its parameters and its own salt, and not the password", async () => {
  const [one, two] = await Promise.all([CHEAP.hash("correct horse"), CHEAP.hash("correct horse")]);
  assert(one !== two);
  assertEquals(one.split("$").slice(0, 4), ["scrypt", "16", "1", "1"]);
  assert(!one.includes("correct"));
  // Whatever it was made with, it is compared with that.
  assert(await new ScryptPasswords().matches("correct horse", one));
  assertEquals(await CHEAP.matches("correct cow", one), false);
  for (
    const bad of ["", "scrypt", "scrypt$16$1$1$AA==$", "scrypt$1073741824$8$1$AA==$AAAA", "x$1"]
  ) {
    assertEquals(await CHEAP.matches("correct horse", bad), false, bad);
  }
});

Deno.test("passwords of names cost what they should", async () => {
  const stored = await new ScryptPasswords().hash("correct horse");
  assertEquals(stored.split("$").slice(0, 4), ["scrypt", "16384", "8", "5"]);
});

Deno.test("addresses take turns, each has one under way, and only so many wait", async () => {
  const turns = new Turns({ atOnce: 2, what: "Many passwords are being looked at", now: () => 0 });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (what: string) => (): Promise<void> => {
    begun.push(what);
    return new Promise((resolve) => ends.set(what, resolve));
  };
  const done = [..."abcd"].map((n) => turns.run({ address: "crowd" }, work(`crowd ${n}`)));
  done.push(...["x", "y", "z"].map((address) => turns.run({ address }, work(address))));
  const end = async (what: string): Promise<void> => {
    ends.get(what)?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  await end("nothing yet");
  assertEquals(begun, ["crowd a", "x"]);
  await end("crowd a");
  await end("x");
  await end("y");
  assertEquals(begun, ["crowd a", "x", "y", "z", "crowd b"]);
  for (const what of ["z", "crowd b", "crowd c", "crowd d"]) await end(what);
  await Promise.all(done);
  assertEquals([begun.length, turns.waiting], [7, 0]);
  const many = Array.from({ length: 65 }, (_, n) => turns.run({ address: "crowd" }, work(`${n}`)));
  const { code, retryAfterMs } = await assertRejects(
    () => turns.run({ address: "crowd" }, work("one more")),
    Refusal,
  );
  assertEquals([code, retryAfterMs], ["try-later", 2_000]);
  for (let n = 0; n < 65; n++) await end(`${n}`);
  await Promise.all(many);
});

Deno.test("nobody waits behind all who come later from networks where nobody was before", async () => {
  let now = 0;
  const turns = new Turns({
    atOnce: 1,
    what: "Many passwords are being looked at",
    now: () => now,
  });
  const ends: Array<() => void> = [];
  const run = (address: string, done?: () => void): Promise<void> =>
    turns.run({ address }, () => {
      done?.();
      return new Promise((resolve) => ends.push(resolve));
    });
  const end = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    ends.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  // Twenty of the network have come in lately.
  for (let n = 0; n < 20; n++) {
    const one = run(`192.0.2.${n}`);
    await end();
    await one;
  }
  let isIn = false;
  run("203.0.113.1");
  run("192.0.2.99", () => isIn = true);
  // From ever new networks, ten in a second.
  let waited = 0;
  for (; !isIn && waited < 1_000; waited++) {
    run(`10.${waited >> 8}.${waited & 255}.1`);
    now += 100;
    await end();
  }
  assert(isIn && waited < 300, `after ${waited} others`);
  while (turns.waiting > 0) await end();
});

Deno.test("what is for somebody who has gone comes last, and gives way", async () => {
  const turns = new Turns({ atOnce: 1, what: "Many passwords are being looked at", now: () => 0 });
  const begun: string[] = [];
  const ends: Array<() => void> = [];
  const run = (address: string, hasGone: () => boolean): Promise<void> =>
    turns.run({ address, hasGone }, () => {
      begun.push(address);
      return new Promise((resolve) => ends.push(resolve));
    });
  let areGone = false;
  const first = run("first", () => false);
  const crowd = Array.from({ length: 128 }, (_, n) => run(`${n}`, () => areGone));
  const { code } = await assertRejects(() => run("early", () => false), Refusal);
  assertEquals(code, "try-later");
  areGone = true;
  // There is room for it now: those that have gone are refused.
  const honest = run("honest", () => false);
  const refused = (await Promise.allSettled(crowd)).filter(({ status }) => status === "rejected");
  assertEquals([refused.length, turns.waiting], [128, 1]);
  // One whose client has ended its side, and may wait for the answer all the same, gets it in the end.
  const halfGone = run("half gone", () => true);
  const late = run("late", () => false);
  for (const each of [first, honest, late, halfGone]) {
    ends.shift()?.();
    await each;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(begun, ["first", "honest", "late", "half gone"]);
});

Deno.test("what is for a crowd that has left is not done when its turn would come", async () => {
  let now = 0;
  const options = { atOnce: 1, what: "Many passwords are being looked at", now: () => now };
  const turns = new Turns(options);
  const begun: string[] = [];
  const ends: Array<() => void> = [];
  const run = (address: string, more: object = {}): Promise<void> =>
    turns.run({ address, ...more }, () => {
      begun.push(address);
      return new Promise((resolve) => ends.push(resolve));
    });
  const ended = { hasGone: (): boolean => true };
  let isOver = false;
  const first = run("first");
  const crowd = Array.from({ length: 100 }, (_, n) => run(`${n}`, ended));
  const over = run("over", { isOver: (): boolean => isOver });
  now = 4_000;
  const late = run("late", ended);
  const honest = run("honest");
  now = 5_001;
  isOver = true;
  await new Promise((resolve) => setTimeout(resolve, 0));
  ends.shift()?.();
  await first;
  const settled = await Promise.allSettled([...crowd, over]);
  assertEquals(settled.filter(({ status }) => status === "rejected").length, 101);
  for (const each of [honest, late]) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    ends.shift()?.();
    await each;
  }
  assertEquals([begun, turns.waiting], [["first", "honest", "late"], 0]);
});

Deno.test("passwords of connections that are closed are not looked at", async () => {
  const ends: Array<() => void> = [];
  const checked: string[] = [];
  const passwords = {
    hash: (password: string) => Promise.resolve(password),
    matches: (password: string) => {
      checked.push(password);
      return new Promise<boolean>((resolve) => ends.push(() => resolve(true)));
    },
  };
  const account = {
    id: "ann's",
    key: "ann",
    role: "member",
    proof: "right",
    createdAt: 0,
  } as const;
  const log = keeping({ accounts: [{ ...account, name: "ann" }], hosts: [], sanctions: [] });
  const { house } = await startHouse(log, [], "lobby", () => {}, { passwords });
  const come = (n: number): readonly [HousePeer, Promise<string>] => {
    const peer = new HousePeer({ address: `198.51.100.${n}` });
    const came = Promise.resolve(house.come(peer, { name: "ann", login: `guess ${n}` }));
    return [peer, came.then(() => "done", ({ code }) => code)];
  };
  const comers = Array.from({ length: 10 }, (_, n) => come(n));
  await until("two are looked at", () => checked.length === 2);
  for (const [peer] of comers.slice(2, 9)) house.gone(peer, false);
  while (ends.length > 0) {
    ends.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(checked, ["guess 0", "guess 1", "guess 9"]);
  const codes = await Promise.all(comers.map(([, came]) => came));
  assertEquals(codes.slice(2, 9), Array(7).fill("try-later"));
});

Deno.test("a password waits behind nobody who has gone, and one who reads on is answered", async () => {
  const ends: Array<() => void> = [];
  const checked: string[] = [];
  const passwords = {
    hash: (password: string) => Promise.resolve(password),
    matches: (password: string, proof: string) => {
      checked.push(password);
      return new Promise<boolean>((resolve) => ends.push(() => resolve(password === proof)));
    },
  };
  await using server = startServer({ passwords, sweepMs: 10 });
  using ann = await joinEvent(server, "ann");
  await ann.ask({ type: "register", password: "correct horse" });
  const peers: RawPeer[] = [];
  using _ = { [Symbol.dispose]: () => peers.forEach((peer) => peer[Symbol.dispose]()) };
  const hello = async (login: string): Promise<RawPeer> => {
    const peer = await RawPeer.connect(server);
    peers.push(peer);
    await peer.send(
      encodeFrame("ann", "right"),
      eventFrame({ type: "hello", login, visitor: true }),
    );
    await peer.takeType("welcome");
    return peer;
  };
  // One of an address runs at once.
  const running = await hello("correct horse");
  await until("it runs", () => checked.length === 1);
  const [half, ...gone] = [await hello("half gone"), await hello("gone"), await hello("gone")];
  const honest = await hello("correct horse");
  await half.conn.closeWrite();
  for (const peer of gone) peer[Symbol.dispose]();
  // Until the server has swept twice and more: it can't be seen from outside that it knows.
  await new Promise((resolve) => setTimeout(resolve, 300));
  ends.shift()?.();
  assertEquals((await running.takeType("ready")).type, "ready");
  await until("the next runs", () => checked.length === 2);
  assertEquals(checked.at(-1), "correct horse");
  ends.shift()?.();
  assertEquals((await honest.takeType("ready")).type, "ready");
  await until("the half gone one runs", () => checked.length === 3);
  ends.shift()?.();
  assertEquals((await half.takeType("error")).code, "bad-login");
});

Deno.test(
  "the wait after wrong passwords doubles from 1 s to 1 min, and is forgotten",
  none,
  () => {
    let now = 0;
    const attempts = new Attempts(() => now);
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60, 60]) {
      attempts.check("a");
      attempts.failed("a");
      const { retryAfterMs } = assertThrows(() => attempts.check("a"), Refusal);
      assertEquals(retryAfterMs, seconds * 1_000);
      now += seconds * 1_000 - 1;
      assertThrows(() => attempts.check("a"), Refusal, "try again in 1 s");
      attempts.check("another");
      now += 1;
    }
    // That it may try again forgives nothing.
    attempts.check("a");
    attempts.failed("a");
    assertThrows(() => attempts.check("a"), Refusal, "try again in 60 s");
    now += 15 * 60_000 + 1;
    attempts.expire();
    assertEquals(attempts.size, 0);
  },
);

Deno.test("the table of addresses that guess has an end", none, () => {
  const attempts = new Attempts(() => 0);
  for (let i = 0; i < 20_000; i++) attempts.failed(`${i}`);
  assertEquals(attempts.size, 10_000);
  attempts.check("0");
  assertThrows(() => attempts.check("19999"), Refusal, "try again in 1 s");
});

Deno.test("1,000 wrong passwords from one address change nothing for another", async (t) => {
  const isThere = await Deno.connect({ hostname: "::1", port: 1 })
    .then(() => true, (error) => error instanceof Deno.errors.ConnectionRefused);
  await t.step({
    name: isThere ? "with IPv6" : "skipped: this machine has no IPv6, and so no second address",
    ignore: !isThere,
    async fn(): Promise<void> {
      const logged: LogEntry[] = [];
      const log = (entry: LogEntry): void => void logged.push(entry);
      await using server = startServer({ hostname: "::", password: "open sesame", log });
      const { port } = server.addr;
      const at = (hostname: string): { addr: Deno.NetAddr } => ({
        addr: { ...server.addr, hostname, port },
      });
      using ann = await RawPeer.connect(at("127.0.0.1"));
      await ann.send(eventFrame("ann"), eventFrame({ type: "hello", password: "open sesame" }));
      await ann.takeType("ready");
      using eve = await RawPeer.connect(at("::1"));
      await eve.send(eventFrame("eve"));
      const codes = new Map<string, number>();
      for (let i = 0; i < 1_000; i++) {
        const { code } = await eve.ask({ type: "hello", password: `guess ${i}` });
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
      // How many were looked at depends on the time that it took; that they were few does not.
      assertEquals((codes.get("bad-password") ?? 0) + (codes.get("try-later") ?? 0), 1_000);
      assert((codes.get("bad-password") ?? 0) <= 6, JSON.stringify([...codes]));
      assertEquals((await ann.ask({ type: "who", room: "lobby" })).members, ["ann"]);
      using bob = await RawPeer.connect(at("127.0.0.1"));
      await bob.send(eventFrame("bob"), eventFrame({ type: "hello", password: "open sesame" }));
      assertEquals((await bob.takeType("ready")).name, "bob");
      const text = JSON.stringify(logged);
      assertEquals([text.includes("guess"), text.includes("sesame")], [false, false]);
      assert(text.includes("wrong-password"));
    },
  });
});

Deno.test("an address has only so many passwords hashed, right ones too", async () => {
  const account = {
    name: "ann",
    id: "ann's",
    key: "ann",
    role: "member",
    proof: "right",
    createdAt: 0,
  } as const;
  const kept = { accounts: [account], hosts: [], sanctions: [] };
  let hashed = 0;
  const house = await startHouse(
    keeping(kept),
    ["ann"],
    "dev",
    () => {
      hashed++;
    },
  );
  const answers = new Set<string>();
  for (let i = 0; i < 1_000; i++) {
    const answer = await ask(house, "ann", { type: "login", password: "right" });
    answers.add(answer.type === "error" ? answer.code : answer.type);
    house.told.get("ann")?.splice(0);
  }
  assertEquals([[...answers], hashed < 610], [["account", "try-later"], true]);
});

Deno.test("no answer repeats a password, however wrong the field is", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  for (const type of ["register", "login", "passwd"]) {
    const { code, text } = await ann.ask({ type, password: ["secret"] });
    assertEquals([code, text.includes("secret")], ["bad-field", false]);
  }
});

Deno.test("welcome says what is needed", async () => {
  await using open = startServer();
  using ann = await joinEvent(open, "ann");
  assertEquals(ann.welcome.needs, []);
  await using closed = startServer({ password: "open sesame" });
  using bob = await joinEvent(closed, "bob", { password: "open sesame" });
  assertEquals([bob.welcome.needs, bob.ready.type], [["password"], "ready"]);
  using eve = await joinEvent(closed, "eve");
  assertEquals(eve.ready.code, "password-needed");
});

Deno.test("a session that has shown the server's password is proof until that is changed", async () => {
  await using server = startServer({ password: "open sesame" });
  let session = "";
  const again = async (more: Record<string, unknown> = {}): Promise<unknown> => {
    using ann = await joinEvent(server, "ann", { session, ...more });
    return ann.ready.code ?? ann.ready.type;
  };
  {
    using ann = await joinEvent(server, "ann", { password: "open sesame" });
    session = String(ann.ready.session);
  }
  assertEquals(await again(), "ready");
  assertEquals(await again(), "ready");
  assertEquals(await again({ password: "open sesam" }), "bad-password");
  const own = session;
  session = crypto.randomUUID();
  assertEquals(await again(), "password-needed");
  session = own;
  server.change({ password: "shut" });
  assertEquals(await again(), "password-needed");
});

Deno.test("a classic client hears nothing before its password, and takes no name", async () => {
  await using server = startServer({ password: "open sesame" });
  using ann = await joinEvent(server, "ann", { password: "open sesame" });
  using bob = await RawPeer.connect(server);
  await bob.send("3         bob", "5         hello", "6         /login");
  assertEquals(
    (await bob.takePair())[1],
    "A password is needed here: say /login PASSWORD, or /quit.",
  );
  await ann.ask({ type: "say", room: "lobby", text: "unheard" });
  assertEquals((await ann.ask({ type: "who", room: "lobby" })).members, ["ann"]);
  for (let i = 0; i < 2; i++) {
    assertEquals((await bob.takePair())[1].slice(0, 14), "You are not in");
  }
  await bob.send("18        /login open sesame");
  assertEquals((await ann.takeType("joined")).name, "bob");
  await ann.ask({ type: "say", room: "lobby", text: "heard" });
  assertEquals(await bob.takePair(), ["ann", "heard"]);
});

Deno.test("a person has longer to type a password than a program to say hello", async () => {
  const limits = { handshakeMs: 50, loginMs: 400 };
  await using server = startServer({ password: "open sesame", limits });
  using bob = await RawPeer.connect(server);
  await bob.send("3         bob");
  await bob.takePair();
  using silent = await RawPeer.connect(server);
  await silent.send("3");
  assert((await silent.takeRest()).includes("No name and hello came within 0.05 s."));
  await bob.send("2         hi");
  assert((await bob.takePair())[1].startsWith("You are not in yet"));
  assert((await bob.takeRest()).includes("No password came within 0.4 s."));
});
