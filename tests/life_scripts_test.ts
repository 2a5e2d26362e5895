/** What becomes of messages in a pipe, in `tail` and in `send`. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { runFollow } from "../lib/client/follow.ts";
import { runInbox } from "../lib/client/inbox.ts";
import { shown } from "../lib/client/shown.ts";
import type { Event } from "../lib/wire/events.ts";
import { FakeConversation } from "./fixtures/conversation.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { ScriptedServer } from "./fixtures/scripted_server.ts";
import { joinEvent, type Json, startServer } from "./helpers.ts";

const AT = "2026-01-02T03:04:05.000Z";
const LIFE = { features: ["people", "life"] };
const said = { type: "message", room: "dev", seq: 2, from: "ann", at: AT } as const;
const quote = { from: "bob", text: "lunch?" };
const about = { room: "dev", seq: 3, re: 1, from: "ann", at: AT } as const;
const alone = { chat: "c1", seq: 3, re: 1, from: "ann", to: "me", at: AT } as const;

const SHOWN: ReadonlyArray<readonly [what: string, event: Event, lines: string, raw: string]> = [
  ["an answer", { ...said, text: "yes", re: 1, quote }, "#dev ann: > bob: lunch? | yes", "yes"],
  ["an answer to what is gone", { ...said, text: "yes", re: 1 }, "#dev ann: yes", "yes"],
  [
    "something done in answer",
    { ...said, text: "nods", action: true, re: 1, quote },
    "#dev * ann > bob: lunch? | nods",
    "nods",
  ],
  ["an edit", { type: "revised", ...about, text: "at\none" }, "#dev ann: * at↵one", "* at\none"],
  ["an edit alone", { type: "revised", ...alone, text: "no" }, "ann (to you): * no", "* no"],
  [
    "one's own edit",
    { type: "revised", ...alone, to: "bob", own: true, text: "no" },
    "ann (to bob): * no",
    "* no",
  ],
  [
    "an answer alone",
    { ...{ type: "direct", from: "ann", to: "me", at: AT, text: "yes" }, re: 1, quote },
    "ann (to you): > bob: lunch? | yes",
    "yes",
  ],
  ["what was removed", { ...said, text: "", removed: { by: "op", at: AT } }, "", ""],
  ["a removal", { type: "removed", ...about, reason: "ads" }, "", ""],
  ["a reaction", { type: "reacted", ...about, key: "👍" }, "", ""],
  ["a pin", { type: "pinned", ...about }, "", ""],
];

for (const [what, event, lines, raw] of SHOWN) {
  Deno.test(`${what} in a pipe`, { permissions: "none" }, () => {
    const end = (text: string): string => text === "" ? "" : `${text}\n`;
    assertEquals(shown(event, { shape: "lines", rooms: true }), end(lines));
    assertEquals(shown(event, { shape: "raw" }), end(raw));
    assertEquals(JSON.parse(shown(event, { shape: "json" })), event as unknown);
  });
}

/** What a client prints that reads `link`. */
function printing(): {
  readonly text: () => string;
  output: WritableStream<Uint8Array<ArrayBuffer>>;
} {
  let printed = "";
  const decoder = new TextDecoder();
  const output = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: (bytes) => void (printed += decoder.decode(bytes)),
  });
  return { text: () => printed, output };
}

Deno.test("tail prints what was said as it reads now, and what changes from then on once", async () => {
  const link = new FakeConversation();
  const message = { room: "lobby", from: "eve", at: AT };
  link.answer = () => {
    // They come while the page is on its way, which has the first two of them.
    for (const [seq, re] of [[4, 1], [5, 9], [6, 1]] as const) {
      link.tell({
        type: "revised",
        room: "lobby",
        seq,
        re,
        from: "eve",
        at: AT,
        text: `text ${seq}`,
      });
    }
    return {
      ...{ type: "page", room: "lobby", more: false, upTo: 5 },
      messages: [
        { ...message, seq: 1, text: "text 4", edited: AT },
        { ...message, seq: 2, text: "", removed: { by: "eve", at: AT } },
        { ...message, seq: 3, text: "three" },
      ],
    };
  };
  const { text, output } = printing();
  const running = runFollow({
    ...{ link, output, shape: "lines", last: 10, endAfterRooms: 1, pauseMs: 0 },
    complain: () => {},
  });
  link.tell(
    { type: "status", status: "online", text: "Online." },
    { type: "ready", name: "t", session: "s", room: "lobby", seq: 3, direct: 0 },
  );
  await running;
  assertEquals(text(), "eve: text 4\neve: three\neve: * text 5\neve: * text 6\n");
});

