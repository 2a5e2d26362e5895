/** Messages that are larger than a client takes: one that is stored, and one that somebody says. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { importMessages } from "../lib/store/import.ts";
import { openWriter } from "../lib/store/directory.ts";
import { Data, jsonLine, lines } from "./fixtures/data.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json, startServer } from "./helpers.ts";

/** A directory with a message in it that no frame carries, between two others. */
async function withLarge(length: number): Promise<Data> {
  const data = new Data();
  using opened = await openWriter(data.directory);
  const texts = ["needle before", `needle ${"x".repeat(length)}`, "needle after"];
  const file = lines(texts.map((text) => jsonLine({ text })));
  await importMessages(opened.db, file, { maxTextBytes: 20_000_000 });
  return data;
}

const STUB = "What was said here is too large to be shown.";

Deno.test("a stored message that is larger than a client takes costs nobody the connection", async () => {
  using data = await withLarge(9_000_000);
  await using server = await startStored(data.directory, { limits: { scrollback: 10 } });
  using ann = await joinEvent(server, "ann");
  const seen: Json[] = [];
  while (seen.length < 3) seen.push(await ann.takeType("message"));
  assertEquals(seen.map(({ seq, text, withheld }) => [seq, text, withheld]), [
    [1, "needle before", undefined],
    [2, STUB, "too-large"],
    [3, "needle after", undefined],
  ]);
  assertEquals((await ann.ask({ type: "say", id: "1", room: "lobby", text: "hi" })).seq, 4);
  const walked: string[] = [];
  let before = 4;
  for (let more = true; more;) {
    const page = await ann.ask({ type: "history", room: "lobby", before });
    walked.unshift(...page.messages.map(({ text }: Json) => text));
    before = page.messages[0].seq;
    more = page.more;
  }
  assertEquals(walked, seen.map(({ text }) => text));
  const found = await ann.ask({ type: "search", query: "needle" });
  assertEquals(found.messages.map(({ text }: Json) => text).sort(), seen.map((m) => m.text).sort());
});

Deno.test("check names what is larger than anybody can say, unless more may be said there", async () => {
  using data = await withLarge(70_000);
  const { code, stdout } = await chatroom(["check", "--data", data.directory]);
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    'Problem: message 2 of room "lobby" has 70007 bytes, more than the 65536 that can be said',
  );
  const more = await chatroom(["check", "--data", data.directory, "--max-payload", "70007"]);
  assertEquals(more.code, 0);
});

Deno.test("what is larger than may wait for a client is refused, and the next is stored", async () => {
  const limits = { payloadBytes: 4_194_304, outboxBytes: 1_048_576 };
  await using server = startServer({ limits });
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  const say = (text: string): Json => ({ type: "say", room: "lobby", text });
  const refused = await ann.ask(say("x".repeat(1_000_000)));
  assertEquals([refused.type, refused.code], ["error", "too-large"]);
  assertStringIncludes(refused.text, "A message that takes 1000002 bytes as JSON can't");
  // Six bytes of JSON each.
  assertEquals((await ann.ask(say("\u0001".repeat(200_000)))).code, "too-large");
  assertEquals(
    (await ann.ask({ type: "direct", to: "bob", text: "x".repeat(1_000_000) })).code,
    "too-large",
  );
  assertEquals((await ann.ask(say("y".repeat(900_000)))).seq, 1);
  assertEquals((await bob.takeType("message")).text.length, 900_000);
});
