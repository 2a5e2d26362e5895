/// <reference lib="dom" />
/** What others send as a file never acts as the page, whatever a browser is made to do with it. */

import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { memoryFiles, pathTo, sendsFile } from "../fixtures/sent_files.ts";
import { joinEvent } from "../helpers.ts";
import { startWeb, type WebServer } from "../web_peer.ts";
import { browserTest } from "./browser.ts";

/** What a script in a file does, if it runs in the origin of the page: it leaves a mark there. */
const MARK = `localStorage.setItem("ran", location.href)`;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A PDF whose script would be run when it is opened. */
const PDF = `%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>> endobj
trailer <</Root 1 0 R>>`;

const XHTML = `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head>
<script>${MARK}</script></head><body onload='${MARK}'/></html>`;

const HTML = `<!doctype html><body onload='${MARK}'><script>${MARK}</script>`;

/** Files that would run, if a browser took them for what they are called. */
const HARMFUL: ReadonlyArray<readonly [name: string, data: Uint8Array]> = [
  ["a.html", bytesOf(HTML)],
  ["a.htm", bytesOf(HTML)],
  ["a.xhtml", bytesOf(XHTML)],
  ["a.xml", bytesOf(XHTML)],
  ["a.svg", bytesOf(`<svg xmlns="http://www.w3.org/2000/svg"><script>${MARK}</script></svg>`)],
  ["a.pdf", bytesOf(PDF)],
  ["a.js", bytesOf(MARK)],
  ["a.css", bytesOf("body { visibility: hidden }")],
  ["a.mhtml", bytesOf(`Content-Type: text/html\n\n${HTML}`)],
  ["a.png", bytesOf(HTML)],
  // It begins as a picture, and is a page to a browser that looks further.
  ["a.gif", bytesOf(`GIF89a\x01\x00\x01\x00${HTML}`)],
  ["a", bytesOf(HTML)],
];

/** Makes a page of the server's own origin load a file in every way that markup and scripts know. */
const LOAD = (path: string): string =>
  `(async () => {
  const path = ${JSON.stringify(path)};
  const settled = [];
  for (const [tag, attribute] of [
    ["script", "src"], ["img", "src"], ["iframe", "src"], ["embed", "src"], ["object", "data"],
    ["link", "href"], ["video", "src"],
  ]) {
    const element = document.createElement(tag);
    if (tag === "link") element.rel = "stylesheet";
    settled.push(new Promise((resolve) => {
      element.onload = element.onerror = resolve;
      setTimeout(resolve, 500);
    }));
    element[attribute] = path;
    document.body.append(element);
  }
  const module = document.createElement("script");
  module.type = "module";
  module.src = path;
  document.body.append(module);
  settled.push(import(path).catch(() => {}));
  settled.push(navigator.serviceWorker?.register(path).catch(() => {}));
  try { new Worker(path); } catch {}
  await Promise.all(settled);
  return {
    ran: localStorage.getItem("ran"),
    workers: (await navigator.serviceWorker?.getRegistrations() ?? []).length,
    hidden: getComputedStyle(document.body).visibility,
  };
})()`;

/** The address of a file for whoever asks. */
async function urlOf(
  web: WebServer,
  peer: Awaited<ReturnType<typeof joinEvent>>,
  [name, data]: readonly [string, Uint8Array],
): Promise<string> {
  const file = await sendsFile(peer, { name, data });
  return `http://127.0.0.1:${web.door.addr.port}${await pathTo(peer, file)}`;
}

/** Opens an address as a person does who types it; resolves with the name of what is saved, if it is. */
async function opens(page: Page, url: string): Promise<string | undefined> {
  const tab = await page.context().newPage();
  const saved = new Promise<string>((resolve) => {
    tab.once("download", (download) => resolve(download.suggestedFilename()));
  });
  // A download is no page, which the driver takes for an error.
  const shown = tab.goto(url).then(() => undefined, () => saved);
  const name = await shown;
  await tab.close();
  return name;
}

for (const bypassCSP of [false, true]) {
  const what = bypassCSP ? " even where its policies are passed over" : "";
  browserTest(`no file that is sent runs as the page${what}`, async (people) => {
    await using web = await startWeb({}, { files: memoryFiles() });
    using bob = await joinEvent(web.server, "bob");
    const page = await people.page(web.door, { bypassCSP });
    for (const harmful of HARMFUL) {
      const [name] = harmful;
      const url = await urlOf(web, bob, harmful);
      if (name !== "a.gif") assertEquals(await opens(page, url), name);
      else await opens(page, url);
      assertEquals(
        await page.evaluate(LOAD(url)),
        { ran: null, workers: 0, hidden: "visible" },
        name,
      );
    }
    // It complains of each that it did not load.
    people.complaints.length = 0;
  });
}

/** A picture as the browser makes it, in base64. */
function drawn(page: Page, type: string): Promise<string> {
  return page.evaluate(`(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 12, height: 7 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "red";
    pen.fillRect(0, 0, 12, 7);
    return canvas.toDataURL("${type}").split(",")[1];
  })()`);
}

/** One dot. */
const GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

browserTest("pictures are shown, in the page and by themselves", async (people) => {
  await using web = await startWeb({}, { files: memoryFiles() });
  using bob = await joinEvent(web.server, "bob");
  const page = await people.page(web.door);
  for (const kind of ["png", "jpeg", "webp", "gif"]) {
    const base64 = kind === "gif" ? GIF : await drawn(page, `image/${kind}`);
    const url = await urlOf(web, bob, [`a.${kind}`, Uint8Array.fromBase64(base64)]);
    const expected = kind === "gif" ? [1, 1] : [12, 7];
    const size = await page.evaluate(`new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve([image.naturalWidth, image.naturalHeight]);
      image.onerror = () => resolve("it can't be shown");
      image.src = ${JSON.stringify(url)};
      document.body.append(image);
    })`);
    assertEquals<unknown>(size, expected, kind);
    const tab = await page.context().newPage();
    const answer = await tab.goto(url);
    assertEquals(answer?.status(), 200);
    assertMatch(await tab.title(), new RegExp(`a\\.${kind}`));
    assertEquals(await tab.evaluate("document.images[0].naturalWidth"), expected[0], kind);
    await tab.close();
  }
});
