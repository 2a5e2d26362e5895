/** A node fetches the bytes of a file from the others. */

import { assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { Refusal } from "../lib/chat/refusal.ts";
import { PeerFiles } from "../lib/cluster/peer_files.ts";
import { MemoryStorage } from "../lib/files/memory_storage.ts";
import { MemoryOrder, type MemoryStream } from "./fixtures/memory_stream.ts";

const BYTES = crypto.getRandomValues(new Uint8Array(50_000));
const LONG = new Uint8Array(400_000).map((_, at) => BYTES[at % BYTES.length] as number);
const SHA = createHash("sha256").update(LONG).digest("hex");

async function keep(storage: MemoryStorage, bytes: Uint8Array, sha256: string): Promise<void> {
  const part = await storage.makePart();
  await part.write(bytes, 0);
  await storage.place(part, sha256, bytes.length);
}

async function readAll(files: PeerFiles, sha256: string): Promise<Uint8Array> {
  const source = await files.open(sha256);
  const bytes = await source.read(0, source.size);
  source.close();
  return bytes;
}

function nodes(): Array<{ storage: MemoryStorage; stream: MemoryStream; files: PeerFiles }> {
  const order = new MemoryOrder({ reorders: 0.3 });
  return [1, 2, 3].map(() => {
    const storage = new MemoryStorage(10_000_000);
    const stream = order.node();
    return { storage, stream, files: new PeerFiles(storage, stream) };
  });
}

Deno.test("bytes that another node has are fetched once, and kept", async () => {
  const [one, two, three] = nodes();
  if (!one || !two || !three) throw new Error("There are no nodes");
  await keep(one.storage, LONG, SHA);
  const both = await Promise.all([readAll(two.files, SHA), readAll(two.files, SHA)]);
  for (const bytes of both) assertEquals(bytes, LONG);
  await one.stream.close();
  assertEquals(await readAll(two.files, SHA), LONG);
  // From the one that has fetched them.
  assertEquals(await readAll(three.files, SHA), LONG);
});

Deno.test("bytes that nobody has are gone", async () => {
  const [one] = nodes();
  const error = await assertRejects(() => one?.files.open(SHA) ?? Promise.resolve(), Refusal);
  assertEquals(error.code, "file-gone");
});

Deno.test("bytes that are not what was asked for are not kept", async () => {
  const [one, two] = nodes();
  if (!one || !two) throw new Error("There are no nodes");
  const wrong = LONG.slice();
  wrong[300_000] = 255 - (wrong[300_000] ?? 0);
  await keep(one.storage, wrong, SHA);
  const error = await assertRejects(() => two.files.open(SHA), Refusal);
  assertEquals(error.code, "file-gone");
  assertEquals(await two.storage.checkRoom(0), 10_000_000);
});
