/** Questions with choices at the terminal, and in a pipe. */

import { assertEquals } from "@std/assert";
import { shown } from "../lib/client/shown.ts";
import { asked, begin, rows, WELCOME } from "./fixtures/terminal_life.ts";

const FEATURES = { ...WELCOME, features: ["people", "life", "ask"] };
const ask = { choices: ["yes", "no"], from: ["me", "ann"] };

Deno.test("a question shows how it is answered, and then who has answered what", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.welcome = FEATURES;
  const re = conversation.message("ci", "deploy?", "lobby", { ask });
  await io.expect("deploy?");
  assertEquals(rows(setup), ["1 <ci> deploy? · yes or no (me, ann): /answer 1 yes"]);
  conversation.about(re, "ann", { type: "answered", choice: "no" });
  await io.expect("ann: no");
  assertEquals(rows(setup), ["1 <ci> deploy? · ann: no"]);
  conversation.about(9, "ann", { type: "answered", choice: "no" });
  await io.expect("ann answered question 9: no.");
});

Deno.test("the person answers with a command that Tab completes, and sees it", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.welcome = FEATURES;
  conversation.message("ci", "deploy?", "lobby", { ask });
  await io.expect("deploy?");
  io.type("/answer 1 Yes\r");
  await io.expect("me: yes");
  assertEquals(asked(setup), [{ type: "answer", room: "lobby", re: 1, choice: "Yes" }]);
  io.type("/answer 1\r");
  await io.expect("/answer needs the number of a question and a choice");
});

Deno.test("a question to oneself alone says whose it is, which answers it from any room", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.welcome = FEATURES;
  const at = new Date().toISOString();
  const asked = { type: "direct", from: "ci 2", to: "me", chat: "c1", seq: 1, at } as const;
  conversation.tell({ ...asked, text: "lunch?", ask: { choices: ["yes", "no"] } });
  await io.expect("lunch?");
  assertEquals(rows(setup).at(-1)?.includes('yes or no: /answer @"ci 2" 1 yes'), true);
});

Deno.test("a question that is over says no longer how it is answered", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.welcome = FEATURES;
  const until = new Date(Date.now() - 60_000).toISOString();
  conversation.message("ci", "deploy?", "lobby", { ask: { ...ask, until } });
  await io.expect("deploy?");
  assertEquals(rows(setup), ["1 <ci> deploy?"]);
});

Deno.test("a server without questions is not asked for an answer", async () => {
  using setup = await begin();
  const { io } = setup;
  io.type("/answer 1 yes\r");
  await io.expect("has no questions with choices");
  assertEquals(asked(setup), []);
});

Deno.test("in a pipe a question tells what can be answered, and an answer is a line", {
  permissions: "none",
}, () => {
  const at = "2026-01-02T03:04:05.000Z";
  const question = {
    type: "message",
    room: "dev",
    seq: 2,
    from: "ci",
    at,
    text: "go?",
    ask,
  } as const;
  const answer = {
    type: "answered",
    room: "dev",
    seq: 3,
    re: 2,
    from: "ann",
    at,
    choice: "no",
  } as const;
  const lines = [question, answer].map((event) => shown(event, { shape: "lines", rooms: true }));
  assertEquals(lines, [
    "#dev ci: go? [yes or no (me, ann)]\n",
    "#dev ann answered question 2: no\n",
  ]);
  assertEquals(shown(answer, { shape: "raw" }), "");
});
