/** What moderation comes to beyond the answers: rooms, guests under a reserved name, and resuming. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ServerRole } from "../lib/chat/people/permissions.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import type { Server } from "../lib/server/serve.ts";
import { describe } from "../lib/words/describe.js";
import { CHEAP, LOGIN, logWith, reserve, WAYS } from "./fixtures/guests.ts";
import { comeIn, comeNow } from "./fixtures/house_peer.ts";
import { FullLog } from "./fixtures/late_logs.ts";
import { ask, startHouse } from "./fixtures/people_house.ts";
import { keeping, STILL_LOG } from "./fixtures/still.ts";
import { classicFrame, joinClassic, joinEvent, startServer } from "./helpers.ts";
import { joinWeb, startWeb } from "./web_peer.ts";

const none = { permissions: "none" } as const;

const STAFF = { ann: "owner", carl: "member" } as const;

async function start(): Promise<Server> {
  return startServer({ passwords: CHEAP, factLog: await logWith(STAFF) });
}

Deno.test("who is sent out of a room stays on the server, and may come back unless banned", async () => {
  await using server = await start();
  using ann = await joinEvent(server, "ann", { login: LOGIN, room: "dev" });
  using bob = await joinEvent(server, "bob", { room: "dev" });
  await bob.ask({ type: "join", room: "tea" });
  const mod = { type: "mod", target: "bob", room: "dev", only: true, reason: "why" };
  assertEquals((await ann.ask({ ...mod, action: "kick" })).room, "dev");
  const left = await bob.takeType("left");
  assertEquals([left.room, left.name, left.reason], ["dev", "bob", "kicked"]);
  assertEquals((await bob.takeType("notice")).text, "You were sent away from dev by ann: why.");
  assertEquals((await bob.ask({ type: "join", room: "dev" })).type, "joined");
  await ann.ask({ ...mod, action: "ban" });
  assertStringIncludes((await bob.takeType("notice")).text, "You are banned from dev by ann: why.");
  assertEquals((await bob.ask({ type: "join", room: "dev" })).code, "banned");
  assertEquals((await bob.ask({ type: "say", room: "dev", text: "hi" })).code, "not-in-room");
  assertEquals((await bob.ask({ type: "who", room: "tea" })).members, ["bob"]);
});

Deno.test("the others are told by whom somebody was sent away, and why", async () => {
  await using server = await start();
  using ann = await joinEvent(server, "ann", { login: LOGIN, room: "dev" });
  using bob = await joinEvent(server, "bob", { room: "dev" });
  using carl = await joinEvent(server, "carla", { room: "dev" });
  const mod = { type: "mod", action: "kick", target: "bob", reason: "spam" };
  await ann.ask({ ...mod, room: "dev", only: true });
  const left = { type: "left", room: "dev", name: "bob", reason: "kicked", by: "ann", why: "spam" };
  assertEquals(await carl.takeType("left"), left);
  await bob.ask({ type: "join", room: "dev" });
  await bob.ask({ type: "leave", room: "dev" });
  assertEquals(await carl.takeType("left"), { type: "left", room: "dev", name: "bob" });
  await bob.ask({ type: "join", room: "dev" });
  await ann.ask({ type: "mod", action: "ban", target: "bob" });
  const { why: _, ...banned } = { ...left, reason: "banned" };
  assertEquals(await carl.takeType("left"), { ...banned, gone: true });
  assertEquals(describe({ ...left, type: "left" }), ["bob left dev (kicked by ann: spam)."]);
});

Deno.test("a session does not come back past a ban, nor a room that it is banned from", async () => {
  await using server = await start();
  using ann = await joinEvent(server, "ann", { login: LOGIN, room: "dev" });
  const bob = await joinEvent(server, "bob", { room: "tea" });
  await bob.ask({ type: "join", room: "dev" });
  bob[Symbol.dispose]();
  await ann.takeType("left");
  await ann.ask({ type: "mod", action: "ban", target: "bob", room: "dev", only: true });
  const { epoch } = bob.welcome;
  const { session } = bob.ready;
  const back = await joinEvent(server, "bob", {
    session,
    resume: { epoch, seq: { tea: 0, dev: 0 } },
  });
  assertEquals(back.ready.room, "tea");
  const left = await back.takeType("left");
  assertEquals([left.room, left.reason], ["dev", "banned"]);
  back[Symbol.dispose]();
  await ann.ask({ type: "mod", action: "ban", target: "bob" });
  using last = await joinEvent(server, "bob", { session }).catch(() => undefined) ?? ann;
  assertEquals(last, ann);
});

Deno.test("a ban from a room keeps nobody off the server, whatever room is asked for first", async () => {
  await using web = await startWeb({}, { passwords: CHEAP, factLog: await logWith(STAFF) });
  const { server } = web;
  using ann = await joinEvent(server, "ann", { login: LOGIN, room: "den" });
  for (const target of ["gus", "wim", "old"]) {
    await ann.ask({ type: "mod", action: "ban", target, room: "den", only: true });
  }
  const gus = await joinEvent(server, "gus", { room: "den" });
  const wim = await joinWeb(web.door, "wim", { room: "den" });
  for (const [peer, name] of [[gus, "gus"], [wim, "wim"]] as const) {
    const { type, code, text } = peer.ready;
    assertEquals([type, code, text], ["error", "banned", "You are banned from den by ann."]);
    const { session } = await peer.ask({ type: "hello", name, room: "tea" });
    peer[Symbol.dispose]();
    const resume = { epoch: peer.welcome.epoch, seq: {} };
    using back = await joinEvent(server, name, { room: "den", session, resume });
    assertEquals(back.ready.room, "lobby");
    const left = await back.takeType("left");
    assertEquals([left.room, left.reason], ["den", "banned"]);
  }
  using old = await joinClassic(server, "old");
  await old.send(classicFrame("/join den"));
  while ((await old.takePair())[1] !== "You are banned from den by ann.");
  await old.send(classicFrame("/topic"));
  await old.takePair();
});

Deno.test("a classic client that is sent out of its room has no other, and is told goodbye", async () => {
  await using server = await start();
  using ann = await joinEvent(server, "ann", { login: LOGIN });
  using bob = await joinClassic(server, "bob");
  await ann.ask({ type: "mod", action: "kick", target: "bob", room: "lobby", only: true });
  assertStringIncludes(await bob.takeRest(), "You were sent away from lobby by ann.");
});

Deno.test("who opens a room under a reserved name is its operator, a guest is not", async () => {
  await using server = await start();
  using carl = await joinEvent(server, "carl", { login: LOGIN });
  using bob = await joinEvent(server, "bob");
  await carl.ask({ type: "join", room: "den" });
  assertEquals((await carl.takeType("notice")).text, "You are a host of den now.");
  await bob.ask({ type: "join", room: "den" });
  await bob.ask({ type: "join", room: "shed" });
  await carl.ask({ type: "join", room: "shed" });
  const kick = { type: "mod", action: "kick", target: "bob" };
  assertEquals((await carl.ask({ ...kick, room: "shed" })).code, "not-allowed");
  assertEquals((await carl.ask({ ...kick, room: "lobby" })).code, "not-allowed");
  assertEquals((await carl.ask({ ...kick, room: "den" })).room, "den");
});

for (const way of WAYS) {
  Deno.test(`at the ${way.name} door, a guest gives a name up as soon as it is reserved`, async () => {
    const factLog = await logWith({});
    await using server = startServer({ passwords: CHEAP, factLog });
    using guest = await way.enter(server, "ann");
    await reserve(server.host.shared.house, STAFF);
    for (;;) {
      if (
        (await guest.told()).includes(
          "is reserved now; you are ann-2. If it is yours, /login PASSWORD",
        )
      ) break;
    }
    assertStringIncludes(await guest.types("/bans"), "You are a member here");
    using ann = await way.enter(server, "ann", { login: LOGIN });
    assertStringIncludes(await ann.types("/who"), "2 people in lobby: ann, ann-2");
  });
}

for (const way of WAYS) {
  Deno.test(`at the ${way.name} door, who is given another role is told of it, and nobody else`, async () => {
    const factLog = await logWith({ ann: "member" });
    await using server = startServer({ passwords: CHEAP, factLog });
    using ann = await way.enter(server, "ann", { login: LOGIN });
    using bob = await way.enter(server, "bob");
    assertStringIncludes(await ann.types("/bans"), "an owner can make you an operator");
    assertStringIncludes(await bob.types("/bans"), "/login PASSWORD shows that a name is yours");
    const { house } = server.host.shared;
    const become = (role: ServerRole): Promise<unknown> =>
      house.console({ type: "user", action: "add", name: "ann", role });
    await become("owner");
    for (;;) if ((await ann.told()).startsWith("You are an owner now; /help moderation")) break;
    assertStringIncludes(await ann.types("/bans"), "Nobody is banned");
    await house.console({ type: "user", action: "add", name: "eve", role: "owner", proof: "p" });
    await become("member");
    for (;;) if (await ann.told() === "You are a member now.") break;
    assertStringIncludes(await bob.types("/bans"), "/login PASSWORD shows that a name is yours");
  });

  Deno.test(`at the ${way.name} door, taking the name that one has is no news`, async () => {
    await using server = startServer();
    using ann = await way.enter(server, "ann");
    using bob = await joinEvent(server, "bob");
    assertStringIncludes(await ann.types("/nick ann"), "You are ann now.");
    await ann.types("/nick anna");
    // It is the first that bob is told of.
    const { from, to } = await bob.takeType("renamed");
    assertEquals([from, to], ["ann", "anna"]);
  });
}

Deno.test("who looks like a name that is reserved gives it up too, and who has its password does not", async () => {
  const factLog = await logWith({});
  await using server = startServer({ passwords: CHEAP, factLog });
  using guest = await joinEvent(server, "\u0430nn");
  using witness = await joinEvent(server, "eve");
  const { house } = server.host.shared;
  await reserve(house, STAFF);
  const { from, to } = await guest.takeType("renamed");
  assertEquals([from, to], ["\u0430nn", "\u0430nn-2"]);
  assertEquals((await witness.takeType("renamed")).to, to);
  using ann = await joinEvent(server, "ann", { login: LOGIN });
  assertEquals(ann.ready.name, "ann");
  await house.console({ type: "user", action: "add", name: "ann", role: "owner" });
  assertEquals((await ann.ask({ type: "ping" })).type, "pong");
});

Deno.test("a session that has shown its name's password takes it up again without", async () => {
  await using server = await start();
  const ann = await joinEvent(server, "ann", { login: LOGIN });
  const { session } = ann.ready;
  ann[Symbol.dispose]();
  using again = await joinEvent(server, "ann", { session });
  assertEquals(again.ready.session, session);
  assertEquals((await again.ask({ type: "audit" })).type, "audit");
});

Deno.test("an address that is banned is kept out at every door, but not an owner's own", async () => {
  await using server = await start();
  {
    using ann = await joinEvent(server, "ann", { login: LOGIN, room: "dev" });
    const banned = await ann.ask({ type: "mod", action: "ban", target: "127.0.0.1" });
    assertEquals([banned.type, banned.target], ["mod", "127.0.0.1"]);
    // She is above it herself.
    assertEquals((await ann.ask({ type: "bans" })).bans.length, 1);
  }
  const { people } = await logWith(STAFF);
  const sanction = {
    ...{ kind: "ban", room: "", subject: "address", key: "127.0.0.1" } as const,
    ...{ target: "127.0.0.1", by: "ann", at: 0, until: 0, reason: "" },
  };
  const factLog = keeping({ ...people, sanctions: [sanction] });
  await using closed = startServer({ passwords: CHEAP, factLog });
  for (const way of WAYS) {
    const told = await way.enter(closed, "bob").then(
      () => "came in",
      ({ message }: Error) => message,
    );
    assertEquals(told, "You are banned by ann.");
    using ann = await way.enter(closed, "ann", { login: LOGIN });
    assertStringIncludes(await ann.types("/bans"), "127.0.0.1 is banned");
  }
});

Deno.test("a ban ends when its time is over", none, async () => {
  const account = {
    id: "ann's",
    name: "ann",
    key: "ann",
    role: "owner",
    proof: "p",
    createdAt: 0,
  } as const;
  let date = 0;
  const house = await startHouse(
    keeping({ accounts: [account] }),
    ["ann", "bob"],
    "dev",
    undefined,
    { date: () => date },
  );
  await ask(house, "ann", { type: "mod", action: "ban", target: "bob", forMs: 30 });
  assertEquals(house.told.get("bob")?.at(-1)?.type, "bye");
  const listed = async (): Promise<number> => {
    house.told.get("ann")?.splice(0);
    const answer = await ask(house, "ann", { type: "bans" });
    return answer.type === "bans" ? answer.bans.length : -1;
  };
  date = 29;
  assertEquals(await listed(), 1);
  date = 30;
  assertEquals(await listed(), 0);
  assertEquals(comeNow(house.house, { name: "bob" }).name, "bob");
});

Deno.test("what could not be kept is not logged as done, though a ban holds", none, async () => {
  const account = {
    id: "ann's",
    name: "ann",
    key: "ann",
    role: "owner",
    proof: "p",
    createdAt: 0,
  } as const;
  const factLog = keeping({ accounts: [account] }, new FullLog(STILL_LOG));
  factLog.isFull = true;
  const logged: string[] = [];
  const house = await startHouse(factLog, ["ann", "bob", "eve"], "dev", undefined, {
    onModerated: ({ action, target }) => void logged.push(`${action} ${target}`),
  });
  const mod = async (action: string, target: string): Promise<string> => {
    house.told.get("ann")?.splice(0);
    const answer = await ask(house, "ann", { type: "mod", action, target });
    return answer.type === "error" ? answer.code : answer.type;
  };
  assertEquals([await mod("ban", "bob"), await mod("kick", "eve")], ["not-stored", "not-stored"]);
  assertEquals(logged, []);
  for (const name of ["bob", "eve"]) assertEquals(house.told.get(name)?.at(-1)?.type, "bye");
  assertEquals(await mod("kick", "bob"), "no-such-name");
  const comes = (): Promise<unknown> => comeIn(house.house, { name: "bob" });
  await assertRejects(comes, Refusal, "You are banned by ann");
  factLog.isFull = false;
  assertEquals(await mod("unban", "bob"), "mod");
  assertEquals(await mod("ban", "bob"), "mod");
  assertEquals(logged, ["unban bob", "ban bob"]);
});
