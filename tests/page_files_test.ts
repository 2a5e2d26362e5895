/** The page's files: small, all our own, and without a way for text to become anything else. */

import { assert, assertEquals } from "@std/assert";
import { packed, readPage } from "../lib/web/page.ts";

const FOLDER = new URL("../lib/web/page/", import.meta.url);
const MAX_COMPRESSED_BYTES = 60_000;

const files = new Map<string, string>();
for await (const { name } of Deno.readDir(FOLDER)) {
  files.set(name, await Deno.readTextFile(new URL(name, FOLDER)));
}

Deno.test("the page is at most 60 KB in all, compressed", async () => {
  const page = [...await readPage()].filter(([, { isVersioned }]) => !isVersioned);
  const served = new Set(page.map(([, file]) => file));
  assertEquals(served.size, files.size + 1, "files and commands.json");
  const total = [...served].reduce((sum, { encoded }) => sum + encoded.gzip.bytes.length, 0);
  assert(total > 10_000 && total <= MAX_COMPRESSED_BYTES, `${total} bytes`);
});

Deno.test("of a file only comments and indentation are left out, and every line keeps its number", () => {
  assertEquals(
    packed('/**\n * a\n */\nb("//c"); // d\n  // e\n  /* f */\n  g(/\\/*/); /* h */\n'),
    '\n\n\nb("//c"); // d\n\n\ng(/\\/*/); /* h */\n',
  );
  for (const [name, text] of files) {
    if (!/\.(js|css)$/.test(name)) continue;
    const lines = text.split("\n");
    const sent = packed(text).split("\n");
    assertEquals(sent.length, lines.length, name);
    for (const [index, line] of lines.entries()) {
      const where = `${name}:${index + 1}: ${line}`;
      if (sent[index] === "") assert(/^\s*($|\/\/|\/\*|\*)/.test(line), where);
      else {
        assertEquals(sent[index], line.trimStart(), where);
        // A text that went over several lines would lose what is at their beginnings.
        const ticks = sent[index]?.match(/`/g)?.length ?? 0;
        assert(ticks % 2 === 0 || /= \/.*`.*\/[a-z]*;$/.test(line), where);
      }
    }
  }
});

Deno.test("whatever the page will import is named in its head, so that it comes all at once", () => {
  const imported = new Set<string>();
  const follow = (name: string): void => {
    for (const [, next = ""] of (files.get(name) ?? "").matchAll(/ from "\.\/([^"]+)";$/gm)) {
      if (imported.has(next)) continue;
      imported.add(next);
      follow(next);
    }
  };
  follow("app.js");
  const html = files.get("index.html") ?? "";
  const named = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, n]) => n);
  assertEquals(named, [...imported].sort());
  assertEquals([...files.keys()].filter((name) => name.endsWith(".js")).length, named.length + 2);
});

Deno.test("text only ever becomes text: nothing on the page parses HTML or runs strings", () => {
  const unsafe =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTML|srcdoc|\beval\b|new Function|setTimeout\(\s*["'`]|javascript:/;
  for (const [name, text] of files) {
    if (name.endsWith(".js")) assertEquals(unsafe.exec(text)?.[0], undefined, name);
  }
});

Deno.test("nothing is inline and nothing comes from elsewhere", async () => {
  const page = await readPage();
  const html = files.get("index.html") ?? "";
  assertEquals(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i.exec(html)?.[0], undefined);
  for (const [name, text] of files) {
    const links = [...text.matchAll(/(?:src|href|url\(|from|import\()\s*=?\s*["'(]([^"')]+)/g)];
    for (const [, link = ""] of links) {
      assert(!/^(?:[a-z]+:)?\/\//i.test(link), `${name} refers to ${link}`);
      if (name === "index.html") assert(page.has(`/${link}`), `${link} is not there`);
    }
  }
});

Deno.test("every module of the page is checked for its types", () => {
  for (const [name, text] of files) {
    if (name.endsWith(".js")) assert(text.startsWith("// @ts-check\n"), name);
  }
});
