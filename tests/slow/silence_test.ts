/** What the program does about a server that says nothing at all, with the times that it has. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { chatroom } from "../fixtures/in_process.ts";

Deno.test("a client that asks for TLS gives up a server that says nothing after 10 s", async () => {
  // One like the Python script's: it takes what comes, and says nothing to it.
  using mute = Deno.listen({ hostname: "localhost", port: 0 });
  const accepting = mute.accept();
  const server = `localhost:${mute.addr.port}`;
  const silence = await chatroom(["send", "--name", "ann", "--server", server, "--tls", "hi"]);
  assertEquals(silence.code, 3);
  assertStringIncludes(silence.stderr, "it may not speak TLS there: no answer within 10 s");
  (await accepting).close();
});
