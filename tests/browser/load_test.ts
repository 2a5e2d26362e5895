/// <reference lib="dom" />
/** How the page comes: all of it once, and what it weighs on the wire. */

import { assert, assertEquals } from "@std/assert";
import { startWeb } from "../web_peer.ts";
import { browserTest } from "./browser.ts";

const FOLDER = new URL("../../lib/web/page/", import.meta.url);
const MIN_BYTES = 40_000;
const MAX_BYTES = 80_000;

browserTest(
  "the page and all that belongs to it are under 80 KB, headers included",
  async (people) => {
    await using web = await startWeb();
    const page = await people.page(web.door);
    const session = await page.context().newCDPSession(page);
    const asked: string[] = [];
    let bytes = 0;
    session.on("Network.requestWillBeSent", ({ request }) => asked.push(request.url));
    session.on("Network.loadingFinished", ({ encodedDataLength }) => bytes += encodedDataLength);
    await session.send("Network.enable");
    await session.send("Network.clearBrowserCache");
    await page.reload();
    await page.waitForSelector("#join:not([hidden])");
    const code = asked.filter((url) => !/\/icon\.svg$|\.webmanifest$/.test(url));
    // All but the manifest, which is for whoever installs the page.
    const files = (await Array.fromAsync(Deno.readDir(FOLDER))).length - 1;
    // Each file and the table of commands, none of them twice, and the icon wherever it stands.
    assertEquals([code.length, new Set(code).size], [files, files]);
    assert(bytes > MIN_BYTES && bytes < MAX_BYTES, `${bytes} bytes`);
  },
);
