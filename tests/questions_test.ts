/** Questions with choices at the doors: who is told what, and who answers how. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { LOGIN, logWith, reserve } from "./fixtures/guests.ts";
import { chatroom } from "./fixtures/in_process.ts";
import {
  classicFrame,
  joinClassic,
  joinEvent,
  type Json,
  type RawPeer,
  startServer,
} from "./helpers.ts";
import { IrcPeer, startIrc } from "./irc_peer.ts";

const room = "lobby";
const KNOWS = { features: ["people", "life", "ask"] };
const CHOICES = { choices: ["yes", "no"] };

/** The next event of a type, without what differs each time. */
async function told(peer: RawPeer, type: string): Promise<Json> {
  const { at: _, by: __, chat: ___, ...event } = await peer.takeType(type);
  return event;
}

/** The next pair of a classic client. */
async function heard(peer: RawPeer): Promise<string> {
  return (await peer.takePair()).join(": ");
}

Deno.test("a question is told to all who know it, and only who is logged in to a listed name answers", async () => {
  await using server = startServer();
  await reserve(server.host.shared.house, { ann: "member", bob: "member" });
  using ci = await joinEvent(server, "ci", KNOWS);
  using ann = await joinEvent(server, "ann", { ...KNOWS, login: LOGIN });
  using old = await joinEvent(server, "old", { features: ["life"] });
  using eve = await joinEvent(server, "eve", KNOWS);
  const ask = { ...CHOICES, from: ["bob", "Ann"], forMs: 60_000 };
  const asked = { type: "say", room, text: "deploy?", ask };
  assertEquals((await ci.ask({ ...asked, ask: { ...ask, from: ["eve"] } })).code, "no-such-name");
  const { seq: re, at } = await ci.ask(asked);
  const until = new Date(Date.parse(at) + 60_000).toISOString();
  const question = { ...CHOICES, until, from: ["bob", "ann"] };
  const message = { type: "message", room, seq: re, from: "ci", text: "deploy?" };
  assertEquals(await told(ann, "message"), { ...message, ask: question });
  assertEquals(await told(old, "message"), { ...message, text: "deploy?\n[yes | no]" });
  const answer = { type: "answer", room, re, choice: "No" };
  assertEquals((await eve.ask(answer)).code, "not-allowed");
  assertEquals((await ci.ask(answer)).code, "not-allowed");
  const ack = await ann.ask({ ...answer, id: "1" });
  assertEquals([ack.type, ack.seq], ["ack", 2]);
  assertEquals((await ann.ask(answer)).code, "already-answered");
  const answered = { type: "answered", room, seq: 2, re, from: "ann", choice: "no" };
  assertEquals(await told(ci, "answered"), answered);
  const page = await eve.ask({ type: "history", room });
  const [{ ask: kept, answers }] = page.messages;
  assertEquals([kept, answers.map(({ from, choice }: Json) => [from, choice])], [question, [[
    "ann",
    "no",
  ]]]);
  const { messages: [{ text, ...narrow }] } = await old.ask({ type: "history", room });
  assertEquals([text, narrow.ask, narrow.answers], ["deploy?\n[yes | no]", undefined, undefined]);
});

Deno.test("choices can be told apart by who reads them", async () => {
  await using server = startServer();
  using ci = await joinEvent(server, "ci", KNOWS);
  const asks = async (choices: readonly string[], more = {}): Promise<string> => {
    const { type, code } = await ci.ask({
      type: "say",
      room,
      text: "?",
      ask: { choices, ...more },
    });
    return type === "ack" ? type : code;
  };
  const wrong = [["\u200b"], ["a", "a\u200b"], ["\u202eabc", "b"], ["\u0301"], ["a", "A\u200d"]];
  for (const choices of [...wrong, ["\u{e0041}"], ["a", "a"]]) {
    assertEquals(await asks(choices), "bad-field", JSON.stringify(choices));
  }
  for (
    const [one = "", other = ""] of [["a", "а"], ["O", "0"], ["go on", "go  on"], [
      "paypal",
      "pаypаl",
    ]]
  ) {
    const ask = { choices: ["no", one, other] };
    const { code, text } = await ci.ask({ type: "say", room, text: "?", ask });
    assertEquals(code, "bad-field", `${one} and ${other}`);
    assertStringIncludes(text, `The choices ${JSON.stringify(one)} and`);
  }
  assertEquals(await asks(["yes"], { forMs: 0 }), "bad-field");
  assertEquals(await asks(["👨‍👩‍👧", "❤️", "e\u0301", "日本", "ja, bitte"]), "ack");
});

