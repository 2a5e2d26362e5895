/**
 * Sends files over HTTP to those who follow a link. A file is read piece by piece, and the next piece only
 * while the one before is on its way, so a slow reader costs two pieces of memory.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { LinkedTo } from "../chat/answers/linked_file.ts";
import type { FileSource } from "../chat/files/file_store.ts";
import { Refusal } from "../chat/refusal.ts";
import { addressKey } from "../server/admission.ts";
import type { ListenerHost } from "../server/host.ts";
import { timerMs, within } from "../wire/within.ts";
import { type ByteRange, selectionOf } from "./byte_range.ts";
import { type Download, Downloads } from "./downloads.ts";
import { etagOf, fileHeaders } from "./file_headers.ts";
import type { GateRules } from "./gatekeeper.ts";
import type { HttpRefusal } from "./http_refusal.ts";
import type { WebLimits } from "./limits.ts";
import { type DoorAddress, linkOrigin } from "./link_origin.ts";
import type { MetricsReader } from "./metrics.ts";
import { type FollowedLink, SignedLinks } from "./signed_links.ts";

/** How much of a file is read at once. */
const PIECE_BYTES = 65_536;

/** After how many bytes it is asked again whether the person may read on. */
const ASK_AGAIN_BYTES = 8_388_608;

/** How long downloads that were cut off may take to end, in ms. */
const ENDING_MS = 500;

/** The same for a file that never was, one that somebody else may read, and a link that is over. */
const NOT_FOUND: HttpRefusal = {
  status: 404,
  text: "no-such-file: There is no such file, or the link to it is over; ask for another.",
};

/** What a {@linkcode FileDoor} needs. */
export interface FileDoorOptions {
  readonly host: ListenerHost;
  readonly limits: WebLimits;
  /** The path of the page. */
  readonly base: string;
  readonly rules: GateRules;
  readonly metrics: Pick<MetricsReader, "downloads" | "fileBytes">;
  /** A client has taken a piece of a file. */
  readonly onRead: (socket: Socket) => void;
  /** What links are signed with, if it outlives the process. */
  readonly linkSecret?: Uint8Array | undefined;
}

/** A request for a file, from a client whose address is known. */
export interface FileRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: string;
  readonly path: string;
}

/** Makes links to files, and answers requests for files. */
export class FileDoor implements Disposable {
  readonly #options: FileDoorOptions;
  #links: SignedLinks | undefined;
  readonly #downloads: Downloads;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: FileDoorOptions) {
    this.#options = options;
    const { host: { shared: { rates, ticks }, sweep }, limits } = options;
    this.#downloads = new Downloads({ limits, rate: rates.files, ticks });
    sweep.add(this.#downloads);
  }

