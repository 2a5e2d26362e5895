/** The page's files, in memory: as they lie there but for comments and indentation, and compressed. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { commandTable } from "./commands.ts";

const FOLDER = new URL("./page/", import.meta.url);
const FRONT = "index.html";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
};

/** What a browser can show on its own, and not only as a part of a page. */
const DOCUMENTS: readonly string[] = ["html", "svg"];
/** What holds more for those who read it than for a browser. */
const CODE: readonly string[] = ["css", "js"];

/** Comments that have their lines to themselves; the files have no strings over several lines. */
const COMMENT = /^ *(?:\/\/.*|\/\*[^]*?\*\/)$/gm;
const INDENTATION = /^ +/gm;

/** The best that gzip can do: each file is compressed once. */
const LEVEL = 9;

/** Of a hash, enough that no two versions of a file are taken for one. */
const TAG_BYTES = 8;

const encoder = new TextEncoder();

/** One file as it is sent. */
export interface PageFile {
  readonly type: string;
  /** Whether it may be looked at on its own. */
  readonly isDocument: boolean;
  readonly plain: Content;
  readonly gzip: Content;
}

/** What a file holds, in one encoding; its tag is of that encoding alone. */
interface Content {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** The files by their paths; the front page is also `/`. */
export type Page = ReadonlyMap<string, PageFile>;

/** Reads the files, which lie beside this one, also in the executable. */
export async function readPage(): Promise<Page> {
  const page = new Map<string, PageFile>();
  for await (const { name, isFile } of Deno.readDir(FOLDER)) {
    const ending = name.slice(name.lastIndexOf(".") + 1);
    const type = TYPES[ending];
    if (!isFile || type === undefined) continue;
    const text = await Deno.readTextFile(new URL(name, FOLDER));
    const sent = CODE.includes(ending) ? packed(text) : text;
    const file = await pageFile(type, DOCUMENTS.includes(ending), sent);
    page.set(`/${name}`, file);
    if (name === FRONT) page.set("/", file);
  }
  const commands = JSON.stringify(commandTable());
  page.set("/commands.json", await pageFile("application/json", false, commands));
  return page;
}

/**
 * Leaves out comments and indentation, which are a third of what would be sent. Every line keeps its
 * number.
 */
export function packed(code: string): string {
  return code.replace(COMMENT, (comment) => comment.replace(/[^\n]+/g, ""))
    .replace(INDENTATION, "");
}

async function pageFile(type: string, isDocument: boolean, text: string): Promise<PageFile> {
  const bytes = encoder.encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const tag = digest.slice(0, TAG_BYTES).toHex();
  return {
    type,
    isDocument,
    plain: { bytes, etag: `"${tag}"` },
    gzip: { bytes: gzipSync(bytes, { level: LEVEL }), etag: `"${tag}-gzip"` },
  };
}

/** Answers a request for a file, also one by somebody who has it. */
export function sendFile(
  file: PageFile,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const zipped = takesGzip(request.headers["accept-encoding"]);
  const { bytes, etag } = zipped ? file.gzip : file.plain;
  const headers = { "ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding" };
  if (hasIt(request.headers["if-none-match"], etag)) {
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

/** Whether an `Accept-Encoding` names gzip, itself or with all others, and not to refuse it. */
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

function hasIt(known: string | undefined, etag: string): boolean {
  return known?.split(",").some((each) => {
    const tag = each.trim();
    return tag === "*" || tag.replace(/^W\//, "") === etag;
  }) ?? false;
}
