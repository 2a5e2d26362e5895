/** The page's files, in memory. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { commandTable } from "./commands.ts";

const FOLDER = new URL("./page/", import.meta.url);
const FRONT = "index.html";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** One file as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** The files by their paths; the front page is also `/`. */
export type Page = ReadonlyMap<string, PageFile>;

/** Reads the files, which lie beside this one, also in the executable. */
export async function readPage(): Promise<Page> {
  const page = new Map<string, PageFile>();
  for await (const { name, isFile } of Deno.readDir(FOLDER)) {
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
    if (!isFile || type === undefined) continue;
    const file = await pageFile(type, await Deno.readFile(new URL(name, FOLDER)));
    page.set(`/${name}`, file);
    if (name === FRONT) page.set("/", file);
  }
  const commands = new TextEncoder().encode(JSON.stringify(commandTable()));
  page.set("/commands.json", await pageFile("application/json", commands));
  return page;
}

async function pageFile(type: string, bytes: Uint8Array<ArrayBuffer>): Promise<PageFile> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { type, bytes, etag: `"${digest.slice(0, 12).toHex()}"` };
}

/** Answers a request for a file, also one by somebody who has it. */
export function sendFile(
  file: PageFile,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const headers = { "ETag": file.etag, "Cache-Control": "no-cache" };
  if (hasIt(request.headers["if-none-match"], file.etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    "Content-Type": file.type,
    "Content-Length": file.bytes.length,
  });
  response.end(request.method === "HEAD" ? undefined : file.bytes);
}

function hasIt(known: string | undefined, etag: string): boolean {
  return known?.split(",").some((each) => {
    const tag = each.trim();
    return tag === "*" || tag.replace(/^W\//, "") === etag;
  }) ?? false;
}
