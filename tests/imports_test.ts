/**
 * Imports point one way: main → cli → irc → server | cluster | client | load | web | tls | lan | backup | doctor →
 * store → files → chat → words | wire.
 * The page is a folder of its own, which a browser has nothing but words for.
 */

import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };

const ROOT = new URL("..", import.meta.url);

/** What the files of a folder may import from other folders of lib. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  cli: [
    ...["server", "store", "files", "client", "load", "web", "irc", "tls", "cluster", "chat"],
    ...["foreign", "lan", "backup", "doctor", "named", "beside", "words", "wire"],
  ],
  server: ["chat", "words", "wire"],
  store: ["chat", "words", "wire"],
  files: ["chat", "words", "wire"],
  named: ["wire"],
  beside: [],
  foreign: ["chat", "words", "wire"],
  backup: ["store", "files", "words", "wire"],
  doctor: ["store", "files", "client", "tls", "named", "words", "wire"],
  client: ["chat", "named", "words", "wire"],
  load: ["wire"],
  tls: ["named", "wire"],
  lan: ["wire"],
  cluster: ["store", "files", "chat", "words", "wire"],
  web: ["server", "foreign", "chat", "beside", "words", "wire"],
  irc: ["web", "server", "chat", "words", "wire"],
  "web/page": ["words", "wire/requests.ts", "wire/events.ts"],
  // The house answers requests with events, and needs their tables and names; it knows no bytes but
  // those of files.
  chat: [
    ...["words", "wire/requests.ts", "wire/events.ts", "wire/fields.ts", "wire/names.ts"],
    "wire/spare_blocks.ts",
  ],
  words: ["wire/requests.ts", "wire/events.ts"],
  wire: [],
};
/** The folders of lib/chat, and what lies beside them: each imports from those above it alone. */
const IN_CHAT: readonly string[] = [
  "sentence.ts",
  "refusal.ts",
  "limits",
  "names",
  "messages",
  "sessions",
  "people",
  "files",
  "log",
  "rooms",
  "house_state.ts",
  "judge",
  "",
  "coming",
  "answers",
  "house.ts",
];
/** What a browser is given, which has no types of its own: of TypeScript there it can name types only. */
const IN_BROWSERS: readonly string[] = ["web/page", "words"];

/** Every module below lib, as a path like `chat/room.ts`. */
async function* sources(folder = ""): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(`lib/${folder}`, ROOT))) {
    if (entry.isDirectory) yield* sources(`${folder}${entry.name}/`);
    else if (/(?<!\.d)\.[jt]s$/.test(entry.name)) {
      yield `${folder}${entry.name}`;
    }
  }
}

/** The folder that a module counts as part of. */
function folderOf(path: string): string {
  return /^web\/page(?=\/)/.exec(path)?.[0] ?? path.split("/", 1)[0] ?? "";
}

/** What a source imports, also for its types alone. */
function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, path]) => path ?? "");
}

/** The code without its comments. */
function uncommented(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
}

Deno.test("imports point one way", async () => {
  let seen = 0;
  for await (const path of sources()) {
    const folder = folderOf(path);
    const allowed = ALLOWED[folder];
    assert(allowed !== undefined, `lib/${folder} has no row in this test`);
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    for (const specifier of importsOf(source)) {
      if (!specifier.startsWith(".")) continue;
      const target = new URL(specifier, `file:///lib/${path}`).pathname;
      if (target === "/deno.json" && path === "cli/version.ts") continue;
      assert(target.startsWith("/lib/"), `lib/${path} imports ${specifier}, from outside lib`);
      const within = target.slice("/lib/".length);
      if (folderOf(within) === folder) continue;
      seen++;
      const fits = allowed.some((place) => within === place || within.startsWith(`${place}/`));
      assert(fits, `lib/${path} must not import ${within}`);
    }
  }
  assert(seen > 20, "the test no longer sees the imports");
});

