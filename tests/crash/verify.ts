/** Compares what a database holds with what the journal says it must. */

import { DatabaseSync } from "node:sqlite";
import { type Journal, placeOf } from "./journal.ts";

/** Notes as faults whatever does not fit. Returns how many messages are stored. */
export function verify(journal: Journal, directory: string): number {
  const stored = new Map<string, string>();
  const places = new Map<string, string>();
  const previous = new Map<string, number>();
  const clients = clientsOf(journal);
  using db = new DatabaseSync(`${directory}/chatroom.db`, { readOnly: true });
  for (const row of db.prepare(ROWS).iterate()) {
    const [room, seq, text] = [String(row["room"]), Number(row["seq"]), String(row["text"])];
    const place = placeOf(room, seq);
    const other = stored.get(text);
    if (other !== undefined) journal.fault("duplicated", `${text} is ${other} and ${place}`);
    const before = previous.get(room) ?? seq - 1;
    if (seq !== before + 1) journal.fault("hole", `in ${room}, ${seq} comes after ${before}`);
    previous.set(room, seq);
    stored.set(text, place);
    places.set(place, text);
    inOrder(journal, clients, room, text);
  }
  for (const [text, place] of journal.acked) {
    const where = stored.get(text);
    if (where === place) continue;
    journal.fault("lost", `${text} was acked as ${place} and is ${where ?? "not stored"}`);
  }
  for (const [place, text] of journal.seen) {
    const what = places.get(place);
    if (what === text) continue;
    journal.fault("contradiction", `${text} was seen as ${place}, which is ${what ?? "nothing"}`);
  }
  return stored.size;
}

const ROWS = `
  SELECT iif(room.kind = 0, room.name, room.key) AS room, seq, text
  FROM message JOIN room ON room.id = message.room
  WHERE room.kind IN (0, 2) ORDER BY room.id, seq`;

type Client = { readonly numbers: Map<string, number>; readonly last: Map<string, number> };

/** Each text that was sent, with its place in what its client sent. */
function clientsOf(journal: Journal): Map<string, Client> {
  return new Map(
    [...journal.sent].map(([name, texts]) => [
      name,
      { numbers: new Map(texts.map((text, n) => [text, n])), last: new Map() },
    ]),
  );
}

function inOrder(
  journal: Journal,
  clients: ReadonlyMap<string, Client>,
  room: string,
  text: string,
): void {
  const name = text.split(" ")[0] ?? "";
  const client = clients.get(name);
  const number = client?.numbers.get(text);
  if (client === undefined || number === undefined) {
    return journal.fault("contradiction", `${text} is stored, and nobody sent it`);
  }
  const before = client.last.get(room) ?? -1;
  if (number <= before && !journal.unordered.has(name)) {
    journal.fault("disorder", `${text} is stored after number ${before} of its client`);
  }
  client.last.set(room, number);
}
