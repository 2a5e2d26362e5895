/** What whoever runs the server looks at: health, readiness, metrics, and who may see them. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { WebListener } from "../lib/web/serve_web.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import { MemoryStorage } from "../lib/files/memory_storage.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { tableOf } from "./docs.ts";
import { FullLog } from "./fixtures/late_logs.ts";
import { asTable, metricRows } from "./fixtures/metric_rows.ts";
import { saidByPromtool } from "./fixtures/promtool.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { toolTest } from "./fixtures/tools.ts";
import { classicFrame, joinClassic, joinEvent, type Json, until, within } from "./helpers.ts";
import { joinWeb, request, requestUpgrade, startWeb } from "./web_peer.ts";

/** The samples of the metrics, by name and labels as they are written. */
async function readMetrics(door: WebListener): Promise<Map<string, number>> {
  const { status, body, headers } = await request(door, "GET /metrics");
  assertEquals(status, 200);
  assertMatch(headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const lines = body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const [, name = "", value] = /^(\S+) (\S+)$/.exec(line) ?? [];
    return [name, Number(value)];
  }));
}

Deno.test("the metrics count what happens", async () => {
  await using web = await startWeb();
  using classic = await joinClassic(web.server, "classic");
  using event = await joinEvent(web.server, "event");
  {
    using ann = await joinWeb(web.door, "ann");
    await ann.ask({ type: "say", room: "lobby", text: "one" });
    await ann.ask({ type: "say", room: "none", text: "refused" });
    await ann.ask({ type: "join", room: "dev" });
    assertEquals(await classic.takePair(), ["ann", "one"]);
    await event.takeType("message");
    const during = await readMetrics(web.door);
    assertEquals(during.get('chatroom_connections{door="web"}'), 1);
    assertEquals(during.get("chatroom_sessions"), 3);
    assertEquals(during.get("chatroom_rooms"), 2);
  }
  await until("ann's end", () => web.server.connections === 2);
  await request(web.door, "GET /nothing");
  await requestUpgrade(web.door, { Origin: "null" });
  await requestUpgrade(web.door, { "Sec-WebSocket-Key": undefined });
  await request(web.door, "POST /ws", { Connection: "Upgrade", Upgrade: "websocket" });
  const after = await readMetrics(web.door);
  for (
    const [name, value] of [
      ['chatroom_connections{door="classic"}', 1],
      ['chatroom_connections{door="event"}', 1],
      ['chatroom_connections{door="web"}', 0],
      ['chatroom_connections_total{door="web"}', 1],
      ["chatroom_sessions", 2],
      ["chatroom_rooms", 1],
      ["chatroom_messages_total", 1],
      ['chatroom_refusals_total{code="no-such-room"}', 1],
      ['chatroom_disconnects_total{reason="left"}', 1],
      ['chatroom_http_responses_total{status="101"}', 1],
      ['chatroom_http_responses_total{status="400"}', 1],
      ['chatroom_http_responses_total{status="403"}', 1],
      ['chatroom_http_responses_total{status="404"}', 1],
      ['chatroom_http_responses_total{status="405"}', 1],
      ["chatroom_outbox_bytes", 0],
      ["chatroom_outbox_largest_bytes", 0],
      ["chatroom_commit_seconds_count", 1],
      ["chatroom_delivery_seconds_count", 1],
      ["chatroom_ready", 1],
    ] as const
  ) assertEquals(after.get(name), value, name);
  for (
    const name of [
      'chatroom_received_bytes_total{door="classic"}',
      'chatroom_received_bytes_total{door="event"}',
      'chatroom_received_bytes_total{door="web"}',
      'chatroom_sent_bytes_total{door="classic"}',
      'chatroom_sent_bytes_total{door="event"}',
      'chatroom_sent_bytes_total{door="web"}',
      "process_resident_memory_bytes",
      "process_cpu_seconds_total",
    ]
  ) assert((after.get(name) ?? 0) > 10 || name.includes("cpu"), name);
  // The joins of others, and the message and its ack: at least these.
  assert((after.get("chatroom_deliveries_total") ?? 0) >= 6);
});

