/** What is said to one person, as a script reads it. */

import { assertEquals } from "@std/assert";
import { runInbox } from "../lib/client/inbox.ts";
import type { Event } from "../lib/wire/events.ts";
import { FakeConversation } from "./fixtures/conversation.ts";

Deno.test("an edit that comes while earlier messages are fetched is printed once", async () => {
  const link = new FakeConversation();
  const { at } = link;
  const gate = Promise.withResolvers<void>();
  const page: Event = {
    ...{ type: "page", room: "", chat: "c", more: false, upTo: 5 },
    messages: [
      { room: "", seq: 1, from: "ann", at, text: "dinner?", edited: at },
      { room: "", seq: 2, from: "ann", at, text: "at noon" },
    ],
  };
  const counts = { seq: 5, last: 5, read: 5, unread: 0 };
  link.answer = async ({ type }) => {
    if (type === "chats") {
      return { type, chats: [{ chat: "c", with: "ann", ...counts, at }], more: false };
    }
    await gate.promise;
    return page;
  };
  let printed = "";
  const output = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: (bytes) => void (printed += new TextDecoder().decode(bytes)),
  });
  const done = runInbox({
    ...{ link, output, last: 2, endsThen: true, shape: "lines" },
    // Told last, so that all else has been taken.
    complain: () => gate.resolve(),
  });
  const about = { chat: "c", from: "ann", at } as const;
  link.ready();
  link.tell({ type: "revised", ...about, seq: 5, re: 1, text: "dinner?" });
  link.tell({ type: "revised", ...about, seq: 6, re: 2, text: "at one" });
  link.tell({ type: "notice", text: "that is all" });
  await done;
  assertEquals(printed, "ann (to you): dinner?\nann (to you): at noon\nann (to you): * at one\n");
});
