/**
 * What is promised of a package on a network, in the words of the README: two machines chat after one command
 * each and no address typed; with TLS, a password, a configuration file, a reload, a backup, and a restore
 * elsewhere. The machines are network namespaces with one cable between them.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Machines } from "../fixtures/lan_machines.ts";
import { Pty } from "../pty.ts";

/** A chatroom that a package has installed. */
export interface OnMachines {
  /** Runs it on whichever machine this stands behind. */
  readonly command: readonly string[];
  /** A folder for what it keeps, by the same path inside and outside. */
  readonly folder: string;
}

/** Plays it all. */
export async function chatOnTwoMachines({ command, folder }: OnMachines): Promise<void> {
  await using machines = new Machines();
  for (const name of ["a", "b"]) {
    machines.add(name);
    await Deno.mkdir(`${folder}/${name}`, { mode: 0o700 });
  }
  machines.join("ab", { a: "10.9.0.1", b: "10.9.0.2" });
  const chatroom = (name: string, ...args: string[]): string[] => {
    const own = [
      `HOME=${folder}/${name}`,
      `XDG_CONFIG_HOME=${folder}/${name}`,
      "TERM=xterm-256color",
    ];
    return machines.on(name, "env", "CHATROOM_CONFIG=none", ...own, ...command, ...args);
  };
  const run = async (name: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await machines.run(name, chatroom(name, ...args));
    assertEquals([args[0], code, stderr], [args[0], 0, ""]);
    return stdout;
  };

  const [data, key] = [`${folder}/a/data`, `${folder}/room.key`];
  const config = `${folder}/a/chatroom.toml`;
  await Deno.writeTextFile(key, "a secret of the room\n", { mode: 0o600 });
  const common = ['host = "0.0.0.0"', "tls = true", `password-file = "${key}"`];
  await Deno.writeTextFile(
    config,
    [...common, `data = "${data}"`, 'announce = "Office"'].join("\n"),
  );
  const server = machines.start("a", chatroom("a", "serve", "--config", config));
  await server.said("This network is told of the server as");
  const pin = /SHA256:\S+/.exec(await server.said("  SHA256:"))?.[0] ?? "";

  // One command on the other machine, and no address.
  await using bob = new Pty(chatroom("b", "connect", "--name", "bob"), { columns: 120 });
  await bob.expect("Which one? (1 to 1");
  assertStringIncludes(bob.screen.text, "Office  tls://10.9.0.1:1234");
  bob.type("1\r");
  await bob.expect("Same?");
  assertStringIncludes(bob.screen.text, pin);
  bob.type("yes\r");
  await bob.expect("Password of the server:");
  bob.type("a secret of the room\r");
  await bob.expect("You are bob in lobby");
  const trusted = ["--tls-fingerprint", pin, "--password-file", key];
  const ann = [...trusted, "--name", "ann"];
  await run("a", "send", ...ann, "hello from a");
  await bob.expect("<ann> hello from a");
  bob.type("hello from b\r");
  await bob.expect("<bob> hello from b");
  const heard = await run("a", "tail", ...trusted, "-n", "5", "--no-follow");
  assertStringIncludes(heard, "hello from b");

  // A reload, by which nobody is dropped.
  await Deno.writeTextFile(config, `\nmax-rooms = 77\n`, { append: true });
  Deno.kill(server.pid, "SIGHUP");
  await server.said("SIGHUP: all was read again, and what has changed is in force");
  await run("a", "send", ...ann, "after the reload");
  await bob.expect("<ann> after the reload");

  // A backup while it runs, and a restore on the other machine, whose server is known by its certificate.
  await run("a", "backup", `${folder}/chat.tar`, "--data", data);
  bob.type("\x04");
  assertEquals(await bob.exitCode(), 0);
  assertEquals(await server.end(), 0);
  await run("b", "restore", `${folder}/chat.tar`, "--data", `${folder}/b/data`);
  const moved = `${folder}/b/chatroom.toml`;
  await Deno.writeTextFile(moved, [...common, `data = "${folder}/b/data"`].join("\n"));
  const other = machines.start("b", chatroom("b", "serve", "--config", moved));
  await other.said("Join from another terminal");
  const there = await run("a", "tail", "10.9.0.2", ...trusted, "-n", "5", "--no-follow");
  for (const text of ["hello from a", "hello from b", "after the reload"]) {
    assertStringIncludes(there, text);
  }
  assertEquals(await other.end(), 0);
}