Deno.test("tail --to-me prints what somebody says anew to that person, and nothing that was removed", async () => {
  const link = new FakeConversation();
  link.name = "bot";
  const chat = { chat: "c1", with: "ann", seq: 9, last: 9, read: 9, unread: 0, at: AT };
  const message = { room: "", from: "ann", at: AT };
  link.answer = ({ type }) =>
    type === "chats" ? { type: "chats", chats: [chat], more: false } : {
      ...{ type: "page", room: "", chat: "c1", more: false, upTo: 9 },
      messages: [
        { ...message, seq: 1, text: "one", re: 1, quote },
        { ...message, seq: 2, text: "", removed: { by: "ann", at: AT } },
      ],
    };
  const { text, output } = printing();
  const running = runInbox({
    ...{ link, output, shape: "lines", last: 10, endsThen: false },
    complain: () => {},
  });
  link.ready();
  const all = { type: "revised", at: AT, re: 1 } as const;
  const edit = { ...all, chat: "c1" };
  link.tell({ ...edit, seq: 10, from: "ann", to: "bot", text: "two" });
  link.tell({ ...edit, seq: 11, from: "bot", to: "ann", own: true, text: "mine" });
  link.tell({ ...all, room: "lobby", seq: 12, from: "ann", text: "not alone" });
  while (!text().includes("two")) await new Promise((resolve) => setTimeout(resolve, 1));
  await link.close();
  await running;
  assertEquals(text(), "ann (to you): > bob: lunch? | one\nann (to you): * two\n");
});

Deno.test("a room with all of it: tail reads it as it is, and as events of JSON", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", LIFE);
  const ask = (request: Json): Promise<Json> => eve.ask({ room: "lobby", ...request });
  const { seq: lunch } = await ask({ type: "say", id: "1", text: "lunhc?" });
  await ask({ type: "say", id: "2", text: "at noon", re: lunch });
  const { seq: spam } = await ask({ type: "say", id: "3", text: "spam" });
  await ask({ type: "revise", id: "4", re: lunch, text: "lunch?" });
  await ask({ type: "remove", id: "5", re: spam });
  await ask({ type: "react", id: "6", re: lunch, key: "👍" });
  const tail = ["tail", formatAddress(server.addr), "--name", "t", "--no-follow"];
  const lines = await chatroom(tail);
  assertEquals([lines.code, lines.stdout], [0, "eve: lunch?\neve: > eve: lunch? | at noon\n"]);
  const { stdout } = await chatroom([...tail, "--json"]);
  const messages = stdout.trim().split("\n").map((line) => JSON.parse(line))
    .filter(({ type }) => type === "message");
  assertEquals(
    messages.map((
      { text, re, reactions, removed },
    ) => [text, re, reactions?.[0]?.key, removed?.by]),
    [
      ["lunch?", undefined, "👍", undefined],
      ["at noon", lunch, undefined, undefined],
      ["", undefined, undefined, "eve"],
    ],
  );
});

Deno.test("send --re answers a message, in a room and alone", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", LIFE);
  const { seq } = await eve.ask({ type: "say", id: "1", room: "lobby", text: "deploy?" });
  const send = ["send", "--server", formatAddress(server.addr), "--name", "bot"];
  const { code, stderr } = await chatroom([...send, "--re", `${seq}`, "done"]);
  assertEquals([code, stderr], [0, ""]);
  const { text, re, quote } = await eve.takeType("message");
  assertEquals([text, re, quote], ["done", seq, { from: "eve", text: "deploy?" }]);
  const none = await chatroom([...send, "--re", "99", "done"]);
  assertEquals(none.code, 1);
  assertStringIncludes(none.stderr, "The message was not sent: ");
  for (
    const [args, problem] of [
      [["--re", "x", "done"], "--re"],
      [["--re", "1", "--classic", "done"], "--classic has no numbers of messages"],
      [["--re", "1", "--file", "deno.json"], "a file answers no message"],
    ] as const
  ) {
    const refused = await chatroom([...send, ...args]);
    assertEquals(refused.code, 2, args.join(" "));
    assertStringIncludes(refused.stderr, problem);
  }
});

Deno.test("send --re says nothing at a server that would not know what it answers", async () => {
  using server = new ScriptedServer();
  const running = chatroom([
    ...["send", "--server", formatAddress(server.addr), "--name", "bot", "--re", "1", "done"],
  ]);
  using _peer = await server.letIn({ features: ["people"] }, {});
  const { code, stderr } = await running;
  assertEquals(code, 1);
  assertStringIncludes(stderr, "This server is of an earlier version: it has no answers");
});

Deno.test("send --wait-reply takes what answers its message for the reply", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", LIFE);
  const args = ["--name", "bot", "--wait-reply", "deploy?"];
  const running = chatroom(["send", "--server", formatAddress(server.addr), ...args]);
  const { seq } = await eve.takeType("message");
  await eve.ask({ type: "say", id: "1", room: "lobby", text: "not this" });
  await eve.ask({ type: "say", id: "2", room: "lobby", text: "yes", re: seq });
  const { code, stdout } = await running;
  assertEquals([code, stdout], [0, "eve: > bot: deploy? | yes\n"]);
});
