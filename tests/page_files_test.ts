/** The page's files: small, all our own, and without a way for text to become anything else. */

import { assert, assertEquals } from "@std/assert";
import { packed, PAGE_FOLDERS, readPage } from "../lib/web/page.ts";

const LIB = new URL("../lib/", import.meta.url);
const OWN = "web/page/";
const FRONT = `${OWN}index.html`;
const MAX_COMPRESSED_BYTES = 60_000;

/** What a browser is given, by the path below lib. */
const files = new Map<string, string>();
async function readBelow(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, LIB))) {
    if (isDirectory) await readBelow(`${folder}${name}/`);
    else files.set(`${folder}${name}`, await Deno.readTextFile(new URL(folder + name, LIB)));
  }
}
for (const folder of PAGE_FOLDERS) await readBelow(folder);
const html = files.get(FRONT) ?? "";

/** The front page as it is served. */
async function servedFront(): Promise<string> {
  const front = (await readPage()).get("/");
  return new TextDecoder().decode(front?.encoded.plain.bytes);
}

/** The path that a reference in a file leads to. */
function target(file: string, reference: string): string {
  return new URL(reference, `file:///${file}`).pathname.slice(1);
}

Deno.test("a first visit is at most 60 KB in all, compressed", async () => {
  const page = await readPage();
  const front = page.get("/");
  assert(front !== undefined);
  const text = await servedFront();
  const named = [...text.matchAll(/\b(?:href|src)="([^"#]+)"/g)].map(([, path]) => `/${path}`);
  const served = new Set([front, ...named.map((path) => page.get(path))]);
  assert(!served.has(undefined) && served.size > 40, `${served.size} files`);
  const total = [...served].reduce((sum, file) => sum + (file?.encoded.gzip.bytes.length ?? 0), 0);
  assert(total > 10_000 && total <= MAX_COMPRESSED_BYTES, `${total} bytes`);
});

Deno.test("of a file only comments and indentation are left out, and every line keeps its number", () => {
  assertEquals(
    packed('/**\n * a\n */\nb("//c"); // d\n  // e\n  /* f */\n  g(/\\/*/); /* h */\n'),
    '\n\n\nb("//c"); // d\n\n\ng(/\\/*/); /* h */\n',
  );
  for (const [name, text] of files) {
    if (!/\.(js|css)$/.test(name)) continue;
    // One that begins a line of code would take what follows up to the next comment along.
    for (const [comment] of text.matchAll(/^ *\/\*[^]*?\*\/$/gm)) {
      assertEquals(comment.split("*/").length, 2, `${name}: ${comment}`);
    }
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

/** What modules import that a page needs at once, also by way of others. */
function importedBy(roots: readonly string[]): Set<string> {
  const found = new Set<string>();
  const follow = (file: string): void => {
    for (const [, next = ""] of (files.get(file) ?? "").matchAll(/ from "(\.[^"]+)";$/gm)) {
      const path = target(file, next);
      if (found.has(path)) continue;
      found.add(path);
      follow(path);
    }
  };
  roots.forEach(follow);
  return found;
}

/** What modules import when it is needed. */
function lateBy(importers: Iterable<string>): string[] {
  return [...importers].flatMap((file) =>
    // `typeof import(…)` in a comment is a type.
    [...(files.get(file) ?? "").matchAll(/(?<!typeof )\bimport\("(\.[^"]+\.js)"\)/g)]
      .map(([, path = ""]) => target(file, path))
  );
}

Deno.test("whatever a first visit imports is named in the page's head, so that it comes all at once", async () => {
  const imported = importedBy([`${OWN}app.js`]);
  const [head = ""] = (await servedFront()).split("</head>");
  const named = [...head.matchAll(/<link rel="modulepreload" href="_\/[0-9a-f]+\/([^"]+)">/g)];
  assert(named.length > 30, `${named.length} modules`);
  assertEquals(named.map(([, path]) => path), [...imported].sort());
  // What comes late comes with a dialog, and nothing else is there.
  const late = lateBy(imported);
  assert(late.length > 2, `${late}`);
  const later = lateBy([...late, ...importedBy(late)]);
  const all = new Set([
    ...imported,
    ...late,
    ...importedBy(late),
    ...later,
    ...importedBy(later),
    `${OWN}app.js`,
    `${OWN}early.js`,
  ]);
  const own = [...files.keys()].filter((path) => path.startsWith(OWN) && path.endsWith(".js"));
  assertEquals(own.filter((path) => !all.has(path)), []);
  assertEquals(late.filter((path) => imported.has(path)), []);
});

Deno.test("the style sheets come as one that has them all, but for those of what comes late", async () => {
  const page = await readPage();
  const [all = "", late = ""] = ["/all.css", "/late.css"].map((path) =>
    new TextDecoder().decode(page.get(path)?.encoded.plain.bytes)
  );
  const sheets = [...files].filter(([path]) => path.endsWith(".css"));
  assert(sheets.length > 1);
  for (const [path, sheet] of sheets) {
    const isIn = [all, late].filter((text) => text.includes(packed(sheet)));
    assertEquals(isIn.length, 1, path);
  }
  const whole = sheets.reduce((sum, [, sheet]) => sum + packed(sheet).length, 0);
  assertEquals(all.length + late.length, whole);
  assert(late.includes("dialog") && !all.includes("dialog::backdrop"));
});

Deno.test("text only ever becomes text: nothing on the page parses HTML or runs strings", () => {
  const unsafe =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTML|srcdoc|\beval\b|new Function|setTimeout\(\s*["'`]|javascript:/;
  for (const [name, text] of files) {
    if (name.endsWith(".js")) assertEquals(unsafe.exec(text)?.[0], undefined, name);
  }
});

Deno.test("nothing is inline and nothing comes from elsewhere", () => {
  assertEquals(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i.exec(html)?.[0], undefined);
  for (const [name, text] of files) {
    const links = [...text.matchAll(/(?:src|href|url\(|from|import\()\s*=?\s*["'(]([^"')]+)/g)];
    for (const [, link = ""] of links) {
      assert(!/^(?:[a-z]+:)?\/\//i.test(link), `${name} refers to ${link}`);
      const path = target(FRONT, link);
      const isThere = files.has(path) || path === `${OWN}all.css`;
      if (name === FRONT) assert(isThere, `${link} is not there`);
    }
  }
});

Deno.test("every module of the page is checked for its types", () => {
  for (const [name, text] of files) {
    if (name.endsWith(".js")) assert(text.startsWith("// @ts-check\n"), name);
  }
});