Deno.test("where nobody is named, the session that has asked does not answer; another one may", async () => {
  await using server = startServer();
  using ci = await joinEvent(server, "ci", KNOWS);
  using again = await joinEvent(server, "ci2", KNOWS);
  const { seq: re } = await ci.ask({ type: "say", room, text: "?", ask: CHOICES });
  const answer = { type: "answer", room, re, choice: "yes" };
  assertEquals((await ci.ask(answer)).code, "not-allowed");
  assertEquals((await again.ask(answer)).type, "ack");
});

Deno.test("a role answers, in a room or alone, and whoever is asked alone answers by the name of the other", async () => {
  await using server = startServer();
  await reserve(server.host.shared.house, { ann: "member", olga: "operator" });
  using ci = await joinEvent(server, "ci", KNOWS);
  using ann = await joinEvent(server, "ann", { ...KNOWS, login: LOGIN });
  using olga = await joinEvent(server, "olga", { ...KNOWS, login: LOGIN });
  const ask = { ...CHOICES, role: "operator" };
  const { seq: re } = await ci.ask({ type: "say", room, text: "restart?", ask });
  assertEquals((await ann.ask({ type: "answer", room, re, choice: "yes" })).code, "not-allowed");
  assertEquals((await olga.ask({ type: "answer", room, re, choice: "yes" })).type, "ack");
  assertEquals((await told(ci, "answered"))["from"], "olga");
  const direct = await ci.ask({ type: "direct", to: "ann", text: "and you?", ask: CHOICES });
  const { chat, seq } = await ann.takeType("direct");
  assertEquals([chat, seq], [direct.chat, direct.seq]);
  assertEquals(
    (await ci.ask({ type: "answer", chat, re: seq, choice: "yes" })).code,
    "not-allowed",
  );
  assertEquals(
    (await olga.ask({ type: "answer", chat, re: seq, choice: "yes" })).code,
    "no-such-chat",
  );
  assertEquals((await ann.ask({ type: "answer", to: "ci", re: seq, choice: "yes" })).type, "ack");
  assertEquals((await told(ci, "answered"))["from"], "ann");
});

Deno.test("a classic client reads how to answer, and does by a line", async () => {
  await using server = startServer();
  using ci = await joinEvent(server, "ci", KNOWS);
  using dan = await joinClassic(server, "dan");
  using eva = await joinClassic(server, "eva");
  await ci.ask({ type: "say", room, text: "deploy?", ask: CHOICES });
  const shown = "ci: deploy?\n[yes or no: /answer 1 yes]";
  assertEquals([await heard(dan), await heard(eva)], [shown, shown]);
  await dan.send(classicFrame("/answer 1"));
  assertStringIncludes(await heard(dan), "server: /answer needs the number");
  await dan.send(classicFrame("/answer 1 maybe"));
  assertStringIncludes(await heard(dan), "must be one of yes, no, not maybe");
  await dan.send(classicFrame("/answer 1 YES"));
  assertEquals(await heard(dan), "server: You have answered.");
  assertEquals(await heard(eva), "server: dan answered question 1: yes.");
  assertEquals((await told(ci, "answered"))["choice"], "yes");
  await ci.ask({ type: "direct", to: "dan", text: "sure?", ask: CHOICES });
  assertEquals(await heard(dan), "ci: (to you) sure?\n[yes or no: /answer @ci 1 yes]");
  await dan.send(classicFrame("/answer @ci 1 no"));
  assertEquals(await heard(dan), "server: You have answered.");
  assertEquals((await told(ci, "answered"))["choice"], "no");
});

