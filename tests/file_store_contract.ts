/** What every store of files does, wherever it keeps them: one suite for all of them. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { FileSource, FileStore, Upload, UploadAsked } from "../lib/chat/files/file_store.ts";
import { Refusal } from "../lib/chat/refusal.ts";

/** A store, and what a test does to it from outside. */
export interface TriedStore extends AsyncDisposable {
  readonly store: FileStore;
  /** Lets so much time pass, in ms. */
  pass(ms: number): void;
  /** From now on the storage takes no more bytes, or takes them again. */
  fail(fails: boolean): void;
}

export const ANN: UploadAsked = {
  owner: "account ann1",
  person: "account ann1",
  name: "plan.pdf",
};

/** The SHA-256 of some bytes, in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** So many bytes, other ones with another seed. */
export function someBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  let state = seed * 2_654_435_761 >>> 0;
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223 >>> 0;
    return state >>> 24;
  });
}

/** Writes all of `bytes` in pieces, without waiting for one before the next. */
export async function writeAll(upload: Upload, bytes: Uint8Array, piece = 16_384): Promise<void> {
  const written: Promise<void>[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    written.push(upload.write(bytes.slice(at, at + piece)));
  }
  await Promise.all(written);
}

/** Uploads some bytes, and settles that. Returns their hash. */
export async function uploadAll(store: FileStore, bytes: Uint8Array, id: string): Promise<string> {
  const upload = await store.begin(ANN, id);
  await writeAll(upload, bytes);
  const { sha256 } = await upload.finish();
  upload.settle();
  return sha256;
}

/** Reads all of a source, in pieces. */
export async function readAll(
  source: FileSource,
  piece = 10_000,
  space?: Uint8Array,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(source.size);
  for (let at = 0; at < source.size; at += piece) {
    bytes.set(await source.read(at, piece, space), at);
  }
  return bytes;
}

/** The code of the refusal that something is refused with. */
export async function codeOf(refused: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => refused, Refusal)).code;
}

const KEEPS_NOTHING = (): Promise<ReadonlySet<string>> => Promise.resolve(new Set());
const KEEPS_ALL = (asked: readonly string[]): Promise<ReadonlySet<string>> =>
  Promise.resolve(new Set(asked));

async function isThere(store: FileStore, sha256: string): Promise<boolean> {
  return await store.open(sha256).then((source) => (source.close(), true), () => false);
}

