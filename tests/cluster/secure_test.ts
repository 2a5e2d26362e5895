/** Whom a node trusts: a NATS server with a certificate for the very address, and who may come in there. */

import { assertEquals, assertRejects } from "@std/assert";
import { nkeys } from "@nats-io/transport-node";
import { NatsLink, NatsUnfit } from "../../lib/cluster/nats_link.ts";
import { natsPlace } from "../../lib/cluster/nats_place.ts";
import { makeAuthority } from "../fixtures/certificates.ts";
import { end, NO_NATS, startConfigured } from "../fixtures/nats_servers.ts";
import { eventually } from "../fixtures/stream_contract.ts";
import { testUnless } from "../fixtures/tools.ts";

/** A server with a certificate for `names`; what becomes of connections to it. */
async function withServer(
  names: string[],
  work: (open: (host: string, password?: string, ca?: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "chatroom_secure_" });
  const authority = await makeAuthority();
  const { cert, key } = await authority.issue({ names });
  await Deno.writeTextFile(`${directory}/cert.pem`, cert);
  await Deno.writeTextFile(`${directory}/key.pem`, key);
  const { port } = freeAddr();
  const lines = [
    `listen: "127.0.0.1:${port}"`,
    `tls { cert_file: "${directory}/cert.pem", key_file: "${directory}/key.pem" }`,
    "authorization { users: [{ user: ann, password: secret }] }",
  ];
  await Deno.writeTextFile(`${directory}/nats.conf`, lines.join("\n"));
  const server = await startConfigured(`${directory}/nats.conf`, { hostname: "127.0.0.1", port });
  try {
    await work(async (host, password = "secret", ca = authority.cert) => {
      const place = natsPlace({
        servers: `tls://ann:${password}@${host}:${port}`,
        name: "main",
        ca,
      });
      const wants = { needsBytes: 1, label: "a test", onTrouble: (): void => {} };
      const link = await NatsLink.open(place, wants);
      assertEquals(link.isConnected, true);
      await link.close();
    });
  } finally {
    await end(server);
    await Deno.remove(directory, { recursive: true });
  }
}

/** An address that nothing listens on. */
function freeAddr(): Deno.NetAddr {
  using probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return probe.addr;
}

testUnless(NO_NATS, "a certificate has to be for the address that was said", async () => {
  await withServer(["127.0.0.1"], async (open) => {
    await open("127.0.0.1");
    await assertRejects(() => open("localhost"), NatsUnfit, "does not match");
  });
  await withServer(["localhost"], async (open) => {
    await open("localhost");
    await assertRejects(() => open("127.0.0.1"), NatsUnfit, "does not match");
  });
  await withServer(["127.0.0.2"], async (open) => {
    await assertRejects(() => open("127.0.0.1"), NatsUnfit, "does not match");
  });
});

testUnless(NO_NATS, "another authority, or another password, is told apart", async () => {
  await withServer(["127.0.0.1"], async (open) => {
    await assertRejects(() => open("127.0.0.1", "wrong"), NatsUnfit, "does not let us in");
    const { cert } = await makeAuthority();
    await assertRejects(() => open("127.0.0.1", "secret", cert), NatsUnfit, "can't be reached");
  });
});

/** A server over TLS, in a directory that holds its certificate. */
async function startSecure(name: string, directory: string): Promise<SecureServer> {
  const { port } = freeAddr();
  const config = `${directory}/${name}.conf`;
  const lines = [
    `server_name: ${name}`,
    `listen: "127.0.0.1:${port}"`,
    `tls { cert_file: "${directory}/cert.pem", key_file: "${directory}/key.pem" }`,
  ];
  await Deno.writeTextFile(config, lines.join("\n"));
  const child = await startConfigured(config, { hostname: "127.0.0.1", port });
  return { name, child, url: `tls://127.0.0.1:${port}` };
}

interface SecureServer {
  readonly name: string;
  readonly child: Deno.ChildProcess;
  readonly url: string;
}

