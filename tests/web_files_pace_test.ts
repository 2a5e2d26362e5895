/** Files over HTTP: how fast they come, how many at once, and when one is cut off. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { WebLimits } from "../lib/web/limits.ts";
import type { WebListener } from "../lib/web/serve_web.ts";
import { LOGIN, reserve } from "./fixtures/guests.ts";
import { largeFiles, pathTo, sendsFile, textOf } from "./fixtures/sent_files.ts";
import { beginsToRead, found, LARGE, NOTHING, reads, startFiles } from "./fixtures/web_files.ts";
import { bytes, joinEvent, type Json, RawPeer, until } from "./helpers.ts";
import { request, type WebServer } from "./web_peer.ts";

Deno.test("a slow reader gets all of it, however long that takes, and one that stands still is cut off", async (t) => {
  const limits = { webRequestMs: 200, webIdleMs: 200, webStallMs: 3_000 };
  const data = textOf(LARGE);
  await using web = await startFiles({ limits }, { files: largeFiles(data.length) });
  using ann = await joinEvent(web.server, "ann");
  const path = await pathTo(ann, await sendsFile(ann, { name: "a", data: textOf(10) }));
  await t.step("slow", async () => {
    using peer = await beginsToRead(web.door, path);
    const began = performance.now();
    const pieces: Uint8Array[] = [];
    while (pieces.at(-1)?.length !== 0) {
      pieces.push(await reads(peer, 1_000_000));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert(performance.now() - began > 2 * limits.webRequestMs, "it was read too fast to tell");
    assertEquals(await digest(bytes(...pieces).slice(-data.length)), await digest(data));
  });
  await t.step("still", async () => {
    using peer = await beginsToRead(web.door, path);
    await reads(peer, 1_000);
    await until("the end of it", () => web.door.connections === 0);
    assert((await reads(peer)).length < data.length - 1_000, "all of it came");
  });
});

async function digest(data: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data)).toHex();
}

Deno.test("after a file a connection waits for its next request as long as after anything else", async () => {
  await using web = await startFiles({ limits: { webIdleMs: 200, webStallMs: 600_000 } });
  using ann = await joinEvent(web.server, "ann");
  const path = await pathTo(ann, await sendsFile(ann, { name: "a", data: textOf(100) }));
  using peer = await RawPeer.connect(web.door);
  await peer.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  assertStringIncludes(await peer.takeRest(), "000000000000080\n0000");
});

/** What the metrics say of one. */
async function metric(door: WebListener, name: string): Promise<number> {
  const { body } = await request(door, "GET /metrics");
  return Number(new RegExp(`^${name} (.*)$`, "m").exec(body)?.[1]);
}

Deno.test("an address fetches so many files at once, all together so many, and the metrics tell", async (t) => {
  const starts = async (limits: Partial<WebLimits>): Promise<[WebServer, string]> => {
    const files = largeFiles(LARGE);
    const web = await startFiles({ trustedProxies: ["127.0.0.1"], limits }, { files });
    using ann = await joinEvent(web.server, "ann");
    await ann.ask({ type: "join", room: "den" });
    const file = await sendsFile(ann, { name: "a", data: textOf(10) });
    using bob = await joinEvent(web.server, "bob");
    return [web, await pathFor(web, bob, file.id)];
  };
  const pathFor = async (web: WebServer, peer: RawPeer, id: string): Promise<string> => {
    // A link for whoever is in the lobby: it needs nobody who is there.
    const links = web.server.host.shared.links;
    assert(links !== undefined);
    assertEquals((await peer.ask({ type: "link", file: id })).type, "link");
    return links.link({ id, name: "a" }, { reader: "room lobby" }).path;
  };
  const from = (address: string): Json => ({ "X-Forwarded-For": address });
  await t.step("one address", async () => {
    const [web, path] = await starts({ webDownloadsPerAddress: 2 });
    await using _web = web;
    const readers: RawPeer[] = [];
    for (let i = 0; i < 2; i++) {
      const peer = await beginsToRead(web.door, path, from("192.0.2.1"));
      await peer.take(1);
      readers.push(peer);
    }
    assertEquals(await metric(web.door, "chatroom_http_downloads"), 2);
    const refused = await request(web.door, `HEAD ${path}`, from("192.0.2.1"));
    assertEquals([refused.status, refused.headers.get("retry-after")], [429, "5"]);
    const { status, body } = await request(web.door, `GET ${path}`, from("192.0.2.1"));
    assertEquals([status, body], [429, "Your address is fetching 2 files, which is the limit.\n"]);
    assertEquals((await request(web.door, `HEAD ${path}`, from("192.0.2.2"))).status, 200);
    for (const reader of readers) reader[Symbol.dispose]();
    let left = 2;
    while (left > 0) left = await metric(web.door, "chatroom_http_downloads");
    assertEquals((await request(web.door, `HEAD ${path}`, from("192.0.2.1"))).status, 200);
    assert(await metric(web.door, "chatroom_http_file_bytes_total") > 0);
  });
  await t.step("all", async () => {
    const [web, path] = await starts({ webDownloads: 1 });
    await using _web = web;
    using reader = await beginsToRead(web.door, path);
    await reader.take(1);
    const { status, body } = await request(web.door, `GET ${path}`, from("192.0.2.2"));
    assertEquals([status, body], [503, "1 files are being fetched, which is the limit.\n"]);
  });
});

