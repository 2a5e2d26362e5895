/** Whose sessions are kept where more wait for their clients than there are places. */

import { assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import { Session } from "../lib/chat/sessions/session.ts";
import { type Share, Waiting } from "../lib/chat/sessions/waiting.ts";
import { comeNow, HousePeer } from "./fixtures/house_peer.ts";
import { still, stillLog } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

/** Lets sessions wait and names those that give way. */
function waiting(): {
  add: (name: string, share: Share) => void;
  over: (most: number) => string[];
} {
  const all = new Waiting();
  return {
    add(name, share): void {
      const session = new Session(new HousePeer(), name, name, name);
      session.forgetAt = 100;
      all.add(session, share);
    },
    over: (most) =>
      all.overdue(0, most).map((session) => {
        all.delete(session);
        return session.name;
      }),
  };
}

const at = (key: string): Share => ({ of: "address", key });
const of = (key: string): Share => ({ of: "account", key });

Deno.test("those of the address that has most give way, the oldest first", none, () => {
  const { add, over } = waiting();
  add("victim", at("a"));
  for (let i = 0; i < 5; i++) add(`flood${i}`, at("b"));
  add("other1", at("c"));
  add("other2", at("c"));
  assertEquals(over(6), ["flood0", "flood1"]);
  assertEquals(over(6), []);
  for (let i = 5; i < 10; i++) add(`flood${i}`, at("b"));
  assertEquals(over(6), ["flood2", "flood3", "flood4", "flood5", "flood6"]);
  assertEquals(over(3), ["flood7", "other1", "flood8"]);
});

Deno.test("those of equal shares give way by age", none, () => {
  const { add, over } = waiting();
  for (const key of ["a", "b", "c", "d"]) add(key, at(key));
  assertEquals(over(3), ["a"]);
});

Deno.test("those under a reserved name go last, and an account has 32 places", none, () => {
  const { add, over } = waiting();
  for (let i = 0; i < 34; i++) add(`device${i}`, of("ann"));
  for (let i = 0; i < 3; i++) add(`guest${i}`, at("a"));
  assertEquals(over(1_000), ["device0", "device1"]);
  assertEquals(over(33), ["guest0", "guest1"]);
  assertEquals(over(31), ["guest2", "device2"]);
});

Deno.test("whose time is over goes, whoever waits before it", none, () => {
  const all = new Waiting();
  const sessions = [300, 100, 200].map((forgetAt) => {
    const session = new Session(new HousePeer(), `${forgetAt}`, `${forgetAt}`, `${forgetAt}`);
    session.forgetAt = forgetAt;
    all.add(session, at("a"));
    return session;
  });
  assertEquals(all.overdue(100, 10), [sessions[1]]);
});

Deno.test(
  "who comes and goes often, also from many addresses, pushes nobody else out",
  none,
  () => {
    const house = new House({
      ...still(),
      factLog: stillLog(),
      limits: { waitingSessions: 100 },
    });
    const enter = (name: string, address: string, session?: string): HousePeer =>
      comeNow(house, { name, ...(session === undefined ? {} : { session }) }, { address });
    const leave = (peer: HousePeer): void => house.gone(peer, true);
    const ann = enter("ann", "192.0.2.1");
    const say = { type: "say", id: "1", room: "lobby", text: "once" } as const;
    house.request(ann, say);
    const ack = ann.told.at(-1);
    assertEquals(ack?.type, "ack");
    leave(ann);
    for (let i = 0; i < 1_000; i++) {
      leave(enter(`flood${i}`, `198.51.100.${i % 18}`));
      if (i % 50 === 0) house.expire();
    }
    house.expire();
    const again = enter("ann", "203.0.113.9", ann.session);
    house.request(again, say);
    assertEquals(again.session, ann.session);
    assertEquals(again.told.at(-1), ack);
  },
);
