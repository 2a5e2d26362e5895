/** From what was found to where it was said, in the full-screen view. */

import { assert } from "@std/assert";
import type { Event, Message } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
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
  await sees(setup, /R reply/);
  io.type("c");
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
  await sees(setup, /R reply/);
  // Where the person is not there is no place to go to: what was said there is told.
  io.type("/around 4\r");
  await sees(setup, /> .*#secret/);
  assert(shown(setup).some((row) => /│@Ann>/.test(row)));
  io.type("/around 5\r");
  await sees(setup, /\/around takes a number from 1 to 4, not 5/);
});
