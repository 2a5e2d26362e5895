/** What `chatroom cluster` and `serve` are told of a cluster, and how what is said wrongly is refused. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { chatroom } from "./fixtures/in_process.ts";

/** A NATS server that nobody may ask: it counts who connects. */
function unasked(): Disposable & { readonly url: string; readonly count: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let count = 0;
  (async () => {
    for await (const conn of listener) {
      count++;
      conn.close();
    }
  })().catch(() => {});
  return {
    url: `nats://127.0.0.1:${listener.addr.port}`,
    get count() {
      return count;
    },
    [Symbol.dispose]: () => listener.close(),
  };
}

/** What is refused by both `init` and `reset`, by the name of its flag. */
const WRONG: readonly [args: readonly string[], says: string][] = [
  [["--log-keep", "7"], "--log-keep: 7 is a time without its unit"],
  [["--log-bytes", "much"], "--log-bytes: A size is written like"],
  [["--keep", "long"], "--keep: A time is written like"],
  [["--keep-messages", "0"], "--keep-messages: A whole number from 1 up is needed, not 0"],
  [["--cluster-replicas", "x"], "--cluster-replicas: A whole number from 1 up is needed, not x"],
  [["--cluster-replicas", "4"], "--cluster-replicas is 3 or 5, or 1"],
  [["--max-rooms", "0"], "--max-rooms (or $CHATROOM_MAX_ROOMS): A whole number from 1 up"],
  [["--max-payload", "x"], "--max-payload (or $CHATROOM_MAX_PAYLOAD): A size"],
  [["--cluster-name", "a.b"], 'not "a.b"'],
  [["--cluster-ca", "/nowhere/ca.pem"], "--cluster-ca: /nowhere/ca.pem can't be read: No such"],
  [["--cluster-credentials", "/"], "--cluster-credentials: / can't be read: it is a directory"],
];

for (const action of ["init", "reset", "status"]) {
  Deno.test(`cluster ${action} is told what is said wrongly before the network is asked`, async () => {
    using server = unasked();
    for (const [args, says] of WRONG) {
      const env = { CHATROOM_CLUSTER: server.url };
      const { code, stdout, stderr } = await chatroom(["cluster", action, ...args], { env });
      assertEquals([code, stdout], [2, ""], stderr);
      assertStringIncludes(stderr, says);
    }
    assertEquals(server.count, 0);
  });
}

Deno.test("a file of credentials that can't be read is bad usage for a server, too", async () => {
  using server = unasked();
  const credentials = ["--cluster-credentials", "/nowhere/a.creds"];
  const args = ["serve", "--port", "0", "--data", "/nowhere", "--cluster", server.url];
  const { code, stderr } = await chatroom([...args, ...credentials]);
  assertEquals(code, 2, stderr);
  assertStringIncludes(stderr, "--cluster-credentials: /nowhere/a.creds can't be read: No such");
  assertEquals(server.count, 0);
});