Deno.test("bytes are those that were sent", async () => {
  await using web = await startWeb();
  using _classic = await joinClassic(web.server, "classic");
  const length = (...texts: string[]): number =>
    texts.reduce((sum, text) => sum + classicFrame(text).length, 0);
  const metrics = await readMetrics(web.door);
  const received = metrics.get('chatroom_received_bytes_total{door="classic"}');
  assertEquals(received, length("classic", "/who"));
  const sent = metrics.get('chatroom_sent_bytes_total{door="classic"}');
  assertEquals(sent, length("server", "1 person in lobby: classic"));
});

Deno.test("what is stored is counted, by commits and what is in them", async () => {
  await using dir = await makeDir();
  await using factLog = await LocalLog.open({ dir: dir.path });
  await using web = await startWeb({}, { factLog });
  using ann = await joinWeb(web.door, "ann");
  const read = async (): Promise<number[]> => {
    const metrics = await readMetrics(web.door);
    const names = ["facts_waiting", "facts_waiting_seconds", "parcels_total", "parcel_facts_total"];
    return names.map((name) => metrics.get(`chatroom_${name}`) ?? NaN);
  };
  await ann.ask({ type: "say", room: "lobby", text: "one" });
  const [waiting, seconds, parcels = NaN, facts = NaN] = await read();
  assertEquals([waiting, seconds], [0, 0]);
  await ann.ask({ type: "topic", room: "lobby", text: "tea" });
  assertEquals(await read(), [0, 0, parcels + 1, facts + 1]);
});

Deno.test("files are counted, and their bytes both ways", async () => {
  const files = new KeptFiles({ storage: new MemoryStorage(1_000_000) });
  await using web = await startWeb({}, { files });
  using ann = await joinWeb(web.door, "ann");
  const read = async (): Promise<Array<number | undefined>> => {
    const metrics = await readMetrics(web.door);
    return [
      "uploads",
      "files_total",
      "file_bytes_received_total",
      "downloads",
      "file_bytes_sent_total",
    ]
      .map((name) => metrics.get(`chatroom_${name}`));
  };
  const { file } = await ann.ask({ type: "put", name: "a", room: "lobby" });
  await ann.ask({ type: "chunk", file, offset: 0, data: "AAAA" });
  assertEquals(await read(), [1, 0, 3, 0, 0]);
  const { file: { id } } = await ann.ask({ type: "done", file });
  await ann.ask({ type: "get", file: id, offset: 0, credit: 2 });
  assertEquals(await read(), [0, 1, 3, 1, 2]);
  await ann.ask({ type: "done", file: "none" });
  assertEquals(
    (await readMetrics(web.door)).get('chatroom_refusals_total{code="no-such-file"}'),
    1,
  );
});

Deno.test("every metric is in the manual, and the manual's are there", async () => {
  await using web = await startWeb();
  const { body } = await request(web.door, "GET /metrics");
  const expected = metricRows(body);
  assert(expected.length > 15);
  assertEquals(tableOf("Metrics"), expected, asTable(expected));
});

toolTest("promtool finds nothing to say about the metrics", ["promtool"], async () => {
  await using web = await startWeb();
  using ann = await joinWeb(web.door, "ann");
  await ann.ask({ type: "say", room: "lobby", text: "one" });
  await ann.ask({ type: "nonsense" });
  const { body } = await request(web.door, "GET /metrics");
  assertEquals(await saidByPromtool(body), [0, ""]);
});

