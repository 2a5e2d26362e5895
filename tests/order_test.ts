/**
 * Others see what a session does in the order in which it asked for it, however slow the store is.
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Server } from "../lib/server/serve.ts";
import { CHEAP, LOGIN } from "./fixtures/guests.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { tries } from "./fixtures/thorough.ts";
import { classicFrame, eventFrame, joinClassic, joinEvent, type Json, RawPeer } from "./helpers.ts";

/** A step of somebody, and what others are to see of it. */
interface Step {
  readonly request: Readonly<Record<string, unknown>>;
  readonly sees: (actor: Actor) => string | undefined;
}

/** Where somebody is, under which name, as others know it. */
interface Actor {
  name: string;
  inLobby: boolean;
  inDev: boolean;
  registered: boolean;
}

const step = (request: Step["request"], sees: Step["sees"] = () => undefined): Step => ({
  request,
  sees,
});

/** The steps, with a number in them that makes each one's texts and names its own. */
const STEPS: Readonly<Record<string, (n: number, who: string) => Step>> = {
  say: (n) =>
    step(
      { type: "say", room: "lobby", text: `said ${n}` },
      ({ name, inLobby }) => inLobby ? `${name}: said ${n}` : undefined,
    ),
  topic: (n) =>
    step(
      { type: "topic", room: "lobby", text: `topic ${n}` },
      ({ name, inLobby }) => inLobby ? `${name} topic ${n}` : undefined,
    ),
  direct: (n) =>
    step(
      { type: "direct", to: "bob", text: `direct ${n}` },
      ({ name }) => `${name} to bob: direct ${n}`,
    ),
  rename: (n, who) =>
    step({ type: "rename", name: `${who}-${n}` }, (actor) => {
      const from = actor.name;
      actor.name = `${who}-${n}`;
      actor.registered = false;
      return actor.inLobby || actor.inDev ? `${from} is ${actor.name}` : undefined;
    }),
  leave: () =>
    step({ type: "leave", room: "lobby" }, (actor) => {
      const sees = actor.inLobby ? `${actor.name} left lobby` : undefined;
      actor.inLobby = false;
      return sees;
    }),
  join: () =>
    step({ type: "join", room: "lobby" }, (actor) => {
      const sees = actor.inLobby ? undefined : `${actor.name} joined lobby`;
      actor.inLobby = true;
      return sees;
    }),
  joinDev: () =>
    step({ type: "join", room: "dev" }, (actor) => {
      const sees = actor.inDev ? undefined : `${actor.name} joined dev`;
      actor.inDev = true;
      return sees;
    }),
  leaveDev: () =>
    step({ type: "leave", room: "dev" }, (actor) => {
      const sees = actor.inDev ? `${actor.name} left dev` : undefined;
      actor.inDev = false;
      return sees;
    }),
  register: () => step({ type: "register", password: LOGIN }),
  login: () =>
    step({ type: "login", name: "eve", password: LOGIN }, (actor) => {
      const from = actor.name;
      actor.name = "eve";
      return from !== "eve" && (actor.inLobby || actor.inDev) ? `${from} is eve` : undefined;
    }),
  who: () => step({ type: "who", room: "lobby" }),
};

/** Who goes on as another account leaves rooms, by what that has listed: see other_account_test.ts. */
function isOneAccount(name: string, n: number, names: readonly string[]): boolean {
  return name !== "login" || !names.slice(0, n).includes("register");
}

function seen({ type, from, to, room, name, text }: Json): string {
  switch (type) {
    case "message":
      return `${from}: ${text}`;
    case "topic":
      return `${from} ${text}`;
    case "direct":
      return `${from} to ${to}: ${text}`;
    case "renamed":
      return `${from} is ${to}`;
    default:
      return `${name} ${type} ${room}`;
  }
}

/** What an observer sees up to a direct message that says that this was all. */
async function seenUpTo(bob: RawPeer, end: string): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const event = await bob.takeEvent();
    if (event.type === "direct" && event.text === end) return lines;
    if (event.type !== "ping") lines.push(seen(event));
  }
}

async function startWithEve(dir: string): Promise<Server & AsyncDisposable> {
  // Bob answers nobody.
  const options = { passwords: CHEAP, limits: { unansweredDirects: 1_000 } };
  const server = await startStored(dir, options, { durability: "full" });
  using eve = await joinEvent(server, "eve");
  assertEquals((await eve.ask({ type: "register", password: LOGIN })).type, "account");
  return server;
}

