/** The program as a script or a shell uses it: subcommands, pipes, exit codes. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertObjectMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import config from "../deno.json" with { type: "json" };
import { connectCommand } from "../lib/cli/connect.ts";
import { parseInvocation, UsageError } from "../lib/cli/flags.ts";
import { openLink } from "../lib/cli/peer_link.ts";
import { formatAddress, parseAddress, parseBytes, parseDuration } from "../lib/cli/values.ts";
import { classicFrame, joinClassic, joinEvent, startServer } from "./helpers.ts";
import { chatroom, command } from "./program.ts";

/** A test that asks the server to stop by a signal. */
function stopTest(name: string, fn: () => Promise<void>): void {
  const ignore = Deno.build.os === "windows";
  const why = ignore ? " (skipped: on Windows a signal from outside ends the program at once)" : "";
  Deno.test({ name: name + why, ignore, fn });
}

Deno.test("chatroom --version and --help tell what they should", async () => {
  const version = `chatroom ${config.version} (Deno ${Deno.version.deno})\n`;
  assertEquals((await chatroom(["--version"])).stdout, version);
  const help = await chatroom([]);
  assertEquals([help.code, help.stderr], [0, ""]);
  const names = ["serve", "connect", "send", "tail", "completions"];
  const helps = await Promise.all(names.map((name) => chatroom([name, "--help"])));
  for (const [n, own] of helps.entries()) {
    const name = names[n];
    assertMatch(help.stdout, new RegExp(`^  ${name} `, "m"));
    assertEquals([own.code, own.stderr], [0, ""]);
    assertStringIncludes(own.stdout, `Usage: chatroom ${name} [flags]`);
  }
});

for (
  const [args, part] of [
    [["dance"], 'there is no subcommand "dance"'],
    [["serve", "--frob"], "serve has no flag --frob"],
    [["serve", "-x"], "serve has no flag -x"],
    [["serve", "extra"], 'serve can\'t take "extra"'],
    [["serve", "--port", "http"], "--port: A port is a number from 0 to 65535, not http"],
    [["serve", "--port"], "--port needs a value: --port PORT"],
    [["serve", "--port", "1", "--port", "2"], "--port is given twice"],
    [["serve", "--max-outbox", "much"], "A size is written like"],
    [["serve", "--ping-interval", "soon"], "CHATROOM_PING_INTERVAL): A time is written like"],
    [["serve", "--max-rooms", "0"], "A whole number from 1 up is needed, not 0"],
    [["connect", "one", "two"], 'connect can\'t take "two"'],
    [["connect", "host:99999"], '"host:99999" is no address'],
    [["connect", "a b"], '"a b" is no address'],
    // Checklist 11: the arguments of a program can be seen by others on its machine.
    [["connect", "--password", "x"], "connect has no flag --password"],
    [["send", "--name", "x"], "There is nothing to send"],
    [["send", "--room", "a", "--room", "b", "hi"], "--room is given twice"],
    [["send", "--name", "x", "--classic", "--room", "ops", "hi"], "leave out --room ops"],
    [["send", "--name", "x", "--classic", "--password-file", "f", "hi"], "--password-file"],
    [["send", "--json", "hi"], "--json is about the reply; it needs --wait-reply"],
    [["send", "--timeout", "1s", "hi"], "--timeout is about the reply; it needs --wait-reply"],
    [["send", "--wait-reply", "--timeout", "soon", "hi"], "--timeout: A time is written like"],
    [["connect", "--json", "--raw"], "--json and --raw exclude each other"],
    [["tail", "-n", "some"], "--lines: A whole number from 0 up is needed, not some"],
    [
      ["serve", "--keep", "long"],
      "--keep: A time is written like 500ms, 10s, 5m, 2h or 7d, not long",
    ],
    [
      ["serve", "--keep-messages", "0"],
      "--keep-messages: A whole number from 1 up is needed, not 0",
    ],
    [["bench", "--clients", "many"], "--clients: A whole number from 1 up is needed, not many"],
    [["bench", "--stalled=-1"], "--stalled: A whole number from 0 up is needed, not -1"],
    [["bench", "--size", "big"], "--size: A size is written like"],
    [["export", "--since", "0s"], "--since: A time is written like"],
    [
      ["send", "--name", "x", "--server", "a b", "hi"],
      '--server (or $CHATROOM_SERVER): "a b" is no address',
    ],
    [["tail", "-n", "10001"], "--lines takes up to 10000, not 10001"],
    [["completions"], "no shell is named; there are completions for bash, zsh, fish"],
    [["completions", "tcsh"], '"tcsh" is unknown'],
  ] as Array<[string[], string]>
) {
  Deno.test(`chatroom ${args.join(" ")} is bad usage: one line and exit code 2`, async () => {
    const { code, stdout, stderr } = await chatroom(args);
    assertEquals([code, stdout, stderr.split("\n").length], [2, "", 2], stderr);
    assertStringIncludes(stderr, part);
  });
}

