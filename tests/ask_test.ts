import { assertEquals, assertFalse } from "@std/assert";
import { askLine } from "../lib/client/ask.ts";
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

Deno.test("a password is shown as dots while it is typed", async () => {
  using io = new FakeTerminal();
  const asked = askLine(io, "Password: ", { secret: true });
  io.type("abc");
  await io.expect("Password: •••");
  io.type("\r");
  assertEquals(await asked, "abc");
  assertFalse(io.written.includes("abc"));
});

Deno.test("a question can be left, and a signal comes through to who waits for it", async () => {
  for (const input of ["\x03", "\x04"]) {
    using io = new FakeTerminal();
    io.type(input);
    assertEquals(await askLine(io, "Name: "), undefined);
    assertFalse(io.raw);
  }
  using io = new FakeTerminal();
  const asked = askLine(io, "Name: ");
  await io.expect("Name:");
  io.signal("SIGTERM");
  assertEquals(await asked, undefined);
  assertEquals(io.raised, [{ signal: "SIGTERM", raw: false }]);
});
