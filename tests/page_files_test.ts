/** The page's files: small, all our own, and without a way for text to become anything else. */

import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";

const FOLDER = new URL("../lib/web/page/", import.meta.url);
const MAX_COMPRESSED_BYTES = 60_000;

const files = new Map<string, string>();
for await (const { name } of Deno.readDir(FOLDER)) {
  files.set(name, await Deno.readTextFile(new URL(name, FOLDER)));
}

Deno.test("the page is at most 60 KB in all, compressed", () => {
  const sizes = [...files.values()].map((text) => gzipSync(text).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert(total > 10_000 && total <= MAX_COMPRESSED_BYTES, `${total} bytes`);
});

Deno.test("text only ever becomes text: nothing on the page parses HTML or runs strings", () => {
  const unsafe =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTML|srcdoc|\beval\b|new Function|setTimeout\(\s*["'`]|javascript:/;
  for (const [name, text] of files) {
    if (name.endsWith(".js")) assertEquals(unsafe.exec(text)?.[0], undefined, name);
  }
});

Deno.test("nothing is inline and nothing comes from elsewhere", () => {
  const html = files.get("index.html") ?? "";
  assertEquals(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i.exec(html)?.[0], undefined);
  for (const [name, text] of files) {
    const links = [...text.matchAll(/(?:src|href|url\(|from|import\()\s*=?\s*["'(]([^"')]+)/g)];
    for (const [, link = ""] of links) {
      assert(!/^(?:[a-z]+:)?\/\//i.test(link), `${name} refers to ${link}`);
      if (name === "index.html") assert(files.has(link), `${link} is not there`);
    }
  }
});

Deno.test("every module of the page is checked for its types", () => {
  for (const [name, text] of files) {
    if (name.endsWith(".js")) assert(text.startsWith("// @ts-check\n"), name);
  }
});
