/** `chatroom serve` with TLS, as a process: its certificate, its words, and its signals. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { parseAddress } from "../lib/cli/values.ts";
import { Identity } from "../lib/tls/identity.ts";
import { makeAuthority } from "./fixtures/certificates.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { slowTest } from "./fixtures/thorough.ts";
import { connectSecurely, meet } from "./fixtures/tls_peer.ts";
import { classicFrame } from "./helpers.ts";
import { command } from "./program.ts";

/** A server that runs, and the lines that it prints. */
interface Running extends AsyncDisposable {
  readonly addr: Deno.NetAddr;
  readonly printed: string;
  /** The next line on stderr that holds `text`. */
  logged(text: string): Promise<string>;
  signal(signal: Deno.Signal): void;
}

/** Starts `serve` with flags, until it has said where messages are kept. */
async function start(...flags: string[]): Promise<Running> {
  const child = command(["serve", "--port", "0", ...flags]).spawn();
  const lines = (stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncIterator<string> =>
    stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
      [Symbol.asyncIterator]();
  const [out, log] = [lines(child.stdout), lines(child.stderr)];
  let printed = "";
  while (!printed.includes("Messages are kept")) {
    const { done, value } = await out.next();
    assert(!done, printed);
    printed += `${value}\n`;
  }
  const address = / is listening on (\S+)$/m.exec(printed)?.[1] ?? "";
  return {
    addr: parseAddress(address) as Deno.NetAddr,
    printed,
    async logged(text): Promise<string> {
      for (;;) {
        const { done, value } = await log.next();
        assert(!done, `${text} was not logged`);
        if (value.includes(text)) return value;
      }
    },
    signal: (signal) => child.kill(signal),
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGTERM");
      while (!(await out.next()).done);
      while (!(await log.next()).done);
      await child.stdin.close();
      await child.status;
    },
  };
}

slowTest("serve --tls keeps its certificate, says its fingerprint, and hides its key", async () => {
  const dir = await Deno.makeTempDir();
  const prints: string[] = [];
  for (let run = 0; run < 2; run++) {
    await using server = await start("--tls", "--data", dir);
    const shown = await meet(server);
    shown.stream.close();
    assert(shown.fingerprint.length + 2 < 80);
    assertStringIncludes(server.printed, `  ${shown.fingerprint}\n`);
    assertMatch(server.printed, / connect --tls 127\.0\.0\.1:\d+\n/);
    assertStringIncludes(shown.names, "IP Address:127.0.0.1");
    const years = (Date.parse(shown.validTo) - Date.now()) / 31_557_600_000;
    assert(years > 9.9 && years < 10.1, shown.validTo);
    prints.push(shown.fingerprint);
  }
  assertEquals(prints[0], prints[1]);
  if (Deno.build.os !== "windows") {
    assertEquals(((await Deno.stat(`${dir}/tls-key.pem`)).mode ?? 0) & 0o777, 0o600);
  }
  await using brief = await start("--tls", "--memory");
  assertStringIncludes(brief.printed, "for this run only");
  await Deno.remove(dir, { recursive: true });
});

Deno.test({
  name: "SIGHUP takes the new files, keeps the old ones if those are bad, and drops nobody" +
    (Deno.build.os === "windows" ? " (skipped: there is no SIGHUP on Windows)" : ""),
  ignore: Deno.build.os === "windows",
  async fn(): Promise<void> {
    const dir = await Deno.makeTempDir();
    const files = [`${dir}/cert.pem`, `${dir}/key.pem`] as const;
    const write = async ({ cert, key }: { cert: string; key: string }): Promise<void> => {
      await Deno.writeTextFile(files[0], cert);
      await Deno.writeTextFile(files[1], key);
    };
    const authority = await makeAuthority();
    const [first, second] = [await authority.issue(), await authority.issue()];
    await write(first);
    const flags = ["--memory", "--tls-cert", files[0], "--tls-key", files[1], "--web", "0"];
    await using server = await start(...flags);
    const port = Number(/ page is at https:\/\/127\.0\.0\.1:(\d+)\/$/m.exec(server.printed)?.[1]);
    const door = { addr: { hostname: "127.0.0.1", port } };
    using ann = await connectSecurely(server);
    await ann.send(classicFrame("ann"));
    using client = Deno.createHttpClient({ caCerts: [authority.cert] });
    const page = (): Promise<string> =>
      fetch(`https://localhost:${port}/`, { client }).then((answer) => answer.text());
    assertStringIncludes(await page(), "<title>");
    const before = await meet(door);
    before.stream.close();
    assertEquals(before.fingerprint, new Identity(first).fingerprint);
    await write({ ...second, key: first.key });
    server.signal("SIGHUP");
    assertStringIncludes(
      await server.logged("nothing was taken over"),
      'error="The key is not that of the certificate"',
    );
    await write(second);
    server.signal("SIGHUP");
    const { fingerprint } = new Identity(second);
    assertStringIncludes(await server.logged("Another certificate is in use"), fingerprint);
    for (const place of [server, door]) {
      const shown = await meet(place);
      assertEquals(shown.fingerprint, fingerprint);
      shown.stream.close();
    }
    assertStringIncludes(await page(), "<title>");
    await ann.send(classicFrame("/who"));
    assertEquals(await ann.takePair(), ["server", "1 person in lobby: ann"]);
    await Deno.remove(dir, { recursive: true });
  },
});

Deno.test("flags that can't be meant and files that can't be used are told in a line", async () => {
  for (
    const [flags, code, text] of [
      [["--tls-cert", "a.pem"], 2, "go together"],
      [["--tls-cert", "no.pem", "--tls-key", "no.key"], 1, "no.pem can't be read: there is no"],
      [["--tls-cert", "deno.json", "--tls-key", "deno.json"], 1, "is not PEM"],
    ] as Array<[string[], number, string]>
  ) {
    const { code: came, stderr } = await chatroom(["serve", "--memory", "--port", "0", ...flags]);
    assertEquals(came, code, stderr);
    assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
    assertStringIncludes(stderr, text);
  }
});
