/** Where the bytes of uploads come from: files that can be read again, and streams that can't. */

import { assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import {
  fileNameOf,
  openSource,
  streamSource,
  type UploadSource,
} from "../lib/client/files/upload_source.ts";
import { bytesOfLength } from "./fixtures/files.ts";

/** So many bytes from an offset on, however often they have to be asked for. */
async function readAll(source: UploadSource, offset: number, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = offset; at < offset + most;) {
    const bytes = await source.read(at, offset + most - at);
    if (bytes.length === 0) break;
    parts.push(bytes.slice());
    at += bytes.length;
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

Deno.test("a file is read from any place on, also again", async () => {
  const path = await Deno.makeTempFile({ suffix: ".bin" });
  try {
    const content = bytesOfLength(600_001);
    await Deno.writeFile(path, content);
    using source = await openSource(path);
    assertEquals([source.size, source.kept?.path], [600_001, path]);
    const places = [[0, 16_384], [262_140, 16_384], [278_524, 250_000], [5, 10], [600_000, 16_384]];
    for (const [offset, most] of places) {
      assertEquals(
        await readAll(source, offset ?? 0, most ?? 0),
        content.slice(offset, (offset ?? 0) + (most ?? 0)),
      );
    }
    assertEquals((await source.read(600_001, 16_384)).length, 0);
    source.arrived(600_001);
    await Deno.truncate(path, 10);
    const error = await assertRejects(() => source.read(300_000, 400), RequestError);
    assertEquals([error.code, error.message], [
      "not-read",
      `${path} has become shorter while it was read; send it again`,
    ]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("what was read stays as it is until it has arrived, however much is read behind it", async () => {
  const path = await Deno.makeTempFile();
  try {
    const content = bytesOfLength(3_000_000);
    await Deno.writeFile(path, content);
    using source = await openSource(path);
    const read: Array<{ readonly at: number; readonly bytes: Uint8Array }> = [];
    for (let at = 0; at < 1_200_000; at += read.at(-1)?.bytes.length ?? 0) {
      read.push({ at, bytes: await source.read(at, 100_000) });
    }
    const arrived = read[3]?.at ?? 0;
    source.arrived(arrived);
    let at = (read.at(-1)?.at ?? 0) + (read.at(-1)?.bytes.length ?? 0);
    while (at < content.length) at += (await source.read(at, 100_000)).length;
    for (const { at, bytes } of read.slice(3)) {
      assertEquals(bytes, content.subarray(at, at + bytes.length));
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("pieces of one size are neither copied nor cut", async () => {
  const path = await Deno.makeTempFile();
  try {
    const content = bytesOfLength(1_300_007);
    await Deno.writeFile(path, content);
    using source = await openSource(path);
    const size = 65_236;
    for (let at = 0; at < content.length; at += size) {
      const piece = await source.read(at, size);
      assertEquals(piece, content.subarray(at, at + size));
      // A copy has a buffer of its own, as large as it is.
      assertEquals([at, piece.buffer.byteLength > piece.length], [at, true]);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a folder and a file that is not there are refused by name", async () => {
  const dir = await Deno.makeTempDir();
  const folder = await assertRejects(() => openSource(dir), RequestError);
  assertEquals(folder.message, `${dir} is a folder; pack it into one file first`);
  const missing = await assertRejects(() => openSource(`${dir}/no`), RequestError);
  assertEquals(missing.message, `${dir}/no can't be read: there is no such file`);
  await Deno.remove(dir);
});

Deno.test({
  name: "a named pipe is sent as what comes out of it",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const dir = await Deno.makeTempDir();
    const path = `${dir}/pipe`;
    await new Deno.Command("mkfifo", { args: [path] }).output();
    const writing = new Deno.Command("sh", { args: ["-c", `echo hello > '${path}'`] }).output();
    {
      using source = await openSource(path);
      assertEquals([source.name, source.size], ["pipe", undefined]);
      assertEquals(new TextDecoder().decode(await source.read(0, 100)), "hello\n");
    }
    await writing;
    await Deno.remove(dir, { recursive: true });
  },
});

Deno.test("of a stream what has not arrived is read again, and what has arrived is not kept", async () => {
  const content = bytesOfLength(100_000);
  const parts = [1, 40_000, 0, 9, 59_990].map((length, n, all) => {
    const from = all.slice(0, n).reduce((sum, each) => sum + each, 0);
    return content.slice(from, from + length);
  });
  using source = streamSource(ReadableStream.from(parts), "pipe");
  assertEquals(await source.read(0, 16_384), content.slice(0, 16_384));
  assertEquals(await source.read(16_384, 16_384), content.slice(16_384, 32_768));
  assertEquals(await source.read(32_768, 16_384), content.slice(32_768, 49_152));
  assertEquals(await source.read(0, 16_384), content.slice(0, 16_384));
  source.arrived(40_005);
  assertEquals(await source.read(40_005, 16_384), content.slice(40_005, 56_389));
  const gone = await assertRejects(() => source.read(0, 10), RequestError);
  assertEquals(
    gone.message,
    "pipe can't be sent again from its beginning, since it comes from a pipe",
  );
  assertEquals(await source.read(90_000, 16_384), content.slice(90_000));
  assertEquals((await source.read(100_000, 16_384)).length, 0);
});

Deno.test("draining a stream reads it to its end", async () => {
  let given = 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => {
      if (given === 50) controller.close();
      else controller.enqueue(new Uint8Array(1_000 + given++));
    },
  });
  using source = streamSource(stream, "pipe");
  await source.read(0, 100);
  await source.drain();
  assertEquals(given, 50);
});

Deno.test("the name of a file is the last part of its path", () => {
  assertEquals(["a/b.txt", "b.txt", "a/b/", "/"].map(fileNameOf), ["b.txt", "b.txt", "b", "/"]);
});
