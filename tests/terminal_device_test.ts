/** The chat on a terminal as the system has it: signals, sizes, and giving it back. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { delay } from "@std/async/delay";
import { arriving, type Conversation, type EndCause } from "../lib/client/conversation.ts";
import { askLine } from "../lib/client/terminal/ask.ts";
import { MAX_WAITING_ENTRIES } from "../lib/client/terminal/unpainted.ts";
import { denoTerminal } from "../lib/client/terminal/tty.ts";
import { FakeConversation } from "./fixtures/conversation.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

Deno.test("Ctrl-C clears, warns on an empty line, and leaves with 130", async () => {
  using setup = await Setup.online();
  const { io } = setup;
  io.type("draft\x03");
  io.type("\x03");
  await io.expect("Press Ctrl-C again");
  io.type("x\x7f\x03");
  await io.until(() => io.screen.text.split("Press Ctrl-C").length === 3, "a second warning");
  io.type("\x03");
  assertEquals(await setup.code, 130);
  assertEquals(setup.sent, []);
});

for (const [name, input] of [["Ctrl-D", "\x04"], ["/quit", "/quit\r"]] as const) {
  Deno.test(`${name} leaves with 0, and the terminal is as it was`, async () => {
    using setup = await Setup.online();
    const { io, conversation } = setup;
    assert(io.raw);
    assert(io.screen.modes.bracketedPaste);
    io.type(input);
    assertEquals(await setup.code, 0);
    assertFalse(io.raw);
    assertEquals(io.listeners, 0);
    assert(conversation.closed);
    assertEquals(io.screen.modes, { bracketedPaste: false, wraparound: true });
    assertEquals(io.screen.cursorColumn, 0);
    assertFalse(io.screen.text.includes("lobby>"));
  });
}

Deno.test("what is typed before a server nearby has answered is for the question after it", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  io.type("open sesame\r");
  await io.expect("lobby>");
  conversation.events.end();
  assertEquals(await setup.code, 3);
  assertFalse(io.written.includes("sesame"));
  assertEquals(conversation.sent, []);
  assertEquals(await askLine(io, "Password: ", { secret: true }), "open sesame");
});

Deno.test("the time that the conversation is loaded for is not the server's", async () => {
  const loading = Promise.withResolvers<Conversation>();
  using setup = new Setup({ conversation: arriving(loading.promise, "me") });
  const { io, conversation } = setup;
  io.type("open sesame\r");
  await io.expect("lobby>");
  await delay(50);
  conversation.events.end();
  loading.resolve(conversation);
  assertEquals(await setup.code, 3);
  assertFalse(io.written.includes("connecting"));
  assertEquals(await askLine(io, "Password: ", { secret: true }), "open sesame");
});

Deno.test("what is typed at a server that takes its time is in the row", async () => {
  using setup = new Setup();
  setup.io.type("hi");
  await setup.io.expect("(connecting) lobby> hi");
});

Deno.test("leaving waits for messages that are on their way", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.online = false;
  io.type("last words\r\x04");
  await io.until(() => setup.sent.length === 1, "the message");
  assertFalse(conversation.closed);
  conversation.ready();
  assertEquals(await setup.code, 0);
  await io.expect("<me> last words");
  assertFalse(io.screen.text.includes("not sent"));
});

Deno.test("leaving without a connection says what was not sent", async () => {
  using setup = await Setup.online();
  setup.conversation.lose();
  await setup.io.expect("(offline)");
  setup.io.type("one\rtwo\r/quit\r");
  await setup.io.expect("!! 2 messages have no answer yet; leave once more to go without them.");
  setup.io.type("\x04");
  assertEquals(await setup.code, 0);
  await setup.io.expect("!! Not sent: one");
  await setup.io.expect("!! Not sent: two");
});

Deno.test("leaving says what of it is no message", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.lose();
  await io.expect("(offline)");
  io.type("/react 1 x\r/react 2 x\r/quit\r");
  await io.expect("!! 2 requests have no answer yet; leave once more to go without them.");
  io.type("\x04");
  assertEquals(await setup.code, 0);
});

Deno.test("leaving says what went out and has no answer: it may have arrived", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  // The line hangs: nothing tells.
  conversation.online = false;
  io.type("right before\r\x04");
  await io.expect("One message has no answer yet; leave once more to go without it.");
  assertFalse(conversation.closed);
  io.type("\x04");
  assertEquals(await setup.code, 0);
  await io.expect("It may have arrived or not, so look before you send it again: right");
});

const CAUSES: Readonly<Record<EndCause, number>> = {
  left: 0,
  unreachable: 3,
  refused: 4,
  dismissed: 4,
};
for (const [cause, code] of Object.entries(CAUSES) as Array<[EndCause, number]>) {
  Deno.test(`a conversation that ended as ${cause} is told and gives ${code}`, async () => {
    using setup = new Setup();
    setup.conversation.tell({ type: "status", status: "ended", text: "That was it.", cause });
    assertEquals(await setup.code, code);
    await setup.io.expect("!! That was it.");
    assertFalse(setup.io.raw);
  });
}

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`${signal} leaves with ${code} and restores the terminal`, async () => {
    using setup = await Setup.online();
    setup.io.type("draft");
    await setup.io.expect("draft");
    setup.io.signal(signal);
    assertEquals(await setup.code, code);
    assertFalse(setup.io.raw);
    assertEquals(setup.io.listeners, 0);
    assert(setup.conversation.closed);
  });
}

Deno.test("a terminal that is gone ends the chat", async () => {
  using setup = await Setup.online();
  setup.io.hangUp();
  assertEquals(await setup.code, 129);
  using other = await Setup.online();
  other.io.write = () => Promise.reject(new Error("Input/output error"));
  other.io.type("x");
  assertEquals(await other.code, 129);
});

Deno.test("an error restores the terminal and comes out", async () => {
  const conversation = new FakeConversation();
  conversation.events[Symbol.asyncIterator] = () => {
    throw new Error("broken on purpose");
  };
  using setup = new Setup({ conversation });
  await assertRejects(() => setup.code, Error, "broken on purpose");
  assertFalse(setup.io.raw);
  assertEquals(setup.io.listeners, 0);
  assertFalse(setup.io.screen.modes.bracketedPaste);
});

Deno.test("Ctrl-Z gives the terminal back and takes it again with the draft", async () => {
  using setup = await Setup.online();
  const { io } = setup;
  io.type("draft\x02\x1a!");
  await io.expect("draf!t");
  assertEquals(io.suspended, [false]);
  assert(io.raw);
  assert(io.screen.modes.bracketedPaste);
});

Deno.test("a program that may not stop itself says so in a sentence", () => {
  const { kill } = Deno;
  Deno.kill = () => {
    throw new Deno.errors.NotCapable("Requires run access, run again with the --allow-run flag");
  };
  try {
    assertThrows(() => denoTerminal().suspend(), Error, "Ctrl-Z is not possible in this build");
  } finally {
    Deno.kill = kill;
  }
});

Deno.test("Ctrl-Z where that can't be says why, and the terminal is taken again", async () => {
  using setup = await Setup.online();
  setup.io.canSuspend = false;
  setup.io.type("\x1a");
  await setup.io.expect("!! Suspending is not possible here.");
});

Deno.test("continued after a stop from outside, the terminal is taken again", async () => {
  using setup = await Setup.online();
  const { io } = setup;
  io.raw = false;
  io.written = "";
  io.signal("SIGCONT");
  assert(io.raw);
  await io.until(() => io.written.includes("lobby> "), "the row");
});

Deno.test("a stalled terminal delays neither what is sent nor what is taken", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  const { promise, resolve } = Promise.withResolvers<void>();
  io.stalled = promise;
  const said = Promise.withResolvers<string>();
  conversation.onSay = said.resolve;
  for (let n = 1; n <= 1_000; n++) conversation.message("ann", `number ${n}.`);
  io.type("hi\r");
  assertEquals(await said.promise, "hi");
  resolve();
  await io.expect("<me> hi");
  const expected = Array.from({ length: 1_000 }, (_, n) => `<ann> number ${n + 1}.`);
  assertEquals(setup.entries, [...expected, "<me> hi"]);
});

Deno.test("a terminal that is too slow for long is told how much it missed", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  const { promise, resolve } = Promise.withResolvers<void>();
  io.stalled = promise;
  const count = MAX_WAITING_ENTRIES + 100;
  for (let n = 1; n <= count; n++) conversation.message("ann", `number ${n}.`);
  io.type("hi\r");
  const said = Promise.withResolvers<string>();
  conversation.onSay = said.resolve;
  await said.promise;
  resolve();
  await io.until(() => io.screen.seen.includes("<me> hi"), "what was said");
  assertMatch(io.screen.text, /-- … [\d,]+ messages not shown here; \/history shows them/);
  assertFalse(io.screen.text.includes("number 50."));
  assert(io.screen.text.includes(`number ${count}.`));
});

Deno.test("a flood costs a write a frame, and loses nothing", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  let writes = 0;
  const write = io.write.bind(io);
  io.write = (bytes) => {
    writes++;
    return write(bytes);
  };
  for (let n = 1; n <= 2_000; n++) {
    conversation.message("ann", `number ${n}.`);
    // The painter has its turn, as it has between messages that come one by one.
    if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  io.type("k");
  await io.expect("number 2000.");
  await io.until(() => io.screen.cursorRow.endsWith("> k"), "the key");
  assertEquals(setup.entries.length, 2_000);
  assert(writes < 150, `${writes} writes`);
});

Deno.test("a terminal that takes nothing does not keep the chat from ending", async () => {
  using setup = await Setup.online();
  setup.io.stalled = new Promise(() => {});
  setup.io.type("x\x1a");
  setup.io.signal("SIGTERM");
  assertEquals(await setup.code, 143);
  assertEquals(setup.io.suspended, []);
  assertEquals(setup.io.listeners, 0);
});

Deno.test("a message that comes while the terminal is resized is not lost", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  for (const columns of [80, 50, 100, 30, 70]) {
    io.resize(columns);
    for (let n = 0; n < 5; n++) conversation.message("ann", `at ${columns} ${n}.`);
    await io.expect(`at ${columns} 4.`);
  }
  assertEquals(setup.entries.filter((row) => row.startsWith("<ann>")).length, 25);
});

Deno.test("a bell tells that something was not possible", async () => {
  using setup = await Setup.online();
  setup.io.type("zzz\t");
  await setup.io.until(() => setup.io.screen.bells === 1, "a bell");
});

Deno.test("a plain terminal gets no escape, and messages wait while something is typed", async () => {
  using setup = await Setup.online({ plain: true, color: true });
  const { io, conversation } = setup;
  io.type("dra");
  await io.expect("lobby> dra");
  conversation.message("ann", "hello");
  io.type("ft");
  await io.expect("lobby> draft");
  assertFalse(io.screen.text.includes("hello"));
  io.type("\r");
  await io.expect("<me> draft");
  assertEquals(setup.entries, ["<ann> hello", "<me> draft"]);
  io.type("x");
  await io.expect("lobby> x");
  conversation.message("ann", "again");
  io.type("\x03");
  await io.expect("again");
  io.type("\x04");
  assertEquals(await setup.code, 0);
  assertFalse(io.written.includes("\x1b"));
});