Deno.test("a browser has no TypeScript, and is told to load none", async () => {
  for await (const path of sources()) {
    if (!IN_BROWSERS.includes(folderOf(path))) continue;
    assert(path.endsWith(".js"), `lib/${path} can't be served`);
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    for (const specifier of importsOf(uncommented(source))) {
      assert(/^\.{1,2}\/.*\.js$/.test(specifier), `lib/${path} imports ${specifier}`);
    }
  }
});

/** Whether all names that an import brings are types, so that it loads nothing. */
function isOnlyTypes(names: string): boolean {
  return /^\s*\{(\s*type\s[^,}]+,?)*\s*\}\s*$/.test(names);
}

/** Adds to `seen` the modules that are loaded with `path`, before it runs, and their sources. */
async function loadedWith(path: string, seen: Map<string, string>): Promise<void> {
  if (seen.has(path)) return;
  const source = await Deno.readTextFile(new URL(path, ROOT));
  seen.set(path, source);
  for (const [, names = "", specifier = ""] of source.matchAll(STATIC_IMPORT)) {
    if (!specifier.startsWith(".") || specifier.endsWith(".json") || isOnlyTypes(names)) continue;
    await loadedWith(new URL(specifier, `file:///${path}`).pathname.slice(1), seen);
  }
}

/** What a client on a terminal loads before its prompt is there. */
const PROMPT = ["main.ts", "lib/cli/connect.ts", "lib/cli/connect_terminal.ts"];

async function loadedForPrompt(): Promise<Map<string, string>> {
  return await loadedBefore(PROMPT);
}

