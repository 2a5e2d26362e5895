/** What is posted to a URL: in order, signed, again until it is taken, and without a gap over a restart. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runRelay } from "../lib/client/relaying.ts";
import type { CameSoFar } from "../lib/client/resume_options.ts";
import { formatAddress } from "../lib/cli/values.ts";
import { FakeConversation } from "./fixtures/conversation.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { toolTest } from "./fixtures/tools.ts";
import { joinEvent, startServer, until } from "./helpers.ts";
import { command } from "./program.ts";

const SECRET = "a secret of the receiver";

/** A request that came. */
interface Posted {
  readonly headers: Headers;
  readonly body: string;
}

/** Somebody to whom it is posted. */
interface Receiver extends AsyncDisposable {
  readonly got: readonly Posted[];
  readonly url: string;
  /** The texts of what was posted. */
  texts(): string[];
}

/** A receiver that answers with these statuses, and then with 200. */
function receive(
  statuses: readonly number[] = [],
  headers: Readonly<Record<string, string>> = {},
): Receiver {
  const got: Posted[] = [];
  const rest = [...statuses];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const body = await request.text();
      got.push({ headers: request.headers, body });
      return new Response(null, { status: rest.shift() ?? 200, headers });
    },
  );
  return {
    got,
    url: `http://127.0.0.1:${server.addr.port}/hook`,
    texts: () => got.map(({ body }) => JSON.parse(body).text),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("what is not taken is posted again in its place under the same key, and what is refused is left out", async () => {
  await using receiver = receive([503, 302, 400]);
  const link = new FakeConversation();
  const ending = new AbortController();
  const saved: CameSoFar[] = [];
  const lines: string[] = [];
  const running = runRelay({
    ...{ link, url: receiver.url, signal: ending.signal, firstMs: 1 },
    save: (so) => Promise.resolve(void saved.push(so)),
    complain: (line) => lines.push(line),
  });
  link.ready();
  link.message("ann", "one");
  link.message("ann", "two");
  link.message("ann", "three");
  await until("all was saved", () => saved.at(-1)?.seq["lobby"] === 3);
  await link.close();
  assertEquals(await running, "left");
  assertEquals(receiver.texts(), ["one", "one", "one", "two", "three"]);
  const keys = receiver.got.map(({ headers }) => headers.get("idempotency-key"));
  assertEquals(new Set(keys.slice(0, 3)).size, 1);
  assertEquals(saved.map(({ seq }) => seq["lobby"]), [0, 1, 2, 3]);
  assertEquals(lines.filter((line) => line.includes("trying again")).length, 2);
  assertMatch(lines.join("\n"), /message\/1 was refused for good \(it answered 400\)/);
});

Deno.test("a receiver that wants no pause gets one all the same", async () => {
  await using receiver = receive([503, 503, 503, 503], { "retry-after": "0" });
  const link = new FakeConversation();
  const lines: string[] = [];
  const ending = new AbortController();
  const running = runRelay({
    ...{ link, url: receiver.url, signal: ending.signal, firstMs: 60_000 },
    save: () => Promise.resolve(),
    complain: (line) => void lines.push(line),
  });
  link.ready();
  link.message("ann", "one");
  await until("it has tried", () => lines.length === 1);
  assertMatch(lines[0] ?? "", /trying again in (?:[3-5]\d|60)\.\d s$/);
  ending.abort();
  await link.close();
  await running;
  assertEquals(receiver.got.length, 1);
});

Deno.test("of a receiver that can't be reached the log names no path, which may be a secret", async () => {
  // Nobody listens there any more.
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const origin = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const link = new FakeConversation();
  const ending = new AbortController();
  const lines: string[] = [];
  const running = runRelay({
    ...{ link, url: `${origin}/services/T0/s3cr%65t`, signal: ending.signal, firstMs: 1 },
    complain: (line) => {
      lines.push(line);
      ending.abort();
    },
    save: () => Promise.resolve(),
  });
  link.ready();
  link.message("ann", "one");
  await until("it has tried", () => lines.length > 0);
  await link.close();
  await running;
  assertMatch(lines[0] ?? "", /was not taken/);
  assertStringIncludes(lines[0] ?? "", `${origin}/…`);
  assert(!/services|s3cr/.test(lines.join()), lines.join());
});

Deno.test("what is said in a room of any letters is posted, and holds up no other", async () => {
  await using receiver = receive();
  const link = new FakeConversation();
  const running = runRelay({
    ...{ link, url: receiver.url, signal: new AbortController().signal, firstMs: 1 },
    save: () => Promise.resolve(),
    complain: (line) => {
      throw new Error(line);
    },
  });
  link.ready();
  link.message("ann", "борщ", "кухня");
  link.message("ann", "two");
  await until("both were posted", () => receiver.got.length === 2);
  await link.close();
  await running;
  const [first] = receiver.got;
  assertStringIncludes(first?.headers.get("idempotency-key") ?? "", encodeURIComponent("кухня"));
});

/** The last seq of the room that a file says was posted; -1 if there is none. */
async function savedIn(file: string): Promise<number> {
  const text = await Deno.readTextFile(file).catch(() => "{}");
  return JSON.parse(text).seq?.["ops"] ?? -1;
}

/** Runs the command until the file says that it has come so far. */
async function relayUntil(
  args: readonly string[],
  file: string,
  seq: number,
  begun: () => Promise<unknown>,
): Promise<number> {
  const child = command(["relay", ...args]).spawn();
  await begun();
  await until("it was saved", async () => await savedIn(file) >= seq);
  child.kill("SIGTERM");
  const { code } = await child.status;
  await Promise.all([
    child.stdin.close().catch(() => {}),
    child.stdout.cancel(),
    child.stderr.cancel(),
  ]);
  return code;
}

Deno.test("a relay that was ended goes on where it was, with what was said and done meanwhile", async () => {
  await using dir = await makeDir();
  await using server = startServer();
  await using receiver = receive();
  using ann = await joinEvent(server, "ann", { room: "ops", features: ["life", "ask"] });
  const state = `${dir.path}/relay.json`;
  const secret = `${dir.path}/secret`;
  await Deno.writeTextFile(secret, `${SECRET}\n`);
  const args = [
    "--room",
    "ops",
    "--post",
    receiver.url,
    "--state",
    state,
    "--hmac",
    secret,
    formatAddress(server.addr),
  ];
  const say = (text: string) => ann.ask({ type: "say", room: "ops", text });
  await say("before");
  const first = await relayUntil(args, state, 2, async () => {
    await until("it has begun", async () => await savedIn(state) >= 0);
    await say("one");
  });
  assertEquals(first, 143);
  await say("two");
  await ann.ask({ type: "revise", room: "ops", re: 3, text: "TWO" });
  await say("three");
  await relayUntil(args, state, 5, () => Promise.resolve());
  assertEquals(
    receiver.got.map(({ body }) => {
      const { type, seq, text } = JSON.parse(body);
      return `${type} ${seq} ${text}`;
    }),
    ["message 2 one", "message 3 TWO", "revised 4 TWO", "message 5 three"],
  );
  assertEquals(JSON.parse(await Deno.readTextFile(state)).seq, { ops: 5 });
});

toolTest(
  "the verifier of the manual takes what was signed, and nothing else",
  ["python3"],
  async () => {
    const manual = await Deno.readTextFile(new URL("../lib/cli/MANUAL.md", import.meta.url));
    const [, python = ""] = /^```python\n(import hashlib[^]*?)^```/m.exec(manual) ?? [];
    assert(python.split("\n").filter((line) => line.trim() !== "").length <= 10, python);
    await using receiver = receive();
    const link = new FakeConversation();
    const saved: CameSoFar[] = [];
    const running = runRelay({
      ...{ link, url: receiver.url, signal: new AbortController().signal, complain: () => {} },
      secret: new TextEncoder().encode(SECRET),
      save: (so) => Promise.resolve(void saved.push(so)),
    });
    link.ready();
    link.message("ann", "grüß 👋");
    await until("it was posted", () => receiver.got.length === 1);
    await link.close();
    await running;
    const [{ headers, body } = { headers: new Headers(), body: "" }] = receiver.got;
    const header = headers.get("x-chatroom-signature") ?? "";
    const old = header.replace(/t=\d+/, "t=1700000000");
    const asked = [
      [SECRET, header, body],
      ["another secret of somebody", header, body],
      [SECRET, header, `${body} `],
      [SECRET, old, body],
    ];
    const program =
      `${python}\nimport json, sys\nfor s, h, b in json.load(sys.stdin): print(is_genuine(s.encode(), h, b.encode()))`;
    const child = new Deno.Command("python3", {
      args: ["-c", program],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const fed = new Blob([JSON.stringify(asked)]).stream().pipeTo(child.stdin);
    const { stdout } = await child.output();
    await fed;
    assertEquals(new TextDecoder().decode(stdout).trim().split("\n"), [
      "True",
      "False",
      "False",
      "False",
    ]);
  },
);

Deno.test("what is given wrong to a relay is told in a line", async () => {
  await using dir = await makeDir();
  const short = `${dir.path}/short`;
  await Deno.writeTextFile(short, "short\n");
  const url = ["--post", "http://127.0.0.1:1/"];
  await using server = startServer();
  const state = ["--state", `${dir.path}/state`];
  const rows: ReadonlyArray<readonly [args: readonly string[], part: string]> = [
    [state, "--post URL is missing"],
    [["--post", "ftp://x/", ...state], "--post must be a URL"],
    [["--post", "https://a:b@x/", ...state], "--post must be a URL"],
    [url, "--state FILE is missing"],
    [[...url, "--state", short], "holds something else"],
    [[...url, ...state, "--hmac", short], "at least 16 bytes"],
    [[...url, ...state, "--hmac", `${dir.path}/none`], "at least 16 bytes"],
    [[formatAddress(server.addr), ...url, "--state", `${dir.path}/none/state`], "can't be written"],
  ];
  for (const [args, part] of rows) {
    const { code, stderr } = await chatroom(["relay", ...args]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, part);
  }
});