Deno.test("the server is ready until it stops or can't store, and says why not", async (t) => {
  const factLog = new FullLog({
    now: () => Date.now(),
    epoch: "an epoch",
    messagesPerRoom: 10,
    maxBytes: 100_000,
  });
  await using web = await startWeb({}, { factLog });
  const ready = async (): Promise<[number, string]> => {
    const { status, body } = await request(web.door, "GET /readyz");
    return [status, body];
  };
  using ann = await joinWeb(web.door, "ann");
  await t.step("ready", async () => assertEquals(await ready(), [200, "ready\n"]));
  await t.step("not while the store fails", async () => {
    factLog.isFull = true;
    assertEquals((await ann.ask({ type: "say", room: "lobby", text: "x" })).code, "not-stored");
    assertEquals((await ann.ask({ type: "topic", room: "lobby", text: "x" })).code, "not-stored");
    const refused = 'chatroom_refusals_total{code="not-stored"}';
    assertEquals((await readMetrics(web.door)).get(refused), 2);
    assertEquals(await ready(), [503, "Messages can't be stored.\n"]);
    assertEquals((await readMetrics(web.door)).get("chatroom_ready"), 0);
    assertEquals((await request(web.door, "GET /healthz")).status, 200);
  });
  await t.step("again when it works", async () => {
    factLog.isFull = false;
    assertEquals((await ann.ask({ type: "say", room: "lobby", text: "x" })).type, "ack");
    assertEquals(await ready(), [200, "ready\n"]);
  });
  await t.step("not while it stops, when it lets in nobody either", async () => {
    const stopped = web.server.shutdown();
    assertEquals(await ready(), [503, "The server is shutting down.\n"]);
    assertEquals((await requestUpgrade(web.door)).status, 503);
    assertEquals((await request(web.door, "GET /healthz")).body, "alive\n");
    await within("its end", stopped);
  });
});

Deno.test("only this machine sees them, unless told otherwise", async (t) => {
  const paths = ["/metrics", "/healthz", "/readyz"];
  const statuses = async (door: WebListener, headers: Json): Promise<number[]> => {
    const answers = await Promise.all(paths.map((path) => request(door, `GET ${path}`, headers)));
    return answers.map(({ status }) => status);
  };
  const forwarded = { "X-Forwarded-For": "192.0.2.7" };
  await t.step("through a proxy that nobody trusts, nobody sees them", async () => {
    await using web = await startWeb();
    assertEquals(await statuses(web.door, {}), [200, 200, 200]);
    for (
      const header of [
        forwarded,
        { "X-Forwarded-For": "127.0.0.1" },
        { "X-Real-IP": "127.0.0.1" },
        { Forwarded: "for=127.0.0.1" },
        { Via: "1.1 proxy" },
      ]
    ) assertEquals(await statuses(web.door, header), [404, 404, 404]);
  });
  await t.step("through a trusted one, those on this machine do", async () => {
    await using web = await startWeb({ trustedProxies: ["127.0.0.1"] });
    assertEquals(await statuses(web.door, {}), [200, 200, 200]);
    for (
      const [hops, status] of [
        ["192.0.2.7", 404],
        ["127.0.0.1, 192.0.2.7", 404],
        ["192.0.2.7, 127.0.0.1", 404],
        ["127.0.0.1, nonsense", 404],
        ["unknown", 404],
        ["192.0.2.7:1234", 404],
        ["127.0.0.2:1234", 200],
        ["[::1]:1234", 200],
        ["127.0.0.2", 200],
      ] as const
    ) {
      const seen = await statuses(web.door, { "X-Forwarded-For": hops });
      assertEquals(seen, [status, status, status], hops);
    }
  });
  await t.step("with openMetrics everybody does", async () => {
    await using web = await startWeb({ openMetrics: true });
    assertEquals(await statuses(web.door, forwarded), [200, 200, 200]);
  });
  await t.step("from another address nobody does", async () => {
    const address = Deno.networkInterfaces().find((each) =>
      each.family === "IPv4" && !each.address.startsWith("127.")
    )?.address;
    if (address === undefined) return;
    await using web = await startWeb({ hostname: "0.0.0.0" });
    const door = { ...web.door, addr: { hostname: address, port: web.door.addr.port } };
    const own = { Host: `${address}:${door.addr.port}` };
    assertEquals(await statuses(door, own), [404, 404, 404]);
    assertEquals((await request(door, "GET /", own)).status, 200);
  });
});

Deno.test("a stop cuts nobody's answer, and leaves nothing", async () => {
  // The sanitizers of the test runner see to timers and sockets.
  const web = await startWeb();
  const ann = await joinWeb(web.door, "ann");
  const stopped = web[Symbol.asyncDispose]();
  assertStringIncludes(JSON.stringify(await ann.takeType("bye")), "shutdown");
  ann[Symbol.dispose]();
  await stopped;
});
