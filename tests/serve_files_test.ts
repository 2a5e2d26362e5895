/** `chatroom serve` keeps files where it keeps messages: what comes stays, goes on and goes as it should. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import { diskPaths, namesIn } from "../lib/files/disk_paths.ts";
import type { SentFile } from "../lib/wire/events.ts";
import { sha256Of, someBytes } from "./file_store_contract.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { type Served, startServe } from "./fixtures/serve_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { joinEvent, type RawPeer } from "./helpers.ts";

const BYTES = someBytes(200_000);
const PUT = { type: "put", name: "plan.pdf", size: BYTES.length, sha256: sha256Of(BYTES) };

/** Sends the bytes of an upload from one offset to another. */
async function sendChunks(peer: RawPeer, file: string, from: number, to: number): Promise<void> {
  for (let offset = from; offset < to; offset += 32_768) {
    const data = BYTES.subarray(offset, Math.min(offset + 32_768, to)).toBase64();
    assertEquals((await peer.ask({ type: "chunk", file, offset, data }))["type"], "taken");
  }
}

/** Sends the whole file into the lobby; resolves with what everybody is told of it. */
async function sendFile(peer: RawPeer): Promise<SentFile> {
  const { file } = await peer.ask({ ...PUT, room: "lobby" });
  await sendChunks(peer, String(file), 0, BYTES.length);
  assertEquals((await peer.ask({ type: "done", file }))["type"], "ack");
  const { messages } = await peer.ask({ type: "history", room: "lobby", files: true });
  return messages.at(-1).file;
}

/** Waits for what the disk shows, which nobody tells. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !await isSo(); tries++) {
    if (tries === 3_000) throw new Error(`It took too long until ${what}`);
    await delay(10);
  }
}

async function fetchFile(peer: RawPeer, file: string): Promise<Uint8Array> {
  await peer.tell({ type: "get", file, offset: 0, credit: 1_000_000 });
  const pieces: Uint8Array[] = [];
  for (;;) {
    const { data, last } = await peer.takeType("data");
    pieces.push(Uint8Array.fromBase64(String(data)));
    if (last === true) break;
  }
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

/** Has a server on a directory, and ends it well. */
async function served(
  flags: readonly string[],
  work: (server: Served) => Promise<void>,
): Promise<void> {
  const server = await startServe(...flags);
  try {
    await work(server);
  } finally {
    const { code, stderr } = await server.end();
    assertEquals([code, stderr.match(/error|warning/i)], [0, null], stderr);
  }
}

Deno.test("a file is there after a restart, and an upload goes on after one", async () => {
  await using dir = await makeDir();
  const flags = ["--data", dir.path];
  let sent = "";
  let session: unknown;
  await served(flags, async (server) => {
    using ann = await joinEvent(server, "ann");
    sent = (await sendFile(ann)).id;
    session = ann.ready.session;
    const { file } = await ann.ask({ ...PUT, name: "b.pdf", room: "lobby" });
    await sendChunks(ann, String(file), 0, 65_536);
  });
  await served(flags, async (server) => {
    using ann = await joinEvent(server, "ann", { session });
    assertEquals(await fetchFile(ann, sent), BYTES);
    const { file, offset } = await ann.ask({ ...PUT, name: "b.pdf", room: "lobby" });
    assertEquals(offset, 65_536);
    await sendChunks(ann, String(file), 65_536, BYTES.length);
    assertEquals((await ann.ask({ type: "done", file }))["type"], "ack");
  });
  const { code, stdout } = await chatroom(["check", "--data", dir.path]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, ", 1 file (200 kB), ");
  assertEquals(await namesIn(diskPaths(dir.path).parts), []);
});

Deno.test("a server in memory takes files, and forgets them", async () => {
  await served(["--memory"], async (server) => {
    using ann = await joinEvent(server, "ann");
    const { id, size, type } = await sendFile(ann);
    assertEquals([size, type], [200_000, "application/pdf"]);
    assertEquals(await fetchFile(ann, id), BYTES);
    const large = await ann.ask({ ...PUT, size: 90_000_000, room: "lobby" });
    assertEquals([large["code"], large["limit"]], ["quota", 268_435_456 / 4]);
  });
});

Deno.test("files are taken from whom --files names", async () => {
  await served(["--memory", "--files", "off"], async (server) => {
    using ann = await joinEvent(server, "ann");
    assertEquals(ann.welcome.features.includes("files"), false);
    assertEquals((await ann.ask({ ...PUT, room: "lobby" }))["code"], "files-off");
  });
  await served(["--memory", "--files", "registered"], async (server) => {
    using ann = await joinEvent(server, "ann");
    assertEquals(ann.welcome.features.includes("files"), true);
    assertEquals((await ann.ask({ ...PUT, room: "lobby" }))["type"], "error");
    await ann.ask({ type: "register", password: "correct horse" });
    assertEquals((await ann.ask({ ...PUT, room: "lobby" }))["type"], "slot");
  });
});

Deno.test("what a message brought goes with it", async () => {
  await using dir = await makeDir();
  const flags = ["--data", dir.path, "--keep-messages", "1"];
  await served(flags, async (server) => {
    using ann = await joinEvent(server, "ann");
    await sendFile(ann);
    await ann.ask({ type: "say", room: "lobby", text: "the last word" });
  });
  // Upkeep may have had no time for it before the end.
  await served(flags, async (server) => {
    using _ = await joinEvent(server, "bob");
    await until(
      "the file is gone",
      async () => (await namesIn(diskPaths(dir.path).shelf(PUT.sha256))).length === 0,
    );
  });
});

Deno.test("a place for files that can't be used is told, and nothing runs", async () => {
  await using dir = await makeDir();
  await Deno.writeTextFile(`${dir.path}/files`, "in the way");
  const { code, stderr } = await chatroom(["serve", "--port", "0", "--data", dir.path]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, `Can't keep files in ${dir.path}/files: `);
  assertStringIncludes(stderr, "--files off");
});
