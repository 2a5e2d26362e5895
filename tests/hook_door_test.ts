/** Webhooks at the web door: what is posted to the URL of one is said, once and at its rate, or refused. */

import { assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import type { Fact, Ticket } from "../lib/chat/log/fact.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import type { House } from "../lib/chat/house.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { hookHash, newHookToken } from "../lib/server/hook_token.ts";
import type { WebListener } from "../lib/web/serve_web.ts";
import { STILL_LOG } from "./fixtures/still.ts";
import { RawPeer } from "./helpers.ts";
import { type Answer, rawRequest, request, startWeb, type WebServer } from "./web_peer.ts";

const PLAIN = { "Content-Type": "text/plain" };

/** Makes a hook of the lobby, and returns its path. */
async function addHook({ server: { host } }: WebServer, name = "ci"): Promise<string> {
  const token = newHookToken();
  const { house } = host.shared;
  const known = { id: `id of ${name}`, hash: hookHash(token) };
  await house.console({ type: "hook", action: "add", room: "lobby", name, ...known });
  return `/hook/${token}`;
}

async function remove(house: House, which: string): Promise<void> {
  await house.console({ type: "hook", action: "remove", which });
}

/** Posts a text, as it is given. */
function post(
  door: WebListener,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = PLAIN,
): Promise<Answer> {
  const length = new TextEncoder().encode(body).length;
  const all = { Host: "localhost", Connection: "close", "Content-Length": length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return rawRequest(door, `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

async function status(...args: Parameters<typeof post>): Promise<number> {
  return (await post(...args)).status;
}

/** What was said in the lobby. */
async function said({ server }: WebServer): Promise<string[]> {
  const { index } = server.host.shared.house;
  const { entries } = await index.page(roomLog("lobby"), { after: 0, limit: 99 });
  return entries.map(({ message: { from, text } }) => `${from}: ${text}`);
}

Deno.test("what is posted is said in the room, by a name that says what it is", async () => {
  await using web = await startWeb();
  const path = await addHook(web);
  const { status, headers, body } = await post(web.door, path, "built");
  assertEquals([status, headers.get("content-type"), body], [
    200,
    "text/plain; charset=utf-8",
    "ok",
  ]);
  await post(web.door, path, '{"text":"json"}', { "Content-Type": "application/json" });
  assertEquals(await said(web), ["ci (hook): built", "ci (hook): json"]);
});

Deno.test("a connection serves one post after the other", async () => {
  await using web = await startWeb();
  const path = await addHook(web);
  using peer = await RawPeer.connect(web.door);
  const post = (text: string, last: boolean): string =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n` +
    `${last ? "Connection: close\r\n" : ""}Transfer-Encoding: chunked\r\n\r\n` +
    `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  await peer.send(post("one", false) + post("two", true));
  assertEquals((await peer.takeRest()).match(/HTTP\/1.1 200 OK/g)?.length, 2);
  assertEquals(await said(web), ["ci (hook): one", "ci (hook): two"]);
});

Deno.test("a wrong token is told nothing, nor is that of a hook that was removed", async () => {
  await using web = await startWeb();
  const path = await addHook(web);
  await remove(web.server.host.shared.house, "ci");
  const answers = await Promise.all([
    post(web.door, path, "x"),
    post(web.door, "/hook/", "x"),
    post(web.door, "/hook/no/such?thing", "x".repeat(70_000)),
    post(web.door, `/hook/${newHookToken()}`, "{", { "Content-Type": "image/png" }),
  ]);
  const seen = answers.map(({ status, headers, body }) =>
    JSON.stringify([status, [...headers].filter(([name]) => name !== "date"), body])
  );
  assertEquals(new Set(seen).size, 1);
  assertEquals([answers[0]?.status, answers[0]?.body], [404, "There is no such hook.\n"]);
  for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
    const { status, headers } = await request(web.door, `${method} ${path}`);
    assertEquals([status, headers.get("allow")], [405, "POST"]);
  }
});

Deno.test("no secret of a session has the hash of a hook, whoever knows the token", () => {
  const token = newHookToken();
  const secrets = [token, `\u00ff${token}`, `\ufffd${token}`, `\u0000${token}`, `\udcff${token}`];
  const hashes = secrets.map((secret) => createHash("sha256").update(secret).digest("hex"));
  assertEquals(hashes.includes(hookHash(token)), false);
  assertMatch(hookHash(token), /^[0-9a-f]{64}$/);
});

Deno.test("a post with an Idempotency-Key is said once", async () => {
  await using web = await startWeb();
  const path = await addHook(web);
  const key = { ...PLAIN, "Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"' };
  const both = await Promise.all([
    status(web.door, path, "a", key),
    status(web.door, path, "a", key),
  ]);
  assertEquals(both, [200, 200]);
  const other = await post(web.door, path, "b", key);
  assertEquals([other.status, other.body.split(":")[0]], [422, "id-reused"]);
  assertEquals(
    await status(web.door, path, "a", { ...PLAIN, "Idempotency-Key": "x".repeat(255) }),
    200,
  );
  assertEquals(
    await status(web.door, path, "a", { ...PLAIN, "Idempotency-Key": "x".repeat(256) }),
    400,
  );
  assertEquals(await said(web), ["ci (hook): a", "ci (hook): a"]);
});

Deno.test("a hook says so much in a minute, whatever it says, and another one as much", async () => {
  await using web = await startWeb({ limits: { hookPostsPerMinute: 3 } });
  const path = await addHook(web);
  assertEquals(await status(web.door, path, "1"), 200);
  assertEquals(await status(web.door, path, "", PLAIN), 400);
  assertEquals(await status(web.door, path, "3"), 200);
  const { status: late, headers, body } = await post(web.door, path, "4");
  assertEquals([late, headers.get("retry-after")], [429, "20"]);
  assertMatch(body, /^try-later: .* 3 /);
  assertEquals(await status(web.door, await addHook(web, "cd"), "x"), 200);
});

Deno.test("a body that is too long is let come, and refused", async () => {
  await using web = await startWeb({ limits: { hookBytes: 1_024 } });
  const path = await addHook(web);
  assertEquals(await status(web.door, path, "x".repeat(1_024)), 200);
  for (const length of [1_025, 200_000]) {
    const { status, body } = await post(web.door, path, "x".repeat(length));
    assertEquals([status, body], [413, "A webhook has at most 1024 bytes.\n"]);
  }
  const announced = { ...PLAIN, "Content-Length": "9000000000" };
  assertEquals(await status(web.door, path, "x", announced), 413);
  assertEquals(await status(web.door, path, "x", { "Content-Type": "image/png" }), 415);
  assertEquals((await said(web)).length, 1);
});

Deno.test("who goes in the middle of a body says nothing, and no trouble is logged", async () => {
  const logged: string[] = [];
  await using web = await startWeb({}, {
    log: ({ kind, text }) => void logged.push(`${kind} ${text}`),
  });
  const path = await addHook(web);
  {
    using peer = await RawPeer.connect(web.door);
    await peer.send(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf`);
  }
  assertEquals(await status(web.door, path, "whole"), 200);
  assertEquals(await said(web), ["ci (hook): whole"]);
  assertEquals(logged.filter((line) => line.startsWith("problem")), []);
});

