/// <reference lib="dom" />
/** How the page comes: all of it once, and what it weighs on the wire. */

import { assert, assertEquals } from "@std/assert";
import { startWeb } from "../web_peer.ts";
import { browserTest } from "./browser.ts";

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
    const html = await page.content();
    // All but the manifest, which is for whoever installs the page, and the icon; and the front page.
    const files = html.match(/\b(?:href|src)="[^"#]+\.(?:css|js|json)"/g)?.length ?? 0;
    assertEquals([code.length, new Set(code).size], [files + 1, files + 1]);
    assert(bytes > MIN_BYTES && bytes < MAX_BYTES, `${bytes} bytes`);
  },
);
