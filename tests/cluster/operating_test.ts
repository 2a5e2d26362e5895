/** OPERATING.md from nothing to a log: its configurations are started as they are printed. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { KNOWN_LEVEL } from "../../lib/cluster/batch.ts";
import { NatsUnfit } from "../../lib/cluster/nats_link.ts";
import { natsPlace } from "../../lib/cluster/nats_place.ts";
import { openNatsStream } from "../../lib/cluster/nats_stream.ts";
import { LocalLog } from "../../lib/store/local_log.ts";
import { docOf } from "../docs.ts";
import { joinEvent, startServer } from "../helpers.ts";
import { type Authority, makeAuthority } from "../fixtures/certificates.ts";
import { end, NO_NATS, startConfigured } from "../fixtures/nats_servers.ts";
import { NodeProcess } from "../fixtures/node_process.ts";
import { appendSurely, keepReading, readUntil } from "../fixtures/stream_contract.ts";
import { testUnless } from "../fixtures/tools.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const PASSWORD = "a password of nine words";
const NONE = "it is of Linux that every address of 127.0.0.0/8 can be listened on";
const why = NO_NATS ?? (Deno.build.os === "linux" ? undefined : NONE);

/** The section, with loopback in the place of the machines, and a directory in that of the system's. */
function linesOf(net: string, directory: string): string {
  return docOf("Several machines").replaceAll("10.0.0.", net)
    .replaceAll("/etc/nats", directory).replaceAll("/var/lib", directory);
}

/** What the blocks of code of a kind hold. */
function blocksOf(section: string, kind: string): string[] {
  return [...section.matchAll(new RegExp("```" + kind + "\\n([\\s\\S]*?)```", "g"))]
    .map(([, text = ""]) => text);
}

/** Makes the certificates of three servers as the document says, or without OpenSSL 3 in another way. */
async function writeCertificates(
  t: Deno.TestContext,
  section: string,
  directory: string,
  net: string,
): Promise<void> {
  const ignore = !/^OpenSSL [3-9]/.test(versionOfOpenSsl());
  await t.step({
    name: ignore
      ? "skipped: there is no OpenSSL 3 that makes certificates"
      : "certificates are made",
    ignore,
    fn: async () => {
      const script = blocksOf(section, "sh").find((text) => text.includes("openssl req")) ?? "";
      assert(script.includes(`IP:${net}$n`), script);
      await runScript(`cd "${directory}"\n${script}`, directory);
    },
  });
  if (!ignore) return;
  const authority: Authority = await makeAuthority();
  await Deno.writeTextFile(`${directory}/ca.pem`, authority.cert);
  for (const n of [1, 2, 3]) {
    const { cert, key } = await authority.issue({ names: [`${net}${n}`] });
    await Deno.writeTextFile(`${directory}/cert${n}.pem`, cert);
    await Deno.writeTextFile(`${directory}/key${n}.pem`, key);
  }
}

function versionOfOpenSsl(): string {
  try {
    const { stdout } = new Deno.Command("openssl", { args: ["version"] }).outputSync();
    return new TextDecoder().decode(stdout);
  } catch {
    return "";
  }
}

async function writeConfigs(section: string, directory: string): Promise<string[]> {
  const paths: string[] = [];
  for (const text of blocksOf(section, "text")) {
    const name = /^# \S+\/(\w+)\.conf/.exec(text)?.[1];
    if (name === undefined) continue;
    const n = /server_name: n(\d)/.exec(text)?.[1] ?? "";
    const host = /listen: "([\d.]+):4222"/.exec(text)?.[1];
    if (host !== undefined) paths.push(`${directory}/${name}${n}.conf`);
    await Deno.writeTextFile(`${directory}/${name}${n}.conf`, text);
  }
  return paths;
}

testUnless(why, "three nats-servers begin as OPERATING.md says, and a log is made", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "chatroom_operating_" });
  const [a = 1, b = 1] = crypto.getRandomValues(new Uint8Array(2));
  const net = `127.${1 + a % 250}.${b}.`;
  const section = linesOf(net, directory);
  await writeCertificates(t, section, directory, net);
  const configs = await writeConfigs(section, directory);
  assertEquals(configs.length, 3);
  const servers: Deno.ChildProcess[] = [];
  try {
    for (const [n, config] of configs.entries()) {
      servers.push(await startConfigured(config, { hostname: `${net}${n + 1}`, port: 4222 }));
      // As the document says: one after the other.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    const urls = /CHATROOM_CLUSTER='([^']+)'/.exec(section)?.[1] ?? "";
    await t.step("the commands make the log and show it", () => commands(section, directory));
    await t.step("the account may do all that a node does", () => work(urls, directory));
    await t.step("a server by itself becomes the first node, and the others take a copy", () => {
      return grow(section, urls, directory);
    });
    await t.step("who has another password, or trusts another authority, is kept out", async () => {
      await assertOut(urls.replaceAll("change%20this", "wrong"), directory, "us in");
      await Deno.writeTextFile(`${directory}/ca.pem`, (await makeAuthority()).cert);
      await assertOut(urls, directory, "can be reached");
    });
  } finally {
    await Promise.all(servers.map((server) => end(server)));
    await Deno.remove(directory, { recursive: true });
  }
});

