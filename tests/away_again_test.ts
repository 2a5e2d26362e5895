/** Somebody who is away while their server is started anew: it has forgotten that, and is told again. */

import { assertEquals } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { Chat } from "../lib/web/page/chat.js";
import { AwayAgain } from "../lib/words/away.js";
import type { Request } from "../lib/wire/requests.ts";
import { PageSocket } from "./fixtures/page_socket.ts";
import { Setup } from "./fixtures/terminal_setup.ts";
import { until } from "./helpers.ts";

const BYE = { type: "bye", reason: "shutdown", text: "The server is shutting down." } as const;
const LUNCH = { type: "away", text: "lunch" } as const;

/** The requests of one type, without their ids. */
function ofType(sent: readonly Request[], type: Request["type"]): unknown[] {
  return sent.filter((each) => each.type === type).map(({ id: _, ...request }) => request);
}

Deno.test("it is said once, soon after the server has said goodbye, and by who is away only", () => {
  const away = new AwayAgain();
  away.ended("shutdown", 0);
  assertEquals(away.back(1_000), []);
  away.text = "lunch";
  // The server knows it still.
  away.ended(undefined, 0);
  away.ended("slow", 0);
  assertEquals(away.back(1_000), []);
  away.ended("shutdown", 0);
  away.ended("", 500);
  assertEquals(away.back(1_000), [LUNCH]);
  assertEquals(away.back(1_000), []);
  // Meanwhile another device may have said something else.
  away.ended("shutdown", 0);
  assertEquals(away.back(3_600_000), []);
});

Deno.test("a terminal whose server was started anew says again that its person is away", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.answer = (request) =>
    request.type === "away"
      ? { ...request, type: "away", id: "1", name: "me" }
      : new RequestError("none", "none");
  io.type("/away lunch\r");
  await io.expect("You are away: lunch");
  conversation.ready();
  await io.expect("Connected again as me.");
  conversation.tell(BYE);
  conversation.ready();
  await until("It is said again", () => ofType(setup.sent, "away").length > 1);
  // Another device of ours is back.
  conversation.tell({ type: "away", name: "me" });
  conversation.tell(BYE);
  conversation.ready();
  io.type("/away\r");
  await io.expect("You are back.");
  assertEquals(ofType(setup.sent, "away"), [LUNCH, LUNCH, { type: "away" }]);
});

Deno.test("a page whose server was started anew says again that its person is away", async () => {
  const sockets: PageSocket[] = [];
  const chat = new Chat({
    open: () => {
      const socket = new PageSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    changed: () => {},
    status: () => {},
    heard: () => {},
    asked: () => {},
  }, { name: "ann" });
  const last = (): PageSocket => sockets.at(-1) as PageSocket;
  const comeBack = (): void => {
    last().close();
    chat.link.wake();
    last().letIn();
  };
  chat.link.connect();
  last().letIn();
  const saying = chat.run(LUNCH);
  last().tell({ ...LUNCH, id: last().sent.at(-1)?.id, name: "ann" });
  assertEquals(await saying, undefined);
  comeBack();
  assertEquals(ofType(last().sent, "away"), []);
  last().tell(BYE);
  comeBack();
  await until("It is said again", () => ofType(last().sent, "away").length > 0);
  assertEquals(ofType(last().sent, "away"), [LUNCH]);
  // Its person has read that before, and nobody has asked.
  last().tell({
    ...LUNCH,
    id: last().sent.findLast(({ type }) => type === "away")?.id,
    name: "ann",
  });
  const typing = chat.submit("/topic");
  await until("It is asked for", () => last().sent.at(-1)?.type === "topic");
  last().tell({ type: "topic", id: last().sent.at(-1)?.id, room: "lobby", text: "" });
  await typing;
  const notes = (): string[] =>
    (chat.store.active?.timeline.items ?? []).flatMap((item) =>
      item.kind === "notice" ? [item.text] : []
    );
  await until("What was asked is told", () => notes().length > 1);
  assertEquals(notes(), ["You are away: lunch", "lobby has no topic; /topic TEXT sets one."]);
  chat.close();
});