  /** The web door listens there: links lead to it from now on. */
  open(addr: DoorAddress): void {
    const { host: { shared }, limits, base, rules, linkSecret: secret } = this.#options;
    shared.links = this.#links = new SignedLinks({
      ...{ base, secret },
      linkMs: () => limits.webLinkMs,
      date: () => shared.house.state.people.now,
      origin: (came) => linkOrigin(rules, addr, came),
    });
  }

  [Symbol.dispose](): void {
    const { shared, sweep } = this.#options.host;
    sweep.delete(this.#downloads);
    if (shared.links === this.#links) shared.links = undefined;
  }

  /** Settles when nothing is sent any more, after all connections were closed. */
  async ended(): Promise<void> {
    await within(ENDING_MS, Promise.all(this.#running));
  }

  /**
   * Answers a request, or resolves with why it is refused; then nothing has been sent. Rejects if the
   * answer can't be ended as it was begun: its connection should be cut.
   */
  answer(asked: FileRequest): Promise<HttpRefusal | undefined> {
    const answered = this.#answer(asked).finally(() => this.#running.delete(answered));
    this.#running.add(answered);
    return answered;
  }

  async #answer(asked: FileRequest): Promise<HttpRefusal | undefined> {
    const { request: { url = "" }, address, path } = asked;
    const { host, metrics } = this.#options;
    if (host.stopping) return { status: 503, text: "The server is shutting down." };
    const link = this.#links?.follow(path, url.slice(url.indexOf("?") + 1));
    if (link === undefined) return NOT_FOUND;
    const key = addressKey(address);
    const entered = this.#downloads.enter(key);
    if ("status" in entered) return entered;
    using download = entered;
    metrics.downloads++;
    try {
      const file = await this.#find(link, key);
      return await this.#send(file, asked, {
        download,
        inTurn: (work, isWanted) => host.shared.turns.run(key, work, isWanted),
        check: () => this.#find(link, key),
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      host.shared.metrics.refused(error.code);
      if (!asked.response.headersSent) return refusalOf(error);
      // The client notices that bytes are missing, and asks for the rest if it may.
      asked.request.socket.destroy();
      return undefined;
    } finally {
      metrics.downloads--;
    }
  }

  /** The file, if whoever follows the link may read it at this time. Rejects with a `Refusal`. */
  #find(link: FollowedLink, address: string): Promise<LinkedTo> {
    return this.#options.host.shared.house.linkedFile({ ...link, address });
  }

  async #send(
    file: LinkedTo,
    { request, response }: FileRequest,
    permit: Permit,
  ): Promise<HttpRefusal | undefined> {
    const { size } = file;
    const isHead = request.method === "HEAD";
    const selected = selectionOf(request.headers, { size, etag: etagOf(file), isHead });
    const { status } = selected;
    const headers = fileHeaders(file);
    if (!("range" in selected)) {
      const range = status === 416 ? { "Content-Range": `bytes */${size}` } : {};
      const length = status === 304 ? {} : { "Content-Length": 0 };
      response.writeHead(status, { ...headers, ...range, ...length }).end();
      return undefined;
    }
    const source = await file.open();
    try {
      const { from, to } = selected.range;
      const range = status === 206 ? { "Content-Range": `bytes ${from}-${to - 1}/${size}` } : {};
      response.writeHead(status, { ...headers, ...range, "Content-Length": to - from });
      if (isHead) response.end();
      else await this.#pour(source, selected.range, { ...permit, request, response });
    } finally {
      source.close();
    }
    return undefined;
  }

  /** Sends a part of a file. Rejects if the file can't be read on; ends early if the client has gone. */
  async #pour(
    source: FileSource,
    { from, to }: ByteRange,
    { request: { socket }, response, download, inTurn, check }:
      & Pick<FileRequest, "request" | "response">
      & Permit,
  ): Promise<void> {
    const { host, limits, metrics, onRead } = this.#options;
    const stallMs = timerMs(limits.webStallMs);
    // In place of the deadline for answers: whatever the client takes begins it anew.
    socket.setTimeout(stallMs);
    const isWanted = (): boolean => !response.destroyed;
    // At a low rate no piece should take longer than a second.
    const most = Math.min(PIECE_BYTES, host.shared.limits.fileBytesPerSecond);
    // Read into by turns: what was allocated anew for each piece would be garbage faster than it is collected.
    let [space, other] = [new Uint8Array(most), new Uint8Array(most)];
    const read = (at: number): Promise<Uint8Array> => {
      [space, other] = [other, space];
      const piece = source.read(at, Math.min(most, to - at), space);
      // Where the client goes while it is read, nobody awaits it.
      piece.catch(() => {});
      return piece;
    };
    let next = read(from);
    let asked = from;
    for (let at = from; at < to && isWanted();) {
      if (at - asked >= ASK_AGAIN_BYTES) {
        await check();
        asked = at;
      }
      const piece = await next;
      if (piece.length === 0) throw new Error(`A file ended at ${at} of ${to} bytes`);
      at += piece.length;
      if (at < to) next = read(at);
      const waits = download.paced(piece.length, isWanted);
      if (waits !== undefined) {
        // That nothing moves meanwhile is not the client's fault.
        socket.setTimeout(0);
        await waits;
        socket.setTimeout(stallMs);
      }
      await inTurn(() => written(response, piece), isWanted);
      metrics.fileBytes += piece.length;
      onRead(socket);
    }
    if (isWanted()) response.end();
  }
}

/** What a file is sent by. */
interface Permit {
  readonly download: Download;
  /** Does work when it is the turn of the address, unless the client has gone by then. */
  readonly inTurn: (work: () => Promise<void>, isWanted: () => boolean) => void | Promise<void>;
  /** Rejects when the one who fetches may not read the file any more. */
  readonly check: () => Promise<unknown>;
}

/** Resolves when the system has taken the bytes, or takes none any more. */
function written(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("close", done);
      resolve();
    };
    response.once("close", done);
    response.write(bytes, done);
  });
}

/** Only those hear why who may read the file. */
function refusalOf({ code, message, retryAfterMs }: Refusal): HttpRefusal {
  if (code === "no-such-file") return NOT_FOUND;
  const text = `${code}: ${message}.`;
  return code === "file-gone" ? { status: 410, text } : { status: 503, text, retryAfterMs };
}
