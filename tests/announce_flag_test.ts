/** `serve --announce` and `discover` on the command line and in a configuration file. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { announceWish } from "../lib/cli/lan_flags.ts";
import { parseInvocation } from "../lib/cli/flags.ts";
import { tellLan } from "../lib/cli/lan_telling.ts";
import { serveCommand } from "../lib/cli/serve.ts";
import { wantedBy, withConfig } from "../lib/cli/serve_wanted.ts";
import { recordAddress, textsIn } from "../lib/lan/dns_records.ts";
import type { LogEntry } from "../lib/server/log.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { Cable } from "./fixtures/lan.ts";

/** The name that a command line, or a file of these lines, has the network told; `undefined`: none. */
async function announced(args: readonly string[], file?: string): Promise<string | undefined> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, file ?? "");
    const config = file === undefined ? "none" : path;
    const given = ["--memory", "--host", "0.0.0.0", "--config", config, ...args];
    const whole = await withConfig(parseInvocation(serveCommand, given), serveCommand.flags);
    return (await wantedBy(whole)).announce?.name;
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a server is told of by the name that is given, its title, or that of the machine", async () => {
  assertEquals(await announced([]), undefined);
  assertEquals(await announced(["--announce", "My Office"]), "My Office");
  assertEquals(await announced(["--announce=Attic", "--title", "T"]), "Attic");
  assertEquals(await announced(["--announce", "--title", "The Den"]), "The Den");
  assertEquals(await announced(["--announce"]), Deno.hostname());
});

Deno.test("in a file it is true, false or the name", async () => {
  assertEquals(await announced([], "announce = true\n"), Deno.hostname());
  assertEquals(await announced([], 'announce = "Office"\n'), "Office");
  assertEquals(await announced([], "announce = false\n"), undefined);
  assertEquals(await announced(["--announce", "Attic"], "announce = false\n"), "Attic");
});

for (
  const [file, problem] of [
    ["announce = 7", "1: announce is [NAME], a text in quotes, or true or false, not 7"],
    ['announce = ""', "1: announce is empty"],
    ['announce = "a\\u0007"', "--announce takes a name of 63 bytes at most that can be seen"],
    [
      'announce = true\nhost = "127.0.0.1"',
      "--announce tells the network of a server that only this",
    ],
  ] as const
) {
  Deno.test(`a file with ${JSON.stringify(file)} is told of with its place`, async () => {
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(path, `${file}\n`);
      const { code, stderr } = await chatroom(["config", "check", path]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, path);
      // The address that nobody reaches is the default, too.
      if (!file.includes("\\u0007")) assertStringIncludes(stderr, problem);
    } finally {
      await Deno.remove(path);
    }
  });
}

Deno.test("what comes of it is shown as it would stand in a file", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, 'host = "0.0.0.0"\nannounce = true\n');
    const { stdout } = await chatroom(["config", "show", path]);
    assertStringIncludes(stdout, "\nannounce = true");
  } finally {
    await Deno.remove(path);
  }
});

for (const host of ["127.0.0.1", "127.0.0.9", "localhost", "::1"]) {
  Deno.test(`nobody is told of a server on ${host}, which nobody reaches`, async () => {
    const { code, stdout, stderr } = await chatroom([
      ...["serve", "--memory", "--config", "none", "--host", host, "--announce"],
    ]);
    assertEquals([code, stdout], [2, ""]);
    assertEquals(
      stderr,
      "chatroom: --announce tells the network of a server that only this machine can reach: it " +
        `listens on ${host}; say --host 0.0.0.0, or leave out --announce\n`,
    );
  });
}

Deno.test("a name that nobody could read is refused", () => {
  for (const name of ["é".repeat(32), "a\nb", "\u202e"]) {
    const invocation = parseInvocation(serveCommand, [`--announce=${name}`]);
    try {
      announceWish(invocation, "0.0.0.0", undefined);
    } catch (error) {
      assertStringIncludes((error as Error).message, "63 bytes at most");
      continue;
    }
    throw new Error(`${name} was taken`);
  }
});

