/** TLS at the server's side: the doors hold over it, with a certificate that may change. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { LogEntry } from "../lib/server/log.ts";
import { HandshakeError } from "../lib/tls/connect.ts";
import { CertificateError, Identity, Reloader } from "../lib/tls/identity.ts";
import { makeKeyPair } from "../lib/tls/self_signed.ts";
import { makeAuthority, securely, webSecurely } from "./fixtures/certificates.ts";
import { connectSecurely, meet } from "./fixtures/tls_peer.ts";
import { toolTest } from "./fixtures/tools.ts";
import {
  bytes,
  classicFrame,
  eventFrame,
  joinEvent,
  RawPeer,
  startServer,
  until,
} from "./helpers.ts";
import { startWeb } from "./web_peer.ts";

const pair = await makeKeyPair(["localhost", "127.0.0.1"]);
const identity = new Identity(pair);

for (
  const [how, secure, connect] of [
    ["plain", {}, RawPeer.connect],
    ["with TLS", securely(identity), connectSecurely],
  ] as const
) {
  Deno.test(`${how}: the classic door says what it always said, byte by byte`, async () => {
    await using server = startServer(secure);
    using bob = await connect(server);
    await bob.send(classicFrame("bob"), classicFrame("/who"));
    assertEquals(await bob.takePair(), ["server", "1 person in lobby: bob"]);
    using ann = await connect(server);
    for (const byte of bytes(classicFrame("ann"), classicFrame("hello"))) {
      await ann.send(Uint8Array.of(byte));
    }
    assertEquals(await bob.take(28), bytes("3         ann5         hello"));
    const long = "x".repeat(65_536);
    await ann.send(classicFrame(long));
    assertEquals(await bob.takePair(), ["ann", long]);
  });

  Deno.test(`${how}: the event door acks, delivers, resumes and says goodbye`, async () => {
    const server = startServer(secure);
    using ann = await connect(server);
    await ann.send(eventFrame("ann"));
    const { epoch } = await ann.takeType("welcome");
    const { session } = await ann.ask({ type: "hello" });
    using bob = await connect(server);
    await bob.send(eventFrame("bob"), eventFrame({ type: "hello" }));
    await bob.takeType("ready");
    // A hundred in one write.
    const says = Array.from(
      { length: 100 },
      (_, n) => eventFrame({ type: "say", id: `${n}`, room: "lobby", text: `${n}` }),
    );
    await ann.send(...says);
    for (let n = 0; n < 100; n++) assertEquals((await bob.takeType("message")).text, `${n}`);
    for (let n = 0; n < 100; n++) assertEquals((await ann.takeType("ack")).seq, n + 1);
    ann.conn.close();
    using again = await connect(server);
    const resume = { epoch, seq: { lobby: 90 }, direct: 0 };
    await again.send(eventFrame("ann"), eventFrame({ type: "hello", session, resume }));
    assertEquals((await again.takeType("ack")).seq, 91);
    const stopped = server.shutdown();
    assertEquals((await bob.takeType("bye")).reason, "shutdown");
    assertEquals(await bob.takeRest(), "");
    bob.conn.close();
    await stopped;
  });
}

Deno.test("who comes without TLS is told in its own protocol, and let in nowhere", async () => {
  await using server = startServer(securely(identity));
  using classic = await RawPeer.connect(server);
  await classic.send(classicFrame("ann"));
  const text = "This server speaks TLS; connect with --tls.";
  assertEquals(await classic.takePair(), ["server", text]);
  assertEquals(await classic.takeRest(), "");
  using event = await RawPeer.connect(server);
  await event.send(eventFrame("ann"), eventFrame({ type: "hello" }));
  assertEquals(await event.takeEvent(), { type: "bye", reason: "needs-tls", text });
  assertEquals(await event.takeRest(), "");
  using rude = await RawPeer.connect(server);
  await rude.send("GET / HTTP/1.1\r\n\r\n");
  assertStringIncludes(await rude.takeRest(), "can't begin with");
  await until("every end", () => server.connections === 0);
});

Deno.test("a TLS hello on the plain port is known for what it is, and closed at once", async () => {
  const entries: LogEntry[] = [];
  await using server = startServer({ log: (entry) => void entries.push(entry) });
  using ann = await joinEvent(server, "ann");
  const error = await assertRejects(() => meet(server), HandshakeError, "does not speak TLS");
  assert(error.lasting);
  await until("its end", () => server.connections === 1);
  assertEquals(entries.find(({ kind }) => kind === "left-no-tls")?.level, "info");
  assertEquals((await ann.ask({ type: "say", room: "lobby", text: "still here" })).type, "ack");
});

Deno.test("who is over a limit is told so over TLS", async () => {
  await using server = startServer({ ...securely(identity), limits: { connections: 1 } });
  using ann = await connectSecurely(server);
  await ann.send(classicFrame("ann"), classicFrame("/who"));
  await ann.takePair();
  using bob = await connectSecurely(server);
  await bob.send(classicFrame("bob"));
  assertStringIncludes(await bob.takeRest(), "which is its limit");
});

Deno.test("another certificate is shown from the next handshake on, and nobody is dropped", async () => {
  const dir = await Deno.makeTempDir();
  const files = { cert: `${dir}/cert.pem`, key: `${dir}/key.pem` };
  const write = async ({ cert, key }: { cert: string; key: string }): Promise<void> => {
    await Deno.writeTextFile(files.cert, cert);
    await Deno.writeTextFile(files.key, key);
  };
  await write(pair);
  const own = new Identity(pair);
  const problems: string[] = [];
  let changes = 0;
  using _reloader = await Reloader.start({
    identity: own,
    files,
    onChanged: () => void changes++,
    onProblem: (problem) => void problems.push(problem),
    lookMs: 10,
  });
  await using server = startServer(securely(own));
  using ann = await connectSecurely(server);
  await ann.send(eventFrame("ann"), eventFrame({ type: "hello" }));
  const { fingerprint: before } = own;
  let said = 0;
  let over = false;
  const talking = (async (): Promise<void> => {
    for (; !over; said++) {
      assertEquals((await ann.ask({ type: "say", room: "lobby", text: `${said}` })).seq, said + 1);
    }
  })();
  await Deno.writeTextFile(files.cert, (await makeKeyPair(["localhost"])).cert);
  await until("a problem", () => problems.length > 0);
  assertEquals(problems, ["The key is not that of the certificate"]);
  let shown = await meet(server);
  assertEquals(shown.fingerprint, before);
  shown.stream.close();
  await write(await makeKeyPair(["localhost"]));
  await until("the change", () => changes > 0);
  shown = await meet(server);
  assertEquals(shown.fingerprint, own.fingerprint);
  assert(own.fingerprint !== before);
  shown.stream.close();
  const then = said;
  await until("more talk", () => said > then);
  over = true;
  await talking;
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a certificate that can't be used is refused in a sentence that says why", async () => {
  const authority = await makeAuthority();
  const good = await authority.issue();
  const other = await authority.issue();
  for (
    const [bad, text] of [
      [{ ...good, key: other.key }, "The key is not that of the certificate"],
      [{ ...good, key: "nonsense" }, "The key is not PEM"],
      [{ ...good, cert: "nonsense" }, "The certificate is not PEM"],
      [await authority.issue({ from: -9, days: 2 }), "The certificate has expired"],
    ] as const
  ) {
    const own = new Identity(good);
    const before = own.fingerprint;
    try {
      own.change(bad);
      assert(false, text);
    } catch (error) {
      assert(error instanceof CertificateError, String(error));
      assertStringIncludes(error.message, text);
    }
    assertEquals(own.fingerprint, before);
  }
});

const VERSIONS =
  "openssl sees TLS 1.3 or 1.2 and the right chain at each door, and none with TLS 1.1";

toolTest(VERSIONS, ["openssl"], async () => {
  const authority = await makeAuthority();
  const leaf = await authority.issue();
  const own = new Identity({ ...leaf, cert: leaf.cert + authority.cert });
  await using web = await startWeb(webSecurely(own), securely(own));
  const ca = await Deno.makeTempFile();
  await Deno.writeTextFile(ca, authority.cert);
  for (const { addr: { hostname, port } } of [web.server, web.door]) {
    const see = async (...args: string[]): Promise<string> => {
      const child = new Deno.Command("openssl", {
        args: [
          ...["s_client", "-connect", `${hostname}:${port}`, "-showcerts", "-CAfile", ca],
          ...["-verify_hostname", "localhost", ...args],
        ],
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      });
      const { stdout, stderr } = await child.output();
      return new TextDecoder().decode(bytes(stdout, stderr));
    };
    const usual = await see();
    assertStringIncludes(usual, "New, TLSv1.3");
    assertEquals(usual.split("-----BEGIN CERTIFICATE-----").length - 1, 2);
    assertStringIncludes(usual, "Verify return code: 0 (ok)");
    assertStringIncludes(usual, "Verified peername: localhost");
    assertStringIncludes(await see("-tls1_2"), "New, TLSv1.2");
    const old = await see("-tls1_1", "-cipher", "ALL:@SECLEVEL=0");
    assertStringIncludes(old, "Cipher is (NONE)");
  }
  await Deno.remove(ca);
  await until("every end", () => web.server.connections === 0);
});
