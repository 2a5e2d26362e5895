/** Serves the files of the page from memory, without comments and indentation, and compressed. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { ifNoneMatch } from "@std/http/etag";
import { filesBeside, IS_BUNDLED, readBeside } from "../beside/beside.ts";

/** The folder of the folders below; a bundle, which is JavaScript, has them beside its modules. */
const LIB = new URL(IS_BUNDLED ? "./" : "../", import.meta.url);
const OWN = "web/page/";
/** The folders of lib whose files browsers get. They are also in the executable. */
export const PAGE_FOLDERS: readonly string[] = [OWN, "words/"];
const FRONT = `${OWN}index.html`;
/** The module that the front page runs. */
const ENTRY = `${OWN}app.js`;

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
};

/** The types of files that a browser can show on their own. */
const DOCUMENTS: readonly string[] = ["html", "svg"];
/** The types of files with comments and indentation, which browsers do not need. */
const CODE: readonly string[] = ["css", "js"];

/**
 * The style sheets of the page, and of what comes later, each in their order. They are sent as one,
 * because that compresses by a quarter more.
 */
const STYLES: Readonly<Record<string, readonly string[]>> = {
  "all.css": ["style.css", "frame.css", "forms.css"],
  "late.css": [
    ...["messages.css", "told.css", "text.css", "choices.css", "dialogs.css", "files.css"],
    "life.css",
    "print.css",
  ],
};

/** Comments on lines of their own. No file has a string over several lines. */
const COMMENT = /^ *(?:\/\/.*|\/\*[^]*?\*\/)$/gm;
const INDENTATION = /^ +/gm;

/** The types of files that the front page names by version. A manifest names files beside itself. */
const VERSIONED: readonly string[] = ["css", "js", "svg", "png"];
/** A file that the front page names. */
const NAMED = /\b(href|src)="([\w./-]+)"/g;

/** What an import of a module of ours names. */
const IMPORT = / from "(\.[^"]+)";$/gm;

/** The highest level, because each file is compressed only once. */
const GZIP = { level: 9 };

/** How many bytes of a hash tell versions of a file apart. */
const TAG_BYTES = 8;

/** For addresses with a version: what is there never changes. */
const FOR_EVER = "public, max-age=31536000, immutable";
const ASK_AGAIN = "no-cache";

const encoder = new TextEncoder();

/** One file as it is sent. */
export interface PageFile {
  readonly type: string;
  /** Whether a browser may show it on its own. */
  readonly isDocument: boolean;
  /** Whether its address has a version in it. */
  readonly isVersioned: boolean;
  readonly encoded: Encoded;
}

/** A file in each encoding. It is compressed when that is first requested. */
interface Encoded {
  readonly plain: Content;
  readonly gzip: Content;
}

