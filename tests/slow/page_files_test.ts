/// <reference lib="dom" />
/** A large file from the page of a browser to a pipe. */

import { assert, assertEquals } from "@std/assert";
import { startProbed } from "../bench/probed_server.ts";
import { browserTest } from "../browser/browser.ts";
import { fill, outputOf, peakOf } from "../fixtures/large_files.ts";
import { makeDir } from "../fixtures/stored_server.ts";
import { joinEvent, within } from "../helpers.ts";

const MIB = 1_048_576;
/** How long each way may take, in ms. Reached only by a test that fails. */
const PATIENCE_MS = 600_000;

browserTest(
  "1 GiB goes from the page to a pipe, equal, and takes no more memory than a small file",
  async (people) => {
    await using dir = await makeDir();
    const [large, small] = [`${dir.path}/large.bin`, `${dir.path}/small.bin`];
    const sha256 = await fill(large, 1_024);
    await fill(small, 64);
    await using server = await startProbed([], [
      ...["--port", "0", "--web", "0", "--data", `${dir.path}/data`],
      ...["--max-file", "2GiB", "--max-files", "40GiB", "--max-files-per-address", "4GiB"],
    ]);
    const ann = await people.join({ addr: { port: await server.webPort() } }, "ann");
    const sends = async (path: string): Promise<void> => {
      const shown = ann.page.locator("#list .said:not(.waiting, .failed) .file");
      const before = await shown.count();
      const choosing = ann.page.waitForEvent("filechooser");
      await ann.say("/send");
      await (await choosing).setFiles(path);
      await ann.page.locator("#dialog .sending .primary").click();
      await shown.nth(before).waitFor({ timeout: PATIENCE_MS });
    };
    // With the first bytes the heap for what is soon garbage grows to its full size, and keeps that.
    await sends(small);
    const idle = (await server.holdings()).resident;
    let got = "";
    const peak = await peakOf(server.pid, async () => {
      await sends(large);
      const addr = { hostname: "127.0.0.1", port: server.port, transport: "tcp" } as const;
      using bob = await joinEvent({ addr }, "bob");
      const { messages } = await bob.ask({ type: "history", room: "lobby", files: true });
      const { id, name } = messages.at(-1).file;
      assertEquals(name, "large.bin");
      const get = outputOf("get", "--name", "carl", "-o", "-", `127.0.0.1:${server.port}`, id);
      got = await within("the download", get, PATIENCE_MS);
    });
    assertEquals(got, sha256);
    assert(
      peak - idle <= 64 * MIB,
      `${(peak - idle) / MIB} MiB more than the ${idle / MIB} before`,
    );
  },
);
