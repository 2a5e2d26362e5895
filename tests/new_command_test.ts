/** A record that is handed to the table of commands is a command at every door. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { terminalCommands } from "../lib/client/terminal/commands/terminal_commands.ts";
import { helpEntries } from "../lib/client/terminal/help.ts";
import { helpLines } from "../lib/server/classic_protocol.ts";
import { Chat } from "../lib/web/page/chat.js";
import { complete } from "../lib/web/page/completion.js";
import { COMMANDS } from "../lib/words/commands/table.js";
import { parseLine } from "../lib/words/parse.js";
import { PageSocket } from "./fixtures/page_socket.ts";
import { shrug } from "./fixtures/shrug.js";
import { Setup } from "./fixtures/terminal_setup.ts";
import { classicFrame, joinClassic, startServer } from "./helpers.ts";

const PLACE = { room: "lobby" };
const SHRUG = "¯\\_(ツ)_/¯";

/** A test in which there is one command more. */
function shrugTest(name: string, run: () => void | Promise<void>): void {
  Deno.test(name, async () => {
    assertEquals(parseLine("/shrug", PLACE).kind, "error");
    COMMANDS.push(shrug);
    try {
      await run();
    } finally {
      COMMANDS.splice(COMMANDS.indexOf(shrug), 1);
    }
  });
}

shrugTest(
  "a new command is parsed by each of its names, and meant by one that is nearly so",
  () => {
    const request = { type: "say", room: "lobby", text: `well ${SHRUG}` } as const;
    assertEquals(parseLine("/shrug well", PLACE), { kind: "request", request });
    assertEquals(parseLine("/DUNNO well", PLACE), { kind: "request", request });
    const parsed = parseLine("/shurg", PLACE);
    assertStringIncludes(parsed.kind === "error" ? parsed.text : "", "did you mean /shrug?");
  },
);

shrugTest("a new command is said and explained at the classic door", async () => {
  await using server = startServer();
  using ann = await joinClassic(server, "ann");
  using bob = await joinClassic(server, "bob");
  await ann.send(classicFrame("/shrug well"));
  assertEquals(await bob.takePair(), ["ann", `well ${SHRUG}`]);
  await ann.send(classicFrame("/help"));
  const lines = helpLines().length;
  const told = await Array.fromAsync({ length: lines }, async () => (await ann.takePair())[1]);
  assertEquals(told.filter((line) => /^\/shrug \[TEXT\] .*don't know$/.test(line)).length, 1);
});

shrugTest("a new command is completed, said and explained at the terminal", async () => {
  using setup = await Setup.online();
  const { io } = setup;
  io.type("/shr\twell\r");
  await io.until(() => setup.sent.length === 1, "the message");
  assertEquals(setup.sent.map((sent) => "text" in sent && sent.text), [`well ${SHRUG}`]);
  io.type("/help shrug\r");
  await io.expect("say that you don't know");
  for (const topic of ["talk", "all"]) {
    const entries = helpEntries(topic, terminalCommands(), new Date()) ?? [];
    const usages = entries.map((entry) => entry.kind === "help" ? entry.usage : "");
    assertEquals(usages.filter((usage) => usage === "/shrug [TEXT]").length, 1, topic);
  }
});

shrugTest("a new command is completed and said at the page", async () => {
  const vocabulary = { commands: COMMANDS, names: [], rooms: [] };
  assertEquals(complete("/shr", vocabulary)?.choices, [
    { label: "/shrug [TEXT]", hint: "say that you don't know", insert: "/shrug " },
  ]);
  const socket = new PageSocket();
  const chat = new Chat({
    open: () => socket as unknown as WebSocket,
    changed: () => {},
    status: () => {},
    heard: () => {},
    asked: () => {},
  }, { name: "ann" });
  chat.link.connect();
  socket.letIn();
  await chat.submit("/shrug well");
  assertEquals(socket.sent.map((sent) => sent.type === "say" && sent.text).filter(Boolean), [
    `well ${SHRUG}`,
  ]);
  chat.close();
});
