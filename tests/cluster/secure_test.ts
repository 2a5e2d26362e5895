/** Whom a node trusts: a NATS server with a certificate for the very address, and who may come in there. */

import { assertEquals, assertRejects } from "@std/assert";
import { NatsLink, NatsUnfit } from "../../lib/cluster/nats_link.ts";
import { natsPlace } from "../../lib/cluster/nats_place.ts";
import { makeAuthority } from "../fixtures/certificates.ts";
import { end, NO_NATS, startConfigured } from "../fixtures/nats_servers.ts";
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
  const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = probe.addr;
  probe.close();
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
