/** Answers to what was asked for in the full-screen view: where they stand. */

import { assertEquals } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import type { Event } from "../lib/wire/events.ts";
import { sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { AT, CHAT, WITH_ANN } from "./fixtures/terminal_account.ts";

Deno.test("what /missed finds stands where it was asked for, each with its room before it", async () => {
  const about = { from: "kim", at: AT };
  using setup = await viewed({
    columns: 100,
    ready: { chats: [WITH_ANN] },
    answer: (request) =>
      request.type !== "missed" ? undefined : {
        ...{ type: "page", room: "", more: false },
        messages: [
          { ...about, room: "dev", seq: 5, text: "me: in dev" },
          { ...about, room: "", chat: CHAT, with: "Ann", from: "Ann", seq: 4, text: "in private" },
          { ...about, room: "ops", seq: 6, text: "me: in ops" },
        ],
      },
  });
  const { io } = setup;
  io.type("\x1b2");
  await sees(setup, /dev number 9/);
  io.type("/missed\r");
  await sees(setup, /that was all/);
  const rows = shown(setup).map((row) => row.replace(/^.*│/, ""));
  const from = rows.findIndex((row) => row.includes("what was for you"));
  assertEquals(rows.slice(from, from + 5), [
    "---- what was for you ----",
    "03:04 » #dev <kim> me: in dev",
    "03:04 [Ann -> me] in private",
    "03:04 » #ops <kim> me: in ops",
    "---- that was all ----",
  ]);
  io.type("\x1b3");
  await sees(setup, /ops number 9/);
  assertEquals(shown(setup).filter((row) => row.includes("me: in ops")), []);
});

Deno.test("what answers a slip or a setting goes when the person goes on, what was refused stays", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  io.type("/nonsense\r/bell off\r");
  await sees(setup, /!! There is no command \/nonsense/);
  await sees(setup, /-- In lobby the bell rings never/);
  conversation.send = () => Promise.reject(new RequestError("muted", "You are muted"));
  io.type("precious words\r");
  await sees(setup, /!! You are muted \(not sent: precious words\)/);
  io.type("\x1b2");
  await sees(setup, /│dev>/);
  io.type("\x1b1");
  await sees(setup, /│lobby>/);
  await sees(setup, /!! You are muted \(not sent: precious words\)/);
  await seesNo(setup, /nonsense|the bell rings/);
});

Deno.test("an answer stands where it was asked, and takes nobody away from what they read by then", async () => {
  const topic = Promise.withResolvers<Event>();
  const asked = Promise.withResolvers<void>();
  let isSlow = false;
  using setup = await viewed({ said: 60, mendsMs: [] });
  const { io, conversation } = setup;
  const usual = conversation.answer;
  conversation.answer = (request) => {
    if (request.type !== "topic" || !isSlow) return usual(request);
    asked.resolve();
    return topic.promise;
  };
  io.type("\x1b2");
  await sees(setup, /dev number 60/);
  io.type("\x1b[5~\x1b[5~");
  await seesNo(setup, /dev number 60/);
  io.type("\x1b1");
  await sees(setup, /lobby number 60/);
  isSlow = true;
  io.type("/topic\r");
  await asked.promise;
  isSlow = false;
  io.type("\x1b2");
  await sees(setup, /dev>/);
  const read = shown(setup).filter((line) => line.includes("dev number"));
  topic.resolve({
    ...{ type: "topic", id: "5", room: "lobby", text: "all about lobby", by: "ann" },
    at: conversation.at,
  });
  conversation.message("bob", "that was it", "dev");
  await sees(setup, /1 new ↓/);
  assertEquals(shown(setup).filter((line) => line.includes("dev number")), read);
  io.type("\x1b1");
  await sees(setup, /The topic of lobby: all about lobby/);
});

/** What answers `/rooms` when the test says so. */
function slowRooms(): { readonly answer: () => void; readonly rooms: Promise<Event> } {
  const { promise: rooms, resolve } = Promise.withResolvers<Event>();
  const room = { room: "far", members: 3, topic: "far away" };
  const answer = (): void => resolve({ type: "rooms", id: "1", rooms: [room], more: false });
  return { answer, rooms };
}

Deno.test("an answer is shown where it was asked, though its person has another name by then", async () => {
  const { answer, rooms } = slowRooms();
  using setup = await viewed({
    columns: 100,
    mendsMs: [],
    ready: { chats: [WITH_ANN] },
    answer: ({ type }) => type === "rooms" ? rooms : undefined,
  });
  const { io, conversation } = setup;
  io.type("/chat Ann\r");
  await sees(setup, /@Ann>/);
  io.type("/rooms\r");
  await io.until(() => setup.sent.some(({ type }) => type === "rooms"), "the question");
  const told = { type: "direct", chat: CHAT, with: "Anna", from: "Anna", to: "me" } as const;
  conversation.tell({ ...told, at: AT, seq: 10, n: 1, text: "got it" });
  await sees(setup, /@Anna>/);
  answer();
  await sees(setup, /far away/);
});

Deno.test("neither a late answer nor help takes anybody away from what they read above", async () => {
  const { answer, rooms } = slowRooms();
  using setup = await viewed({
    said: 100,
    mendsMs: [],
    answer: ({ type }) => type === "rooms" ? rooms : undefined,
  });
  const { io } = setup;
  await sees(setup, /lobby number 100/);
  io.type("/rooms\r");
  await io.until(() => setup.sent.some(({ type }) => type === "rooms"), "the question");
  io.type("\x1b[5~\x1b[5~");
  await sees(setup, /End returns/);
  const read = shown(setup).slice(2, 20);
  answer();
  await sees(setup, /The answer is below: End shows it/);
  assertEquals(shown(setup).slice(2, 20), read);
  io.type("\x1bOP");
  await sees(setup, /keys of the view/);
  io.type("\x1b");
  await seesNo(setup, /keys of the view/);
  assertEquals(shown(setup).slice(2, 20), read);
});
