/**
 * Copies of a node's database for another one that comes late: it asks for a copy, gets it in parts, and reads
 * the stream from where the copy ends. A copy is of one moment, so it holds exactly what came up to there.
 */

import { createHash } from "node:crypto";
import { copyStore } from "../store/copy_store.ts";
import type { Stream } from "./stream.ts";

/** The bytes of one part. */
const PART_BYTES = 131_072;

/** How long one part may take, in ms. */
const PART_MS = 10_000;

/** How long making a copy may take, in ms: it reads and writes the whole database. */
const COPY_MS = 600_000;

/** For so long nobody has asked for a part of a copy, and it goes, in ms. */
const UNUSED_MS = 60_000;

/** So many copies are kept at most: each has the size of the database. */
const MOST_COPIES = 3;

/** A copy that can be fetched. */
interface Offer {
  readonly id: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The seq of the last message of the stream that is in it. */
  readonly seq: number;
}

interface Part {
  readonly id: string;
  readonly offset: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Lets other nodes fetch copies of the database in `dir` from the node of an incarnation. */
export class Copies implements AsyncDisposable {
  readonly #dir: string;
  readonly #ends: readonly (() => void)[];
  /** The one that is being made. */
  #making: Promise<Offer> | undefined;
  /** Those that were made, by their ids, the one that was used last at the end; each with the timer of its end. */
  readonly #made = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(stream: Stream, dir: string, inc: string) {
    this.#dir = dir;
    this.#ends = [
      stream.answer(`copy.${inc}`, async () => encoder.encode(JSON.stringify(await this.#offer()))),
      stream.answer(`part.${inc}`, (data) => this.#part(JSON.parse(decoder.decode(data)))),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends) end();
    await this.#making?.catch(() => {});
    await Promise.all([...this.#made.keys()].map((id) => this.#drop(id)));
  }

  /**
   * Those that ask while one is being made share it. Whoever asks later gets a newer one: the stream may have let
   * go of what comes after the older one, which is of no use then. How long it takes to make one does not count.
   */
  #offer(): Promise<Offer> {
    return this.#making ??= this.#make().finally(() => this.#making = undefined);
  }

  async #make(): Promise<Offer> {
    const id = crypto.randomUUID();
    const { bytes, place } = await copyStore(this.#dir, this.#path(id));
    const sha256 = await hashOf(this.#path(id));
    this.#used(id);
    for (const [longestUnused] of this.#made) {
      if (this.#made.size <= MOST_COPIES) break;
      await this.#drop(longestUnused);
    }
    return { id, bytes, sha256, seq: place.seq };
  }

  async #part({ id, offset }: Part): Promise<Uint8Array | undefined> {
    if (!this.#made.has(id)) return undefined;
    this.#used(id);
    using file = await Deno.open(this.#path(id));
    await file.seek(offset, Deno.SeekMode.Start);
    const part = new Uint8Array(PART_BYTES);
    return part.subarray(0, await file.read(part) ?? 0);
  }

  #used(id: string): void {
    clearTimeout(this.#made.get(id));
    this.#made.delete(id);
    this.#made.set(id, setTimeout(() => this.#drop(id), UNUSED_MS));
  }

  async #drop(id: string): Promise<void> {
    clearTimeout(this.#made.get(id));
    this.#made.delete(id);
    await Deno.remove(this.#path(id)).catch(() => {});
  }

  #path(id: string): string {
    return `${this.#dir}/copy-${id}.db`;
  }
}

/**
 * Fetches a copy from the node of an incarnation into the file `to`. Resolves with the seq up to which it has
 * the stream; rejects when that node does not answer, or what came is not what it has.
 */
export async function fetchCopy(stream: Stream, inc: string, to: string): Promise<number> {
  const answered = await stream.ask(`copy.${inc}`, new Uint8Array(), COPY_MS);
  const offer: Offer = JSON.parse(decoder.decode(answered));
  const hash = createHash("sha256");
  using file = await Deno.open(to, { write: true, create: true, truncate: true, mode: 0o600 });
  for (let offset = 0; offset < offer.bytes;) {
    const asked = encoder.encode(JSON.stringify({ id: offer.id, offset } satisfies Part));
    const part = await stream.ask(`part.${inc}`, asked, PART_MS);
    if (part.length === 0) throw new Error("The copy ended early");
    hash.update(part);
    for (let at = 0; at < part.length;) at += await file.write(part.subarray(at));
    offset += part.length;
  }
  if (hash.digest("hex") !== offer.sha256) {
    throw new Error("The copy did not arrive as it was sent");
  }
  return offer.seq;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}
