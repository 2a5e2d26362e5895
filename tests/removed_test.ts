/** What is removed is in no file any more: neither its text, nor its words, nor what was made of it. */

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Fact } from "../lib/chat/log/fact.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { checkStore } from "../lib/store/check.ts";
import { openReader } from "../lib/store/directory.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import type { LocalLogOptions } from "../lib/store/local_log_options.ts";
import { Log } from "../lib/store/log.ts";
import { Packer } from "../lib/store/packing.ts";
import { openForWriting } from "../lib/store/schema.ts";
import { bringing, fileOf, hash, say } from "./fixtures/facts.ts";
import { react, remove, revise } from "./fixtures/life_facts.ts";
import { startServe } from "./fixtures/serve_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { joinEvent, until } from "./helpers.ts";

const MINE = { author: "id1" };

/** A word that is nowhere else. */
function word(): string {
  return `q${crypto.randomUUID().replaceAll("-", "")}`;
}

/** The files of a directory, and of those below, that have a word; of its beginning others have a part. */
function filesWith(dir: string, word: string): string[] {
  const end = word.slice(7);
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) => {
    const path = `${dir}/${name}`;
    if (isDirectory) return filesWith(path, word);
    const text = new TextDecoder("latin1").decode(Deno.readFileSync(path));
    return text.includes(end) ? [name] : [];
  });
}

async function untilGone(dir: string, words: readonly string[]): Promise<void> {
  const left = (): string[] => words.flatMap((each) => filesWith(dir, each));
  await until(`nothing to be left of ${words.length} words`, () => left().length === 0);
}

/** Puts facts, and waits until they are stored and in the index of words. */
async function putAll(log: LocalLog, facts: readonly Fact[]): Promise<void> {
  for (const fact of facts) log.put(fact);
  await log.settled();
  await log.index.search({ query: "anything", logs: [roomLog("a")], limit: 1 });
}

/** Some messages before and after, so that those that matter are nowhere at an end. */
function filling(count: number): Fact[] {
  return Array.from({ length: count }, (_, n) => say("a", `message ${n} ${word()}`));
}

function problemsIn(dir: string): readonly string[] {
  using db = openReader(dir);
  return checkStore(db).problems;
}

/** Runs with a log of its own, and the directory that it is in. */
async function withLog(
  options: Partial<LocalLogOptions>,
  run: (log: LocalLog, dir: string) => Promise<void>,
): Promise<void> {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path, ...options });
    await run(log, dir.path);
  }
  assertEquals(problemsIn(dir.path), []);
}

for (const durability of ["full", "normal"] as const) {
  Deno.test(`of what was removed nothing is left in any file (${durability})`, async () => {
    await withLog({ durability }, async (log, dir) => {
      const [text, file, edit, later, kept] = [word(), word(), word(), word(), word()] as const;
      await putAll(log, [
        ...filling(150),
        say("a", text, { ...MINE, ...bringing(fileOf("f1", `${file}.txt`, "tea")) }),
        say("a", `say ${text}`, { ...MINE, session: hash("s"), id: "1" }),
        say("a", `stays ${kept}`),
        say("a", "an answer", { re: 152 }),
        react("a", 152, "👍"),
        ...filling(150),
      ]);
      await putAll(log, [revise("a", 152, edit), revise("a", 152, later)]);
      for (const each of [file, text, edit, later, kept]) {
        assert(filesWith(dir, each).length > 0, `${each} is not there`);
      }
      await putAll(log, [remove("a", 151), remove("a", 152)]);
      await untilGone(dir, [text, file, edit, later]);
      assert(filesWith(dir, kept).length > 0);
      const { entries } = await log.index.search({
        query: kept,
        logs: [roomLog("a")],
        limit: 9,
      });
      assertEquals(entries.map(({ message }) => message.seq), [153]);
    });
  });

  Deno.test(`of what is kept no longer nothing is left in any file (${durability})`, async () => {
    await using dir = await makeDir();
    const [text, edit, kept] = [word(), word(), word()] as const;
    {
      await using log = await LocalLog.open({ dir: dir.path, durability });
      await putAll(log, [say("a", text, MINE), ...filling(200), say("a", kept)]);
      await putAll(log, [revise("a", 1, edit), ...filling(20)]);
      assert([text, edit].every((each) => filesWith(dir.path, each).length > 0));
    }
    await using log = await LocalLog.open({ dir: dir.path, durability, keepMessages: 100 });
    await untilGone(dir.path, [text, edit]);
    assert(filesWith(dir.path, kept).length > 0);
    await until("the room to shrink", () => log.index.size.messages <= 101);
    const { entries } = await log.index.search({ query: kept, logs: [roomLog("a")], limit: 9 });
    assertEquals(entries.map(({ message }) => message.text), [kept]);
    assertEquals(problemsIn(dir.path), []);
  });
}