/** A file in one encoding, with the tag of that encoding. */
interface Content {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/**
 * The files by address. Those of the page itself have their names, and the front page also `/`. All
 * but that are also in a folder that is named after the version of all files; the front page refers
 * to them there. In that folder each has its path below lib, so that modules find one another.
 */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** A file before it is encoded. */
interface Source {
  readonly type: string;
  readonly ending: string;
  readonly text: string;
}

/** Reads the files of the page. */
export async function readPage(): Promise<PageFiles> {
  const sources = await readSources();
  const all = JSON.stringify([...sources].sort(([a], [b]) => a < b ? -1 : 1));
  const folder = `_/${await tagOf(encoder.encode(all))}`;
  const page = new Map<string, PageFile>();
  for (const [path, source] of sources) {
    if (path === FRONT) continue;
    const file = await pageFile(source);
    if (path.startsWith(OWN)) page.set(`/${path.slice(OWN.length)}`, file);
    if (VERSIONED.includes(source.ending)) {
      page.set(`/${folder}/${path}`, { ...file, isVersioned: true });
    }
  }
  const front = sources.get(FRONT);
  if (front === undefined) throw new Error(`The page has no ${FRONT}`);
  // Names all modules: otherwise a browser would request each only after one that imports it.
  const modules = [...importedBy(ENTRY, sources)].sort();
  const links = modules.map((path) => `<link rel="modulepreload" href="${folder}/${path}">\n`);
  const text = front.text.replace(NAMED, (whole, attribute, reference) => {
    const address = `${folder}/${pathFrom(OWN, reference)}`;
    return page.has(`/${address}`) ? `${attribute}="${address}"` : whole;
  }).replace("</head>", `${links.join("")}</head>`);
  const file = await pageFile({ ...front, text });
  page.set(`/${FRONT.slice(OWN.length)}`, file);
  page.set("/", file);
  return page;
}

/** Reads the files, by their paths below lib. */
async function readSources(): Promise<Map<string, Source>> {
  const sources = new Map<string, Source>();
  for (const folder of PAGE_FOLDERS) {
    for await (const below of filesBeside(new URL(folder, LIB))) {
      const path = `${folder}${below}`;
      const ending = path.slice(path.lastIndexOf(".") + 1);
      const type = TYPES[ending];
      if (type === undefined) continue;
      const text = await readBeside(new URL(path, LIB));
      sources.set(path, { type, ending, text: CODE.includes(ending) ? packed(text) : text });
    }
  }
  for (const [sheet, names] of Object.entries(STYLES)) {
    const styles = names.map((name) => sources.get(`${OWN}${name}`)?.text ?? "");
    sources.set(`${OWN}${sheet}`, { type: TYPES.css ?? "", ending: "css", text: styles.join("") });
  }
  return sources;
}

/** The modules that one imports, also by way of others. */
function importedBy(
  path: string,
  sources: ReadonlyMap<string, Source>,
  found = new Set<string>(),
): Set<string> {
  for (const [, reference = ""] of sources.get(path)?.text.matchAll(IMPORT) ?? []) {
    const imported = pathFrom(path, reference);
    if (found.has(imported)) continue;
    found.add(imported);
    importedBy(imported, sources, found);
  }
  return found;
}

/** The path below lib to which a reference in a file leads. */
function pathFrom(file: string, reference: string): string {
  return new URL(reference, `file:///${file}`).pathname.slice(1);
}

/**
 * Removes comments and indentation, which are a third of the code. Every line keeps its number, for
 * error messages.
 */
export function packed(code: string): string {
  return code.replace(COMMENT, (comment) => comment.replace(/[^\n]+/g, ""))
    .replace(INDENTATION, "");
}

async function pageFile({ type, ending, text }: Source): Promise<PageFile> {
  const bytes = encoder.encode(text);
  const encoded = encodings(bytes, await tagOf(bytes));
  return { type, isDocument: DOCUMENTS.includes(ending), isVersioned: false, encoded };
}

function encodings(bytes: Uint8Array, tag: string): Encoded {
  let gzip: Content | undefined;
  return {
    plain: { bytes, etag: `"${tag}"` },
    get gzip(): Content {
      return gzip ??= { bytes: gzipSync(bytes, GZIP), etag: `"${tag}-gzip"` };
    },
  };
}

async function tagOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return digest.slice(0, TAG_BYTES).toHex();
}

/** Answers a request for a file; with 304 if the browser has it already. */
export function sendFile(
  file: PageFile,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const zipped = takesGzip(request.headers["accept-encoding"]);
  const { bytes, etag } = zipped ? file.encoded.gzip : file.encoded.plain;
  const headers = {
    "ETag": etag,
    "Cache-Control": file.isVersioned ? FOR_EVER : ASK_AGAIN,
    "Vary": "Accept-Encoding",
  };
  const known = request.headers["if-none-match"];
  if (known !== undefined && !ifNoneMatch(known, etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    ...(zipped ? { "Content-Encoding": "gzip" } : {}),
    "Content-Type": file.type,
    "Content-Length": bytes.length,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** Whether an `Accept-Encoding` allows gzip, by its name or by `*`. */
function takesGzip(accepted = ""): boolean {
  const weights = new Map(
    accepted.toLowerCase().split(",").map((each) => {
      const [coding = "", ...parameters] = each.split(";").map((part) => part.trim());
      const weight = parameters.find((parameter) => parameter.startsWith("q="));
      return [coding, weight === undefined ? 1 : Number(weight.slice(2))] as const;
    }),
  );
  return (weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0) > 0;
}
