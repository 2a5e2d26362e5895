/**
 * What pages and a resume cost where a third of a million entries are about messages, beside a store that has
 * as many messages and nothing about them. `deno run -A tests/bench/life.ts`; ENTRIES says how many.
 */

import type { Fact, StayingFact } from "../../lib/chat/log/fact.ts";
import { roomLog } from "../../lib/chat/messages/log_key.ts";
import { Log } from "../../lib/store/log.ts";
import { Packer } from "../../lib/store/packing.ts";
import { Reader } from "../../lib/store/read.ts";
import { openForReading, openForWriting } from "../../lib/store/schema.ts";
import { say } from "../fixtures/facts.ts";
import { pin, react, remove, revise } from "../fixtures/life_facts.ts";

const ENTRIES = Number(Deno.env.get("ENTRIES") ?? 1_000_000);
const PARCEL = 1_000;
const PAGES = 2_000;
const RESUMED = 10_000;
const LOG = roomLog("a");

/** The n-th entry: of three, two are messages, and the third is about one of the last hundred. */
function entryOf(n: number, isPlain: boolean): Fact {
  const message = say("a", `message ${n}, some words of the usual length in it`, { author: "id1" });
  if (isPlain || n % 3 !== 2) return message;
  // Of three numbers in a row the first two are of messages.
  const re = Math.max(1, n - n % 3 + 1 - 3 * (n * 7919 % 33));
  switch (n * 31 % 20) {
    case 0:
      return remove("a", re);
    case 1:
      return pin("a", re);
    case 2:
    case 3:
    case 4:
    case 5:
      return revise("a", re, `edit ${n}, with some other words of the usual length`);
    default: {
      const who = `account id${n % 50}` as const;
      return react("a", re, ["👍", "🎉", "❤️", "👀"][n % 4] ?? "👍", {
        who,
        author: `id${n % 50}`,
      });
    }
  }
}

/** Makes a store of so many entries. */
function make(path: string, count: number, isPlain: boolean): void {
  using db = openForWriting({ path, durability: "normal" });
  const log = new Log(db);
  for (let n = 0; n < count; n += PARCEL) {
    const packer = new Packer();
    for (let i = n; i < Math.min(count, n + PARCEL); i++) {
      const fact = entryOf(i, isPlain) as StayingFact;
      packer.add(fact, { opener: "", owner: fact.kind === "react" ? fact.who : "" });
    }
    log.append(packer.pack());
  }
}

interface Measured {
  /** In ms. */
  readonly median: number;
  readonly p99: number;
  readonly resume: number;
}

function measure(path: string): Measured {
  using db = openForReading(path);
  const reader = new Reader(db);
  const last = reader.logs().find(({ log }) => log === LOG)?.last ?? 0;
  const times: number[] = [];
  for (let n = 0; n < PAGES; n++) {
    const before = 100 + n * 7_919_993 % (last - 100);
    const start = performance.now();
    reader.page(LOG, { before, limit: 50, asker: "account id7" });
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const start = performance.now();
  for (let after = last - RESUMED; after < last;) {
    const entries = reader.entries(LOG, { after, limit: 100 });
    if (entries.length === 0) throw new Error(`nothing comes after ${after} of ${last}`);
    after += entries.length;
  }
  const resume = performance.now() - start;
  return { median: times[PAGES / 2] ?? 0, p99: times[Math.floor(PAGES * 0.99)] ?? 0, resume };
}

const dir = await Deno.makeTempDir();
try {
  const [plain, mixed] = [`${dir}/plain.db`, `${dir}/mixed.db`];
  make(plain, Math.floor(ENTRIES * 2 / 3), true);
  make(mixed, ENTRIES, false);
  // In turn, and the best of each, so that what else the machine does weighs on both alike.
  const rounds = Array.from({ length: 3 }, () => [measure(plain), measure(mixed)] as const);
  const best = (which: 0 | 1, figure: keyof Measured): number =>
    Math.min(...rounds.map((round) => round[which][figure]));
  for (const figure of ["median", "p99", "resume"] as const) {
    const [without, having] = [best(0, figure), best(1, figure)];
    const what = figure === "resume" ? `a resume of ${RESUMED}` : `a page of 50, ${figure}`;
    const ratio = (having / without).toFixed(2);
    Deno.stdout.writeSync(new TextEncoder().encode(
      `${what}: ${without.toFixed(3)} ms without, ${having.toFixed(3)} ms with (${ratio} ×)\n`,
    ));
  }
} finally {
  await Deno.remove(dir, { recursive: true });
}
