/**
 * Servers on a real network, as far as one machine has any: namespaces of Linux with cables between them,
 * and no route to anywhere else. Where they can't be had, these tests are skipped and say why.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Machines, noMachines, type Running } from "../fixtures/lan_machines.ts";
import { succeeds } from "../fixtures/tools.ts";
import { until } from "../helpers.ts";
import { Pty } from "../pty.ts";

/** How long what takes a few tries may take, in ms. Reached only by a test that fails. */
const PATIENCE_MS = 120_000;
const NO_MACHINES = noMachines();
const HAS_AVAHI = succeeds("avahi-browse", ["--version"]) &&
  succeeds("dbus-daemon", ["--version"]) &&
  succeeds("avahi-daemon", ["--version"]);
const NO_AVAHI = NO_MACHINES ??
  (HAS_AVAHI ? undefined : "there is no avahi-daemon with avahi-utils and dbus");

/** A test that is skipped for a reason, if there is one: no machine has to have such networks. */
function lanTest(why: string | undefined, name: string, fn: () => Promise<void>): void {
  const skipped = why === undefined ? "" : ` (skipped: ${why})`;
  Deno.test({ name: `${name}, on a network${skipped}`, ignore: why !== undefined, fn });
}

/** Two machines that are joined: a, which is 10.9.0.1, and b, which is 10.9.0.2. */
function twoMachines(): Machines {
  const machines = new Machines();
  machines.add("a");
  machines.add("b");
  machines.join("ab", { a: "10.9.0.1", b: "10.9.0.2" });
  return machines;
}

async function serving(machines: Machines, name: string, ...flags: string[]): Promise<Running> {
  const common = ["serve", "--host", "0.0.0.0", "--memory"];
  const running = machines.start(name, machines.chatroom(name, ...common, ...flags));
  await running.said("This network is told of the server as");
  return running;
}

/** What `discover --json` finds on a machine, when it finds so many: a slow machine may need more than a look. */
// deno-lint-ignore no-explicit-any
async function discovered(machines: Machines, name: string, count = 1): Promise<any[]> {
  let lines: string[] = [];
  await until(`${count} found on ${name}`, async () => {
    const { stdout } = await machines.run(name, machines.chatroom(name, "discover", "--json"));
    lines = stdout.split("\n").filter((line) => line !== "");
    return lines.length >= count;
  }, PATIENCE_MS);
  return lines.map((line) => JSON.parse(line));
}

function terminal(machines: Machines, name: string, ...args: string[]): Pty {
  return new Pty(machines.chatroom(name, "connect", ...args), { env: machines.env(name) });
}

lanTest(NO_MACHINES, "two people chat after one command each, with no address typed", async () => {
  await using machines = twoMachines();
  await using server = await serving(machines, "a", "--announce", "Office");
  await using ann = terminal(machines, "a", "--name", "ann");
  await ann.expect("You are ann in lobby");
  await using bob = terminal(machines, "b", "--name", "bob");
  await bob.expect("Office  10.9.0.1:1234  not encrypted");
  await bob.expect("Which one? (1 to 1, or Enter for 127.0.0.1:1234):");
  bob.type("1\r");
  await bob.expect("You are bob in lobby");
  bob.type("hello from b\r");
  await ann.expect("hello from b");
  bob.type("\x04");
  assertEquals(await bob.exitCode(), 0);
  assertEquals(await server.end(), 0);
  const { code, stdout, stderr } = await machines.run("b", machines.chatroom("b", "discover"));
  assertEquals([code, stdout], [3, ""], "it has said goodbye");
  assertStringIncludes(stderr, "No server on this network announces itself");
});

lanTest(
  NO_MACHINES,
  "a certificate is looked at before a name goes out, and known from then on",
  async () => {
    await using machines = twoMachines();
    await using _server = await serving(machines, "a", "--tls", "--announce", "Office");
    const [before] = await discovered(machines, "b");
    assertEquals([before.name, before.server, before.tls, before.verdict], [
      "Office",
      "tls://10.9.0.1:1234",
      true,
      "new",
    ]);
    await using bob = terminal(machines, "b", "--name", "bob");
    await bob.expect("Which one?");
    bob.type("1\r");
    await bob.expect(before.fingerprint);
    // What is typed before the question is not taken for its answer.
    await bob.expect("Same?");
    bob.type("yes\r");
    await bob.expect("You are bob in lobby");
    bob.type("\x04");
    assertEquals(await bob.exitCode(), 0);
    await using again = terminal(machines, "b", "--name", "bob");
    await again.expect("You are bob in lobby");
    assert(!again.screen.text.includes("looking for servers"), "it is remembered");
    const [after] = await discovered(machines, "b");
    assertEquals([after.verdict, after.known, after.note], [
      "known",
      "10.9.0.1:1234",
      "known as Office (10.9.0.1:1234)",
    ]);
    // Another machine takes the name, and has another certificate.
    machines.add("c");
    machines.join("bc", { b: "10.9.5.2", c: "10.9.5.3" });
    await using _other = await serving(machines, "c", "--tls", "--announce", "Office");
    await using _plain = await serving(machines, "c", "--port", "99", "--announce", "0ffice");
    const verdicts = (await discovered(machines, "b", 3)).map((
      { server, verdict },
    ) => [server, verdict]);
    assertEquals(verdicts.sort(), [
      ["10.9.5.3:99", "refused"],
      ["tls://10.9.0.1:1234", "known"],
      ["tls://10.9.5.3:1234", "warned"],
    ]);
  },
);

