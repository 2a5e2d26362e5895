/** What is asked for on a terminal before the chat: names and secrets. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { askLine, endQuiet } from "../lib/client/terminal/ask.ts";
import { FakeTerminal } from "./fixtures/fake_terminal.ts";

Deno.test("an Escape that nothing follows is a key, and takes nothing with it", async () => {
  using io = new FakeTerminal();
  io.type("\x1b");
  assertEquals(await io.keys.next(), { type: "key", name: "escape" });
  io.type("b");
  assertEquals(await io.keys.next(), { type: "text", text: "b" });
  io.hangUp();
  assertEquals(await io.keys.next(), undefined);
});

Deno.test("a reader that is over takes no key, not even the one that it waits for", async () => {
  using io = new FakeTerminal();
  const over = new AbortController();
  const first = io.keys.next(over.signal);
  over.abort();
  const second = io.keys.next();
  io.type("a\r");
  assertEquals(await first, undefined);
  assertEquals(await second, { type: "text", text: "a" });
  assertEquals(await io.keys.next(over.signal), undefined);
  assertEquals(await io.keys.next(), { type: "key", name: "enter" });
});

Deno.test("a name is asked for with the same editor, and what is typed ahead is kept", async () => {
  using io = new FakeTerminal();
  io.type("anm\x7fn\rsecret\rrest");
  assertEquals(await askLine(io, "Name: "), "ann");
  assertFalse(io.raw);
  assertEquals(await askLine(io, "Password: ", { secret: true }), "secret");
  assertFalse(io.written.includes("secret"));
  assertEquals(await io.keys.next(), { type: "text", text: "rest" });
  assertEquals(io.listeners, 0);
});

Deno.test("a question that is fresh takes nothing that was typed before it was shown", async () => {
  using io = new FakeTerminal();
  io.type("yes\rhun");
  const asked = askLine(io, "Are they the same? ", { fresh: true });
  await io.expect("Are they the same?");
  io.type("no\r");
  assertEquals(await asked, "no");
  assertFalse(io.written.includes("hun"));
  io.type("ahead");
  io.hangUp();
  assertEquals(await askLine(io, "Password: ", { fresh: true, secret: true }), 129);
});

Deno.test("a password is shown as dots while it is typed", async () => {
  using io = new FakeTerminal();
  const asked = askLine(io, "Password: ", { secret: true });
  io.type("abc");
  await io.expect("Password: •••");
  io.type("\r");
  assertEquals(await asked, "abc");
  assertFalse(io.written.includes("abc"));
});

Deno.test("a question that is left gives the exit code for that", async () => {
  for (const [input, code] of [["\x03", 130], ["\x04", 130]] as const) {
    using io = new FakeTerminal();
    io.type(input);
    assertEquals(await askLine(io, "Name: "), code);
    assertFalse(io.raw);
  }
  using io = new FakeTerminal();
  io.hangUp();
  assertEquals(await askLine(io, "Name: "), 129);
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`${signal} at a question gives ${code} and restores the terminal`, async () => {
    using io = new FakeTerminal();
    const asked = askLine(io, "Name: ");
    await io.expect("Name:");
    io.signal(signal);
    assertEquals(await asked, code);
    assertFalse(io.raw);
    assertEquals(io.listeners, 0);
  });
}

Deno.test("between a secret and what follows it nothing is echoed, and no line is typed to the end", async () => {
  using io = new FakeTerminal();
  const asked = askLine(io, "Password: ", { secret: true, quiet: () => {} });
  io.type("abc\r");
  assertEquals(await asked, "abc");
  assert(io.isQuiet);
  io.type("ahead\r");
  io.keys.begin();
  const keys = [await io.keys.next(), await io.keys.next(), await io.keys.next()];
  assertEquals(keys.flatMap((key) => key?.type === "text" ? [key.text] : []), ["ahead"]);
  assertFalse(keys.some((key) => key?.type === "key" && key.name === "enter"));
  await endQuiet(io);
  const left = askLine(io, "Password: ", { secret: true, quiet: () => {} });
  io.type("\x03");
  assertEquals(await left, 130);
  assertFalse(io.isQuiet);
});