Deno.test("whom the disk has no room for is asked to wait", async () => {
  let isFull = false;
  class FullLog extends MemoryLog {
    override put(fact: Fact, ticket?: Ticket): undefined {
      if (!isFull || fact.kind !== "say") return super.put(fact, ticket);
      const refused = new Refusal("not-stored", "The disk is full", 5_000);
      this.onEntry({ at: 0, fact, receipt: { refused } }, ticket);
    }
  }
  await using web = await startWeb({}, { factLog: new FullLog(STILL_LOG) });
  const path = await addHook(web);
  isFull = true;
  const full = await post(web.door, path, "x");
  assertEquals([full.status, full.headers.get("retry-after")], [503, "5"]);
  assertMatch(full.body, /^not-stored: /);
  isFull = false;
  const secret = await post(web.door, path, "/register a long password");
  assertEquals([secret.status, secret.body.split(":")[0]], [400, "may-be-secret"]);
  assertEquals(await status(web.door, path, "x"), 200);
});

Deno.test("what the disk had no room for counts in no rate", async () => {
  let isFull = true;
  class FullLog extends MemoryLog {
    override put(fact: Fact, ticket?: Ticket): undefined {
      if (!isFull || fact.kind !== "say") return super.put(fact, ticket);
      const refused = new Refusal("not-stored", "The disk is full", 5_000);
      this.onEntry({ at: 0, fact, receipt: { refused } }, ticket);
    }
  }
  await using web = await startWeb({ limits: { hookPostsPerMinute: 2 } }, {
    factLog: new FullLog(STILL_LOG),
  });
  const path = await addHook(web);
  const again = { ...PLAIN, "Idempotency-Key": "1" };
  for (let n = 0; n < 5; n++) assertEquals(await status(web.door, path, "x", again), 503);
  isFull = false;
  assertEquals(await status(web.door, path, "x", again), 200);
  assertEquals(await status(web.door, path, "y"), 200);
  assertEquals(await status(web.door, path, "z"), 429, "what was said does count");
});

