/** The program as a script uses it: lines in and out of a pipe, `send`, exit codes. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertObjectMatch,
  assertStringIncludes,
} from "@std/assert";
import { connectCommand } from "../lib/cli/connect.ts";
import { parseInvocation } from "../lib/cli/flags.ts";
import { Link } from "../lib/client/link.ts";
import { runPipe } from "../lib/client/pipe.ts";
import { openLink } from "../lib/cli/peer_link.ts";
import { parseAddresses } from "../lib/cli/addresses.ts";
import { formatAddress } from "../lib/cli/values.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { classicFrame, joinClassic, joinEvent, startServer, untilVisitor } from "./helpers.ts";
import { command } from "./program.ts";

Deno.test("checklist 12: lines in a pipe are messages, and the end of the input waits for their acks", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const address = formatAddress(server.addr);
  const { code, stdout, stderr } = await chatroom(["connect", address, "--name", "bot"], {
    input: "one\n\n/not a command\nthree without an end",
  });
  assertEquals([code, stdout, stderr], [0, "", ""]);
  for (const text of ["one", "/not a command", "three without an end"]) {
    assertEquals((await eve.takeType("message")).text, text);
  }
});

/** A text that a terminal or a program that takes lines would act on. */
const ACTIVE = "\u001b[31mred\u007f\u009b0m\u2028\u2029\u202eback";

Deno.test("checklist 12: --json prints what happens, an event a line, without escapes and secrets", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const child = command(["connect", formatAddress(server.addr), "--name", "bot", "--json"]).spawn();
  const input = child.stdin.getWriter();
  await untilVisitor(eve, "bot");
  await eve.ask({ type: "say", room: "lobby", text: ACTIVE });
  await eve.ask({ type: "direct", to: "bot", text: "psst" });
  await eve.ask({ type: "topic", room: "lobby", text: "tea" });
  await input.write(new TextEncoder().encode("bye\n"));
  await eve.takeType("message");
  await input.close();
  const { code, stdout } = await child.output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.exec(text.replaceAll("\n", "")), null);
  const events = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(code, 0);
  assertEquals(events.map(({ type }) => type), ["ready", "message", "direct", "topic"]);
  assertEquals(events[0].session, undefined);
  assertEquals(events[1].text, ACTIVE);
});

Deno.test("checklist 12: without --json messages are lines in which nothing is active", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const child = command(["connect", formatAddress(server.addr), "--name", "bot"]).spawn();
  await untilVisitor(eve, "bot");
  await eve.ask({ type: "say", room: "lobby", text: "a\u001b]0;title\u0007\nbob: forged" });
  await eve.ask({ type: "say", room: "lobby", text: "waves", action: true });
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode("bye\n"));
  await eve.takeType("message");
  await input.close();
  const { stdout } = await child.output();
  const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
  assertEquals(lines.length, 2);
  // deno-lint-ignore no-control-regex
  assert(!/[\u0000-\u001f\u007f-\u009f]/.test(lines.join("")));
  assert(lines[0]?.startsWith("eve: a"));
  assertEquals(lines[1], "* eve waves");
});

Deno.test("send delivers its words or its input, and exits when the server has them", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve", { room: "dev" });
  const address = formatAddress(server.addr);
  const words = await chatroom(["send", address, "--name", "a", "--room", "dev", "hello", "007"]);
  assertEquals([words.code, words.stderr], [0, ""]);
  assertEquals((await eve.takeType("message")).text, "hello 007");
  const env = { CHATROOM_SERVER: address, CHATROOM_NAME: "b" };
  const input = await chatroom(["send", "--room", "dev"], { input: "two\nlines\n", env });
  assertEquals([input.code, input.stderr], [0, ""]);
  const message = await eve.takeType("message");
  assertEquals([message.from, message.text], ["b", "two\nlines"]);
  const dashes = await chatroom(["send", "--room", "dev", "--", "--name"], { env });
  assertEquals([dashes.code, dashes.stderr], [0, ""]);
  assertEquals((await eve.takeType("message")).text, "--name");
});

