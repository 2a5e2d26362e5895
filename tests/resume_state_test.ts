/** What the client's link remembers between two connections. */

import { assertEquals, assertThrows } from "@std/assert";
import { RefusedError } from "../lib/client/refusal.ts";
import { MAX_ROOMS, ResumeState } from "../lib/client/resume_state.ts";
import type { EventOf } from "../lib/wire/events.ts";

const none = { permissions: "none" } as const;
const at = "2026-01-02T03:04:05.000Z";

function welcome(epoch = "first"): EventOf<"welcome"> {
  const limits = { payload: 65_536 };
  return { type: "welcome", protocol: 1, server: "x", epoch, needs: [], limits };
}

function ready(room = "lobby", seq = 0, session = "secret"): EventOf<"ready"> {
  return { type: "ready", name: "ann", session, room, seq, direct: 0 };
}

/** A memory of a server that has let us in. */
function opened(...rooms: string[]): ResumeState {
  const memory = new ResumeState({ name: "ann", rooms });
  memory.hello(welcome());
  memory.take(ready(rooms[0]));
  return memory;
}

Deno.test("rooms that were asked for are asked for until we have been in them", none, () => {
  const memory = new ResumeState({ name: "ann", rooms: ["dev", "Ops", "den"] });
  assertEquals(memory.hello(welcome()).room, "dev");
  memory.take(ready("Dev"));
  assertEquals(memory.missingRooms(), ["Ops", "den"]);
  memory.take({ type: "joined", id: "1", room: "ops", name: "ann", seq: 3 });
  assertEquals(memory.missingRooms(), ["den"]);
  memory.forgo("den");
  assertEquals(memory.missingRooms(), []);
  memory.take({ type: "left", id: "2", room: "ops", name: "ann" });
  assertEquals(memory.missingRooms(), []);
  assertEquals(memory.hello(welcome()).resume?.seq, { Dev: 0 });
});

Deno.test("only rooms that we are in are remembered, whatever the server speaks of", none, () => {
  const memory = opened("lobby");
  for (let n = 0; n < 5_000; n++) {
    const room = `room ${n}`;
    memory.take({ type: "message", room, seq: 1, from: "eve", at, text: "hi" });
    memory.take({ type: "ack", room, seq: 2, at });
    memory.take({ type: "gap", room, from: 3, to: 4 });
    memory.take({ type: "joined", room, name: "ann", seq: 5 });
  }
  memory.take({ type: "message", room: "Lobby", seq: 1, from: "eve", at, text: "hi" });
  assertEquals(memory.hello(welcome()).resume?.seq, { Lobby: 1 });
});

Deno.test("no more than so many rooms are remembered", none, () => {
  const memory = opened("lobby");
  for (let n = 0; n < MAX_ROOMS + 10; n++) memory.take(ready(`room ${n}`));
  assertEquals(Object.keys(memory.hello(welcome()).resume?.seq ?? {}).length, MAX_ROOMS);
});

Deno.test("a message that was seen is no news, whatever the room's spelling", none, () => {
  const memory = opened("lobby");
  const message = { type: "message", room: "LOBBY", seq: 1, from: "eve", at, text: "hi" } as const;
  assertEquals([memory.take(message), memory.take(message)], [true, false]);
});

Deno.test("numbers of one epoch are never taken for those of another", none, () => {
  const memory = opened("lobby");
  memory.take({ type: "joined", id: "1", room: "dev", name: "ann", seq: 57 });
  memory.hello(welcome("second"));
  memory.take(ready("lobby", 2, "another"));
  // Cut off before the gaps came: what the new server has, it has to send.
  const { resume } = memory.hello(welcome("second"));
  assertEquals([resume?.epoch, resume?.seq], ["second", { lobby: 0, dev: 0 }]);
});

Deno.test("the token of an invitation goes to no server that knows none", none, () => {
  const memory = new ResumeState({ name: "ann", invite: "a token" });
  assertEquals(memory.hello({ ...welcome(), features: ["people"] }).invite, "a token");
  for (const other of [welcome(), { ...welcome(), features: [] }]) {
    const error = assertThrows(() => memory.hello(other), RefusedError, "no invitations by link");
    assertEquals(error.code, "bad-invite");
  }
  // Who is in by then comes back by the session.
  memory.take(ready());
  assertEquals(memory.hello(welcome()).invite, undefined);
});
