/** The client that listens: in which order it prints what was said before and what is said now. */

import { assertEquals } from "@std/assert";
import { runFollow } from "../lib/client/follow.ts";
import type { LinkEvent } from "../lib/client/conversation.ts";
import type { Event } from "../lib/wire/events.ts";
import { FakeConversation } from "./fixtures/conversation.ts";
import { until } from "./helpers.ts";

const AT = "2026-01-02T03:04:05.000Z";

function page(texts: readonly string[]): Event {
  const messages = texts.map((text, n) => (
    { room: "lobby", seq: n + 1, from: "eve", at: AT, text }
  ));
  return { type: "page", room: "lobby", messages, more: false };
}

function ready(): LinkEvent[] {
  return [
    { type: "status", status: "online", text: "Online." },
    { type: "ready", name: "t", session: "s", room: "lobby", seq: 3, direct: 0 },
  ];
}

/** A follower of a room with three earlier messages, the last of which is held back for a while. */
function follow(link: FakeConversation): {
  readonly printed: () => string;
  readonly running: Promise<unknown>;
} {
  link.answer = () => page(["1", "2", "3"]);
  let printed = "";
  const decoder = new TextDecoder();
  const output = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: (bytes) => void (printed += decoder.decode(bytes)),
  });
  const running = runFollow({
    ...{ link, output, shape: "lines", last: 10, pauseMs: 50 },
    complain: () => {},
  });
  link.tell(...ready());
  return { printed: () => printed, running };
}

Deno.test("what is said while the last of the earlier messages is held back comes after it", async () => {
  const link = new FakeConversation();
  const { printed, running } = follow(link);
  await until("the first of them", () => printed().includes("2"));
  for (const seq of [4, 5]) {
    link.tell({ type: "message", room: "lobby", seq, from: "eve", at: AT, text: String(seq) });
  }
  await until("all of them", () => printed().split("\n").length > 5);
  await link.close();
  await running;
  assertEquals(printed(), "eve: 1\neve: 2\neve: 3\neve: 4\neve: 5\n");
});

Deno.test("a connection that ends while it is held back does not keep it from being printed", async () => {
  const link = new FakeConversation();
  const { printed, running } = follow(link);
  await until("the first of them", () => printed().includes("2"));
  link.tell({ type: "status", status: "ended", text: "Gone.", cause: "unreachable" });
  await link.close();
  assertEquals(await running, "unreachable");
  assertEquals(printed(), "eve: 1\neve: 2\neve: 3\n");
});
