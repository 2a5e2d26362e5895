/** What is on record of rooms: who is in which, and what is opened and closed with them. */

import { assert, assertEquals } from "@std/assert";
import { DEFAULT_LIMITS } from "../lib/chat/house_limits.ts";
import type { Named } from "../lib/chat/names/name_tables.ts";
import { Registry } from "../lib/chat/rooms/registry.ts";
import { pastOf, RoomRecords } from "../lib/chat/rooms/room_records.ts";
import { RoomShares } from "../lib/chat/rooms/room_shares.ts";
import { OpenRoom } from "../lib/chat/rooms/room_state.ts";
import { Session } from "../lib/chat/sessions/session.ts";
import { nameKey } from "../lib/words/names.js";
import { HousePeer } from "./fixtures/house_peer.ts";
import { stillLog } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

function session(name: string, isVisitor = false): Session {
  return new Session(new HousePeer(), name, name, name, isVisitor);
}

const named = (name: string): Named => ({ name, key: nameKey(name) });

function registry(): Registry {
  const past = pastOf(stillLog(), new RoomRecords());
  return new Registry(DEFAULT_LIMITS, past, new RoomShares(DEFAULT_LIMITS, past));
}

Deno.test("a room counts those that others are told of, once each", none, () => {
  const room = new OpenRoom("r", "R", "");
  const [ann, bot] = [session("ann"), session("bot", true)];
  assertEquals([room.add(ann), room.add(bot), room.add(ann), room.add(bot)], [
    ...[true, true, false, false],
  ]);
  assertEquals([room.announced, room.members.size], [1, 2]);
  assertEquals([room.delete(bot), room.delete(bot)], [true, false]);
  assertEquals([room.announced, [...room.members].map(({ name }) => name)], [1, ["ann"]]);
});

Deno.test("a session knows its rooms by their keys, in the order in which it came", none, () => {
  const rooms = registry();
  const ann = session("ann");
  for (const name of ["Lobby", "Dev", "den", "dev"]) rooms.join(ann, named(name), undefined);
  assertEquals([...ann.rooms], ["lobby", "dev", "den"]);
  assertEquals(rooms.roomsOf(ann).map(({ name }) => name), ["lobby", "Dev", "den"]);
  const [lobby, dev] = rooms.roomsOf(ann);
  assert(lobby !== undefined && dev !== undefined);
  assertEquals([rooms.leave(ann, dev), rooms.leave(ann, dev)], [true, false]);
  rooms.join(ann, named("dev"), undefined);
  assertEquals([...ann.rooms], ["lobby", "den", "dev"]);
  // The default room stays, though nobody is in it.
  assertEquals([rooms.leave(ann, lobby), rooms.close("lobby")], [true, undefined]);
  assertEquals(rooms.room("lobby"), lobby);
  assertEquals([rooms.leave(ann, dev), rooms.close("dev"), rooms.room("dev")], [
    true,
    dev,
    undefined,
  ]);
});

Deno.test("what is done to a room that was closed does not touch its successor", none, () => {
  const rooms = registry();
  const [ann, bob] = [session("ann"), session("bob")];
  const { room: first } = rooms.join(ann, named("dev"), undefined);
  assertEquals(rooms.close("dev"), undefined);
  rooms.leave(ann, first);
  rooms.close("dev");
  const { room: second } = rooms.join(bob, named("dev"), undefined);
  assert(first !== second);
  assertEquals(rooms.leave(bob, first), false);
  assertEquals([[...bob.rooms], rooms.room("dev")], [["dev"], second]);
});
