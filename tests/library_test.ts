/** The library for programs: the manual's examples, in Deno and in Node, and what it promises besides. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ChatError, connect } from "../lib/client/library/library.ts";
import type {
  ChatClient,
  ChatEvent,
  ChatSession,
  ConnectOptions,
  DirectMessage,
  RoomMessage,
} from "../lib/client/library/types.ts";
import { formatAddress } from "../lib/cli/values.ts";
import { Identity } from "../lib/tls/identity.ts";
import type { EventOf } from "../lib/wire/events.ts";
import type { Server } from "../lib/server/serve.ts";
import { bundleClient, declarations, withoutUsing } from "./tools/bundle_client.ts";
import { makeAuthority, securely } from "./fixtures/certificates.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import { MemoryStorage } from "../lib/files/memory_storage.ts";
import { joinEvent, startServer } from "./helpers.ts";
import { readDocument } from "./docs.ts";

/** What the server tells is what the types say; this does not compile otherwise. */
const told = (
  message: EventOf<"message">,
  direct: EventOf<"direct">,
): [RoomMessage, DirectMessage] => [
  message,
  direct,
];

async function isNode20(): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command("node", { args: ["--version"] }).output();
    return Number(/^v(\d+)/.exec(new TextDecoder().decode(stdout))?.[1]) >= 20;
  } catch {
    return false;
  }
}

const hasNode = await isNode20();

/** The examples of the manual, in their order. */
async function examples(): Promise<string[]> {
  const manual = await readDocument("lib/cli/MANUAL.md");
  const section = manual.split("\n## A library for programs\n")[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/```js\n([^]*?)```/g)].map(([, code = ""]) => code);
}

/** Runs an example at a server to its end, with what it imports from `library`. */
async function run(
  example: string,
  { server, library, runtime, dir }: {
    server: Pick<Server, "addr">;
    library: string;
    runtime: readonly string[];
    dir: string;
  },
): Promise<{ code: number; stdout: string; stderr: string }> {
  const code = example.replace("@chatroom/chatroom/client", library)
    .replaceAll("127.0.0.1:1234", formatAddress(server.addr));
  await Deno.writeTextFile(`${dir}/example.mjs`, code);
  const [program = "", ...args] = runtime;
  const { code: came, stdout, stderr } = await new Deno.Command(program, {
    args: [...args, `${dir}/example.mjs`],
    cwd: dir,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code: came, stdout: text(stdout), stderr: text(stderr) };
}

const RUNTIMES = [
  {
    name: "Deno",
    ignore: false,
    runtime: [Deno.execPath(), "run", "--quiet", "--no-config", "-A"],
  },
  {
    name: `Node${hasNode ? "" : " (skipped: there is no Node from 20 on here)"}`,
    ignore: !hasNode,
    runtime: ["node"],
  },
];

for (const { name, ignore, runtime } of RUNTIMES) {
  Deno.test({
    name: `the manual's examples of the library run in ${name}`,
    ignore,
    async fn(): Promise<void> {
      await using dir = await makeDir();
      await bundleClient(dir.path);
      const library = "./client.js";
      const [parrot = "", report = "", scribe = "", ...others] = await examples();
      assertEquals(others, []);
      const files = new KeptFiles({ storage: new MemoryStorage(1_000_000) });
      await using server = startServer({ files });
      const at = { server, library, runtime, dir: dir.path };
      using bob = await joinEvent(server, "carl");

      const parroting = run(parrot, at);
      assertEquals((await bob.takeType("message")).text, "Hello, I say what you say.");
      await bob.ask({ type: "say", room: "lobby", text: "hi" });
      assertEquals((await bob.takeType("message")).text, "carl says: hi");
      await bob.ask({ type: "say", room: "lobby", text: "hush" });
      assertEquals(await parroting, { code: 0, stdout: "", stderr: "" });

      const sent = await run(report, at);
      assertEquals(sent, { code: 0, stdout: "ann report.txt all is well\n\n", stderr: "" });

      const first = run(scribe, at);
      while ((await bob.takeType("joined")).name !== "scribe");
      for (const text of ["one", "enough"]) await bob.ask({ type: "say", room: "lobby", text });
      const { stdout, stderr } = await first;
      assertEquals(stderr, "");
      assert(/ one\n\d+ enough\n$/.test(stdout), stdout);
      for (const text of ["two", "enough"]) await bob.ask({ type: "say", room: "lobby", text });
      const again = await run(scribe, at);
      assertEquals(again.stdout.replaceAll(/\d+ /g, ""), "two\nenough\n");
    },
  });
}

Deno.test("in Deno it is found by the import map that the manual has", async () => {
  await using dir = await makeDir();
  const manual = await readDocument("lib/cli/MANUAL.md");
  const map = /```json\n(\{ "imports": .*?)\n```/.exec(manual)?.[1] ?? "";
  const [, folder = ""] = /deno task library (\w+)/.exec(manual) ?? [];
  await bundleClient(`${dir.path}/${folder}`);
  await Deno.writeTextFile(`${dir.path}/deno.json`, map);
  const code =
    'import { ChatError } from "@chatroom/chatroom/client"; console.log(ChatError.name);';
  await Deno.writeTextFile(`${dir.path}/bot.ts`, code);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--check", "bot.ts"],
    cwd: dir.path,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  assertEquals([text(stdout), text(stderr)], ["ChatError\n", ""]);
});

Deno.test("what was said while the connection was cut is there once, on both sides", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  const places: Array<() => void> = [];
  await using chat = await connect({
    server: formatAddress(server.addr),
    name: "ann",
    async transport(place): Promise<Deno.TcpConn> {
      const conn = await Deno.connect(place);
      places.push(() => conn.close());
      return conn;
    },
  });
  const texts: string[] = [];
  const reading = (async (): Promise<void> => {
    for await (const event of chat) {
      if (event.type === "message") texts.push(event.text);
      if (texts.length === 5) break;
    }
  })();
  for (let n = 0; n < 5; n++) {
    const said = chat.say(`from ann ${n}`, { id: `id ${n}` });
    places.at(-1)?.();
    await bob.ask({ type: "say", room: "lobby", text: `from bob ${n}` });
    await said;
  }
  await reading;
  assertEquals(texts, [0, 1, 2, 3, 4].map((n) => `from bob ${n}`));
  const { messages } = await bob.ask({ type: "history", room: "lobby", limit: 100 });
  const ours = (messages as RoomMessage[]).filter(({ from }) => from === "ann");
  assertEquals(ours.map(({ text }) => text), [0, 1, 2, 3, 4].map((n) => `from ann ${n}`));
});

