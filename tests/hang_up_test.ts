/** SIGHUP: a server goes on and reads its files again; without a terminal so do tail and connect. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { formatAddress, parseAddress } from "../lib/cli/values.ts";
import { makeKeyPair } from "../lib/tls/self_signed.ts";
import { eventFrame, joinEvent, RawPeer, startServer, within } from "./helpers.ts";
import { command } from "./program.ts";

const ignore = Deno.build.os === "windows";
const UNIX_ONLY = ignore ? " (skipped: there is no SIGHUP on Windows)" : "";

function linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncIterator<string> {
  return stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    [Symbol.asyncIterator]();
}

async function lineWith(lines: AsyncIterator<string>, text: string): Promise<string> {
  for (;;) {
    const { done, value } = await lines.next();
    assert(!done, `${text} was not there`);
    if (value.includes(text)) return value;
  }
}

async function rest(lines: AsyncIterator<string>): Promise<void> {
  while (!(await lines.next()).done);
}

/** Says hello under a password; the answer's type, or its code. */
async function hello(addr: Deno.NetAddr, password: string): Promise<string> {
  using peer = await RawPeer.connect({ addr });
  await peer.send(eventFrame("ann"));
  const { type, code } = await peer.ask({ type: "hello", password });
  return code ?? type;
}

Deno.test({
  name:
    `SIGHUP does not end a server, which takes the password that is in its file now${UNIX_ONLY}`,
  ignore,
  async fn(): Promise<void> {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "first password\n");
    const flags = ["serve", "--memory", "--port", "0", "--password-file", file];
    const child = command(flags).spawn();
    const [out, log] = [linesOf(child.stdout), linesOf(child.stderr)];
    const line = await lineWith(out, " is listening on ");
    const addr = parseAddress(line.split(" ").at(-1) ?? "") as Deno.NetAddr;
    await lineWith(out, "Messages are kept");
    assertEquals(await hello(addr, "first password"), "ready");
    await Deno.writeTextFile(file, "second password\n");
    child.kill("SIGHUP");
    assertStringIncludes(await lineWith(log, "is in force"), "changed=--password-file");
    assertEquals(await hello(addr, "second password"), "ready");
    await Deno.writeTextFile(file, "\n");
    child.kill("SIGHUP");
    assertStringIncludes(await lineWith(log, "nothing was taken over"), "is empty");
    assertEquals(await hello(addr, "second password"), "ready");
    assertEquals(await hello(addr, "first password"), "bad-password");
    child.kill("SIGTERM");
    await Promise.all([rest(out), rest(log)]);
    await child.stdin.close();
    assertEquals((await child.status).code, 0);
    await Deno.remove(file);
  },
});

Deno.test({
  name: `SIGHUP does not make a server wait for a pipe that its password came by${UNIX_ONLY}`,
  ignore,
  async fn(): Promise<void> {
    const dir = await Deno.makeTempDir();
    const pipe = `${dir}/pipe`;
    assertEquals((await new Deno.Command("mkfifo", { args: [pipe] }).output()).code, 0);
    const child = command(["serve", "--memory", "--port", "0", "--password-file", pipe]).spawn();
    await Deno.writeTextFile(pipe, "first password\n");
    const [out, log] = [linesOf(child.stdout), linesOf(child.stderr)];
    const line = await lineWith(out, " is listening on ");
    const addr = parseAddress(line.split(" ").at(-1) ?? "") as Deno.NetAddr;
    await lineWith(out, "Messages are kept");
    child.kill("SIGHUP");
    await within("the server", lineWith(log, "nothing has changed"));
    assertEquals(await hello(addr, "first password"), "ready");
    child.kill("SIGTERM");
    await Promise.all([rest(out), rest(log)]);
    await child.stdin.close();
    assertEquals((await child.status).code, 0);
    await Deno.remove(dir, { recursive: true });
  },
});

Deno.test({
  name: `SIGHUP does not make a server wait for a pipe that its key came by${UNIX_ONLY}`,
  ignore,
  async fn(): Promise<void> {
    const dir = await Deno.makeTempDir();
    const [pipe, file] = [`${dir}/key.pem`, `${dir}/cert.pem`];
    const { cert, key } = await makeKeyPair(["localhost"]);
    await Deno.writeTextFile(file, cert);
    assertEquals((await new Deno.Command("mkfifo", { args: [pipe] }).output()).code, 0);
    const tls = ["--tls-cert", file, "--tls-key", pipe];
    const child = command(["serve", "--memory", "--port", "0", ...tls]).spawn();
    await Deno.writeTextFile(pipe, key);
    const [out, log] = [linesOf(child.stdout), linesOf(child.stderr)];
    await lineWith(out, "Messages are kept");
    for (let times = 0; times < 2; times++) {
      child.kill("SIGHUP");
      await within("the server", lineWith(log, "nothing has changed"));
    }
    child.kill("SIGTERM");
    await Promise.all([rest(out), rest(log)]);
    await child.stdin.close();
    assertEquals((await child.status).code, 0);
    await Deno.remove(dir, { recursive: true });
  },
});

for (const [what, args] of [["tail", ["tail"]], ["connect", ["connect"]]] as const) {
  Deno.test({
    name: `${what} without a terminal goes on after SIGHUP, and ends with SIGTERM${UNIX_ONLY}`,
    ignore,
    async fn(): Promise<void> {
      await using server = startServer();
      using bob = await joinEvent(server, "bob");
      const child = command([...args, formatAddress(server.addr), "--name", "me"]).spawn();
      const [out, err] = [linesOf(child.stdout), linesOf(child.stderr)];
      let isThere = false;
      const heard = lineWith(out, "hello").then(() => isThere = true);
      for (let n = 0; !isThere; n++) {
        await bob.ask({ type: "say", room: "lobby", text: `hello ${n}` });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await heard;
      child.kill("SIGHUP");
      await bob.ask({ type: "say", room: "lobby", text: "still there?" });
      await lineWith(out, "still there?");
      child.kill("SIGTERM");
      await Promise.all([rest(out), rest(err)]);
      await child.stdin.close().catch(() => {});
      assertEquals((await child.status).code, 143);
    },
  });
}