Deno.test("a word that may be the server or the text is sent nowhere, and what to write is said", async () => {
  await using server = startServer();
  await using other = startServer();
  using eve = await joinEvent(server, "eve");
  using ann = await joinEvent(other, "ann");
  const place = formatAddress(other.addr);
  const env = { CHATROOM_SERVER: formatAddress(server.addr), CHATROOM_NAME: "b" };
  const either = await chatroom(["send", place, "hi"], { env });
  assertEquals([either.code, either.stdout], [2, ""]);
  assertStringIncludes(
    either.stderr,
    `"${place}" may be the server or the text, since $CHATROOM_SERVER names a server too; ` +
      `nothing was sent. Write --server ${place} for the server, or -- before the text`,
  );
  const runs = [
    [["--server", place, "to ann"], ann, "to ann"],
    [["--server", env.CHATROOM_SERVER, place, "x"], eve, `${place} x`],
    [["--", place, "hi"], eve, `${place} hi`],
    [["--", "tls://x", "hi"], eve, "tls://x hi"],
    [["see", place, "there"], eve, `see ${place} there`],
    [["--", "see", place], eve, `see ${place}`],
    [[`see ${place}`], eve, `see ${place}`],
    [["it begins at", "10:45"], eve, "it begins at 10:45"],
    [["an error in", "line", "main.ts:42"], eve, "an error in line main.ts:42"],
    [["10:45,11:30", "is free"], eve, "10:45,11:30 is free"],
    [["localhost,", "it says"], eve, "localhost, it says"],
    [["--server", `127.0.0.1:1,${place}`, "to ann"], ann, "to ann"],
  ] as const;
  for (const [words, reader, text] of runs) {
    const { code, stderr } = await chatroom(["send", ...words], { env });
    assertEquals([code, stderr], [0, ""]);
    assertEquals((await reader.takeType("message")).text, text);
  }
  const alone = { CHATROOM_NAME: "b" };
  for (
    const [words, doubtful] of [
      [["192.168.1.20", "hello there"], "192.168.1.20"],
      [["localhost", "x"], "localhost"],
      [["::1", "x"], "::1"],
      [["hello there", place], place],
      [["hello", "there", "10.0.0.5"], "10.0.0.5"],
      [["hello there", "tls://chat.example.org"], "tls://chat.example.org"],
      [["hello there", "chat.example.org:4000"], "chat.example.org:4000"],
      [["hello there", "a.example:1,b.example:2"], "a.example:1,b.example:2"],
      [["localhost,127.0.0.1", "x"], "localhost,127.0.0.1"],
    ] as const
  ) {
    for (const env of [alone, { ...alone, CHATROOM_SERVER: formatAddress(server.addr) }]) {
      const { code, stderr } = await chatroom(["send", ...words], { env });
      assertEquals(code, 2, stderr);
      assertStringIncludes(
        stderr,
        `"${doubtful}" may be the server or the text; nothing was sent.`,
      );
    }
  }
  for (const server of [place, `127.0.0.1:1,${place}`]) {
    const { code } = await chatroom(["send", server, "--", "12:30", "now"], { env: alone });
    assertEquals([code, (await ann.takeType("message")).text], [0, "12:30 now"]);
  }
});

Deno.test("checklist 13: exit codes: 3 without a connection, 4 when refused, 1 when not delivered", async () => {
  const gone = startServer();
  const nowhere = formatAddress(gone.addr);
  await gone.shutdown();
  const lost = [["connect", nowhere, "--name", "x"], ["send", nowhere, "--name", "x", "hi"]];
  for (const { code, stderr } of await Promise.all(lost.map((args) => chatroom(args)))) {
    assertEquals(code, 3);
    assertEquals(
      stderr,
      `Can't connect to ${nowhere}: nothing listens there; is the server running?\n`,
    );
  }
  await using server = startServer({ limits: { payloadBytes: 300 } });
  using _eve = await joinEvent(server, "eve");
  const address = formatAddress(server.addr);
  const taken = [
    ["connect", address, "--name", "EVE", "--exact-name"],
    ["send", address, "--name", "Eve", "--exact-name", "hi"],
  ];
  for (const { code, stderr } of await Promise.all(taken.map((args) => chatroom(args)))) {
    assertEquals(code, 4);
    assertStringIncludes(stderr, "is in use here; choose another");
  }
  const long = await chatroom(["connect", address, "--name", "x"], {
    input: `fits\n${"y".repeat(400)}\nfits too\n`,
  });
  assertEquals(long.code, 1);
  assertMatch(
    long.stderr,
    /^Line 2 was not sent: The message takes \d+ bytes, over the server's limit of 300/,
  );
});

Deno.test("checklist 12: a closed stdout ends a pipe client quietly", async () => {
  await using server = startServer();
  using eve = await joinClassic(server, "eve");
  const child = command(["connect", formatAddress(server.addr), "--name", "bot"]).spawn();
  await child.stdout.cancel();
  const ended = child.status;
  let over = false;
  ended.then(() => over = true);
  while (!over) {
    await eve.send(classicFrame("into the void"));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const stderr = await new Response(child.stderr).text();
  assertEquals([(await ended).code, stderr], [0, ""]);
  await child.stdin.close().catch(() => {});
});

Deno.test("a socket that was reset before it could be set up is let go", async () => {
  let isClosed = false;
  const reset = {
    setNoDelay: () => {
      throw new Error("Invalid argument (os error 22)");
    },
    close: () => isClosed = true,
  };
  const real = Deno.connect;
  Deno.connect = (() => Promise.resolve(reset)) as unknown as typeof Deno.connect;
  try {
    const invocation = parseInvocation(connectCommand, ["--name", "ann"]);
    const link = openLink(invocation, parseAddresses("127.0.0.1:9"), "ann");
    const events = await Array.fromAsync(link.events);
    assertObjectMatch(events.at(-1) ?? {}, {
      cause: "unreachable",
      text: "Can't connect to 127.0.0.1:9: Invalid argument",
    });
    assert(isClosed);
  } finally {
    Deno.connect = real;
  }
});

Deno.test("many lines that a server takes at its rate are said to wait, once, and all are sent", async () => {
  await using server = startServer({ limits: { requestsPerSecond: 100, requestBurst: 10 } });
  const { hostname, port } = server.addr;
  const told: string[] = [];
  const lines = Array.from({ length: 400 }, (_, n) => `line ${n}\n`).join("");
  const code = await runPipe({
    link: new Link({
      connect: (signal) => Deno.connect({ hostname, port, signal }),
      name: "bot",
      scrollback: 0,
    }),
    input: new Blob([lines]).stream(),
    output: new WritableStream(),
    shape: "lines",
    complain: (line) => told.push(line),
    tellAfterMs: 200,
  });
  assertEquals(code, 0);
  assertEquals(told, [
    "Lines wait, since the server takes them more slowly than they come; all are sent",
  ]);
  using eve = await joinEvent(server, "eve");
  const { messages } = await eve.ask({ type: "history", room: "lobby", limit: 1 });
  assertEquals([messages[0].seq, messages[0].text], [400, "line 399"]);
});
