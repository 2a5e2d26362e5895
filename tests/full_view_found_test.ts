/** From what was found to where it was said, in the full-screen view. */

import { assert } from "@std/assert";
import type { Event, Message } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { pageOf, sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { AT, WITH_ANN } from "./fixtures/terminal_account.ts";

const HITS: readonly Message[] = [
  { room: "ops", seq: 400, from: "ann", at: AT, text: "ops number 400" },
  { room: "lobby", seq: 898, from: "ann", at: AT, text: "lobby number 898" },
  {
    room: "",
    chat: WITH_ANN.chat,
    with: "Ann",
    seq: 2,
    from: "Ann",
    at: AT,
    text: "talk number 2",
  },
  { room: "secret", seq: 3, from: "ann", at: AT, text: "secret number 3" },
];

const FAR: Message = { room: "lobby", seq: 100, from: "ann", at: AT, text: "far" };

function found(request: Request): Event | undefined {
  if (request.type !== "search") return undefined;
  return { type: "page", room: "", messages: [...HITS], more: false };
}

Deno.test("/around goes to the place of what was found, picks it, and End comes back to the end", async () => {
  using setup = await viewed({ said: 900, answer: found, ready: { chats: [WITH_ANN] } });
  const { io } = setup;
  await sees(setup, /lobby number 900/);
  io.type("/search number\r");
  await sees(setup, /1\. .*ops number 400|1\. .*«number» 400/);
  io.type("/around 1\r");
  await sees(setup, /│ops>/);
  await sees(setup, /<ann> ops number 400/);
  // What was said before and after is there, too, and can be read on.
  await sees(setup, /<ann> ops number 395/);
  await sees(setup, /<ann> ops number 405/);
  await sees(setup, /Enter: menu · Up, Down/);
  io.type("\rc");
  await sees(setup, /Copied/);
  assert(io.screen.acts.includes(`osc 52;c;${btoa("ops number 400")}`));
  io.type("\x1b[6~");
  await sees(setup, /<ann> ops number 420/);
  io.type("\x1b[F");
  await sees(setup, /<ann> ops number 900/);
  await seesNo(setup, /ops number 420/);
  // One that is loaded, in a room that was looked at; then a conversation.
  io.type("/around 2\r");
  await sees(setup, /│lobby>/);
  await sees(setup, /<ann> lobby number 898/);
  io.type("/around 3\r");
  await sees(setup, /│@Ann>/);
  await sees(setup, /talk number 2$/);
  await sees(setup, /Enter: menu/);
  // Who types there answers it: no letter asks for something.
  for (const letter of "unread") io.type(letter);
  await sees(setup, /│@Ann> unread$/);
  io.type("\x15");
  // Where the person is not there is no place to go to: what was said there is told.
  io.type("/around 4\r");
  await sees(setup, /> .*#secret/);
  assert(shown(setup).some((row) => /│@Ann>/.test(row)));
  io.type("/around 5\r");
  await sees(setup, /\/around takes a number from 1 to 4, not 5/);
});

Deno.test("Alt-Up picks what was found, Enter goes there, and Alt-Left comes back", async () => {
  using setup = await viewed({ said: 900, answer: found, ready: { chats: [WITH_ANN] } });
  const { io } = setup;
  await sees(setup, /lobby number 900/);
  io.type("/search number\r");
  await sees(setup, /4\. .*secret/);
  io.type("\x1b[1;3A");
  await sees(setup, /Enter: go there/);
  // The last is of a room that one is not in; letters do nothing here.
  io.type("r\r");
  await sees(setup, /You are not in secret: \/join secret first/);
  io.type("\x1b[1;3A\x1b[A\x1b[A\x1b[Ar\r");
  await sees(setup, /│ops>/);
  await sees(setup, /<ann> ops number 400/);
  await sees(setup, /Enter: menu/);
  io.type("\x1b");
  await seesNo(setup, /Enter: menu/);
  io.type("\x1b[1;3D");
  await sees(setup, /│lobby>/);
  await sees(setup, /4\. .*secret/);
});

Deno.test("more hits than there is room for begin at the top, and how one is picked is told", async () => {
  const many = Array.from({ length: 10 }, (_, n): Message => (
    { ...FAR, seq: 800 - n, text: `hit ${n + 1} ${"long ".repeat(24)}` }
  ));
  using setup = await viewed({
    said: 900,
    answer: (request) =>
      request.type === "search"
        ? { type: "page", room: "", messages: many, more: true }
        : undefined,
  });
  const { io } = setup;
  await sees(setup, /lobby number 900/);
  io.type("/search hit\r");
  await sees(setup, /│\s*1\. .*lobby/);
  assert(/│\s*1\. /.test(shown(setup)[1] ?? ""), shown(setup).join("\n"));
  await sees(setup, /Alt-Up picks one, End shows the rest/);
  io.type("\x1b[F");
  await sees(setup, /10\. /);
  await sees(setup, /Alt-Up picks one$/);
  await seesNo(setup, /│\s*1\. /);
  io.type("\x1b[1;3A");
  await sees(setup, /Enter: go there/);
});

Deno.test("from what was found in the same room Alt-Left comes back to where one read", async () => {
  using setup = await viewed({ said: 900, answer: found });
  const { io } = setup;
  await sees(setup, /lobby number 900/);
  io.type("/search number\r");
  await sees(setup, /4\. .*secret/);
  io.type("\x1b[1;3A\x1b[A\x1b[A\r");
  await sees(setup, /Enter: go there|Enter: menu/);
  io.type("\x1b");
  await seesNo(setup, /Enter: go there|Enter: menu/);
  io.type("\x1b[1;3D");
  await sees(setup, /4\. .*secret/);
});

Deno.test("a place far up is fetched by itself, which is told meanwhile", async () => {
  const late = Promise.withResolvers<void>();
  let isFar = false;
  using setup = await viewed({
    said: 5_000,
    answer: (request) => {
      if (request.type === "search") {
        return { type: "page", room: "", messages: [FAR], more: false };
      }
      if (!isFar || request.type !== "history" || (request.before ?? 0) > 4_000) return undefined;
      return late.promise.then(() => pageOf(request, 5_000));
    },
  });
  const { io } = setup;
  await sees(setup, /lobby number 5000/);
  isFar = true;
  io.type("/search far\r");
  await sees(setup, /That is all of: far/);
  io.type("/around 1\r");
  await sees(setup, /Fetching what was said here/);
  late.resolve();
  await sees(setup, /<ann> lobby number 100/);
  await seesNo(setup, /Fetching/);
});
