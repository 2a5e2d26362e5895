/**
 * Measures whether a search tells by its time of what one may not read: for a word that only a hidden
 * room has, 100,000 times, and for one that nobody has ever said. Run it with `deno run -A`.
 */

import { roomLog } from "../../lib/chat/messages/log_key.ts";
import { ROOM } from "../../lib/store/columns.ts";
import { logSum, messageSum } from "../../lib/store/message_row.ts";
import { Reader } from "../../lib/store/read.ts";
import { openForWriting } from "../../lib/store/schema.ts";
import { markedTerms } from "../../lib/store/word_index.ts";
import { termsOf } from "../../lib/words/search.js";

const HIDDEN = 100_000;
const TRIES = 400;
/** In how many rooms it is looked. */
const ROOMS = [1, 10, 50];

const dir = Deno.makeTempDirSync();
try {
  using db = openForWriting({ path: `${dir}/chatroom.db`, durability: "normal" });
  const room = db.prepare("INSERT INTO room (id, kind, key, name) VALUES (?, ?, ?, ?)");
  const message = db.prepare(
    "INSERT INTO message (id, room, seq, at, sender, text, sum) VALUES (?, ?, ?, ?, 1, ?, ?)",
  );
  const words = db.prepare("INSERT INTO message_words (rowid, terms) VALUES (?, ?)");
  db.exec("BEGIN; INSERT INTO name (id, name, key) VALUES (1, 'ann', 'ann')");
  for (let id = 1; id <= 51; id++) room.run(id, ROOM, `r${id}`, `r${id}`);
  for (let n = 1; n <= HIDDEN; n++) {
    // Every other line is hidden, so that the two are as mixed as they can be.
    for (
      const [id, at, word] of [[2 * n, 1, "hidden"], [2 * n + 1, 2 + n % 50, "shown"]] as const
    ) {
      const text = `a ${word} word in line ${n}`;
      const said = { seq: n, at: n, action: 0, sender: "ann", text };
      message.run(id, at, n, n, text, messageSum(logSum(ROOM, `r${at}`), said));
      words.run(id, markedTerms(at, termsOf(text)));
    }
  }
  db.exec("COMMIT");
  const reader = new Reader(db);
  for (const count of ROOMS) {
    const logs = Array.from({ length: count }, (_, n) => roomLog(`r${n + 2}`));
    const times: Record<string, number[]> = { hidden: [], unsaid: [] };
    // In turns, so that whatever else the machine does meets both.
    for (let n = 0; n < TRIES; n++) {
      for (const [query, taken] of Object.entries(times)) {
        const began = performance.now();
        const { entries } = reader.search({ query, logs, limit: 50 });
        taken.push(performance.now() - began);
        if (entries.length > 0) throw new Error(`${query} was found`);
      }
    }
    const [hidden = NaN, unsaid = NaN] = Object.values(times).map(median);
    Deno.stdout.writeSync(new TextEncoder().encode(
      `${count} rooms: ${hidden.toFixed(3)} ms where it is hidden, ${unsaid.toFixed(3)} ms where ` +
        `nobody said it, ratio ${(hidden / unsaid).toFixed(2)}\n`,
    ));
  }
} finally {
  Deno.removeSync(dir, { recursive: true });
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}
