/** What makes news for many, or a long answer, keeps to a rate like what is said. */

import { assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import { encodeEvents } from "../lib/server/event_protocol.ts";
import { encodeFrames } from "../lib/web/frames.ts";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { comeNow, HousePeer } from "./fixtures/house_peer.ts";
import { still, stillLog } from "./fixtures/still.ts";
import { joinClassic, joinEvent, startServer } from "./helpers.ts";

const none = { permissions: "none" } as const;

for (
  const requests of [
    [{ type: "topic", room: "lobby", text: "tea" }, { type: "topic", room: "lobby", text: "" }],
    [{ type: "rename", name: "anna" }, { type: "rename", name: "ann" }],
    [{ type: "leave", room: "dev" }, { type: "join", room: "dev" }],
  ] as const satisfies ReadonlyArray<readonly Request[]>
) {
  const what = requests.map(({ type }) => type);
  Deno.test(`${[...new Set(what)].join(" and ")} keep to the rate of a room`, none, () => {
    const waits: number[] = [];
    const house = new House({
      ...still(),
      factLog: stillLog(),
      limits: { roomMessagesPerSecond: 5 },
      now: () => 1_000,
      until: (time) => {
        waits.push(Math.round(time));
        return Promise.resolve();
      },
    });
    const ann = comeNow(house, { name: "ann" });
    // Somebody who stays keeps the room open.
    comeNow(house, { name: "bob", room: "dev" });
    house.request(ann, { type: "join", room: "dev" });
    const pair = (): void => requests.forEach((each) => void house.request(ann, each));
    for (let i = 0; i < 4; i++) pair();
    assertEquals(waits, []);
    pair();
    // Ten at once; from then on each takes a fifth of a second.
    pair();
    assertEquals(waits.some((time) => time >= 1_200), true, String(waits));
  });
}

Deno.test("asking for what a room is about costs nothing of its rate", none, () => {
  const house = new House({
    ...still(),
    factLog: stillLog(),
    limits: { roomMessagesPerSecond: 1 },
    until: () => Promise.resolve(),
  });
  const ann = comeNow(house, { name: "ann" });
  for (let i = 0; i < 9; i++) {
    assertEquals(house.request(ann, { type: "topic", room: "lobby" }), undefined);
  }
});

Deno.test("a list of many rooms is made once a second, one of few each time", none, async () => {
  for (const [count, seen] of [[50, [51, 52, 52]], [150, [151, 151, 152]]] as const) {
    let now = 0;
    const house = new House({ ...still(), factLog: stillLog(), now: () => now });
    const ask = async (): Promise<number> => {
      await house.request(asker, { type: "rooms", id: "1" });
      const answer = asker.told.at(-1);
      return answer?.type === "rooms" ? answer.rooms.length : -1;
    };
    const enter = (name: string, room: string): HousePeer => comeNow(house, { name, room });
    const asker = enter("asker", "lobby");
    for (let i = 0; i < count; i++) enter(`n${i}`, `r${i}`);
    const counts = [await ask()];
    enter("last", "last");
    counts.push(await ask());
    now = 1_000;
    counts.push(await ask());
    assertEquals(counts, [...seen]);
  }
});

Deno.test("who asks for the rooms is not asked on until it has taken them", none, async () => {
  const house = new House({ ...still(), factLog: stillLog() });
  const taken = Promise.withResolvers<void>();
  const ann = new HousePeer();
  ann.drained = () => taken.promise;
  house.come(ann, { name: "ann" });
  let isOver = false;
  const answered = Promise.resolve(house.request(ann, { type: "rooms" })).then(() => isOver = true);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(isOver, false);
  taken.resolve();
  await answered;
});

Deno.test("a list of rooms is written as JSON like all else, also the second time", none, () => {
  const rooms = [{ room: "dév", members: 1, topic: '\u{1f375} "tea"\n' }, {
    room: "x",
    members: 2,
  }];
  for (const id of ["1", "zwei", undefined]) {
    const event: Event = { type: "rooms", ...(id === undefined ? {} : { id }), rooms };
    const json = new TextEncoder().encode(JSON.stringify(event));
    const text = new TextDecoder().decode(encodeEvents([event]).bytes);
    assertEquals(text, String(json.length).padStart(10) + new TextDecoder().decode(json));
    assertEquals(encodeFrames([event]).bytes.subarray(-json.length), json);
  }
});

Deno.test("the list of rooms has the rate of history, at both doors", async () => {
  await using server = startServer({ limits: { historyPerSecond: 5 } });
  using ann = await joinEvent(server, "ann");
  using bob = await joinClassic(server, "bob");
  const began = performance.now();
  for (let i = 0; i < 24; i++) await ann.ask({ type: "rooms" });
  // 20 at once, and the other 4 take 0.8 s.
  const ms = performance.now() - began;
  assertEquals(ms > 600, true, `it took only ${ms} ms`);
  const classicBegan = performance.now();
  for (let i = 0; i < 24; i++) {
    await bob.send("6         /rooms");
    await bob.takePair();
  }
  const classicMs = performance.now() - classicBegan;
  assertEquals(classicMs > 600, true, `it took only ${classicMs} ms`);
});
