/** The server's log: readable, inert, bounded, and silent about what people say. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { LineQueue } from "../lib/cli/line_queue.ts";
import { LimitedLog, type LogStyle, lostLine, openLog } from "../lib/cli/log.ts";
import { parseAddress } from "../lib/cli/values.ts";
import type { LogEntry } from "../lib/server/log.ts";
import {
  classicFrame,
  eventFrame,
  joinClassic,
  joinEvent,
  RawPeer,
  startServer,
  until,
  within,
} from "./helpers.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

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

Deno.test("lines that nobody takes wait up to 1 MiB, and those beyond are counted and told", async () => {
  let go = Promise.withResolvers<void>();
  const got: string[] = [];
  const sink = {
    async write(bytes: Uint8Array): Promise<number> {
      await go.promise;
      got.push(new TextDecoder().decode(bytes));
      return bytes.length;
    },
  };
  {
    await using queue = new LineQueue(sink, { lostLine: (count) => lostLine(count, "json") });
    for (let i = 0; i < 1_500; i++) queue.write(`${i} ${"x".repeat(1_023)}`);
    go.resolve();
  }
  const lines = got.join("").trimEnd().split("\n");
  const last = JSON.parse(lines.at(-1) ?? "");
  assert(last.count > 400 && last.count < 600, `${last.count}`);
  assertEquals([last.kind, last.level], ["lost-lines", "warning"]);
  const numbers = lines.slice(0, -1).map((line) => Number(line.split(" ")[0]));
  assertEquals(numbers, Array.from({ length: 1_500 - last.count }, (_, i) => i));
  // To whom nobody listens at all, the end comes nevertheless.
  go = Promise.withResolvers();
  const stuck = new LineQueue(sink);
  stuck.write("never read");
  await stuck[Symbol.asyncDispose]();
  assertEquals(got.length, 2);
  go.resolve();
});

const linux = Deno.build.os === "linux";
Deno.test({
  name: `a server whose stderr nobody reads goes on, and stops${
    linux ? "" : " (skipped: needs Linux)"
  }`,
  ignore: !linux,
  async fn(): Promise<void> {
    const dir = await Deno.makeTempDir();
    // A pipe that is full, so that the first line of the log already waits.
    const script =
      'mkfifo "$0/full"; exec 3<>"$0/full"; head -c 65536 /dev/zero >&3; exec "$@" 2>&3';
    const child = new Deno.Command("sh", {
      args: [
        "-c",
        script,
        dir,
        Deno.execPath(),
        "run",
        "-A",
        "-q",
        MAIN,
        "serve",
        "-p",
        "0",
        "--memory",
      ],
      stdout: "piped",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
    const line = await within("where it listens", lines.next());
    const address = / is listening on (\S+)$/.exec(line.value ?? "")?.[1] ?? "";
    using ann = await joinEvent({ addr: parseAddress(address) as Deno.NetAddr }, "ann");
    assertEquals((await ann.ask({ type: "say", room: "lobby", text: "hi" })).seq, 1);
    child.kill("SIGTERM");
    while (!(await lines.next()).done);
    assertEquals((await within("its end", child.status)).code, 0);
    await Deno.remove(dir, { recursive: true });
  },
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