Deno.test("any requests in one write are seen by others in their order", async () => {
  await using dir = await makeDir();
  await using server = await startWithEve(dir.path);
  using bob = await joinEvent(server, "bob");
  await bob.ask({ type: "join", room: "dev" });
  let round = 0;
  let most = 0;
  const kinds = fc.array(fc.constantFrom(...Object.keys(STEPS)), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(kinds, async (names) => {
      const who = `ann${++round}`;
      using ann = await joinEvent(server, who);
      const steps = names.filter(isOneAccount).map((name, n) => STEPS[name]?.(n, who)).filter((
        each,
      ) => each !== undefined);
      const end = `end ${round}`;
      await ann.send(
        ...steps.map(({ request }) => eventFrame(request)),
        eventFrame({ type: "direct", to: "bob", text: end }),
      );
      const actor: Actor = { name: who, inLobby: true, inDev: false, registered: false };
      const expected = [`${who} joined lobby`, ...steps.flatMap(({ sees }) => sees(actor) ?? [])];
      assertEquals(await seenUpTo(bob, end), expected, names.join(" "));
      most = Math.max(most, expected.length);
      // Its end is seen as well.
      await ann.ask({ type: "leave", room: "dev" });
      await ann.ask({ type: "leave", room: "lobby" });
      await ann.send(eventFrame({ type: "direct", to: "bob", text: "gone" }));
      await seenUpTo(bob, "gone");
    }),
    { numRuns: tries(20, 60), seed: 1 },
  );
  assert(most > 6, `only ${most} events were seen in a row`);
});

Deno.test("what was said stands under who said it, though another takes the name at once", async () => {
  await using dir = await makeDir();
  await using server = await startWithEve(dir.path);
  using dora = await joinEvent(server, "dora");
  using bob = await joinEvent(server, "bob");
  for (let n = 0; n < 20; n++) {
    using ann = await joinEvent(server, `ann${n}`);
    await ann.send(
      eventFrame({ type: "say", room: "lobby", text: "mine" }),
      eventFrame({ type: "rename", name: `anna${n}` }),
    );
    for (let answer: Json = {}; answer.type !== "renamed";) {
      answer = await bob.ask({ type: "rename", name: `ann${n}` });
    }
    const got: string[] = [];
    while (!got.at(-1)?.endsWith(` is ann${n}`)) got.push(seen(await dora.takeEvent()));
    assertEquals(got.slice(-3, -1), [`ann${n}: mine`, `ann${n} is anna${n}`]);
  }
});

Deno.test("nobody has the name of who is cut off before what it said last has been told", async () => {
  await using dir = await makeDir();
  await using server = await startWithEve(dir.path);
  using dora = await joinEvent(server, "dora");
  using bob = await joinEvent(server, "bob");
  for (let n = 0; n < 20; n++) {
    using cat = await joinClassic(server, `cat${n}`);
    await cat.send(classicFrame("mine"), "no header at all");
    for (let answer: Json = {}; answer.type !== "renamed";) {
      answer = await bob.ask({ type: "rename", name: `cat${n}` });
    }
    const got: string[] = [];
    while (!got.at(-1)?.endsWith(` is cat${n}`)) got.push(seen(await dora.takeEvent()));
    assert(got.includes(`cat${n}: mine`), got.join("\n"));
  }
});

Deno.test("a classic client's last message comes before its leaving, and moving goes by order", async () => {
  await using dir = await makeDir();
  await using server = await startWithEve(dir.path);
  using bob = await joinEvent(server, "bob");
  await bob.ask({ type: "join", room: "dev" });
  for (let n = 0; n < 5; n++) {
    using cat = await joinClassic(server, `cat${n}`);
    await bob.takeType("joined");
    const lines = ["hello", "/join dev", "here", "/quit"];
    await cat.send(...lines.map(classicFrame));
    const got: string[] = [];
    while (got.at(-1) !== `cat${n} left dev`) got.push(seen(await bob.takeEvent()));
    assertEquals(got, [
      `cat${n}: hello`,
      `cat${n} joined dev`,
      `cat${n} left lobby`,
      `cat${n}: here`,
      `cat${n} left dev`,
    ]);
  }
});

Deno.test("what was said is told before its session comes back under another name", async () => {
  await using dir = await makeDir();
  await using server = await startWithEve(dir.path);
  using bob = await joinEvent(server, "bob");
  let told = 0;
  for (let n = 0; n < 20; n++) {
    using ann = await joinEvent(server, `ann${n}`);
    using again = await RawPeer.connect(server);
    await again.send(eventFrame(`anna${n}`));
    await again.takeType("welcome");
    await Promise.all([
      ann.send(eventFrame({ type: "say", room: "lobby", text: "mine" })),
      again.send(
        eventFrame({ type: "hello", session: ann.ready.session }),
        eventFrame({ type: "direct", to: "bob", text: "end" }),
      ),
    ]);
    const got = await seenUpTo(bob, "end");
    const said = got.indexOf(`ann${n}: mine`);
    const renamed = got.indexOf(`ann${n} is anna${n}`);
    assert(renamed > said, got.join("\n"));
    if (said >= 0) told++;
  }
  assert(told > 0, "nothing was said in time");
});