testUnless(
  NO_NATS,
  "a node leaves a server for another over TLS, also one that says nothing",
  async () => {
    await using stack = new AsyncDisposableStack();
    const directory = await Deno.makeTempDir({ prefix: "chatroom_secure_" });
    stack.defer(() => Deno.remove(directory, { recursive: true }));
    const authority = await makeAuthority();
    const { cert, key } = await authority.issue({ names: ["127.0.0.1"] });
    await Deno.writeTextFile(`${directory}/cert.pem`, cert);
    await Deno.writeTextFile(`${directory}/key.pem`, key);
    const servers = [await startSecure("s1", directory), await startSecure("s2", directory)];
    for (const { child } of servers) stack.defer(() => end(child));
    const urls = servers.map(({ url }) => url).join();
    const link = await NatsLink.open(
      natsPlace({ servers: urls, name: "main", ca: authority.cert }),
      {
        ...{ needsBytes: 1, label: "a test", onTrouble: (): void => {} },
      },
    );
    stack.defer(() => link.close());
    let heard = 0;
    const topic = `${link.names.prefix}.test`;
    link.subscribe(topic, () => void heard++);
    /** Waits until what is sent comes back by another server than that one. */
    const hears = async (before: string): Promise<void> => {
      await eventually("another server", () => link.isConnected && link.server.name !== before);
      heard = 0;
      await eventually("what was sent", () => {
        link.publish(topic, new Uint8Array(1_000));
        return heard > 0;
      });
    };
    await hears("");
    for (let times = 0; times < 2; times++) {
      const { name } = link.server;
      link.elsewhere();
      await hears(name);
    }
    const { name } = link.server;
    const silent = servers.find((each) => each.name === name);
    silent?.child.kill("SIGSTOP");
    try {
      await hears(name);
    } finally {
      silent?.child.kill("SIGCONT");
    }
  },
);

/** A token of NATS, which `issuer` signs. */
function token(
  issuer: ReturnType<typeof nkeys.createOperator>,
  subject: string,
  nats: Readonly<Record<string, unknown>>,
): string {
  const claims = {
    ...{ jti: crypto.randomUUID(), iat: Math.floor(Date.now() / 1_000), name: "a test" },
    ...{ iss: issuer.getPublicKey(), sub: subject, nats: { version: 2, ...nats } },
  };
  const part = (value: unknown): string =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
  const signed = `${part({ typ: "JWT", alg: "ed25519-nkey" })}.${part(claims)}`;
  const signature = issuer.sign(new TextEncoder().encode(signed));
  return `${signed}.${signature.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

/** What a file of credentials holds. */
function credentialsOf(account: ReturnType<typeof nkeys.createAccount>): Uint8Array {
  const user = nkeys.createUser();
  const unlimited = { subs: -1, data: -1, payload: -1 };
  const jwt = token(account, user.getPublicKey(), { type: "user", ...unlimited });
  return new TextEncoder().encode([
    ...["-----BEGIN NATS USER JWT-----", jwt, "------END NATS USER JWT------", ""],
    ...["-----BEGIN USER NKEY SEED-----", new TextDecoder().decode(user.getSeed())],
    ...["------END USER NKEY SEED------", ""],
  ].join("\n"));
}

testUnless(
  NO_NATS,
  "a file of credentials lets in whom an account of the servers has signed",
  async () => {
    const [operator, account] = [nkeys.createOperator(), nkeys.createAccount()];
    const limits = {
      subs: -1,
      data: -1,
      payload: -1,
      imports: -1,
      exports: -1,
      conn: -1,
      leaf: -1,
    };
    const id = account.getPublicKey();
    const lines = (port: number): string[] => [
      `listen: "127.0.0.1:${port}"`,
      `operator: ${token(operator, operator.getPublicKey(), { type: "operator" })}`,
      "resolver: MEMORY",
      `resolver_preload: { ${id}: ${token(operator, id, { type: "account", limits })} }`,
    ];
    const directory = await Deno.makeTempDir({ prefix: "chatroom_secure_" });
    const { port } = freeAddr();
    await Deno.writeTextFile(`${directory}/nats.conf`, lines(port).join("\n"));
    const server = await startConfigured(`${directory}/nats.conf`, { hostname: "127.0.0.1", port });
    const open = (credentials: Uint8Array): Promise<NatsLink> =>
      NatsLink.open(natsPlace({ servers: `nats://127.0.0.1:${port}`, name: "main", credentials }), {
        ...{ needsBytes: 1, label: "a test", onTrouble: (): void => {} },
      });
    try {
      const link = await open(credentialsOf(account));
      await link.close();
      await assertRejects(() => open(credentialsOf(nkeys.createAccount())), NatsUnfit, "let us in");
    } finally {
      await end(server);
      await Deno.remove(directory, { recursive: true });
    }
  },
);
