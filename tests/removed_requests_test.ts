/**
 * Removed is removed: no request, line, HTTP address or subcommand brings back what was removed by who
 * said it or by an operator, what was edited away, or what is kept no longer: texts, files and their names.
 */

import { assertEquals } from "@std/assert";
import { DiskStorage } from "../lib/files/disk_storage.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import type { LogEntry } from "../lib/server/log.ts";
import { serveWeb } from "../lib/web/serve_web.ts";
import { CHEAP } from "./fixtures/guests.ts";
import { chatroom } from "./fixtures/in_process.ts";
import {
  type Fate,
  KEPT,
  LIFE,
  playScene,
  type Running,
  type Scene,
} from "./fixtures/removed_scene.ts";
import {
  type Asked,
  PATHS,
  type Told,
  walk,
  walkAddresses,
  walkLines,
} from "./fixtures/removed_walk.ts";
import { memoryFiles } from "./fixtures/sent_files.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, until } from "./helpers.ts";
import { startWeb } from "./web_peer.ts";

/** What brings what was kept. If it did not, this would prove nothing. */
const BRINGING = [
  ...["a line", "an address", "hello", "history", "search", "missed", "pins", "get", "link"],
  ...["done", "join"],
];

/** Reads all that was told, and compares it with what should be there no more. */
async function look(
  scene: Scene,
  walks: ReadonlyArray<AsyncIterable<Told>>,
  isGone: (fate: Fate) => boolean = (fate) => fate !== "kept",
): Promise<{ readonly bringing: readonly string[]; readonly brought: ReadonlySet<string> }> {
  const leaks = new Set<string>();
  const brought = new Set<string>();
  const bringing = new Set<string>();
  for (const all of walks) {
    for await (const { type, who, request, heard } of all) {
      if (type === "search" && finds(scene, request, isGone) && /"messages":\[\{/.test(heard)) {
        leaks.add(`${JSON.stringify(request)} of ${who} finds something`);
      }
      for (const { fate, words, place, file } of scene.all) {
        for (const word of words.filter((each) => heard.includes(each))) {
          if (!isGone(fate)) {
            brought.add(word);
            bringing.add(type);
          } else {
            const what = `${file === undefined ? "text" : "file"} in ${JSON.stringify(place)}`;
            leaks.add(`${JSON.stringify(request)} of ${who}: a ${what} that was ${fate}`);
          }
        }
      }
    }
  }
  assertEquals([...leaks].slice(0, 20), []);
  return { bringing: [...bringing].sort(), brought };
}

/** The words that should have been brought and were not. */
function missing({ all }: Scene, brought: ReadonlySet<string>): string[] {
  const kept = all.filter(({ fate }) => fate === "kept").flatMap(({ words }) => words);
  return kept.filter((word) => !brought.has(word));
}

/** Whether a search is for a word that is nowhere any more: that it was there would be told by finding it. */
function finds(
  { all }: Scene,
  { query }: Told["request"],
  isGone: (fate: Fate) => boolean,
): boolean {
  const begins = query.replace(/^"/, "").split('"')[0];
  return all.some(({ fate, words }) =>
    isGone(fate) && words.some((word) => word.startsWith(begins) && begins.length >= 12)
  );
}

Deno.test("every address of the web door is among those that are tried", async () => {
  const found = new Set<string>(["/"]);
  for await (const { name } of Deno.readDir(new URL("../lib/web", import.meta.url))) {
    if (!name.endsWith(".ts")) continue;
    const source = await Deno.readTextFile(new URL(`../lib/web/${name}`, import.meta.url));
    for (const [, path = ""] of source.matchAll(/"(\/[a-z]+\/?)"/g)) found.add(path);
  }
  assertEquals([...found].sort(), [...PATHS].sort());
});

Deno.test("nothing brings back what is gone from memory", async () => {
  const logged: LogEntry[] = [];
  const log = (entry: LogEntry): void => void logged.push(entry);
  const options = {
    passwords: CHEAP,
    files: memoryFiles(),
    limits: { historyMessages: KEPT },
    log,
  };
  await using running = await startWeb({}, options);
  const scene = await playScene(running);
  const { bringing, brought } = await look(scene, [
    walkAddresses(running, scene),
    walkLines(running, scene),
    walk(running, scene),
    said("the log", logged),
  ]);
  assertEquals(bringing, BRINGING.toSorted());
  assertEquals(missing(scene, brought), []);
});

/** A server on a directory, with a page and files there. */
async function startOn(
  dir: string,
  keepMessages?: number,
): Promise<Running & AsyncDisposable & { readonly logged: readonly LogEntry[] }> {
  const logged: LogEntry[] = [];
  const files = new KeptFiles({ storage: await DiskStorage.open({ dir, durability: "normal" }) });
  const log = (entry: LogEntry): void => void logged.push(entry);
  const options = { passwords: CHEAP, files, log, watched: true };
  const server = await startStored(dir, options, keepMessages ? { keepMessages } : {});
  const door = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0 });
  return {
    ...{ server, door, logged },
    async [Symbol.asyncDispose](): Promise<void> {
      await server.shutdown();
      await door[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Waits until each log holds as much as it keeps. */
async function untilLetGo({ server }: Running, { all, sessions }: Scene): Promise<void> {
  using bob = await joinEvent(server, "bob", { ...LIFE, session: sessions.get("bob") });
  for (const { place, seq } of all.filter(({ fate }) => fate === "let go")) {
    await until("what is let go to go", async () => {
      const { messages } = await bob.ask({ type: "history", ...place, before: seq + 1 });
      return messages.length === 0;
    });
  }
}

/** As if it had come over the wire. */
async function* said(type: Told["type"], what: unknown): AsyncGenerator<Told> {
  yield await Promise.resolve({ type, who: "all", request: {}, heard: JSON.stringify(what) });
}

/** What subcommands tell of a directory. */
async function* walkCommands(
  dir: string,
  { server }: Running,
  lines: ReadonlyArray<readonly string[]>,
): AsyncGenerator<Told> {
  const { hostname, port } = server.addr;
  for (const line of lines) {
    const place = line[0] === "tail" ? [`${hostname}:${port}`, "--name", "t"] : ["--data", dir];
    const { stdout, stderr } = await chatroom([...line, ...place]);
    yield {
      ...{ type: "a subcommand", who: "the operator", request: { line } },
      heard: stdout + stderr,
    };
  }
}

/** The names of files, and what is in them. */
async function* filesIn(dir: string): AsyncGenerator<Told> {
  for await (const { name } of Deno.readDir(dir)) {
    const heard = `${name} ${await Deno.readTextFile(`${dir}/${name}`)}`;
    yield { type: "a subcommand", who: "the operator", request: { name }, heard };
  }
}

/** Subcommands that print what was said, or what was done. */
const LINES = [
  ...[["export", "--folded"], ["export", "--format", "text"], ["export", "--audit"], ["check"]],
  ...[["tail", "--no-follow", "-n", "200"], ["tail", "--no-follow", "-n", "200", "--json"]],
];

Deno.test("nothing brings back what is gone from the disk", async () => {
  await using dir = await makeDir();
  let scene: Scene;
  {
    await using running = await startOn(dir.path);
    scene = await playScene(running);
    // In the server that has all of it in memory, too. Nothing is let go yet.
    const types = BRINGING.filter((type): type is Asked =>
      type !== "a line" && type !== "an address"
    );
    const walks = [walkAddresses(running, scene), walk(running, scene, types)];
    await look(scene, walks, (fate) => fate !== "kept" && fate !== "let go");
  }
  await using running = await startOn(dir.path, KEPT);
  await untilLetGo(running, scene);
  const { bringing, brought } = await look(scene, [
    walkAddresses(running, scene),
    walkCommands(dir.path, running, LINES),
    walkLines(running, scene),
    walk(running, scene),
    said("the log", running.logged),
  ]);
  // The links of before hold no longer, and what was sent under an id is known by its message.
  const expected = BRINGING.filter((type) => type !== "an address" && type !== "done");
  assertEquals(bringing, ["a subcommand", ...expected].sort());
  assertEquals(missing(scene, brought), []);
  await using copies = await makeDir();
  const exported = walkCommands(dir.path, running, [["export", "--files", copies.path]]);
  // As it was written: with what was edited, which people do not read.
  const isGone = (fate: Fate): boolean => fate !== "kept" && fate !== "edited away";
  await look(scene, [exported, filesIn(copies.path)], isGone);
});