Deno.test("what can't be is told by a code", async () => {
  await using server = startServer({ password: "a secret" });
  const at = formatAddress(server.addr);
  const codeOf = async (more: Partial<Parameters<typeof connect>[0]>): Promise<string> => {
    const error = await assertRejects(
      () => connect({ server: at, name: "ann", ...more }),
      ChatError,
    );
    return error.code;
  };
  assertEquals(await codeOf({}), "password-needed");
  assertEquals(await codeOf({ password: "wrong" }), "bad-password");
  assertEquals(await codeOf({ server: "127.0.0.1:1" }), "unreachable");
  await assertRejects(() => connect({ server: "http://x", name: "ann" }), TypeError, "HOST:PORT");
  const gone = new AbortController();
  gone.abort(new Error("changed my mind"));
  await assertRejects(
    () => connect({ server: at, name: "a", signal: gone.signal }),
    Error,
    "my mind",
  );
  const stop = new AbortController();
  const chat: ChatClient = await connect({
    server: at,
    name: "ann",
    password: "a secret",
    signal: stop.signal,
  });
  stop.abort();
  const seen: ChatEvent[] = [];
  for await (const event of chat) seen.push(event);
  assertEquals(seen.at(-1)?.type, "status");
  await assertRejects(() => chat.say("too late"), ChatError);
});

Deno.test("what a program hands over that can't be meant is told with its value, before anything is done", async () => {
  await using server = startServer();
  const whole = { server: formatAddress(server.addr), name: "ann" };
  const tries: ReadonlyArray<readonly [options: unknown, told: string]> = [
    [undefined, "connect takes an object with options, not undefined, as in connect({ server:"],
    [
      { server: whole.server },
      "connect needs name, which is a text that is not empty, as in connect({",
    ],
    [{ name: "ann" }, "connect needs server, which is a text that is not empty, as in connect({"],
    [{ ...whole, name: "" }, 'connect: name is a text that is not empty, not ""'],
    [{ ...whole, name: 7 }, "connect: name is a text that is not empty, not 7"],
    [
      { ...whole, rooms: "lobby" },
      'connect: rooms is a list of names, as in ["lobby"], not "lobby"',
    ],
    [
      { ...whole, rooms: [1] },
      'connect: rooms is a list of names, as in ["lobby"], not the list [1]',
    ],
    [{ ...whole, room: "ops" }, 'connect has no option "room"; it has server, name, rooms,'],
    [{ ...whole, constructor: 1 }, 'connect has no option "constructor"; it has server'],
    [{ ...whole, scrollback: -1 }, "connect: scrollback is a whole number from 0 up, not -1"],
    [{ ...whole, tls: true }, "connect: tls is an object with ca or fingerprint, not true"],
    [
      { ...whole, tls: { fp: "x" } },
      "connect: tls is an object with ca or fingerprint, not an object",
    ],
    [{ ...whole, session: {} }, "connect: session is an object with the functions load and save"],
    [{ ...whole, password: 31415 }, "connect: password is a text, not a number"],
    [{ ...whole, signal: 5 }, "connect: signal is an AbortSignal, not 5"],
  ];
  for (const [options, told] of tries) {
    const error = await assertRejects(() => connect(options as ConnectOptions), TypeError);
    assertStringIncludes(error.message, told);
  }
  await using chat = await connect({ ...whole, login: undefined, session: undefined } as never);
  const odd = chat as unknown as Record<
    "say" | "direct" | "send" | "get",
    (...args: unknown[]) => Promise<unknown>
  >;
  for (
    const [run, told] of [
      [() => odd.say(undefined), "say: the text is a text, not undefined"],
      [() => odd.say("a", "ops"), 'say takes an object with options, not "ops"'],
      [() => odd.direct("bob", "a", { room: "ops" }), 'direct has no option "room"; it has id'],
      [() => odd.direct("bob"), "direct: the text is a text, not undefined"],
      [
        () => odd.send({ name: "a.txt", data: "a" }),
        "send: data is a Uint8Array or a ReadableStream",
      ],
      [() => odd.get(7), "get: its argument is the file of a message, or its id, not 7"],
    ] as const
  ) assertStringIncludes((await assertRejects(run, TypeError)).message, told);
});

