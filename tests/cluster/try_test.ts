/** `deno task cluster:try`: it can be chatted through, and leaves nothing. */

import { assert, assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { parseAddress } from "../../lib/cli/values.ts";
import config from "../../deno.json" with { type: "json" };
import { joinClassic } from "../helpers.ts";
import { NO_NATS } from "../fixtures/nats_servers.ts";
import { testUnless } from "../fixtures/tools.ts";

const ROOT = new URL("../../", import.meta.url);

/** The task, with a directory for what is temporary. */
function task(temporary: string, env: Readonly<Record<string, string>> = {}): Deno.Command {
  const [, ...args] = config.tasks["cluster:try"].split(" ");
  return new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { TMPDIR: temporary, NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

testUnless(
  NO_NATS,
  "cluster:try runs nodes that people talk through, and leaves nothing",
  async () => {
    const temporary = await Deno.makeTempDir();
    try {
      const child = task(temporary).spawn();
      const complained = new Response(child.stderr).text();
      const lines = child.stdout.pipeThrough(new TextDecoderStream())
        .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
      const addrs: Deno.NetAddr[] = [];
      for (let line = ""; !line.startsWith("Ctrl-C ends");) {
        const { value, done } = await lines.next();
        if (done) throw new Error(await complained);
        line = value;
        const address = /^Node n\d at (\S+), page http\S+$/.exec(line)?.[1];
        if (address !== undefined) addrs.push(parseAddress(address) as Deno.NetAddr);
      }
      assertEquals(addrs.length, 3);
      const [one, , three] = addrs.map((addr) => ({ addr }));
      if (one === undefined || three === undefined) throw new Error("There are no nodes");
      using ann = await joinClassic(one, "ann");
      using bob = await joinClassic(three, "bob");
      await ann.send("5         hello");
      while ((await bob.takeFrame()) !== "hello");
      child.kill("SIGINT");
      while (!(await lines.next()).done);
      assertEquals((await child.status).code, 0, await complained);
      assertEquals(await Array.fromAsync(Deno.readDir(temporary), ({ name }) => name), []);
    } finally {
      await Deno.remove(temporary, { recursive: true });
    }
  },
);

Deno.test("cluster:try says what is missing where there is no NATS server", async () => {
  const temporary = await Deno.makeTempDir();
  const { code, stdout } = await task(temporary, { NATS_SERVER: `${temporary}/none` }).output();
  await Deno.remove(temporary);
  assertEquals(code, 1);
  const said = new TextDecoder().decode(stdout);
  assert(said.includes("there is no nats-server 2.10.27 or later"), said);
  assert(said.includes("get_nats_server.sh"), said);
});
