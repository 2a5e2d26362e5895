/**
 * What a house knows is the result of the facts: another one that is given the same entries, and
 * nothing else, knows the same, however late or full the disk was.
 */

import { assertEquals } from "@std/assert";
import type { Request } from "../lib/wire/requests.ts";
import { evolvesAlike, filesIn, makeWorld, run } from "./fixtures/evolving.ts";
import type { Step } from "./fixtures/evolving_steps.ts";
import { hash } from "./fixtures/facts.ts";
import { agreeInTheEnd } from "./fixtures/three_houses.ts";

// More of them in tests/slow.
Deno.test("a house that is given another's entries knows the same", () => evolvesAlike(100));

Deno.test("three houses that decide again in one order know the same in the end", () =>
  agreeInTheEnd(30));

Deno.test("a run of such a kind changes topics, accounts, roles, bans and mutes, and sends files", async () => {
  const world = await makeWorld();
  const requests: Array<[who: number, request: Request]> = [
    [1, { type: "topic", room: "dev", text: "tea" }],
    [2, { type: "register", password: "a long password" }],
    [0, { type: "mod", action: "mute", target: "eve", room: "dev", only: true }],
    [0, { type: "mod", action: "ban", target: "bob" }],
    [0, { type: "mod", action: "op", target: "eve", room: "ops", only: true }],
    [1, { type: "put", name: "plan.pdf", room: "ops" }],
  ];
  const steps = requests.flatMap(([who, request]): Step[] => [{ who, request }, { isFull: false }]);
  await run(world, steps);
  const { accounts, sanctions } = world.house.state.people.all;
  assertEquals(accounts.map(({ name }) => name), ["olga", "ann", "bob"]);
  assertEquals(sanctions.map(({ kind, key }) => `${kind} ${key}`), ["mute eve", "ban bob"]);
  assertEquals(world.house.state.registry.room("dev")?.topic, "tea");
  const page = await world.log.index.page("room ops", { limit: 1 });
  assertEquals(page.entries.map(({ message }) => message.file?.name), ["plan.pdf"]);
});

Deno.test("a run of such a kind sends files, and those that the disk has no room for wait, or are let go of", async () => {
  const world = await makeWorld();
  const sends: Step = { sends: 1, place: { room: "dev" }, text: "hello" };
  await run(world, [sends]);
  assertEquals(await filesIn(world, true), ["1 of dev"]);
  await run(world, [{ sends: 2, place: { room: "ops" }, text: "again" }]);
  assertEquals(await filesIn(world, true), ["1 of dev", "1 of ops"]);
  const full = Array.from({ length: 10 }, (): Step => ({ isFull: true }));
  await run(world, [{ sends: 2, place: { room: "ops" }, text: "too much" }, ...full]);
  assertEquals(await filesIn(world), ["1 of dev", "1 of ops"]);
  assertEquals(world.peers[2]?.told.flatMap((each) => each.type === "error" ? each.code : []), [
    "not-stored",
  ]);
  const gone = (): Promise<boolean> =>
    world.files.open(hash("too much")).then(() => false, () => true);
  // It may be sent when there is room.
  assertEquals([await gone(), world.files.underWay().count], [false, 1]);
  const slots = world.peers[2]?.told.flatMap((each) => each.type === "slot" ? each.file : []);
  await run(world, [{ who: 2, request: { type: "cancel", file: slots?.at(-1) ?? "" } }]);
  assertEquals(await gone(), true);
  assertEquals(world.files.underWay(), { bytes: 0, count: 0 });
});

Deno.test("a ban that the disk has no room for holds, and whoever imposed it is told so", async () => {
  const world = await makeWorld();
  await run(world, [
    { who: 0, request: { type: "mod", action: "ban", target: "bob", id: "1" } },
    { isFull: true },
  ]);
  const { people } = world.house.state;
  assertEquals(people.all.sanctions.map(({ key }) => key), ["bob"]);
  const answer = world.peers[0]?.told.find(({ id }) => id === "1");
  assertEquals(answer?.type === "error" && answer.code, "not-stored");
});
