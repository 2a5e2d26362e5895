/** What slow readers of a large file take of the server's memory. */

import { assert, assertEquals } from "@std/assert";
import { pathTo, sendsFile, textOf } from "../fixtures/sent_files.ts";
import { startServe } from "../fixtures/serve_process.ts";
import { joinEvent, RawPeer, within } from "../helpers.ts";

const READERS = 20;
const MIB = 1_048_576;
const SIZE = 64 * MIB;
/** What the server may take beside what it takes without readers. */
const MOST = 64 * MIB;

/** Memory of the server, in bytes, and bytes of files that it has sent over HTTP. */
async function figures(page: string): Promise<{ readonly rss: number; readonly sent: number }> {
  const body = await (await fetch(`${page}metrics`)).text();
  const read = (name: string): number => Number(new RegExp(`^${name} (.*)$`, "m").exec(body)?.[1]);
  return {
    rss: read("process_resident_memory_bytes"),
    sent: read("chatroom_http_file_bytes_total"),
  };
}

Deno.test("memory stays flat beside slow readers of a large file, and each gets all of it", async () => {
  const dir = await Deno.makeTempDir();
  const server = await startServe("--data", dir, "--web", "0");
  try {
    using ann = await joinEvent(server, "ann");
    const path = await pathTo(ann, await sendsFile(ann, { name: "a", data: textOf(SIZE) }));
    const addr = { hostname: "127.0.0.1", port: Number(new URL(server.page).port) };
    const before = await figures(server.page);
    let most = 0;
    const readers = Array.from({ length: READERS }, async (_, index) => {
      using peer = await RawPeer.connect({ addr });
      await peer.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      let bytes = 0;
      const space = new Uint8Array(MIB);
      for (;;) {
        const count = await within("more of the file", peer.conn.read(space));
        if (count === null) return bytes;
        bytes += count;
        await new Promise((resolve) => setTimeout(resolve, index));
        if (index === 0) most = Math.max(most, (await figures(server.page)).rss - before.rss);
      }
    });
    const read = await Promise.all(readers);
    assert(read.every((bytes) => bytes > SIZE), `they got ${read}`);
    assertEquals((await figures(server.page)).sent - before.sent, READERS * SIZE);
    assert(most < MOST, `the server took ${Math.round(most / MIB)} MiB more`);
  } finally {
    await server.end();
    await Deno.remove(dir, { recursive: true });
  }
});
