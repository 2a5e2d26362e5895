/** The server's log: readable, inert, bounded, and silent about what people say. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { LimitedLog } from "../lib/cli/log_limit.ts";
import { type LogStyle, openLog } from "../lib/cli/log.ts";
import type { LogEntry } from "../lib/server/log.ts";
import {
  classicFrame,
  eventFrame,
  joinClassic,
  joinEvent,
  RawPeer,
  startServer,
} from "./helpers.ts";
import { until } from "./helpers.ts";

/** The lines that entries come to. */
function linesOf(style: LogStyle, entries: readonly LogEntry[]): string[] {
  const lines: string[] = [];
  using opened = openLog(style, (line) => lines.push(line));
  for (const entry of entries) opened.log(entry);
  return lines;
}

const ENTRY: LogEntry = {
  level: "info",
  kind: "left-slow",
  text: "Disconnected",
  fields: { address: "[2001:db8::1]:80", name: "ann lee", reason: "slow", seconds: 12 },
};

Deno.test("an entry is a line for people, or a JSON object", () => {
  const [text = ""] = linesOf({ level: "info", format: "text" }, [ENTRY]);
  assertMatch(
    text,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z info {4}Disconnected address=\[2001:db8::1\]:80 name="ann lee" reason=slow seconds=12$/,
  );
  const [json = ""] = linesOf({ level: "info", format: "json" }, [ENTRY]);
  const { time, ...rest } = JSON.parse(json);
  assertMatch(time, /Z$/);
  const { level, kind, text: says, fields } = ENTRY;
  assertEquals(rest, { level, kind, text: says, ...fields });
});

Deno.test("less than the level is not logged", () => {
  const entries = (["debug", "info", "warning", "error"] as const)
    .map((level) => ({ level, kind: level, text: level }));
  for (const [n, { level }] of entries.entries()) {
    const lines = linesOf({ level, format: "json" }, entries);
    assertEquals(lines.map((line) => JSON.parse(line).text), entries.slice(n).map((e) => e.text));
  }
});

Deno.test("CR LF in text: one log line; escapes, C1 and bidi controls in the log are inert", () => {
  const name = "a\r\nb\u001b[31m\u009b0m\u202e\u2028x{name}";
  for (const format of ["text", "json"] as const) {
    const fields = { name, more: "=\"'" };
    const lines = linesOf({ level: "info", format }, [{ ...ENTRY, text: "{name} {{", fields }]);
    assertEquals(lines.length, 1);
    const [line = ""] = lines;
    assertEquals(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.exec(line), null);
    if (format === "json") assertEquals(JSON.parse(line).name, name);
    else assertStringIncludes(line, "a\\r\\nb");
  }
});

Deno.test("a detail that is very long is cut", () => {
  const fields = { trace: "x".repeat(1_000_000) };
  const [line = ""] = linesOf({ level: "info", format: "text" }, [{ ...ENTRY, fields }]);
  assert(line.length < 3_000);
});

Deno.test("of one kind 20 lines come through in 10 s, and the rest is summed up in one", () => {
  const got: LogEntry[] = [];
  let now = 0;
  const limited = new LimitedLog((entry) => got.push(entry), () => now);
  const log = (kind: string, count: number): void => {
    for (let i = 0; i < count; i++) limited.log({ ...ENTRY, kind });
  };
  log("a", 1_000);
  log("b", 1);
  assertEquals(got.map(({ kind }) => kind), [...Array(20).fill("a"), "b"]);
  now = 10_000;
  log("a", 1);
  assertEquals(got.slice(21).map(({ kind, fields }) => [kind, fields?.count]), [
    ["withheld", 980],
    ["a", undefined],
  ]);
  log("a", 30);
  limited[Symbol.dispose]();
  assertEquals(got.at(-1)?.fields, { of: "a", count: 11 });
});

Deno.test("whoever is refused or cut off is in the log, with reason, address and name", async () => {
  const entries: LogEntry[] = [];
  const log = (entry: LogEntry): unknown => entries.push(entry);
  const find = (kind: string): LogEntry | undefined => entries.find((each) => each.kind === kind);
  {
    await using server = startServer({
      log,
      limits: { connections: 2, frameMs: 50, requestBurst: 5, requestsPerSecond: 50 },
    });
    using ann = await joinClassic(server, "ann");
    using bob = await joinEvent(server, "bob");
    using late = await RawPeer.connect(server);
    await late.send(classicFrame("late"));
    await late.takeRest();
    assertEquals(find("refused-server-full")?.fields, {
      address: "127.0.0.1",
      reason: "server-full",
    });
    await ann.send("9       ");
    await ann.takeRest();
    await until("ann's end", () => find("left-slow-frame") !== undefined);
    const { address, name, reason } = find("left-slow-frame")?.fields ?? {};
    assertEquals([name, reason], ["ann", "slow-frame"]);
    assertMatch(String(address), /^127\.0\.0\.1:\d+$/);
    await bob.send(...Array.from({ length: 20 }, () => eventFrame({ type: "ping" })));
    await until("the notice of it", () => find("slowed") !== undefined);
    assertEquals(find("slowed")?.fields?.name, "bob");
    bob[Symbol.dispose]();
    await until("bob's end", () => server.connections === 0);
    assertEquals(entries.filter(({ kind }) => kind === "slowed").length, 1);
  }
  assertEquals(find("left-closed")?.level, "debug");
  assertEquals([entries[0]?.kind, entries.at(-1)?.kind], ["start", "stop"]);
});

Deno.test("what people say, and what they keep secret, is never logged", async () => {
  const lines: string[] = [];
  const SAID = "xyzzy";
  const secrets: string[] = [];
  {
    using opened = openLog({ level: "debug", format: "json" }, (line) => lines.push(line));
    await using server = startServer({ log: opened.log, limits: { payloadBytes: 500 } });
    using ann = await joinEvent(server, "ann");
    using bob = await joinEvent(server, "bob");
    using cat = await joinClassic(server, "cat");
    secrets.push(ann.ready.session, bob.ready.session);
    await ann.ask({ type: "say", room: "lobby", text: SAID });
    await ann.ask({ type: "say", room: "nowhere", text: SAID });
    await ann.ask({ type: "direct", to: "bob", text: SAID });
    await ann.ask({ type: "topic", room: "lobby", text: SAID });
    await ann.ask({ type: "topic", room: "lobby", text: SAID.repeat(70) });
    await ann.ask({ type: "search", query: SAID });
    await ann.ask({ type: "hello", session: ann.ready.session, password: SAID });
    await cat.send(classicFrame(SAID), classicFrame(`/${SAID}`), classicFrame(`/msg bob ${SAID}`));
    // A frame that is cut wrongly puts what was said where a header should be.
    await cat.send(`${SAID}${SAID}${SAID}`);
    await cat.takeRest();
    using dan = await joinEvent(server, "dan");
    await dan.send(eventFrame(`"${SAID}"`));
    await dan.takeRest();
    using eve = await joinClassic(server, "eve");
    await eve.send(classicFrame(SAID.repeat(200)));
    await eve.takeRest();
    // A session that is taken up elsewhere, with its secret.
    using again = await joinEvent(server, "ann", { session: ann.ready.session });
    secrets.push(again.ready.session);
    await ann.takeRest();
  }
  assert(lines.length > 12, lines.join("\n"));
  for (const line of lines) {
    for (const word of [SAID, ...secrets]) assert(!line.includes(word), line);
  }
});
