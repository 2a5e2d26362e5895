/** What every log of facts promises about files, as tests that any implementation has to pass. */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import fc from "fast-check";
import type { Fact } from "../lib/chat/log/fact.ts";
import type { Index } from "../lib/chat/log/fact_log.ts";
import { chatLog, roomLog } from "../lib/chat/messages/log_key.ts";
import type { Change } from "../lib/chat/people/records.ts";
import type { SentFile } from "../lib/wire/events.ts";
import type { LogUnderTest } from "./fact_log_contract.ts";
import { append, bringing, fileOf, hash, inChat, say, seqOf } from "./fixtures/facts.ts";
import { until, within } from "./helpers.ts";

const PLAN = fileOf("f1", "plan.txt", "the plan");
const SAME = fileOf("f2", "copy.txt", "the plan");
const OTHER = fileOf("f3", "tea.txt", "tea");

function sayFile(room: string, file: typeof PLAN, owner = "account bob" as const): Fact & {
  readonly kind: "say";
} {
  const { text, ...rest } = bringing(file, owner);
  return say(room, text, rest);
}

function people(...changes: Change[]): Fact {
  return { kind: "people", changes };
}

/** Runs the contract on logs that `make` opens. */
export function testFileLog(name: string, make: () => Promise<LogUnderTest>): void {
  const test = (what: string, run: (under: LogUnderTest) => Promise<void>): void =>
    Deno.test(`${name}: ${what}`, async () => {
      await using under = await make();
      await run(under);
    });

  test("a message is kept with its file, in a room and in a conversation", async ({ log, index }) => {
    const picture = { ...OTHER, type: "image/png", width: 40, height: 30 };
    await append(log, say("a", "first"));
    await append(log, { ...sayFile("a", PLAN), author: "id1" });
    const { text, ...rest } = bringing(picture, "address 192.0.2.7");
    await append(log, inChat("c", text, rest));
    const last = async (key: string): Promise<unknown> => {
      const { entries } = await index.page(chatLog(key), { limit: 1 });
      return entries[0]?.message.file;
    };
    const { entries } = await index.page(roomLog("a"), { after: 0, limit: 9 });
    assertEquals(entries.map(({ message }) => message.file), [undefined, PLAN]);
    assertEquals(entries[1]?.message.text, "sent plan.txt (8 bytes)");
    assertEquals(await last("c"), picture);
    assertEquals(await index.file("f1"), {
      ...PLAN,
      log: roomLog("a"),
      seq: 2,
      owner: "account bob",
    });
    const { log: where, seq } = await index.file("f3") ?? {};
    assertEquals([where, seq], [chatLog("c"), 1]);
    assertEquals(await index.file("f2"), undefined);
  });

  test("a message with a file is stored once under its id", async ({ log, index }) => {
    const once = { session: hash("s"), id: "1" };
    assertEquals(await seqOf(log, { ...sayFile("a", PLAN), ...once }), 1);
    // The answer was lost, and the same bytes were sent again.
    assertEquals(await seqOf(log, { ...sayFile("a", { ...PLAN, id: "f9" }), ...once }), 1);
    assertEquals(await index.file("f9"), undefined);
    const bytes = { ...sayFile("a", { ...PLAN, sha256: hash("the flan") }), ...once };
    assertEquals(await seqOf(log, bytes), "id-reused");
    const { file: _, owner: __, ...bare } = sayFile("a", PLAN);
    assertEquals(await seqOf(log, { ...bare, ...once }), "id-reused");
    assertEquals((await index.fileUsage("account bob")).own, 8);
  });

  test("each message counts in full in its owner's quota", async ({ log, index }) => {
    const guest = "address 192.0.2.7";
    const usage = async (owner: typeof guest | "account bob"): Promise<unknown> =>
      Object.values(await index.fileUsage(owner));
    assertEquals(await usage("account bob"), [0, 0, 0]);
    await append(log, sayFile("a", PLAN));
    await append(log, sayFile("b", SAME));
    const { text, ...rest } = bringing(OTHER, guest);
    await append(log, say("a", text, rest));
    assertEquals(await usage("account bob"), [16, 3, 19]);
    assertEquals(await usage(guest), [3, 3, 19]);
    assertEquals(Object.values(await index.fileUsage("address 192.0.2.8")), [0, 3, 19]);
    log.put({ kind: "retain", cuts: [{ log: roomLog("a"), first: 2 }] });
    await log.settled();
    assertEquals(await usage("account bob"), [8, 3, 11]);
    assertEquals(await index.file("f1"), undefined);
  });

  test("a blob is let go of when the last message that brought it is gone", async ({ log, index }) => {
    const letGo = toldOf(index);
    for (const fact of [sayFile("a", PLAN), sayFile("b", SAME), sayFile("b", OTHER)]) {
      await append(log, fact);
    }
    const both = [PLAN.sha256, OTHER.sha256];
    assertEquals(await index.keptBlobs([...both, hash("none")]), new Set(both));
    log.put({ kind: "retain", cuts: [{ log: roomLog("a"), first: 2 }] });
    log.put({ kind: "retain", cuts: [{ log: roomLog("b"), first: 3 }] });
    await log.settled();
    await until("both are let go of", () => letGo.length === 2);
    assertEquals(letGo.toSorted(), both.toSorted());
    assertEquals(await index.keptBlobs(both), new Set());
  });

  test("what is left of the messages that brought a blob keeps it", async ({ log, index }) => {
    const letGo = toldOf(index);
    for (const fact of [sayFile("a", PLAN), sayFile("b", SAME), sayFile("a", OTHER)]) {
      await append(log, fact);
    }
    log.put({ kind: "retain", cuts: [{ log: roomLog("a"), first: 3 }] });
    await log.settled();
    await until("the other one is let go of", () => letGo.length > 0);
    assertEquals(letGo, [OTHER.sha256]);
    assertEquals(await index.keptBlobs([PLAN.sha256]), new Set([PLAN.sha256]));
  });

  test("the files of a room that is removed, and of a conversation that ends, are let go of", async ({ log, index }) => {
    const letGo = toldOf(index);
    const parties = [{ who: "account a", name: "a" }, { who: "account b", name: "b" }] as const;
    log.put(people({ type: "chat", chat: { key: "c", parties, at: 1 } }));
    const { text, ...rest } = bringing(OTHER);
    await append(log, inChat("c", text, rest));
    await append(log, sayFile("a", PLAN));
    log.put(people({ type: "unroom", key: "a" }));
    log.put(people({ type: "unchat", key: "c" }));
    await log.settled();
    assertEquals([await index.file("f1"), await index.file("f3")], [undefined, undefined]);
    await until("both are let go of", () => letGo.length === 2);
    assertEquals(Object.values(await index.fileUsage("account bob")), [0, 0, 0]);
    // A room of the same name has nothing of it.
    await append(log, say("a", "new"));
    assertEquals((await index.page(roomLog("a"), { limit: 9, files: true })).entries, []);
  });

  test("a page can have messages with files alone", async ({ log, index }) => {
    for (let n = 1; n <= 9; n++) {
      const file = { ...PLAN, id: `f${n}` };
      await append(log, n % 3 === 0 ? sayFile("a", file) : say("a", `${n}`));
    }
    await append(log, sayFile("b", OTHER));
    const page = async (range: { before?: number; limit: number }): Promise<unknown> => {
      const { entries, more } = await index.page(roomLog("a"), { ...range, files: true });
      return [entries.map(({ message }) => message.seq), more];
    };
    assertEquals(await page({ limit: 9 }), [[3, 6, 9], false]);
    assertEquals(await page({ limit: 2 }), [[6, 9], true]);
    assertEquals(await page({ before: 6, limit: 2 }), [[3], false]);
    assertEquals(await page({ before: 3, limit: 2 }), [[], false]);
    assertEquals((await index.page(roomLog("c"), { limit: 9, files: true })).entries, []);
  });

  test("a file is found by its name, and its message tells of it", async ({ log, index }) => {
    await append(log, sayFile("a", PLAN));
    await append(log, say("a", "another plan"));
    const { entries } = await index.search({ query: "plan.txt", logs: [roomLog("a")], limit: 9 });
    assertEquals(entries.map(({ message }) => message.file), [PLAN]);
  });

  test("whatever is said and let go of in whatever order, no blob is lost and none is left", async ({ log, index }) => {
    const letGo = new Set<string>();
    index.onLetGo = (sha256s) => sha256s.forEach((sha256) => letGo.add(sha256));
    const brought = new Set<string>();
    let kept: Brought[] = [];
    let ids = 0;
    const step = fc.record({
      what: fc.constantFrom("say", "say", "say", "text", "cut", "remove"),
      room: fc.constantFrom("a", "b", "c"),
      bytes: fc.constantFrom("x", "yy", "zzz"),
    });
    const seed = Math.floor(Math.random() * 2 ** 31);
    const [steps = []] = fc.sample(fc.array(step, { minLength: 150, maxLength: 150 }), {
      seed,
      numRuns: 1,
    });
    for (const { what, room, bytes } of steps) {
      if (what === "say") {
        const file = fileOf(`id${++ids}`, "a.txt", bytes);
        kept.push({ room, seq: Number(await seqOf(log, sayFile(room, file))), file });
        brought.add(file.sha256);
        letGo.delete(file.sha256);
      } else if (what === "text") await append(log, say(room, "text"));
      else if (what === "remove") {
        log.put(people({ type: "unroom", key: room }));
        kept = kept.filter((each) => each.room !== room);
      } else {
        const first = index.last(roomLog(room)) - 1;
        log.put({ kind: "retain", cuts: [{ log: roomLog(room), first }] });
        kept = kept.filter((each) => each.room !== room || each.seq >= first);
      }
    }
    await log.settled();
    // On disk what was in a room that is gone is removed bit by bit.
    const bytes = kept.reduce((sum, { file }) => sum + file.size, 0);
    const removed = async (): Promise<void> => {
      while ((await index.fileUsage("account bob")).all !== bytes) await delay(5);
    };
    await within("what is gone counts no more", removed());
    assertEquals(
      Object.values(await index.fileUsage("account bob")),
      [bytes, 0, bytes],
      `seed ${seed}`,
    );
    const needed = new Set(kept.map(({ file }) => file.sha256));
    const shas = ["x", "yy", "zzz"].map(hash);
    assertEquals(await index.keptBlobs(shas), needed, `seed ${seed}`);
    const isLetGo = (sha256: string): boolean => needed.has(sha256) || letGo.has(sha256);
    await until(`what is nobody's is let go of (seed ${seed})`, () => [...brought].every(isLetGo));
    for (const { room, seq, file } of kept) {
      const found = await index.file(file.id);
      const where = [found?.log, found?.seq, found?.sha256];
      assertEquals(where, [roomLog(room), seq, file.sha256], `seed ${seed}`);
    }
  });

  test("an entry of a message with a file has the fact that was put", async ({ log }) => {
    const { text, ...rest } = bringing(PLAN, "address 192.0.2.7");
    const fact = say("a", text, rest);
    const { promise, resolve } = Promise.withResolvers<Fact>();
    log.put(fact, { done: ({ fact }) => resolve(fact) });
    assert(await promise === fact);
  });
}

/** A message that has brought a file. */
interface Brought {
  readonly room: string;
  readonly seq: number;
  readonly file: SentFile;
}

/** The blobs that an index lets go of from now on. */
function toldOf(index: Index): string[] {
  const letGo: string[] = [];
  index.onLetGo = (sha256s) => void letGo.push(...sha256s);
  return letGo;
}