Deno.test("a request that a proxy may see end elsewhere is refused, and the connection with it", async (t) => {
  await using web = await startWeb();
  const path = await addHook(web);
  const begin = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n`;
  const chunks = "3\r\nabc\r\n0\r\n\r\n";
  const [length, coding] = ["Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n"];
  const open =
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  const shapes: Readonly<Record<string, string>> = {
    "two codings": `${begin}Transfer-Encoding: xchunked\r\n${coding}\r\n${chunks}`,
    "chunked twice": `${begin}${coding}${coding}\r\n${chunks}`,
    "a list of codings": `${begin}Transfer-Encoding: identity, chunked\r\n\r\n${chunks}`,
    "another coding": `${begin}Transfer-Encoding: gzip, chunked\r\n\r\n${chunks}`,
    "a coding, then a length": `${begin}${coding}${length}\r\n${chunks}`,
    "a length, then a coding": `${begin}${length}${coding}\r\n${chunks}`,
    "a length twice": `${begin}${length}${length}\r\nabc`,
    "two lengths": `${begin}${length}Content-Length: 4\r\n\r\nabcd`,
    "a list of lengths": `${begin}Content-Length: 3, 3\r\n\r\nabc`,
    "a length with a sign": `${begin}Content-Length: +3\r\n\r\nabc`,
    "a length behind a space": `${begin}Content-Length : 3\r\n\r\nabc`,
    "a coding on a line of its own": `${begin}Transfer-Encoding:\r\n chunked\r\n\r\n${chunks}`,
    "a line that ends early": `${begin}Content-Length: 3\n\r\nabc`,
    "a size with a prefix": `${begin}${coding}\r\n0x3\r\nabc\r\n0\r\n\r\n`,
    "a size that ends early": `${begin}${coding}\r\n3\nabc\r\n0\r\n\r\n`,
    "a page with two lengths":
      `GET / HTTP/1.1\r\nHost: localhost\r\n${coding}${length}\r\n${chunks}`,
    "a WebSocket with a length": `${open}${length}\r\nabc`,
    "a WebSocket with a coding": `${open}${coding}\r\n0\r\n\r\n`,
  };
  for (const [name, shape] of Object.entries(shapes)) {
    await t.step(name, async () => {
      using peer = await RawPeer.connect(web.door);
      await peer.send(
        `${shape}GET /app.js HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      const statuses = (await peer.takeRest()).match(/HTTP\/1\.1 \d+/g);
      assertEquals(statuses, ["HTTP/1.1 400"]);
    });
  }
  assertEquals(await said(web), []);
  assertEquals(await status(web.door, path, "plain"), 200);
});