stopTest("serve says where it listens and how to join, and SIGTERM ends it with 0", async () => {
  const child = command(["serve", "--memory", "--port", "0"]).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value ?? "";
  const first = await next();
  const address = /^chatroom \S+ is listening on (127\.0\.0\.1:\d+)$/.exec(first)?.[1] ?? "";
  assertEquals(await next(), "Join from another terminal:");
  const join = await next();
  assertStringIncludes(join, ` run -A `);
  assertStringIncludes(join, `main.ts connect ${address}`);
  assertEquals(await next(), "Messages are kept in memory, and are gone when the server stops.");
  using peer = await joinClassic({ addr: parseAddress(address) as Deno.NetAddr }, "ann");
  child.kill("SIGTERM");
  assertStringIncludes(await peer.takeRest(), "The server is shutting down.");
  peer[Symbol.dispose]();
  assertEquals(await next(), "Stopping; telling 1 connected clients.");
  await lines.return?.();
  await child.stdin.close();
  const stderr = new TextDecoder().decode(await new Response(child.stderr).bytes());
  assertEquals((await child.status).code, 0);
  // The log: that it began, and that it ended.
  const logged = [...stderr.matchAll(/^\S+Z info +(\w+)/gm)].map(([, word]) => word);
  assertEquals(logged, ["Listening", "Stopped"], stderr);
});

Deno.test("serve explains in one line why it can't listen", async () => {
  await using server = startServer();
  for (
    const [args, part] of [
      [["--port", String(server.addr.port)], "the port is in use; choose another with --port"],
      [["--host", "192.0.2.1", "--port", "0"], "this machine has no such address"],
      [["--host", "no..such..host", "--port", "0"], "--host takes an address or a name"],
    ] as Array<[string[], string]>
  ) {
    const { code, stdout, stderr } = await chatroom(["serve", "--memory", ...args]);
    assertEquals([code, stdout, stderr.split("\n").length], [1, "", 2], stderr);
    assertStringIncludes(stderr, part);
  }
});

stopTest("serve --host 0.0.0.0 names an address that the network can reach", async () => {
  const child = command(["serve", "--memory", "--port", "0", "--host", "0.0.0.0"]).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const port = /listening on 0\.0\.0\.0:(\d+)$/.exec((await lines.next()).value ?? "")?.[1];
  await lines.next();
  const join = (await lines.next()).value ?? "";
  const lan = Deno.networkInterfaces().find((each) =>
    each.family === "IPv4" && !each.address.startsWith("127.") &&
    !each.address.startsWith("169.254.")
  )?.address;
  assertStringIncludes(join, `connect ${lan ?? "127.0.0.1"}:`);
  // One that is in shows that the server runs, and minds signals.
  using _eve = await joinClassic({ addr: parseAddress(`:${port}`) as Deno.NetAddr }, "eve");
  child.kill("SIGINT");
  await lines.return?.();
  await child.stdin.close();
  await child.stderr.cancel();
  assertEquals((await child.status).code, 0);
});

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
  assertEquals((await eve.takeType("joined")).name, "bot");
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
  assertEquals((await eve.takeType("joined")).name, "bot");
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
  const taken = [["connect", address, "--name", "EVE"], ["send", address, "--name", "Eve", "hi"]];
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

const hasIpv6 = ((): boolean => {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
})();

Deno.test({
  name: `IPv6 works from end to end${hasIpv6 ? "" : " (skipped: this machine has none)"}`,
  ignore: !hasIpv6,
  async fn(): Promise<void> {
    await using server = startServer({ hostname: "::1" });
    using eve = await joinEvent(server, "eve");
    const address = `[::1]:${server.addr.port}`;
    assertEquals(formatAddress(server.addr), address);
    assertEquals((await chatroom(["send", address, "--name", "a", "hi"])).code, 0);
    assertEquals((await eve.takeType("message")).text, "hi");
  },
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

Deno.test("addresses are read and written", { permissions: "none" }, () => {
  for (
    const [text, hostname, port] of [
      ["example.org", "example.org", 1234],
      ["example.org:99", "example.org", 99],
      [":99", "127.0.0.1", 99],
      ["99", "127.0.0.1", 99],
      ["::1", "::1", 1234],
      ["[::1]", "::1", 1234],
      ["[fe80::1]:99", "fe80::1", 99],
    ] as const
  ) assertEquals(parseAddress(text), { hostname, port }, text);
  assertEquals(formatAddress({ hostname: "::1", port: 99 }), "[::1]:99");
  for (const bad of ["a b", "http://x", "x:y", "x:99999", "[::1]:x", "[::1"]) {
    assertThrows(() => parseAddress(bad), UsageError, "is no address");
  }
});

Deno.test("times and sizes are read", { permissions: "none" }, () => {
  assertEquals(["500ms", "10", "1.5s", "2m", "1h", "7d"].map(parseDuration), [
    500,
    10_000,
    1_500,
    120_000,
    3_600_000,
    604_800_000,
  ]);
  assertEquals(["100", "64k", "64KiB", "1MB", "2 GiB"].map(parseBytes), [
    100,
    65_536,
    65_536,
    1_048_576,
    2_147_483_648,
  ]);
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
    const link = openLink(invocation, parseAddress("127.0.0.1:9"), "ann");
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