for (
  const [args, problem] of [
    [["--timeout", "2"], "2 is a time without its unit"],
    [["--timeout", "2m"], "--timeout: A time from 100ms to 1m is possible, not 2m"],
    [["10.0.0.1"], 'discover can\'t take "10.0.0.1"'],
  ] as const
) {
  Deno.test(`discover ${args.join(" ")} is a mistake`, async () => {
    const { code, stdout, stderr } = await chatroom(["discover", ...args]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, problem);
  });
}

Deno.test("a network that can't be told is a warning, and the server goes on", async () => {
  const logged: LogEntry[] = [];
  await using _telling = tellLan({
    name: "Office",
    server: { addr: { hostname: "0.0.0.0", port: 1234 } },
    web: undefined,
    identity: undefined,
    needsPassword: () => false,
    log: (entry) => void logged.push(entry),
    print: () => {},
    rows: () => [{ name: "eth0", family: "IPv4", address: "10.0.0.1", netmask: "255.255.255.0" }],
    open: () => {
      throw new Error("Address already in use");
    },
  });
  assertEquals(logged.map(({ level, text, fields }) => [level, text, fields]), [
    [
      "warning",
      "A network can't be told of this server",
      { address: "10.0.0.1", error: "Address already in use" },
    ],
  ]);
});

for (
  const [hostname, addresses] of [
    ["0.0.0.0", ["10.0.0.1"]],
    ["10.0.0.1", ["10.0.0.1"]],
    ["10.0.0.2", []],
    ...Deno.build.os === "windows" ? [] : [["::", ["10.0.0.1", "2001:db8::1"]] as const],
  ] as const
) {
  const what = addresses.length === 0 ? "nothing" : addresses.join(" and ");
  Deno.test(`of a server that listens on ${hostname} a network is told ${what}`, async () => {
    const cable = new Cable();
    const name = "eth0";
    await using _telling = tellLan({
      name: "Office",
      server: { addr: { hostname, port: 4_000 } },
      web: { addr: { hostname: "127.0.0.1", port: 8_080 } },
      identity: undefined,
      needsPassword: () => false,
      log: () => {},
      print: () => {},
      rows: () => [
        { name, family: "IPv4", address: "10.0.0.1", netmask: "255.255.255.0" },
        { name, family: "IPv6", address: "2001:db8::1", netmask: "ffff:ffff:ffff:ffff::" },
        { name, family: "IPv6", address: "fe80::1", netmask: "ffff:ffff:ffff:ffff::" },
      ],
      open: cable.open,
      world: { ...cable.clock, [Symbol.dispose]: () => {} },
    });
    cable.clock.pass(1_200);
    const records = cable.sent.flatMap(({ message }) => message.answers);
    assertEquals(records.flatMap((record) => recordAddress(record) ?? []), [...addresses]);
    // A page that only this machine reaches is not told of.
    const txt = records.find(({ type }) => type === 16);
    if (txt !== undefined) assertEquals([...textsIn(txt).keys()], ["v", "tls", "pw"]);
  });
}

Deno.test("what is told of a server is where and how it is reached, and nothing else", async () => {
  const cable = new Cable();
  const clock = cable.clock;
  await using _telling = tellLan({
    name: "Office",
    server: { addr: { hostname: "10.0.0.1", port: 4_000 } },
    web: { addr: { hostname: "0.0.0.0", port: 8_080 } },
    identity: { fingerprint: "SHA256:AB" },
    needsPassword: () => true,
    log: () => {},
    print: () => {},
    rows: () => [{ name: "eth0", family: "IPv4", address: "10.0.0.1", netmask: "255.255.255.0" }],
    open: cable.open,
    world: { ...clock, [Symbol.dispose]: () => {} },
  });
  clock.pass(2_000);
  const records = cable.sent.flatMap(({ message }) => message.answers);
  const texts = records.filter(({ type }) => type === 16).map((txt) => [...textsIn(txt)]);
  assertEquals(texts[0], [
    ["v", "1"],
    ["tls", "1"],
    ["fp", "SHA256:AB"],
    ["web", "8080"],
    ["pw", "1"],
  ]);
});
