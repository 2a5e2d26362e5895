/** Nothing counts as read in the full-screen view that had no row of its own on the screen. */

import { assertEquals, assertFalse } from "@std/assert";
import { DEFAULT_SETTINGS } from "../lib/client/settings.ts";
import { Known } from "../lib/client/terminal/known.ts";
import { Preferences } from "../lib/client/terminal/preferences.ts";
import { Following } from "../lib/client/view/following.ts";
import { PlaceStates } from "../lib/client/view/place_state.ts";
import { ShownFrame } from "../lib/client/view/shown_frame.ts";
import type { Event } from "../lib/wire/events.ts";
import { LIFE, pageOf, sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { AT, reads, room } from "./fixtures/terminal_account.ts";

Deno.test("a message of which only the line above it is on screen is not read", async () => {
  using setup = await viewed({ said: 60, mendsMs: [] });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 60/);
  io.type("\x1b[5~");
  await sees(setup, /End returns/);
  conversation.message("bob", "not seen yet");
  await sees(setup, /1 new ↓/);
  for (let n = 0; n < 60 && !shown(setup).some((row) => /---- new ----/.test(row)); n++) {
    const before = io.screen.seen;
    io.type("\x1b[1;2B");
    await io.until(() => io.screen.seen !== before, "a row down");
  }
  await sees(setup, /---- new ----/);
  io.type("x");
  await sees(setup, /lobby> x/);
  assertFalse(shown(setup).some((row) => row.includes("not seen yet")));
  await sees(setup, /1 new ↓/);
  io.signal("SIGTERM");
  await setup.code;
  assertEquals(reads(setup).filter(({ seq }) => seq > 60), []);
});

Deno.test("what is not loaded between a note and the messages behind it is not read", async () => {
  let said = 50;
  const { promise: earlier } = Promise.withResolvers<Event>();
  using setup = await viewed({
    ...{ said, rows: 130, mendsMs: [] },
    answer: (request) =>
      request.type !== "history"
        ? undefined
        : request.before === undefined
        ? pageOf(request, said)
        : earlier,
  });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 50/);
  conversation.lose();
  await sees(setup, /─ offline/);
  said = 300;
  const now = room("lobby", { seq: 300, last: 300, read: 50, unread: 250 });
  conversation.ready({ account: "m1", rooms: [now], seq: 300, last: 300 });
  conversation.tell({ type: "gap", room: "lobby", from: 51, to: 300 });
  await sees(setup, /lobby number 300/);
  await sees(setup, /lobby number 201/);
  io.type("x");
  await sees(setup, /lobby> x/);
  io.signal("SIGTERM");
  await setup.code;
  assertEquals(reads(setup).filter(({ seq }) => seq > 50), []);
});

Deno.test("what somebody who is blocked takes back was not counted as new", async () => {
  using setup = await viewed({
    ...{ said: 60, mendsMs: [] },
    ready: { settings: { notify: {}, hideSeen: false, blocked: [{ name: "eve" }] } },
  });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  await sees(setup, /lobby number 60/);
  io.type("\x1b[5~");
  await sees(setup, /End returns/);
  const seq = conversation.message("eve", "of no matter");
  conversation.message("bob", "of some matter");
  await sees(setup, /1 new ↓/);
  conversation.about(seq, "eve", { type: "removed" });
  conversation.message("bob", "in dev", "dev");
  await sees(setup, /^2 dev +1 /);
  await sees(setup, /1 new ↓/);
  await seesNo(setup, /eve/);
});

/** What somebody knows who looks at dev, where they have seen what was said up to number 9. */
function knownIn(room: string): Known {
  const preferences = new Preferences(DEFAULT_SETTINGS);
  const [hasLife, epoch] = [(): boolean => true, (): string => "a"];
  const known = new Known({ room, preferences, now: () => new Date(AT), hasLife, epoch });
  known.name = "me";
  Object.assign(known.rooms.join(room), { last: 9, seen: 9 });
  return known;
}

Deno.test("what is taken back after it was seen is not counted as one of those that are new by then", () => {
  const known = knownIn("dev");
  const states = new PlaceStates(known);
  const following = new Following({ known, states, back: () => {} });
  const frame = new ShownFrame({ known, states, painted: () => {} });
  following.begin();
  const state = states.of("dev");
  state.transcript.startEmpty();
  const say = (seq: number): void => {
    known.rooms.saw("dev", seq);
    following.said({ room: "dev", seq, from: "bob", at: AT, text: `number ${seq}` });
  };
  known.stream.attention.focused(false);
  say(10);
  assertEquals([state.newFrom, state.newCount], [9, 1]);
  frame.make({ place: "dev", after: 9, upTo: 10, isEnd: true });
  frame.painted();
  frame.saw(true);
  known.stream.attention.focused(true);
  for (const seq of [11, 12]) say(seq);
  following.done("dev", { type: "removed", seq: 13, re: 10, from: "bob", at: AT });
  assertEquals(state.newCount, 2);
});

Deno.test("where the person reads is kept, however many other rooms there are", () => {
  const known = knownIn("dev");
  const states = new PlaceStates(known);
  const spot = { id: "message 3", seq: 3, below: 0 };
  states.of("dev").spot = spot;
  states.of("above").spot = spot;
  // What is said there, until the next frame.
  for (let n = 0; n < 500; n++) states.of(`room${n}`);
  assertEquals(states.of("dev").spot, spot);
  assertEquals(states.of("above").spot, spot);
  assertEquals(states.all.length, 200);
  for (let n = 0; n < 500; n++) states.of(`room${n}`).spot = spot;
  assertEquals(states.of("dev").spot, spot);
  assertEquals(states.all.length, 200);
});