lanTest(NO_MACHINES, "a password that is known goes to no stranger by itself", async () => {
  await using machines = twoMachines();
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "not for strangers\n");
    await using _server = await serving(machines, "a", "--announce", "--password-file", file);
    await using bob = terminal(machines, "b", "--name", "bob", "--password-file", file);
    await bob.expect("not encrypted, password");
    await bob.expect("Which one?");
    bob.type("1\r");
    await bob.expect("Nothing is encrypted there, so no password is sent unless you type it.");
    await bob.expect("Password of the server:");
    bob.type("not for strangers\r");
    await bob.expect("You are bob in lobby");
  } finally {
    await Deno.remove(file);
  }
});

lanTest(NO_MACHINES, "nobody is asked in a pipe, which goes where it always did", async () => {
  await using machines = twoMachines();
  await using server = await serving(machines, "a", "--announce", "--log-level", "debug");
  const { code, stderr } = await machines.run(
    "b",
    machines.chatroom("b", "connect", "--name", "script"),
  );
  assertEquals(code, 3);
  assertStringIncludes(stderr, "127.0.0.1:1234");
  assertEquals(server.lines.filter((line) => line.includes("Connected")), []);
});

lanTest(NO_MACHINES, "each of two networks is told the address that it can reach", async () => {
  await using machines = twoMachines();
  machines.add("c");
  machines.join("ac", { a: "10.9.7.1", c: "10.9.7.2" });
  await using _server = await serving(machines, "a", "--announce", "Office");
  const [atB] = await discovered(machines, "b");
  const [atC] = await discovered(machines, "c");
  assertEquals([atB.addresses, atC.addresses], [["10.9.0.1"], ["10.9.7.1"]]);
});

lanTest(NO_MACHINES, "two servers of one machine are told of by two names", async () => {
  await using machines = twoMachines();
  await using _one = await serving(machines, "a", "--announce", "Office");
  await using two = await serving(machines, "a", "--announce", "Office", "--port", "4000");
  await two.said('as "Office (2)", since others have that name');
  const found = await discovered(machines, "b", 2);
  assertEquals(found.map(({ name, port }) => [name, port]), [["Office", 1234], [
    "Office (2)",
    4000,
  ]]);
});

lanTest(NO_MACHINES, "a network that comes after the start is told, too", async () => {
  await using machines = new Machines();
  for (const name of ["a", "b"]) machines.add(name);
  const flags = ["serve", "--host", "0.0.0.0", "--memory", "--announce", "Office"];
  await using server = machines.start("a", machines.chatroom("a", ...flags));
  await server.said("This machine is on no network that could be told of this server");
  machines.join("ab", { a: "10.9.0.1", b: "10.9.0.2" });
  await server.said("This network is told of the server as");
  assertEquals((await discovered(machines, "b")).map(({ name }) => name), ["Office"]);
  machines.unplug("a", "ab");
  machines.join("ab", { a: "10.9.0.3", b: "10.9.0.2" });
  await until(
    "the new address",
    async () => (await discovered(machines, "b"))[0].addresses[0] === "10.9.0.3",
    PATIENCE_MS,
  );
  assertEquals(await server.end(), 0);
});

/** Sends garbage to the group for some seconds, as fast as it can; prints how much. */
const FLOOD = `
import { createSocket } from "node:dgram";
const socket = createSocket({ type: "udp4", reuseAddr: true });
socket.bind(5353, "10.9.0.2", () => {
  socket.setMulticastInterface("10.9.0.2");
  const end = Date.now() + 6000;
  let count = 0;
  const more = () => {
    if (Date.now() > end) { console.log("sent " + count); return socket.close(); }
    const bytes = crypto.getRandomValues(new Uint8Array(1 + Math.floor(Math.random() * 1400)));
    if (count % 2) bytes.fill(0, 0, Math.min(bytes.length, 12));
    count++;
    socket.send(bytes, 5353, "224.0.0.251", more);
  };
  for (let n = 0; n < 8; n++) more();
});`;