Deno.test("of a long text that was removed or edited nothing is left after a while, and nobody finds it", async () => {
  await withLog({ durability: "normal" }, async (log, dir) => {
    const words = Array.from({ length: 400 }, word);
    const edited = Array.from({ length: 400 }, word);
    await putAll(log, [
      say("a", words.join(" "), MINE),
      say("a", edited.join(" "), MINE),
      ...filling(50),
    ]);
    const find = async (query: string): Promise<number[]> => {
      const found = await log.index.search({ query, logs: [roomLog("a")], limit: 9 });
      return found.entries.map(({ message }) => message.seq);
    };
    assertEquals([await find(words[399] ?? ""), await find(edited[399] ?? "")], [[1], [2]]);
    await putAll(log, [revise("a", 2, "short now"), remove("a", 1)]);
    assertEquals([await find(words[399] ?? ""), await find(edited[399] ?? "")], [[], []]);
    await untilGone(dir, [words[0] ?? "", words[399] ?? ""]);
    let found: number[] = [];
    for (let tries = 0; tries < 200 && found.length === 0; tries++) {
      found = await find("short now");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assertEquals(found, [2]);
    // As long as it is not removed itself, an edited message is stored as it was said.
    await putAll(log, [remove("a", 2)]);
    await untilGone(dir, [edited[0] ?? "", edited[399] ?? ""]);
  });
});

Deno.test("what is removed while somebody reads goes when nobody does any more", async () => {
  await withLog({}, async (log, dir) => {
    const text = word();
    await putAll(log, [say("a", text, MINE)]);
    using db = new DatabaseSync(`${dir}/chatroom.db`, { readOnly: true });
    db.exec("BEGIN");
    db.prepare("SELECT count(*) FROM message").get();
    await putAll(log, [remove("a", 1)]);
    // Longer than emptying takes where nobody is in the way.
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert(filesWith(dir, text).length > 0);
    db.exec("COMMIT");
    await untilGone(dir, [text]);
  });
});

Deno.test("what a crash has left of it goes after the next start", async () => {
  await using dir = await makeDir();
  await using other = await makeDir();
  const text = word();
  {
    using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "full" });
    const log = new Log(db);
    for (const fact of [say("a", text, MINE), remove("a", 1)]) {
      const packer = new Packer();
      packer.add(fact);
      assertEquals(log.append(packer.pack()).odd, []);
    }
    for (const file of ["chatroom.db", "chatroom.db-wal"]) {
      await Deno.copyFile(`${dir.path}/${file}`, `${other.path}/${file}`);
    }
  }
  assert(filesWith(other.path, text).length > 0);
  await using _ = await LocalLog.open({ dir: other.path });
  await untilGone(other.path, [text]);
});

Deno.test("a server that was told to remove something has it in no file, and says nothing of it", async () => {
  await using dir = await makeDir();
  const served = await startServe("--data", dir.path, "--log-level", "debug");
  const [text, edit, reason] = [word(), word(), word()] as const;
  {
    using ann = await joinEvent(served, "ann", { features: ["life"] });
    using bob = await joinEvent(served, "bob", { features: ["life"] });
    const room = "lobby";
    const { seq: re } = await ann.ask({ type: "say", id: "1", room, text: `say ${text}` });
    await bob.ask({ type: "say", id: "2", room, re, text: "what?" });
    await ann.ask({ type: "revise", id: "3", room, re, text: edit });
    const found = await bob.ask({ type: "search", query: edit });
    assertEquals(found.messages.length, 1);
    assert(filesWith(dir.path, text).length > 0 && filesWith(dir.path, edit).length > 0);
    assertEquals((await ann.ask({ type: "remove", id: "4", room, re })).type, "ack");
    await ann.ask({ type: "revise", id: "5", room, re, text: `again ${reason}` });
    await untilGone(dir.path, [text, edit, reason]);
  }
  const { code, stderr } = await served.end();
  assertEquals(code, 0);
  for (const each of [text, edit, reason]) {
    assert(!stderr.includes(each), stderr);
    assertEquals(filesWith(dir.path, each), []);
  }
});