Deno.test("one address gets so many bytes of files in a second, however many connections it has", async () => {
  const limits = { fileBytesPerSecond: 100_000 };
  await using web = await startFiles({ limits: { webStallMs: 300 } }, { limits });
  using ann = await joinEvent(web.server, "ann");
  const path = await pathTo(ann, await sendsFile(ann, { name: "a", data: textOf(100_000) }));
  const began = performance.now();
  const answers = await Promise.all([1, 2].map(() => request(web.door, `GET ${path}`)));
  assertEquals(answers.map(({ body }) => body.length), [100_000, 100_000]);
  // 100,000 at once, and the others take their second.
  const ms = performance.now() - began;
  assert(ms > 800, `200,000 bytes took only ${ms} ms`);
});

Deno.test("whoever reads a file has not been silent when there are too many connections", async () => {
  const limits = { webConnections: 2, webIdleMs: 60_000 };
  await using web = await startFiles({ limits }, { files: largeFiles(2 * LARGE) });
  using ann = await joinEvent(web.server, "ann");
  const path = await pathTo(ann, await sendsFile(ann, { name: "a", data: textOf(10) }));
  using reader = await beginsToRead(web.door, path);
  assertEquals((await reads(reader, 1_000)).length, 1_000);
  using silent = await RawPeer.connect(web.door);
  await silent.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  let head = "";
  while (!head.endsWith("\r\n\r\n")) head += new TextDecoder().decode(await silent.take(1));
  // It reads on after the other's request, so the other is the one that has been silent for longest.
  assertEquals((await reads(reader, LARGE)).length, LARGE);
  using _third = await RawPeer.connect(web.door);
  assertEquals(await silent.takeRest(), "");
  assert((await reads(reader)).length > LARGE - 1_000, "the reader was cut off");
});

Deno.test("whoever is banned while a file is on its way gets no more than is on its way", async () => {
  const files = largeFiles(2 * LARGE);
  await using web = await startFiles({ trustedProxies: ["127.0.0.1"] }, {
    files,
    fileSenders: "all",
  });
  await reserve(web.server.host.shared.house, { otto: "operator" });
  using otto = await joinEvent(web.server, "otto", { login: LOGIN });
  using eve = await joinEvent(web.server, "eve");
  const path = await pathTo(eve, await sendsFile(eve, { name: "a", data: textOf(10) }));
  using reader = await beginsToRead(web.door, path, { "X-Forwarded-For": "192.0.2.7" });
  assertEquals((await reads(reader, 1_000)).length, 1_000);
  assertEquals((await otto.ask({ type: "mod", action: "ban", target: "192.0.2.7" })).type, "mod");
  assert((await reads(reader)).length < 2 * LARGE - 1_000, "all of it came");
  assertEquals(await found(web.door, path, { "X-Forwarded-For": "192.0.2.7" }), NOTHING);
});

Deno.test("a stop ends what is being fetched, and leaves nothing open", async () => {
  const web = await startFiles({}, { files: largeFiles(LARGE) });
  using ann = await joinEvent(web.server, "ann");
  const path = await pathTo(ann, await sendsFile(ann, { name: "a", data: textOf(10) }));
  using reader = await beginsToRead(web.door, path);
  await reads(reader, 1_000);
  const stopped = web.server.shutdown();
  assertEquals((await request(web.door, `GET ${path}`)).status, 503);
  await stopped;
  await web[Symbol.asyncDispose]();
  assert((await reads(reader)).length < LARGE - 1_000);
});