Deno.test("an IRC client reads how to answer, and says so where it was asked", async () => {
  await using irc = startIrc();
  using ci = await joinEvent(irc.server, "ci", { ...KNOWS, room: "ops" });
  using bob = await IrcPeer.enter(irc, "bob", { rooms: ["#ops"] });
  using eve = await IrcPeer.enter(irc, "eve", { rooms: ["#ops"] });
  await bob.sync();
  await ci.ask({ type: "say", room: "ops", text: "deploy?", ask: CHOICES });
  await bob.until(/PRIVMSG #ops :deploy\?$/);
  await bob.until(/PRIVMSG #ops :\[yes or no: !answer 1 yes\]$/);
  assert(
    (await bob.ask("PRIVMSG #ops :/answer 1 maybe")).some((line) =>
      line.includes("must be one of yes, no")
    ),
  );
  assert(
    (await bob.ask("PRIVMSG #ops :!answer 1 no")).some((line) =>
      / NOTICE #ops :bob answered question 1: no\.$/.test(line)
    ),
  );
  await eve.until(/ NOTICE #ops :bob answered question 1: no\.$/);
  assertEquals((await told(ci, "answered"))["choice"], "no");
});

/** Runs `chatroom ask` while somebody answers. */
async function asking(
  server: ReturnType<typeof startServer>,
  flags: readonly string[],
  answer: (message: Json) => Promise<unknown>,
  peer: RawPeer,
): Promise<readonly [code: number, stdout: string, stderr: string]> {
  const { code, stdout, stderr } = await Promise.all([
    chatroom(["ask", "--name", "ci", "--server", formatAddress(server.addr), ...flags, "deploy?"]),
    peer.takeType("message").then(answer),
  ]).then(([result]) => result);
  return [code, stdout, stderr];
}

Deno.test("chatroom ask prints the choice, and tells by its exit code whether it is the first, another or none", async () => {
  await using server = startServer();
  await reserve(server.host.shared.house, { ann: "member", olga: "operator" });
  using ann = await joinEvent(server, "ann", { ...KNOWS, login: LOGIN });
  const answers = (choice: string) => ({ seq: re }: Json): Promise<Json> =>
    ann.ask({ type: "answer", room, re, choice });
  assertEquals(await asking(server, ["--from", "ann"], answers("Yes"), ann), [0, "yes\n", ""]);
  const rest = ["--choices", "go,wait, roll back", "--timeout", "60s"];
  assertEquals(await asking(server, rest, answers("roll back"), ann), [5, "roll back\n", ""]);
  const none = await asking(server, ["--timeout", "1s"], () => Promise.resolve(), ann);
  assertEquals(none, [6, "", "Nobody has answered within 1s\n"]);
  const removes = async ({ seq: re }: Json): Promise<void> => {
    using olga = await joinEvent(server, "olga", { ...KNOWS, login: LOGIN });
    assertEquals((await olga.ask({ type: "remove", room, re })).type, "ack");
  };
  const removed = [1, "", "The question was removed by olga\n"] as const;
  assertEquals(await asking(server, [], removes, ann), removed);
});

Deno.test("chatroom ask ends when all have answered who may and no choice has its quorum, and says who said what", async () => {
  await using server = startServer();
  await reserve(server.host.shared.house, { ann: "member", olga: "operator" });
  using ann = await joinEvent(server, "ann", { ...KNOWS, login: LOGIN });
  using olga = await joinEvent(server, "olga", { ...KNOWS, login: LOGIN });
  const apart = async ({ seq: re }: Json): Promise<void> => {
    await ann.ask({ type: "answer", room, re, choice: "yes" });
    await olga.ask({ type: "answer", room, re, choice: "no" });
  };
  const both = ["--from", "ann,olga", "--quorum", "2", "--timeout", "10m"];
  assertEquals(await asking(server, both, apart, ann), [
    6,
    "",
    "Not enough people have said the same, and all have answered who may: ann: yes, olga: no\n",
  ]);
  const half = async ({ seq: re }: Json): Promise<void> => {
    await ann.ask({ type: "answer", room, re, choice: "yes" });
  };
  const [code, , why] = await asking(server, [...both, "--timeout=1s"].toSpliced(4, 2), half, ann);
  assertEquals([code, why], [6, "Not enough people have said the same, within 1s: ann: yes\n"]);
});

Deno.test("chatroom ask says what can't be asked, and what was given wrong", async () => {
  await using server = startServer();
  const run = async (...flags: string[]): Promise<readonly [number, string]> => {
    const { code, stderr } = await chatroom([
      "ask",
      "--name",
      "ci",
      "--server",
      formatAddress(server.addr),
      ...flags,
    ]);
    return [code, stderr];
  };
  const [code, why] = await run("--from", "nobody", "deploy?");
  assertEquals(code, 1);
  assertStringIncludes(why, "nobody is not reserved, so anybody could answer by that name");
  for (
    const flags of [
      ["--role", "boss", "x"],
      ["--choices", "a,,b", "x"],
      ["--quorum", "0", "x"],
      [
        "--to",
        "a",
        "--room",
        "b",
        "x",
      ],
      ["--to", "a", "--quorum", "2", "x"],
      ["--to", "a", "--from", "b", "x"],
      [],
    ]
  ) {
    assertEquals((await run(...flags))[0], 2, flags.join(" "));
  }
});

Deno.test("while nodes of a cluster know no questions nobody is asked any", async () => {
  const factLog = Object.assign(await logWith({}), { cluster: { level: 1 } });
  await using server = startServer({ factLog });
  using ann = await joinEvent(server, "ann", KNOWS);
  assertEquals(ann.welcome.features.includes("ask"), false);
  const { code, retryAfterMs } = await ann.ask({ type: "say", room, text: "?", ask: CHOICES });
  assertEquals([code, retryAfterMs > 0], ["try-later", true]);
  await ann.ask({ type: "say", room, text: "hello" });
  assertEquals((await ann.ask({ type: "answer", room, re: 1, choice: "yes" })).code, "try-later");
  factLog.cluster.level = 2;
  using bob = await joinEvent(server, "bob", KNOWS);
  assertEquals(bob.welcome.features.includes("ask"), true);
  assertEquals((await bob.ask({ type: "say", room, text: "?", ask: CHOICES })).type, "ack");
});
