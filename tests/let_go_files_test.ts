/** The log and the store of files together: no message loses its bytes, and no bytes stay that are nobody's. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { diskPaths } from "../lib/files/disk_paths.ts";
import { DiskStorage } from "../lib/files/disk_storage.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import { openWriter } from "../lib/store/directory.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { removeRooms } from "../lib/store/rooms.ts";
import type { SentFile } from "../lib/wire/events.ts";
import { ANN, sha256Of } from "./file_store_contract.ts";
import { append, bringing, fileOf, say } from "./fixtures/facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { until } from "./helpers.ts";

/** A log and the files that its messages bring, as a server has them. */
interface Kept extends AsyncDisposable {
  readonly log: LocalLog;
  readonly files: KeptFiles;
  readonly problems: string[];
}

async function openKept(dir: string): Promise<Kept> {
  const log = await LocalLog.open({ dir, durability: "normal" });
  const { index } = log;
  const problems: string[] = [];
  const storage = await DiskStorage.open({ dir });
  const files = new KeptFiles({ storage, onProblem: (text) => problems.push(text) });
  index.onLetGo = (sha256s) => files.letGo(sha256s);
  await files.tidy((sha256s) => index.keptBlobs(sha256s));
  return {
    ...{ log, files, problems },
    async [Symbol.asyncDispose](): Promise<void> {
      await files.close();
      await log.close();
    },
  };
}

/** Uploads some bytes and says so in a room, as a `done` does. */
async function send({ log, files }: Kept, room: string, id: string, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  const upload = await files.begin(ANN, id);
  await upload.write(bytes);
  const { sha256, size } = await upload.finish();
  const file = fileOf(id, "a.txt", text);
  assertEquals([sha256, size], [file.sha256, file.size]);
  const { text: said, ...rest } = bringing(file);
  await append(log, say(room, said, rest));
  upload.settle();
}

async function isThere({ files }: Kept, { sha256 }: Pick<SentFile, "sha256">): Promise<boolean> {
  return await files.open(sha256).then((source) => (source.close(), true), () => false);
}

function remove({ log }: Kept, room: string): void {
  log.put({ kind: "people", changes: [{ type: "unroom", key: room }] });
}

/** The hashes of the blobs that lie on the disk. */
function blobsIn(dir: string): string[] {
  const { files } = diskPaths(dir);
  return [...Deno.readDirSync(files)].filter(({ name }) => name !== "part")
    .flatMap(({ name }) => [...Deno.readDirSync(`${files}/${name}`)]).map(({ name }) => name)
    .sort();
}

Deno.test("the bytes of a file are removed from the disk with the last message that brought them", async () => {
  await using dir = await makeDir();
  await using kept = await openKept(dir.path);
  await send(kept, "a", "f1", "the plan");
  await send(kept, "b", "f2", "the plan");
  await send(kept, "a", "f3", "tea");
  remove(kept, "a");
  const tea = fileOf("f3", "a.txt", "tea");
  await until("tea is gone", () => !blobsIn(dir.path).includes(tea.sha256));
  assertEquals(await isThere(kept, fileOf("f2", "a.txt", "the plan")), true);
  remove(kept, "b");
  await until("all is gone", () => blobsIn(dir.path).length === 0);
  assertEquals(kept.problems, []);
});

Deno.test("what a command removed while no server ran, and what a crash has left, is gone after a start", async () => {
  await using dir = await makeDir();
  {
    await using kept = await openKept(dir.path);
    await send(kept, "a", "f1", "the plan");
    await send(kept, "b", "f2", "tea");
    // The server ends between the bytes and the message.
    const upload = await kept.files.begin(ANN, "f3");
    await upload.write(new TextEncoder().encode("never said"));
    await upload.finish();
    upload.settle();
  }
  {
    using opened = await openWriter(dir.path);
    removeRooms(opened.db, [roomLog("a")]);
  }
  assertEquals(blobsIn(dir.path).length, 3);
  await using kept = await openKept(dir.path);
  const tea = sha256Of(new TextEncoder().encode("tea"));
  await until("only tea is left", () => blobsIn(dir.path).join() === tea);
  assertEquals(kept.problems, []);
});

Deno.test("whatever is sent and removed at once, each message that is left has its bytes", async () => {
  const step = fc.record({
    room: fc.constantFrom("a", "b", "c"),
    text: fc.constantFrom("x", "yy", "zzz"),
    removes: fc.constantFrom(true, false, false),
  });
  const seed = Math.floor(Math.random() * 2 ** 31);
  const [steps = []] = fc.sample(fc.array(step, { minLength: 150, maxLength: 150 }), {
    seed,
    numRuns: 1,
  });
  await using dir = await makeDir();
  await using kept = await openKept(dir.path);
  const sent: Promise<void>[] = [];
  for (const [n, { room, text, removes }] of steps.entries()) {
    if (removes) remove(kept, room);
    else sent.push(send(kept, room, `f${n}`, text));
    // Some at once, and then time for upkeep to let go of them.
    if (n % 10 === 0) await Promise.all(sent);
  }
  await Promise.all(sent);
  await kept.log.settled();
  const { index } = kept.log;
  const needed = new Set<string>();
  for (let n = 0; n < steps.length; n++) {
    const file = await index.file(`f${n}`);
    if (file === undefined) continue;
    needed.add(file.sha256);
    assert(await isThere(kept, file), `f${n} of ${file.log} has no bytes (seed ${seed})`);
  }
  const wanted = [...needed].sort().join();
  await until(`only those are left (seed ${seed})`, () => blobsIn(dir.path).join() === wanted);
  for (const sha256 of needed) assert(await isThere(kept, { sha256 }), `seed ${seed}`);
  assertEquals(kept.problems, []);
});
