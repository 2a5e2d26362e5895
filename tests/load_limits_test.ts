/** The load generator at a server that lets nobody in, or reads slowly: it says what it hit. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LoadError } from "../lib/load/open.ts";
import { runLoad } from "../lib/load/run.ts";
import type { Server } from "../lib/server/serve.ts";
import { startServer } from "./helpers.ts";
import { plan } from "./load_plan.ts";

const encoder = new TextEncoder();

Deno.test("what is late is not missing, and is waited for while it comes", async () => {
  await using server = startServer({ limits: { requestsPerSecond: 50, requestBurst: 10 } });
  const pace = { kind: "rate", perSecond: 200 } as const;
  // 190 messages are read in 3.8 s, of which one is that of sending.
  const slow = plan(server, { protocol: "event", clients: 5, senders: 1, pace, durationMs: 1_000 });
  const [whole, cut] = await Promise.all([
    runLoad(slow, { drainMs: 1_000 }),
    runLoad(slow, { drainMs: 1_000, longestDrainMs: 300 }),
  ]);
  assertEquals([whole.missing, whole.coming, whole.closed], [0, 0, 0]);
  assert(whole.late > 0 && whole.late < whole.owed, `${whole.late} of ${whole.owed} were late`);
  assertEquals(cut.missing, 0);
  assert(cut.coming > 0 && cut.coming <= cut.owed, `${cut.coming} of ${cut.owed} were coming`);
});

Deno.test("a refusal is told in the server's words, and what is not the protocol is known", async () => {
  await using server = startServer({ limits: { rooms: 2 } });
  for (const protocol of ["classic", "event"] as const) {
    const error = await runLoad(plan(server, { protocol, rooms: 5 })).catch((error) => error);
    assert(error instanceof LoadError, String(error));
    assertStringIncludes(error.message, "The server did not let a client in: ");
    assertStringIncludes(error.message, "room");
  }
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async (): Promise<void> => {
    for await (const conn of listener) {
      await conn.read(new Uint8Array(100));
      await conn.write(encoder.encode("HTTP/1.1 400 Bad Request\r\n\r\n")).catch(() => {});
      conn.close();
    }
  })();
  const error = await runLoad(plan(listener as { addr: Deno.NetAddr })).catch((error) => error);
  listener.close();
  await accepting.catch(() => {});
  assert(error instanceof LoadError, String(error));
  assertStringIncludes(error.message, "What the server sent is not a frame");
});

for (const protocol of ["classic", "event"] as const) {
  Deno.test(`who turns clients away is quoted, in the ${protocol} protocol`, async () => {
    const refusal = async (server: Server, clients: number): Promise<string> => {
      const error = await runLoad(plan(server, { protocol, clients })).catch((error) => error);
      assert(error instanceof LoadError, String(error));
      assertEquals(error.kind, "refused");
      return error.message;
    };
    // Of those who are too many at once, most are closed without a word.
    await using full = startServer({ limits: { connectionsPerAddress: 10 } });
    assertStringIncludes(await refusal(full, 60), "in: Your address has 10 connections, which is");
    await using closed = startServer({ password: "sesame" });
    assertStringIncludes(await refusal(closed, 5), "in: A password is needed here");
  });
}