/** Tries a store; `make` makes an empty one. */
export function fileStoreContract(kind: string, make: () => Promise<TriedStore>): void {
  const test = (what: string, run: (tried: TriedStore) => Promise<void>): void =>
    Deno.test(`${kind}: ${what}`, async () => {
      await using tried = await make();
      await run(tried);
    });

  for (const length of [0, 1, 65_535, 65_536, 65_537, 1_000_000]) {
    test(`a file of ${length} bytes comes back as it was`, async ({ store }) => {
      const bytes = someBytes(length);
      const upload = await store.begin({ ...ANN, size: length }, "up1");
      assertEquals([upload.id, upload.offset], ["up1", 0]);
      await writeAll(upload, bytes);
      assertEquals(upload.offset, length);
      const blob = await upload.finish(sha256Of(bytes));
      assertEquals(blob, { sha256: sha256Of(bytes), size: length, type: "application/pdf" });
      upload.settle();
      const source = await store.open(blob.sha256);
      assertEquals(source.size, length);
      assertEquals(await readAll(source), bytes);
      assertEquals(await source.read(length, 5), new Uint8Array());
      assertEquals(await source.read(length + 7, 5), new Uint8Array());
      source.close();
    });
  }

  test("pieces of any length are in the order in which they were written", async ({ store }) => {
    let n = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 150_000 }), { maxLength: 8 }),
        async (lengths) => {
          const pieces = lengths.map((length, index) => someBytes(length, index + n));
          const upload = await store.begin(ANN, `up${n++}`);
          await Promise.all(pieces.map((piece) => upload.write(piece)));
          const whole = new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
          assertEquals((await upload.finish()).sha256, sha256Of(whole));
          upload.settle();
          const source = await store.open(sha256Of(whole));
          assertEquals(await readAll(source), whole);
          source.close();
        },
      ),
      { numRuns: 20 },
    );
  });

  test("two readers of one file each read what they ask for", async ({ store }) => {
    const bytes = someBytes(300_000);
    const sha256 = await uploadAll(store, bytes, "up1");
    const sources = [await store.open(sha256), await store.open(sha256)];
    const all = await Promise.all([
      readAll(sources[0] as FileSource, 7_000),
      readAll(sources[1] as FileSource, 65_536),
      (sources[0] as FileSource).read(299_990, 100),
    ]);
    assertEquals(all, [bytes, bytes, bytes.slice(299_990)]);
    for (const source of sources) source.close();
  });

  test("what is read into the same memory each time is the same", async ({ store }) => {
    const bytes = someBytes(300_000);
    const source = await store.open(await uploadAll(store, bytes, "up1"));
    assertEquals(await readAll(source, 7_000, new Uint8Array(7_000).fill(1)), bytes);
    assertEquals(await readAll(source, 7_000, new Uint8Array(9_000).fill(1)), bytes);
    source.close();
  });

  test("what was never there is gone", async ({ store }) => {
    assertEquals(await codeOf(store.open("0".repeat(64))), "file-gone");
  });

  test("an upload goes on for the same person, name, size and hash", async ({ store }) => {
    const bytes = someBytes(50_000);
    const asked = { ...ANN, size: 50_000, sha256: sha256Of(bytes) };
    const first = await store.begin(asked, "up1");
    await first.write(bytes.slice(0, 20_000));
    const again = await store.begin(asked, "up2");
    assertEquals([again.id, again.offset], ["up1", 20_000]);
    for (
      const other of [
        { ...asked, person: "account bob1" as const },
        { ...asked, name: "plan2.pdf" },
        { ...asked, size: 50_001 },
        { ...asked, sha256: "0".repeat(64) },
        { ...ANN, size: 50_000 },
      ]
    ) {
      const upload = await store.begin(other, `new${other.name}${other.size}`);
      assertEquals(upload.offset, 0);
      await upload.cancel();
    }
    await writeAll(again, bytes.slice(20_000));
    assertEquals((await again.finish()).sha256, sha256Of(bytes));
  });

  test("an upload without a hash goes on by its id, and by the same person's", async ({ store }) => {
    const first = await store.begin(ANN, "up1");
    await first.write(someBytes(10));
    assertEquals((await store.begin(ANN, "up2")).id, "up2");
    assertEquals((await store.begin({ ...ANN, id: "up1" }, "up3")).id, "up1");
    const bob: UploadAsked = { ...ANN, person: "account bob1", id: "up1" };
    assertEquals((await store.begin(bob, "up4")).id, "up4");
    assertEquals((await store.begin({ ...ANN, id: "never" }, "up5")).id, "up5");
  });

  test("what has another hash than was said is thrown away", async ({ store }) => {
    const bytes = someBytes(100);
    for (const [asked, done] of [[sha256Of(bytes), "1".repeat(64)], ["1".repeat(64), undefined]]) {
      const upload = await store.begin({ ...ANN, ...asked && { sha256: asked } }, "up1");
      await upload.write(bytes);
      assertEquals(await codeOf(upload.finish(done)), "bad-hash");
      assertEquals(store.upload("up1"), undefined);
      assertEquals(store.underWay(), { bytes: 0, count: 0 });
      assertEquals(await codeOf(upload.write(bytes)), "no-such-file");
    }
    assertEquals(await isThere(store, sha256Of(bytes)), false);
  });

  test("a hash may be written in capitals", async ({ store }) => {
    const upload = await store.begin({ ...ANN, sha256: sha256Of(someBytes(9)).toUpperCase() }, "a");
    await upload.write(someBytes(9));
    assertEquals((await upload.finish()).sha256, sha256Of(someBytes(9)));
  });

  test("less than was announced is not finished, and goes on; more is refused", async ({ store }) => {
    const upload = await store.begin({ ...ANN, size: 100 }, "up1");
    await upload.write(someBytes(60));
    const refusal = await assertRejects(() => upload.finish(), Refusal);
    assertEquals([refusal.code, refusal.about.offset], ["bad-offset", 60]);
    assertEquals(await codeOf(upload.write(someBytes(41))), "bad-offset");
    await upload.write(someBytes(40));
    assertEquals((await upload.finish()).size, 100);
  });

  test("while an upload is finished it takes no more, and it is finished once", async ({ store }) => {
    const upload = await store.begin(ANN, "up1");
    await upload.write(someBytes(60));
    const [one, two] = [upload.finish(), upload.finish()];
    assertEquals(await codeOf(upload.write(someBytes(1))), "no-such-file");
    assertEquals(await one, await two);
    assertEquals(store.upload("up1"), upload);
    assertEquals(store.underWay(), { bytes: 60, count: 1 });
    upload.settle();
    assertEquals(store.upload("up1"), undefined);
    assertEquals(store.underWay(), { bytes: 0, count: 0 });
    assertEquals(await codeOf(upload.finish()), "no-such-file");
  });

  test("what is under way counts by owner, as announced or as come", async ({ store }) => {
    const guest: UploadAsked = { ...ANN, owner: "address 10.0.0.1", person: "guest g1" };
    await store.begin({ ...ANN, size: 1_000 }, "a1");
    const growing = await store.begin(ANN, "a2");
    await growing.write(someBytes(30));
    const beginning = store.begin({ ...guest, size: 500 }, "g1");
    assertEquals(store.underWay("address 10.0.0.1"), { bytes: 500, count: 1 });
    await beginning;
    assertEquals(store.underWay("account ann1"), { bytes: 1_030, count: 2 });
    assertEquals(store.underWay("guests"), { bytes: 500, count: 1 });
    assertEquals(store.underWay(), { bytes: 1_530, count: 3 });
    assertEquals(store.underWay("account bob1"), { bytes: 0, count: 0 });
  });

  test("a cancelled upload leaves nothing", async ({ store }) => {
    const upload = await store.begin(ANN, "up1");
    const writing = upload.write(someBytes(100_000));
    await upload.cancel();
    await writing;
    await upload.cancel();
    assertEquals(store.upload("up1"), undefined);
    assertEquals(store.underWay(), { bytes: 0, count: 0 });
    assertEquals((await store.begin({ ...ANN, id: "up1" }, "up2")).offset, 0);
  });

  test("a cancel that comes after the end changes nothing", async ({ store }) => {
    const upload = await store.begin(ANN, "up1");
    await upload.write(someBytes(10));
    const finished = upload.finish();
    await upload.cancel();
    const { sha256 } = await finished;
    upload.settle();
    assert(await isThere(store, sha256));
  });

  test("what is given back is finished again, or goes when it is cancelled", async ({ store, pass }) => {
    await store.tidy(KEEPS_NOTHING);
    const bytes = someBytes(100_000);
    const upload = await store.begin({ ...ANN, size: bytes.length }, "up1");
    await writeAll(upload, bytes);
    const blob = await upload.finish();
    upload.giveBack();
    assertEquals(store.underWay(), { bytes: bytes.length, count: 1 });
    await store.tidy(KEEPS_NOTHING);
    const again = await store.begin({ ...ANN, id: "up1" }, "up2");
    assertEquals([again.id, again.offset], ["up1", bytes.length]);
    assertEquals(await again.finish(sha256Of(bytes)), blob);
    again.giveBack();
    assertEquals(await readAll(await store.open(blob.sha256)), bytes);
    pass(86_400_001);
    await store.tidy(KEEPS_NOTHING);
    await store.tidy(KEEPS_NOTHING);
    assertEquals([store.upload("up1"), await isThere(store, blob.sha256)], [undefined, false]);
    const other = await store.begin(ANN, "up3");
    await other.write(bytes);
    await other.finish();
    other.giveBack();
    assertEquals(await codeOf(other.finish("0".repeat(64))), "bad-hash");
    await store.tidy(KEEPS_NOTHING);
    assertEquals([store.underWay().count, await isThere(store, blob.sha256)], [0, false]);
  });

  test("what the storage does not take is refused, and the upload goes on later", async (tried) => {
    const { store } = tried;
    const bytes = someBytes(60_000);
    const upload = await store.begin({ ...ANN, size: 60_000 }, "up1");
    await upload.write(bytes.slice(0, 10_000));
    tried.fail(true);
    const refused = [upload.write(bytes.slice(10_000, 20_000)), upload.write(bytes.slice(0, 9))];
    assertEquals(await Promise.all(refused.map(codeOf)), ["not-stored", "not-stored"]);
    assertEquals(await codeOf(upload.write(bytes.slice(0, 9))), "not-stored");
    assertEquals(upload.offset, 10_000);
    tried.fail(false);
    const again = await store.begin({ ...ANN, id: "up1" }, "up2");
    assertEquals([again.id, again.offset], ["up1", 10_000]);
    await writeAll(again, bytes.slice(10_000));
    assertEquals((await again.finish()).sha256, sha256Of(bytes));
  });

  test("what is let go is removed, unless it is kept or held", async ({ store }) => {
    const kept = new Set<string>();
    await store.tidy((asked) => Promise.resolve(kept.intersection(new Set(asked))));
    const one = await uploadAll(store, someBytes(10, 1), "up1");
    const two = await uploadAll(store, someBytes(10, 2), "up2");
    const again = await store.begin(ANN, "up3");
    await again.write(someBytes(10, 3));
    const { sha256: held } = await again.finish();
    kept.add(two);
    store.letGo([one, two, held]);
    await store.tidy((asked) => Promise.resolve(kept.intersection(new Set(asked))));
    assertEquals(await isThere(store, one), false);
    assertEquals(await isThere(store, two), true);
    assertEquals(await isThere(store, held), true);
    again.settle();
    await store.tidy(KEEPS_NOTHING);
    assertEquals(await isThere(store, two) || await isThere(store, held), false);
  });

  test("what is let go and uploaded at the same time stays", async ({ store }) => {
    const bytes = someBytes(10);
    const sha256 = await uploadAll(store, bytes, "up0");
    for (let n = 1; n < 50; n++) {
      // The answer is of before what is uploaded meanwhile is stored.
      await store.tidy(KEEPS_ALL);
      const asked = Promise.withResolvers<void>();
      const tidied = store.tidy(async () => {
        asked.resolve();
        for (let wait = n; wait > 0; wait--) await Promise.resolve();
        return new Set();
      });
      await asked.promise;
      const upload = await store.begin(ANN, `up${n}`);
      await upload.write(bytes);
      await upload.finish();
      await tidied;
      assert(await isThere(store, sha256), `after ${n} turns`);
      upload.settle();
    }
  });

  test("what is removed when nothing is known of what is kept: nothing", async ({ store }) => {
    const sha256 = await uploadAll(store, someBytes(10), "up1");
    store.letGo([sha256]);
    await store.tidy(KEEPS_ALL);
    assert(await isThere(store, sha256));
  });

  test("uploads of which nothing came for 24 hours are gone", async ({ store, pass }) => {
    await store.begin({ ...ANN, size: 9 }, "old");
    const young = await store.begin({ ...ANN, size: 9 }, "young");
    pass(86_400_000 - 1_000);
    await young.write(someBytes(1));
    await store.tidy(KEEPS_ALL);
    assertEquals(store.underWay().count, 2);
    pass(2_000);
    await store.tidy(KEEPS_ALL);
    assertEquals(store.upload("old"), undefined);
    assertEquals(store.upload("young"), young);
    assertEquals(store.underWay(), { bytes: 9, count: 1 });
  });

  test("a picture is told by its bytes, and nothing else by its name alone", async ({ store }) => {
    const gif = new TextEncoder().encode("GIF89a\x02\x00\x03\x00;");
    const typeOf = async (name: string, bytes: Uint8Array): Promise<unknown> => {
      const upload = await store.begin({ ...ANN, name }, name);
      await upload.write(bytes);
      const { type, width, height } = await upload.finish();
      return { type, width, height };
    };
    const picture = { type: "image/gif", width: 2, height: 3 };
    const unknown = { width: undefined, height: undefined, type: "application/octet-stream" };
    assertEquals(await typeOf("a.txt", gif), picture);
    assertEquals(await typeOf("b.gif", someBytes(50)), unknown);
    assertEquals(await typeOf("c.svg", someBytes(50)), unknown);
    assertEquals(await typeOf("d.HTML", someBytes(50)), { ...unknown, type: "text/html" });
    assertEquals(await typeOf("pdf", someBytes(50)), unknown);
  });
}