lanTest(NO_MACHINES, "a flood of garbage costs nobody in the chat anything, and ends", async () => {
  await using machines = twoMachines();
  await using server = await serving(machines, "a", "--announce", "Office");
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, FLOOD);
    await using flood = machines.start("b", machines.on("b", Deno.execPath(), "run", "-A", file));
    await server.said("A network can't be told of this server");
    const send = machines.chatroom(
      "b",
      "send",
      "--name",
      "s",
      "--server",
      "10.9.0.1",
      "still here",
    );
    assertEquals((await machines.run("b", send)).code, 0);
    const line = await flood.said("sent ");
    assert(Number(/\d+/.exec(line)?.[0]) > 2_000, line);
    const status = await Deno.readTextFile(`/proc/${server.pid}/status`);
    const resident = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
    assert(resident < 400_000, `${resident} KiB`);
    assertEquals((await discovered(machines, "b")).map(({ name }) => name), ["Office"]);
  } finally {
    await Deno.remove(file);
  }
});

/** Starts avahi on a machine, with a bus of its own; returns what its programs are to find. */
async function avahiOn(machines: Machines, name: string, dir: string): Promise<string[]> {
  const bus = `unix:path=${dir}/bus`;
  await Deno.writeTextFile(
    `${dir}/bus.conf`,
    `<busconfig><type>system</type><listen>${bus}</listen><auth>EXTERNAL</auth>` +
      `<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>` +
      `<allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>`,
  );
  await Deno.writeTextFile(
    `${dir}/avahi.conf`,
    `[server]\nuse-ipv6=no\nhost-name=avahi-box\n[wide-area]\nenable-wide-area=no\n`,
  );
  const env = ["env", `DBUS_SYSTEM_BUS_ADDRESS=${bus}`];
  machines.start(name, ["dbus-daemon", `--config-file=${dir}/bus.conf`, "--nofork"]);
  await until("the bus", async () => await Deno.stat(`${dir}/bus`).then(() => true, () => false));
  // The daemon has one file for its number; each of these has a place of its own for it.
  const avahi =
    `mount -t tmpfs none /run/avahi-daemon 2>/dev/null || { mkdir -p /run/avahi-daemon; ` +
    `mount -t tmpfs none /run/avahi-daemon; }; exec avahi-daemon --no-drop-root --no-chroot --no-rlimits ` +
    `-f ${dir}/avahi.conf`;
  const daemon = machines.start(
    name,
    machines.on(name, "unshare", "-m", ...env, "sh", "-c", avahi),
  );
  await daemon.said("Server startup complete");
  return env;
}

lanTest(NO_AVAHI, "avahi finds our server, and we find what avahi tells of", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await using machines = twoMachines();
    const env = await avahiOn(machines, "b", dir);
    await using server = await serving(machines, "a", "--tls", "--announce", "Büro (1. Stock)");
    const browse = ["avahi-browse", "--resolve", "--terminate", "--parsable", "_chatroom._tcp"];
    let seen = "";
    await until("avahi's answer", async () => {
      seen = (await machines.run("b", machines.on("b", ...env, ...browse))).stdout;
      return /^=/m.test(seen);
    }, PATIENCE_MS);
    const resolved = seen.split("\n").find((line) => line.startsWith("=")) ?? "";
    assertStringIncludes(resolved, ";_chatroom._tcp;local;");
    assertStringIncludes(resolved, ";10.9.0.1;1234;");
    for (const text of ["v=1", "tls=1", "fp=SHA256:", "pw=0"]) assertStringIncludes(resolved, text);
    const publish = [
      ...["avahi-publish", "-s", "From Avahi", "_chatroom._tcp", "4321"],
      ...["v=1", "tls=0", "pw=1"],
    ];
    await using published = machines.start("b", machines.on("b", ...env, ...publish));
    await published.said("Established");
    // Beside avahi on its own machine, and from the other one.
    for (const name of ["a", "b"]) {
      const found = await discovered(machines, name, 2);
      const avahis = found.find(({ port }) => port === 4321);
      assertEquals([avahis?.name, avahis?.server, avahis?.password], [
        "From Avahi",
        "10.9.0.2:4321",
        true,
      ]);
      assertEquals(found.find(({ port }) => port === 1234)?.name, "Büro (1. Stock)");
    }
    assertEquals(await server.end(), 0);
    await until("avahi hears the goodbye", async () => {
      const { stdout } = await machines.run("b", machines.on("b", ...env, ...browse));
      return !stdout.includes(";1234;");
    }, PATIENCE_MS);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
