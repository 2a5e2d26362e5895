/** `chatroom bench` as a script or a shell uses it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { formatAddress } from "../lib/cli/values.ts";
import { Identity } from "../lib/tls/identity.ts";
import { makeKeyPair } from "../lib/tls/self_signed.ts";
import { securely } from "./fixtures/certificates.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { slowTest } from "./fixtures/thorough.ts";
import { startServer, until } from "./helpers.ts";

const IS_LINUX = Deno.build.os === "linux";
const MAIN = new URL("../main.ts", import.meta.url).pathname;
const PERMISSIONS = config.tasks.serve.split(" ").filter((word) => word.startsWith("--allow"));

/** Runs `chatroom bench` to its end, with what the executable may do. */
async function bench(
  args: string[],
  permissions: readonly string[] = PERMISSIONS,
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...permissions, MAIN, "bench", ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const text = (output: Uint8Array): string => new TextDecoder().decode(output);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("bench --json prints one object, bench without it a table", async () => {
  await using server = startServer();
  const address = formatAddress(server.addr);
  const load = [address, "--clients", "20", "--duration", "200ms"];
  const [json, table] = await Promise.all([
    bench([...load, "--json", "--protocol", "event", "--rooms", "2", "--window", "4"]),
    bench([...load, "--rate", "100"]),
  ]);
  assertEquals([json.code, json.stderr], [0, ""]);
  const figures = JSON.parse(json.stdout);
  assertEquals([figures.clients, figures.rooms, figures.window, figures.missing], [20, 2, 4, 0]);
  assert(figures.deliveredPerSecond > 0 && figures.sentPerSecond > 0);
  assertEquals(figures.serverMemory, null);
  assertEquals([table.code, table.stderr], [0, ""]);
  assertStringIncludes(table.stdout, "\nmissing        0 deliveries\nserver memory  n/a\n");
});

Deno.test("bench starts a server of its own where it may, and ends it", async () => {
  const args = ["--idle", "--clients", "10", "--duration", "100ms", "--json"];
  const own = await bench(args, ["-A"]);
  assertEquals([own.code, own.stderr], [0, ""]);
  const { serverMemory } = JSON.parse(own.stdout);
  assertEquals(serverMemory === null, Deno.build.os !== "linux");
  const may = await bench(args);
  assertEquals([may.code, may.stdout], [1, ""]);
  assertStringIncludes(may.stderr, "name it, as in: chatroom bench 127.0.0.1:1234\n");
  assertEquals(may.stderr.split("\n").length, 2);
});

Deno.test({
  name: "bench's own server ends with it, also when bench is killed" +
    (IS_LINUX ? "" : " (skipped: /proc tells who its child is)"),
  ignore: !IS_LINUX,
  fn: async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", MAIN, "bench", "--duration", "10m", "--rate", "1"],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const children = `/proc/${child.pid}/task/${child.pid}/children`;
    let server = "";
    await until("its server's process", () => (server = readNow(children).trim()) !== "");
    const commandLine = `/proc/${server}/cmdline`;
    await until("its server", () => readNow(commandLine).includes("--memory"));
    child.kill("SIGKILL");
    await child.status;
    await until("the server's end", () => readNow(commandLine) === "");
  },
});

/**
 * What is in a file of /proc; nothing when its process has gone. Deno itself opens it only for those who
 * may do everything.
 */
function readNow(path: string): string {
  const { stdout } = new Deno.Command("cat", { args: [path], stderr: "null" }).outputSync();
  return new TextDecoder().decode(stdout);
}

slowTest("bench's own server wants no password, whatever the environment has", async () => {
  const args = ["--clients", "5", "--duration", "100ms", "--json"];
  const own = await bench(args, ["-A"], { CHATROOM_PASSWORD: "sesame" });
  assertEquals([own.code, own.stderr], [0, ""]);
});

slowTest(
  "bench --tls loads a server over TLS: one of its own, or one that is trusted",
  async () => {
    const args = ["--clients", "10", "--duration", "100ms", "--json", "--tls"];
    const own = await bench(args, ["-A"]);
    assertEquals([own.code, own.stderr], [0, ""]);
    const { tls, missing, delivered } = JSON.parse(own.stdout);
    assertEquals([tls, missing], [true, 0]);
    assert(delivered > 0);
    const identity = new Identity(await makeKeyPair(["127.0.0.1"]));
    await using server = startServer(securely(identity));
    const address = formatAddress(server.addr);
    const given = await bench([address, ...args, "--tls-fingerprint", identity.fingerprint]);
    assertEquals([given.code, given.stderr], [0, ""]);
    const wrong = await bench([address, ...args, "--tls-fingerprint", "0".repeat(64)]);
    assertEquals([wrong.code, wrong.stdout], [4, ""]);
    assertStringIncludes(wrong.stderr, "is not the one that was asked for");
    assertEquals(wrong.stderr.split("\n").length, 2);
  },
);

