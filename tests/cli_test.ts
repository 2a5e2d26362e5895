/** The program at a shell: its subcommands, bad usage, and how `serve` begins and ends. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import config from "../deno.json" with { type: "json" };
import { formatAddress, parseAddress } from "../lib/cli/values.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { joinClassic, joinEvent, startServer } from "./helpers.ts";
import { command } from "./program.ts";

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
  assertEquals([help.code, help.stderr], [2, ""], "that nothing was asked for is bad usage");
  assertEquals(await chatroom(["--help"]), { ...help, code: 0 });
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
    [["serv"], 'there is no subcommand "serv"; did you mean serve? chatroom --help lists them'],
    [["serve", "--prot", "1"], "serve has no flag --prot; did you mean --port? See chatroom serve"],
    [["serve", "42003"], 'serve can\'t take "42003"; write --port 42003'],
    [
      ["connect", "--port", "42002"],
      "connect has no flag --port; a server is written as HOST:PORT",
    ],
    [["connect", "127.0.0.1", "42002"], "a port is written behind its host: 127.0.0.1:42002"],
    [["connect", "a:1", "42002"], 'connect can\'t take "42002"; see chatroom connect --help'],
    [["tail", "-n", "ann"], "not ann (-n is --lines here; --name has no short form)"],
    [["send", "localhost", "hi"], '"localhost" may be the server or the text'],
    [["serve", "-x"], "serve has no flag -x"],
    [["serve", "extra"], 'serve can\'t take "extra"'],
    [["serve", "--port", "http"], "--port: A port is a number from 0 to 65535, not http"],
    [["serve", "--port"], "--port needs a value: --port PORT"],
    [["serve", "--port", "1", "--port", "2"], "--port is given twice"],
    [["serve", "--max-outbox", "much"], "A size is written like"],
    [["serve", "--ping-interval", "soon"], "CHATROOM_PING_INTERVAL): A time is written like"],
    [["serve", "--max-rooms", "0"], "A whole number from 1 up is needed, not 0"],
    [["connect", "one", "two"], 'connect can\'t take "two"'],
    [["connect", "host:99999"], 'A port is a number from 0 to 65535, not 99999, in "host:99999"'],
    [["connect", "a b"], '"a b" is no address'],
    [["connect", "jo@here:1234"], "say --name jo here:1234"],
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
    [["serve", "--keep", "30"], "--keep: 30 is a time without its unit; write 30ms, 30s, 30m"],
    [["serve", "--ping-interval", "30000"], "$CHATROOM_PING_INTERVAL): 30000 is a time without"],
    [["send", "--wait-reply", "--timeout", "2", "hi"], "--timeout: 2 is a time without its unit"],
    [["bench", "--duration", "5"], "--duration: 5 is a time without its unit"],
    [
      ["serve", "--keep-messages", "0"],
      "--keep-messages: A whole number from 1 up is needed, not 0",
    ],
    [["bench", "--clients", "many"], "--clients: A whole number from 1 up is needed, not many"],
    [["bench", "--stalled=-1"], "--stalled: A whole number from 0 up is needed, not -1"],
    [["bench", "--size", "big"], "--size: A size is written like"],
    [["export", "--since", "2026-02-30"], "--since is a date such as"],
    [
      ["send", "--name", "x", "--server", "a b", "hi"],
      '--server: "a b" is no address',
    ],
    [["tail", "-n", "-3"], "--lines: A whole number from 0 up is needed, not -3"],
    [["serve", "--web", "99999"], "--web: A port is a number from 0 to 65535, not 99999"],
    [
      ["serve", "--web", "0", "--web-host", "http://x/"],
      "--web-host takes a name or an address alone, such as chat.example.org, not http://x/",
    ],
    [["serve", "--web", "0", "--web-host", "x:80"], "such as chat.example.org, not x:80"],
    [
      ["serve", "--memory=no"],
      "--memory is true or false, not no; write --memory, or --memory=false",
    ],
    [["send", "--tls=", "hi"], "--tls is true or false, not empty"],
    [["serve", "--max-payload", "5"], "At least 1KiB is needed, not 5"],
    [["serve", "--device-timeout", "1h"], "At least 4h is needed, not 1h"],
    [["serve", "--edit-window", "0x"], "A time is written like"],
    [["serve", "--flood-timeout", "0"], "A time is written like"],
    [["tail", "-n", "10001"], "--lines takes up to 10000, not 10001"],
    [["send", "deploy", "failed", "-h", "now"], "-h stands in the text, and nothing was sent"],
    [["send", "--name", "x", "see", "--help"], "put the text into quotes, or -- before it"],
    [["serve", "--log-level", "loud"], "--log-level is debug, info, warning or error, not loud"],
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
  const second = "(with --name bob behind it for a second person)";
  assertEquals(await next(), `Join from another terminal ${second}:`);
  const join = await next();
  assertStringIncludes(join, ` run -A `);
  assertStringIncludes(join, `main.ts connect ${address}`);
  assertEquals(await next(), "Messages are kept in memory, and are gone when the server stops.");
  using peer = await joinClassic({ addr: parseAddress(address) as Deno.NetAddr }, "ann");
  child.kill("SIGTERM");
  assertStringIncludes(await peer.takeRest(), "The server is shutting down.");
  peer[Symbol.dispose]();
  assertEquals(await next(), "Stopping; telling 1 connected client.");
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
      [["--host", "b\u00fccher.invalid", "--port", "0"], "listen on xn--bcher-kva.invalid:0: "],
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