/** Runs a script of the document; what it has printed. */
async function runScript(
  script: string,
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  await Deno.mkdir(`${directory}/bin`, { recursive: true });
  await Deno.writeTextFile(
    `${directory}/bin/chatroom`,
    `#!/bin/sh\nexec "${Deno.execPath()}" run --quiet -A "${MAIN}" "$@"\n`,
    { mode: 0o755 },
  );
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-euc", script],
    env: { PATH: `${directory}/bin:${Deno.env.get("PATH")}`, NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0, text + new TextDecoder().decode(stderr));
  return text;
}

async function commands(section: string, directory: string): Promise<void> {
  const script = blocksOf(section, "sh").find((text) => text.includes("cluster init")) ?? "";
  const text = await runScript(script, directory);
  assert(text.includes("The log of the cluster main is there, on 3 servers"), text);
  for (
    const line of [/n1, version/, /n2, version/, /n3, version/, /n\d: leads/, /1 message, 1 to 1/]
  ) {
    assert(line.test(text), `${line} is not in:\n${text}`);
  }
}

async function openAt(
  urls: string,
  directory: string,
): Promise<Awaited<ReturnType<typeof openNatsStream>>> {
  const ca = await Deno.readTextFile(`${directory}/ca.pem`);
  return await openNatsStream({
    place: natsPlace({ servers: urls, name: "main", ca }),
    maxPayload: 65_536,
    label: "a test",
    onTrouble: (text) => {
      throw new Error(text);
    },
  });
}

async function work(urls: string, directory: string): Promise<void> {
  const node = await openAt(urls, directory);
  try {
    const reading = keepReading(node, 1);
    reading.hold(true);
    // More than is sent without being asked for, so that the reader has to say that it may go on.
    const large = "x".repeat(400_000);
    let last = 0;
    for (let n = 0; n < 40; n++) last = (await appendSurely(node, large)).seq;
    reading.hold(false);
    await readUntil([reading], last);
    node.answer("place", (data) => Promise.resolve(data));
    assertEquals((await node.ask("place", new Uint8Array(3), 5_000)).length, 3);
  } finally {
    await node.close();
  }
}

/** From one machine to three, as it is printed; over TLS, as all of this is. */
async function grow(section: string, urls: string, directory: string): Promise<void> {
  const admin = await openAt(urls, directory);
  await admin.api.deleteStream(10_000);
  await admin.close();
  const data = `${directory}/chatroom`;
  {
    await using log = await LocalLog.open({ dir: data });
    await using server = startServer({ factLog: log });
    using ann = await joinEvent(server, "ann");
    await ann.ask({ type: "register", password: PASSWORD });
    await ann.ask({ type: "say", room: "lobby", text: "before there was a cluster" });
  }
  const env = { CHATROOM_CLUSTER: urls, CHATROOM_CLUSTER_CA: `${directory}/ca.pem` };
  const script = blocksOf(section, "sh").find((text) => text.includes("init --data")) ?? "";
  const said = await runScript(script, directory, env);
  assert(said.includes("no problems"), said);
  assert(said.includes(`${data} holds the data of its first node now, with 1 message`), said);
  assert(section.includes(`chatroom serve --cluster-node n1 --data ${data} --host 0.0.0.0\n`));
  await using stack = new AsyncDisposableStack();
  for (const [name, dir] of [["n1", data], ["n2", `${data}2`], ["n3", `${data}3`]] as const) {
    const node = stack.use(new NodeProcess({ name, dir, env }));
    await node.start();
    using ann = await joinEvent(node, "ann", { login: PASSWORD });
    assertEquals(ann.ready["name"], "ann");
    const { messages } = await ann.ask({ type: "history", room: "lobby" });
    assertEquals(messages.at(-1)?.text, "before there was a cluster", name);
  }
  const status = await runScript("chatroom cluster status", directory, env);
  for (
    const line of [
      /which began with the data of a server/,
      /n\d: on duty, applied/,
      new RegExp(`level +${KNOWN_LEVEL}\\n`),
    ]
  ) {
    assert(line.test(status), `${line} is not in:\n${status}`);
  }
}

async function assertOut(urls: string, directory: string, says: string): Promise<void> {
  await assertRejects(() => openAt(urls, directory), NatsUnfit, says);
}
