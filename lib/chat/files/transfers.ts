/** All transfers of files that are under way, by the connection that each is on. */

import type { EventOf } from "../../wire/events.ts";
import { Refusal } from "../refusal.ts";
import type { Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";
import { type Downloading, MAX_CREDIT } from "./downloading.ts";
import type { Uploading } from "./uploading.ts";

/** Bytes of one connection that may wait to be written, before no more is read from it. */
const MAX_WAITING = 2 * 1_048_576;
/** The same for all connections together: beyond it each waits for what it has sent before. */
const MAX_ALL_WAITING = 32 * 1_048_576;
/** Files that a session has sent last, whose acks are remembered. */
const MAX_SENT = 8;
/** Files that have gone to a connection last, whose end its client may not have seen. */
const MAX_FETCHED = 16;

/** Messages that were removed last, whose files nothing more is sent of; what the index says takes time. */
const MAX_REMOVED = 10_000;

/** What has gone through, and what is under way. */
export interface TransferFigures {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly files: number;
  readonly uploads: number;
  readonly downloads: number;
}

/** Those of a server that takes no files. */
export const NO_TRANSFERS: TransferFigures = {
  receivedBytes: 0,
  sentBytes: 0,
  files: 0,
  uploads: 0,
  downloads: 0,
};

/** The transfers of one connection. */
class OnPeer {
  readonly uploads = new Map<string, Uploading>();
  readonly downloads = new Map<string, Downloading>();
  /** Bytes that wait to be written. */
  waiting = 0;
  room: PromiseWithResolvers<void> | undefined;
}

/** A file that a session has sent. */
export interface FileOnce {
  readonly size: number;
  /** The fingerprint of what was said with it. */
  readonly said: number;
  /** The id of the `done`, and the ack of that but for its id. */
  readonly id: string | undefined;
  readonly ack: Omit<EventOf<"ack">, "type" | "id">;
}

/** Knows all transfers. */
export class Transfers {
  readonly #most: () => number;
  readonly #peers = new Map<Peer, OnPeer>();
  /** Uploads by their ids, whichever connection they are on. */
  readonly #uploads = new Map<string, Uploading>();
  /** The ids of those that are about to be on a connection; one of each set is. */
  readonly #beginning = new Set<ReadonlySet<string>>();
  readonly #sent = new WeakMap<Session, Map<string, FileOnce>>();
  /** The files whose last bytes have gone to a connection, and how much credit for each may come late. */
  readonly #fetched = new WeakMap<Peer, Map<string, number>>();
  /** Where messages were that were removed. */
  readonly #removed = new Set<string>();
  #waiting = 0;
  #downloads = 0;
  #receivedBytes = 0;
  #sentBytes = 0;
  #files = 0;

  /** One connection has so many at once, each way, which is asked each time. */
  constructor(most: () => number) {
    this.#most = most;
  }

  get figures(): TransferFigures {
    return {
      receivedBytes: this.#receivedBytes,
      sentBytes: this.#sentBytes,
      files: this.#files,
      uploads: this.#uploads.size,
      downloads: this.#downloads,
    };
  }

  /** The upload with that id, if it is open or being sent on any connection. */
  upload(id: string): Uploading | undefined {
    return this.#uploads.get(id);
  }

  /** Whether somebody sends an upload, is about to, or has it sent on. */
  isRunning(id: string): boolean {
    if ([...this.#beginning].some((ids) => ids.has(id))) return true;
    return (this.#uploads.get(id)?.state ?? "over") !== "over";
  }

  /** An upload with one of these ids is about to be on a connection, until the result is disposed of. */
  begins(ids: ReadonlySet<string>): Disposable {
    this.#beginning.add(ids);
    return { [Symbol.dispose]: () => void this.#beginning.delete(ids) };
  }

  /** The upload with that id on a connection. Throws a {@linkcode Refusal} (`no-such-file`) if there is none. */
  uploadOn(peer: Peer, id: string): Uploading {
    const uploading = this.#uploads.get(id);
    if (uploading?.peer === peer && uploading.state === "open") return uploading;
    throw noSuchUpload(id);
  }

  /** The download of a file on a connection. */
  downloadOn(peer: Peer, id: string): Downloading | undefined {
    return this.#peers.get(peer)?.downloads.get(id);
  }

  /**
   * Takes credit for a file whose last bytes have just gone to a connection, so that it may have been on its
   * way; `false`: there was no such file, or no client has given so much before it had seen the end.
   */
  takeLate(peer: Peer, id: string, credit: number): boolean {
    const fetched = this.#fetched.get(peer);
    const left = (fetched?.get(id) ?? 0) - credit;
    if (left < 0) return false;
    fetched?.set(id, left);
    return true;
  }

  /** A message was removed, and with it the file that it had brought, if it had. */
  removed(log: string, seq: number): void {
    this.#removed.add(`${seq} ${log}`);
    if (this.#removed.size <= MAX_REMOVED) return;
    for (const oldest of this.#removed) {
      this.#removed.delete(oldest);
      break;
    }
  }

  /** Whether the message that has brought a file has just been removed. */
  wasRemoved({ log, seq }: { readonly log: string; readonly seq: number }): boolean {
    return this.#removed.has(`${seq} ${log}`);
  }

  /** Throws a {@linkcode Refusal} (`too-many-transfers`) when a connection has as many as it may have. */
  check(peer: Peer, way: "uploads" | "downloads", id: string | undefined): void {
    const some = this.#peers.get(peer)?.[way];
    if (some === undefined || some.size < this.#most() || id !== undefined && some.has(id)) return;
    throw new Refusal(
      "too-many-transfers",
      `${some.size} ${way} are under way on your connection, which is the limit; ` +
        "wait until one has ended",
    );
  }

  /** An upload begins, or goes on, on a connection. */
  addUpload(uploading: Uploading): void {
    const { peer, upload } = uploading;
    const { id } = upload;
    this.#uploads.set(id, uploading);
    this.#onPeer(peer).uploads.set(id, uploading);
  }

  /** An upload is over. It is known until the last of what has come of it was written. */
  endUpload(uploading: Uploading): void {
    const { peer, upload: { id } } = uploading;
    uploading.end();
    const forget = (): void => {
      if (this.#uploads.get(id) === uploading) this.#uploads.delete(id);
    };
    const idle = uploading.idle();
    if (idle === undefined) forget();
    else idle.then(forget);
    const on = this.#peers.get(peer);
    if (on?.uploads.get(id) === uploading) on.uploads.delete(id);
    this.#tidy(peer);
  }

  /** A download begins in the place of an earlier one of the same file. */
  addDownload(peer: Peer, id: string, downloading: Downloading): void {
    this.downloadOn(peer, id)?.stop();
    this.#onPeer(peer).downloads.set(id, downloading);
    this.#downloads++;
  }

  /** A download is over. */
  endDownload(peer: Peer, id: string, downloading: Downloading): void {
    this.#downloads--;
    if (downloading.isComplete) this.#noteFetched(peer, id);
    const on = this.#peers.get(peer);
    if (on?.downloads.get(id) === downloading) on.downloads.delete(id);
    this.#tidy(peer);
  }

  /** Settles when all files that a connection has sent are stored and told; `undefined`: they are. */
  sending(peer: Peer): Promise<void> | undefined {
    const uploads = [...this.#peers.get(peer)?.uploads.values() ?? []];
    const sending = uploads.filter(({ state }) => state === "finishing");
    if (sending.length === 0) return undefined;
    return Promise.all(sending.map(({ ended }) => ended)).then(() => {});
  }

  /** Bytes of a connection have come, and wait to be written. */
  came(peer: Peer, bytes: number): void {
    this.#receivedBytes += bytes;
    this.#waiting += bytes;
    this.#onPeer(peer).waiting += bytes;
  }

  /** They were written, or can't be. */
  written(peer: Peer, bytes: number): void {
    this.#waiting -= bytes;
    const on = this.#onPeer(peer);
    on.waiting -= bytes;
    if (on.room !== undefined && !this.#isCrowded(on, MAX_WAITING / 2)) {
      on.room.resolve();
      on.room = undefined;
    }
    this.#tidy(peer);
  }

  /** Settles when more may be read from a connection; `undefined`: at once. */
  room(peer: Peer): Promise<void> | undefined {
    const on = this.#peers.get(peer);
    if (on === undefined || !this.#isCrowded(on, MAX_WAITING)) return undefined;
    return (on.room ??= Promise.withResolvers()).promise;
  }

  /** Bytes were sent. */
  sent(bytes: number): void {
    this.#sentBytes += bytes;
  }

  /** A session has sent a file. Its ack is remembered, for a client that misses it. */
  sentFile(session: Session, upload: string, of: FileOnce): void {
    this.#files++;
    const sent = this.#sent.get(session) ?? new Map<string, FileOnce>();
    this.#sent.set(session, sent);
    sent.set(upload, of);
    for (const oldest of sent.keys()) {
      if (sent.size <= MAX_SENT) break;
      sent.delete(oldest);
    }
  }

  /** What a session has sent of an upload, if that is remembered. */
  recall(session: Session, upload: string): FileOnce | undefined {
    return this.#sent.get(session)?.get(upload);
  }

  /** A connection has ended: nothing more goes to it, and its uploads wait for their person. */
  left(peer: Peer): void {
    const on = this.#peers.get(peer);
    if (on === undefined) return;
    for (const downloading of [...on.downloads.values()]) downloading.stop();
    for (const uploading of [...on.uploads.values()]) {
      if (uploading.state === "open") this.endUpload(uploading);
    }
    on.room?.resolve();
  }

  #noteFetched(peer: Peer, id: string): void {
    const fetched = this.#fetched.get(peer) ?? new Map<string, number>();
    this.#fetched.set(peer, fetched);
    fetched.delete(id);
    fetched.set(id, MAX_CREDIT);
    for (const oldest of fetched.keys()) {
      if (fetched.size <= MAX_FETCHED) break;
      fetched.delete(oldest);
    }
  }

  #isCrowded({ waiting }: OnPeer, most: number): boolean {
    return waiting > most || waiting > 0 && this.#waiting > MAX_ALL_WAITING;
  }

  #onPeer(peer: Peer): OnPeer {
    let on = this.#peers.get(peer);
    if (on === undefined) this.#peers.set(peer, on = new OnPeer());
    return on;
  }

  #tidy(peer: Peer): void {
    const on = this.#peers.get(peer);
    if (on === undefined || on.waiting > 0) return;
    if (on.uploads.size === 0 && on.downloads.size === 0) this.#peers.delete(peer);
  }
}

/** The refusal for an upload that is not on this connection. */
export function noSuchUpload(id: string): Refusal {
  return new Refusal(
    "no-such-file",
    `No upload ${id.slice(0, 64)} is open on your connection; put the file first`,
  );
}