Deno.test({
  name: "bench finds the memory of a server of this machine that it was told of" +
    (IS_LINUX ? "" : " (skipped: only Linux tells who listens)"),
  ignore: !IS_LINUX,
  fn: async () => {
    await using server = startServer();
    const load = ["--clients", "5", "--duration", "100ms"];
    const { code, stdout } = await bench([formatAddress(server.addr), ...load], ["-A"]);
    assertEquals(code, 0);
    const where = `server         ${formatAddress(server.addr)} (process ${Deno.pid}, `;
    assertEquals(stdout.slice(0, where.length), where);
    assert(/^server memory {2}\d+\.\d MiB resident/m.test(stdout), stdout);
  },
});

Deno.test("bench quotes a server that turns its clients away, and names the limits", async () => {
  await using server = startServer({ limits: { connectionsPerAddress: 10 } });
  const { code, stdout, stderr } = await bench([formatAddress(server.addr)]);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr,
    "The server did not let a client in: Your address has 10 connections, which is the limit. " +
      "The limits of serve are --max-connections, --max-connections-per-address and " +
      "--max-connects-per-minute.\n",
  );
});

Deno.test("bench at a server that reads slowly says so, and that nothing was lost", async () => {
  await using server = startServer({ limits: { requestsPerSecond: 50, requestBurst: 50 } });
  const load = ["--clients", "5", "--protocol", "event", "--rate", "200", "--duration", "1s"];
  const { code, stdout, stderr } = await bench([formatAddress(server.addr), ...load]);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "\nmissing        0 deliveries\nlate           ");
  assertStringIncludes(stdout, "\nheld up        Asked: 200 messages/s. Reached: ");
});

Deno.test("Ctrl-C ends bench with the table so far and exit code 130", async () => {
  await using server = startServer();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", ...PERMISSIONS, MAIN, "bench", formatAddress(server.addr)],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  await until("the clients' coming", () => server.connections === 100);
  child.kill("SIGINT");
  const { code, stdout } = await child.output();
  assertEquals(code, Deno.build.os === "windows" ? 1 : 130);
  assertStringIncludes(new TextDecoder().decode(stdout), "interrupted");
});

Deno.test({
  name: "bench says before it opens anything that the limit of open files is too low" +
    (IS_LINUX ? "" : " (skipped: only Linux has a file that tells it)"),
  ignore: !IS_LINUX,
  fn: async () => {
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: [
        ...["-c", 'ulimit -n 200; exec "$@"', "sh", Deno.execPath(), "run", "-q", "-A"],
        ...[MAIN, "bench", "--clients", "150"],
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const text = (output: Uint8Array): string => new TextDecoder().decode(output);
    assertEquals([code, text(stdout)], [1, ""]);
    assertEquals(
      text(stderr),
      "150 clients need 214 open files, and this process may have 200; raise the limit in this " +
        "shell with ulimit -n 214, or ask for fewer --clients\n",
    );
  },
});

Deno.test("bench: bad usage is one line and exit code 2, no server exit code 3", async () => {
  const gone = startServer();
  const nowhere = formatAddress(gone.addr);
  await gone.shutdown();
  const cases = [
    [["--protocol", "xmpp"], 2, "--protocol is classic, event or irc, not xmpp"],
    [["--protocol", "irc", "--size", "401"], 2, "A message has 12 to 400 bytes, not 401"],
    [["--rate", "5", "--window", "5"], 2, "--rate, --window and --idle exclude each other"],
    [["--clients", "999999999999"], 2, "100000 clients at most, not 999999999999"],
    [["--clients", "1"], 2, "2 or more, not 1"],
    [["one", "two"], 2, 'bench can\'t take "two"'],
    [["--tls-ca", "ca.pem"], 2, "--tls-ca and --tls-fingerprint need a HOST"],
    [[nowhere], 3, `Can't connect to ${nowhere}: nothing listens there`],
  ] as Array<[string[], number, string]>;
  await Promise.all(cases.map(async ([args, expected, part]) => {
    const { code, stdout, stderr } = await chatroom(["bench", ...args]);
    assertEquals([code, stdout, stderr.split("\n").length], [expected, "", 2], stderr);
    assertStringIncludes(stderr, part);
  }));
});