const STATIC_IMPORT = /^(?:import|export)\s+(?!type\b)([^;"]*?)\s*(?:from\s*)?"([^"]+)";/gm;

Deno.test("the first prompt waits for no code that it does not need", async () => {
  const loaded = await loadedForPrompt();
  assert(loaded.has("lib/client/terminal/painter.ts"), "the test no longer sees the imports");
  const waited = [...loaded.keys()].filter((path) =>
    /^lib\/(server|store|files|web|load|wire\/decode|client\/(link|wire|pipe|trust)\.)/.test(
      path,
    ) ||
    path.startsWith("lib/tls/") && path !== "lib/tls/fingerprint.ts"
  );
  assertEquals(waited, []);
});

Deno.test("who uses the stream loads nothing of the view", async () => {
  const loaded = await loadedForPrompt();
  assertEquals([...loaded.keys()].filter((path) => path.startsWith("lib/client/view/")), []);
});

Deno.test("the first prompt waits for no regular expression of property classes", async () => {
  const loaded = await loadedForPrompt();
  for (const [path, source] of loaded) {
    const literal = source.split("\n").find((line) => /\/[^"`]*\\p\{[^"`]*\/[a-z]*u/.test(line));
    assertEquals(literal, undefined, `${path}: take lateRegExp() for it`);
  }
});

/** What a server loads before it listens, on a data directory; the store's thread loads `worker.ts`. */
const BEFORE_STORE = ["main.ts", "lib/cli/serve.ts", "lib/cli/open_store.ts"];
const BEFORE_LISTENING = [
  ...BEFORE_STORE,
  ...["lib/cli/listen.ts", "lib/cli/open_control.ts"],
  ...["lib/files/kept_files.ts", "lib/files/disk_storage.ts"],
];

/** The same in memory. */
const BEFORE_LISTENING_IN_MEMORY = [
  ...["main.ts", "lib/cli/serve.ts", "lib/cli/listen.ts"],
  ...["lib/files/kept_files.ts", "lib/files/memory_storage.ts"],
];

async function loadedBefore(paths: readonly string[]): Promise<Map<string, string>> {
  const loaded = new Map<string, string>();
  for (const path of paths) await loadedWith(path, loaded);
  return loaded;
}

/** The most modules, and KiB of source, so that it is noticed when a start comes to load more. */
const MOST_LOADED = [
  { what: "the store's thread is started", paths: BEFORE_STORE, modules: 111, kib: 500 },
  { what: "a server listens", paths: BEFORE_LISTENING, modules: 330, kib: 1_465 },
  {
    what: "a server in memory listens",
    paths: BEFORE_LISTENING_IN_MEMORY,
    modules: 280,
    kib: 1_232,
  },
  { what: "the prompt is there", paths: PROMPT, modules: 154, kib: 658 },
  { what: "the store is opened", paths: ["lib/store/worker.ts"], modules: 85, kib: 442 },
];

for (const { what, paths, modules, kib } of MOST_LOADED) {
  Deno.test(`until ${what}, ${modules} modules of ${kib} KiB are loaded at most`, async () => {
    const loaded = await loadedBefore(paths);
    const bytes = [...loaded.values()].reduce((sum, { length }) => sum + length, 0);
    assert(loaded.size > modules / 2, "the test no longer sees the imports");
    assert(loaded.size <= modules, `${loaded.size} modules: what is seldom needed comes late`);
    assert(
      bytes <= kib * 1_024,
      `${Math.ceil(bytes / 1_024)} KiB: what is seldom needed comes late`,
    );
  });
}

Deno.test("a server in memory loads no store", async () => {
  const loaded = await loadedBefore(BEFORE_LISTENING_IN_MEMORY);
  const store = [...loaded.keys()].filter((path) => path.startsWith("lib/store/"));
  assertEquals(store, []);
});

Deno.test("nothing of NATS is loaded but by what uses it, and that only with --cluster", async () => {
  const users: string[] = [];
  for await (const path of sources()) {
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    if (importsOf(source).some((specifier) => specifier.startsWith("@nats-io/"))) users.push(path);
  }
  assert(users.length > 0, "the test no longer sees the imports");
  assertEquals(users.filter((path) => !path.startsWith("cluster/nats_")), []);
  for (const paths of [BEFORE_LISTENING, BEFORE_LISTENING_IN_MEMORY, PROMPT]) {
    const loaded = await loadedBefore(paths);
    assertEquals([...loaded.keys()].filter((path) => path.startsWith("lib/cluster/nats_")), []);
  }
});

Deno.test("nothing that reads TOML is loaded by a server without a file of it", async () => {
  const paths = [...BEFORE_LISTENING, ...BEFORE_LISTENING_IN_MEMORY];
  for (const [path, source] of await loadedBefore(paths)) {
    assert(path !== "lib/cli/config_file.ts" && !source.includes('"@std/toml"'), path);
  }
});

Deno.test("a server listens before what few servers need is loaded", async () => {
  const before = await loadedBefore(BEFORE_STORE);
  assertEquals([...before.keys()].filter((path) => /^lib\/(files|server\/serve)/.test(path)), []);
  const loaded = await loadedBefore(BEFORE_LISTENING);
  const late =
    /^lib\/(load|tls|store\/(export|import|check)|web\/(?!limits)|client\/(?!printer)|words\/commands|wire\/(de|en)code|server\/\w+_(door|protocol|transport))/;
  assertEquals([...loaded.keys()].filter((path) => late.test(path)), []);
  const builtIn = [...loaded.values()].flatMap((source) =>
    [...source.matchAll(STATIC_IMPORT)].filter(([, names = ""]) => !isOnlyTypes(names))
      .map(([, , specifier = ""]) => specifier).filter((specifier) => specifier.startsWith("node:"))
  );
  // The first of Node's takes 8 ms, node:crypto or node:process 25; SQLite is Deno's own.
  assertEquals([...new Set(builtIn)], ["node:sqlite"]);
});

Deno.test("no start waits for the first collator or segmenter of the process, which take 15 ms", async () => {
  for (const [path, source] of await loadedBefore([...BEFORE_LISTENING, ...PROMPT])) {
    // What is indented is in a function, and made when that is called.
    assertEquals(/^\S.*\bnew Intl\./m.exec(source), null, path);
  }
});

Deno.test("what a dynamic import names is read when it is reached", () => {
  // Otherwise Deno reads the whole program for each subcommand.
  assertEquals(config.unstable, ["lazy-dynamic-imports"]);
});

Deno.test("the house, words and the wire use nothing of Deno", async () => {
  for await (const path of sources()) {
    if (!/^(chat|words|wire)\//.test(path)) continue;
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    assertEquals(/\bDeno\b|["']node:/.exec(uncommented(source)), null, `lib/${path} is not pure`);
  }
});

Deno.test("house and words are handed time and chance, and take neither from the machine", async () => {
  const taken =
    /\b(Date\.now|performance\.|Math\.random|crypto\.|Temporal\.|set(Timeout|Interval)\b)|new Date\(\)/;
  for await (const path of sources()) {
    if (!/^(chat|words)\//.test(path)) continue;
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    assertEquals(taken.exec(uncommented(source)), null, `lib/${path}`);
  }
});

Deno.test("a page that came without TLS uses nothing that browsers keep from it", async () => {
  // What asks first whether it is there may use it.
  const kept = /\bcrypto\.(?:randomUUID|subtle)\b|\bnavigator\.(?:serviceWorker|locks|storage)\b/;
  for await (const path of sources()) {
    if (!IN_BROWSERS.includes(folderOf(path))) continue;
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    assertEquals(kept.exec(uncommented(source)), null, `lib/${path}`);
  }
});

Deno.test("only main.ts reads the arguments and ends the process", async () => {
  for await (const path of sources()) {
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    assertEquals(/Deno\.(args|exit)\b/.exec(source), null, `lib/${path}`);
  }
});

/** The files of lib that each of them imports, types included. */
async function importGraph(): Promise<ReadonlyMap<string, readonly string[]>> {
  const graph = new Map<string, readonly string[]>();
  for await (const path of sources()) {
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    const local = importsOf(source).filter((specifier) => specifier.startsWith("."));
    const files = local.map((specifier) => new URL(specifier, `file:///${path}`).pathname.slice(1));
    graph.set(path, [...new Set(files)]);
  }
  return graph;
}

/** Files that import one another in a circle, the first one at both ends; one circle of each knot. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const walk = (path: string): void => {
    const from = way.indexOf(path);
    if (from >= 0) found.push([...way.slice(from), path]);
    if (from >= 0 || done.has(path)) return;
    way.push(path);
    for (const next of graph.get(path) ?? []) walk(next);
    way.pop();
    done.add(path);
  };
  for (const path of graph.keys()) walk(path);
  return found;
}

Deno.test("no files of lib import each other, not even by way of others", async () => {
  const graph = await importGraph();
  assertEquals(graph.get("chat/answers/answer.ts")?.includes("chat/answers/rooms.ts"), true);
  assertEquals(circles(graph).map((circle) => circle.join(" → ")), []);
});

/** Where in the order of lib/chat a file of it stands. */
function placeInChat(path: string): number {
  const file = path.slice("chat/".length);
  const own = IN_CHAT.indexOf(file);
  return own >= 0 ? own : IN_CHAT.indexOf(file.includes("/") ? file.split("/", 1)[0] ?? "" : "");
}

Deno.test("imports among the folders of lib/chat point one way", async () => {
  const graph = [...await importGraph()].filter(([path]) => path.startsWith("chat/"));
  const against = graph.flatMap(([path, imported]) =>
    imported.filter((other) => other.startsWith("chat/") && placeInChat(other) > placeInChat(path))
      .map((other) => `${path} → ${other}`)
  );
  assertEquals(graph.filter(([path]) => placeInChat(path) < 0), [], "the list lacks a folder");
  assertEquals(against, []);
});

Deno.test("a circle of imports is found and shown", () => {
  const graph = new Map([["a", ["b", "x"]], ["b", ["c"]], ["c", ["b"]], ["x", ["b"]]]);
  assertEquals(circles(graph), [["b", "c", "b"]]);
});