Deno.test("TLS where there is none, and none where there is, is told with what to do", async () => {
  await using plain = startServer();
  const at = formatAddress(plain.addr);
  const { code, message } = await assertRejects(
    () => connect({ server: `tls://${at}`, name: "ann" }),
    ChatError,
  );
  assertEquals([code, message.split(":").slice(0, 2).join(":")], [
    "unreachable",
    `${at} answers, but not with TLS`,
  ]);
  await using secure = startServer(securely(new Identity(await (await makeAuthority()).issue())));
  const other = await assertRejects(
    () => connect({ server: formatAddress(secure.addr), name: "ann" }),
    ChatError,
  );
  assertEquals([other.code, other.message.includes("tls://")], ["needs-tls", true]);
});

Deno.test("a certificate is trusted by its fingerprint or its issuer, and else nothing is sent", async () => {
  const authority = await makeAuthority();
  const identity = new Identity(await authority.issue());
  const met: string[] = [];
  await using server = startServer({
    ...securely(identity),
    log: ({ kind }) => void met.push(kind),
  });
  const at = { server: `tls://localhost:${server.addr.port}`, name: "ann" };
  const wrong = identity.fingerprint.replace(/.$/, (digit) => digit === "0" ? "1" : "0");
  for (const tls of [{}, { fingerprint: wrong }, { ca: (await makeAuthority()).cert }]) {
    const { code } = await assertRejects(() => connect({ ...at, tls }), ChatError);
    assertEquals(code, "untrusted");
  }
  assertEquals(met.filter((kind) => kind === "entered"), []);
  for (const tls of [{ fingerprint: identity.fingerprint }, { ca: authority.cert }]) {
    await using chat = await connect({ ...at, tls });
    assertEquals(typeof (await chat.say("hello")).seq, "number");
  }
});

Deno.test("a session is kept with how far messages were taken, and is that of who comes back", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  let kept: ChatSession | undefined;
  const session = { load: () => kept, save: (now: ChatSession) => void (kept = now) };
  const at = { server: formatAddress(server.addr), name: "ann", session };
  const chat = await connect(at);
  await bob.ask({ type: "say", room: "lobby", text: "one" });
  for await (const event of chat) {
    if (event.type === "message") await chat.close();
  }
  assertEquals(kept?.seq, { lobby: 1 });
  await bob.ask({ type: "say", room: "lobby", text: "two" });
  const again = await connect(at);
  for await (const event of again) {
    if (event.type !== "message") continue;
    assertEquals(event.text, "two");
    break;
  }
  await again.close();
});

Deno.test("the declaration file has what the library exports, and imports nothing", async () => {
  const types = await Deno.readTextFile(new URL("../lib/client/library/types.ts", import.meta.url));
  const declared = declarations(types);
  assert(!/^import /m.test(declared));
  assertEquals(declared.match(/ChatError extends Error/g)?.length, 1);
  assertStringIncludes(
    declared,
    "export function connect(options: ConnectOptions): Promise<ChatClient>;",
  );
  assertEquals(told.length, 2);
});

Deno.test("code without using disposes of what was declared, in the turned order, also after an error", async () => {
  const code =
    'export function run(use, said) {\n  using a = use("a");\n  {\n    using b = use(\n' +
    '      "b"\n    );\n    said.push(a.name + b.name);\n  }\n  throw new Error("on purpose");\n}\n';
  const { run } = await import(`data:text/javascript,${encodeURIComponent(withoutUsing(code))}`);
  const said: string[] = [];
  const use = (name: string): unknown => ({
    name,
    [Symbol.dispose]: () => said.push(`end ${name}`),
  });
  try {
    run(use, said);
  } catch (error) {
    said.push((error as Error).message);
  }
  assertEquals(said, ["ab", "end b", "end a", "on purpose"]);
});
