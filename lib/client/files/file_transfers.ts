/**
 * The files that a client sends and fetches over one conversation. Transfers wait for the connection, go on
 * after one that broke, and take turns: a few at once are as fast as many, and hold up the talk less.
 */

import type { EventOf, SentFile } from "../../wire/events.ts";
import { altered, type Conversation, type LinkEvent, RequestError } from "../conversation.ts";
import { Queue } from "../queue.ts";
import { describeFile } from "./describe_file.ts";
import { Downloader, type DownloadTarget } from "./downloader.ts";
import type { FileTransfer, KeptTransfer, KeptUpload, SavePlace } from "./file_transfer.ts";
import { Lane } from "./lane.ts";
import { openPart } from "./part_file.ts";
import { TransferLink } from "./transfer_link.ts";
import { TransferProgress } from "./transfer_progress.ts";
import { mayGoOn, Uploader, type UploadWish } from "./uploader.ts";
import { openSource, type UploadSource } from "./upload_source.ts";

/** How many uploads run at once, and how many downloads; a server takes four of each. */
const AT_ONCE = 2;
/** How many events may wait for their reader before no more are read. */
const MAX_WAITING = 1_000;

/** How many uploads that failed are remembered. */
const MAX_LEFT = 32;

/** Options of {@linkcode FileTransfers}. */
export interface FileTransfersOptions {
  /** Called when a transfer has got on, ten times a second at most, and when its state has changed. */
  readonly onProgress?: (transfer: FileTransfer) => void;
  /** Called with all that is to be kept for a restart when that has changed. */
  readonly onKept?: (kept: readonly KeptTransfer[]) => void;
}

/** Sends and fetches files over one conversation. */
export class FileTransfers {
  /**
   * The conversation without the bytes of files, to be used in place of the one that was given. Its events
   * must be read, since what waits in them holds up the transfers.
   */
  readonly conversation: Conversation;
  readonly #link: TransferLink;
  readonly #options: FileTransfersOptions;
  readonly #kept = new Map<FileTransfer, KeptTransfer>();
  readonly #running = new Set<FileTransfer>();
  readonly #lanes = { upload: new Lane(AT_ONCE), download: new Lane(AT_ONCE) };
  /** The downloads of one file, by its id: on one connection it comes once at a time. */
  readonly #ofFiles = new Map<string, { readonly lane: Lane; count: number }>();
  /** Uploads that failed, of which the server keeps what has arrived, by their files. */
  readonly #left = new Map<string, KeptUpload>();
  #idle = Promise.withResolvers<void>();

  constructor(conversation: Conversation, options: FileTransfersOptions = {}) {
    this.#link = new TransferLink(conversation);
    this.#options = options;
    const others = new Queue<LinkEvent>();
    const sifting = this.#sift(conversation.events, others);
    // Whoever reads the events learns of it.
    sifting.catch(() => {});
    this.conversation = altered(conversation, { events: withFailure(others, sifting) });
  }

  /** The transfers that are not over, in the order in which they began. */
  get running(): readonly FileTransfer[] {
    return [...this.#running];
  }

  /** Whether one goes on after a restart of the client: what comes from a pipe, or is empty, does not. */
  isKept(transfer: FileTransfer): boolean {
    return this.#kept.has(transfer);
  }

  /** Resolves when none runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await this.#idle.promise;
  }

  /** Sends a file; the result is the server's ack. */
  upload(wish: UploadWish): FileTransfer<EventOf<"ack">> {
    return this.#upload(wish, {});
  }

  /** Fetches a file and saves it without overwriting another; the result is the path. */
  download(file: SentFile, place: SavePlace): FileTransfer<string> {
    const progress = this.#progress<string>("download", file);
    this.#keep(progress, { kind: "download", file, place });
    this.#run(progress, () => this.#fetch(file, progress, () => openPart(file, place)));
    return progress;
  }

  /** Fetches a file by its id alone, to where `open` says when more is known. */
  fetch<Result>(
    id: string,
    open: (file: SentFile) => Promise<DownloadTarget<Result>>,
  ): FileTransfer<Result> {
    const progress = this.#progress<Result>("download", { name: id, size: undefined });
    this.#run(progress, async () => {
      const file = await describeFile(this.#link, id, progress.signal);
      progress.known(file);
      return await this.#fetch(file, progress, () => open(file));
    });
    return progress;
  }

  /** Goes on with what was kept. Rejects with a `RequestError` (`not-read`) if its file can't be read. */
  async resume(kept: KeptTransfer): Promise<FileTransfer> {
    if (kept.kind === "download") return this.download(kept.file, kept.place);
    const source = await openSource(kept.path);
    const { destination, text } = kept;
    const isSame = source.size === kept.size && source.kept?.changedAt === kept.changedAt;
    // Nothing that has arrived of a file before it was changed is of use; but it may have been sent.
    const earlier = isSame || kept.finishing ? kept : {};
    return this.#upload({ source, destination, ...text === undefined ? {} : { text } }, earlier);
  }

  #upload(wish: UploadWish, earlier: Partial<KeptUpload>): FileTransfer<EventOf<"ack">> {
    const { source } = wish;
    const progress = this.#progress<EventOf<"ack">>("upload", source);
    const keep = (kept: KeptUpload): void => this.#keep(progress, kept);
    const upload = new Uploader({
      ...wish,
      link: this.#link,
      progress,
      earlier: { ...this.#takeLeft(source), ...earlier },
      keep,
    });
    this.#run(progress, () => this.#noteLeft(progress, source, upload.run()), async () => {
      if (progress.state === "failed") await source.drain();
      source[Symbol.dispose]();
    });
    return progress;
  }

  /** Notes what the server keeps of an upload that it could not take just now. */
  async #noteLeft<Result>(
    progress: FileTransfer,
    source: UploadSource,
    running: Promise<Result>,
  ): Promise<Result> {
    try {
      return await running;
    } catch (error) {
      const kept = this.#kept.get(progress);
      if (kept?.kind === "upload" && mayGoOn(error, source)) this.#left.set(sourceKey(kept), kept);
      for (const oldest of this.#left.keys()) {
        if (this.#left.size <= MAX_LEFT) break;
        this.#left.delete(oldest);
      }
      throw error;
    }
  }

  /** Where an earlier upload of the same file was left, if the file has not changed since. */
  #takeLeft({ kept, size }: UploadSource): Pick<KeptUpload, "file"> {
    if (kept === undefined || size === undefined) return {};
    const key = sourceKey({ ...kept, size });
    const file = this.#left.get(key)?.file;
    this.#left.delete(key);
    return file === undefined ? {} : { file };
  }

  async #fetch<Result>(
    file: SentFile,
    progress: TransferProgress<Result>,
    open: () => Promise<DownloadTarget<Result>>,
  ): Promise<Result> {
    using _turn = await this.#turnOf(file.id, progress.signal);
    using target = await open();
    return await new Downloader({ link: this.#link, file, target, progress }).run();
  }

  /** Resolves when no other download of the file runs. */
  async #turnOf(id: string, signal: AbortSignal): Promise<Disposable> {
    const downloads = this.#ofFiles.get(id) ?? { lane: new Lane(1), count: 0 };
    this.#ofFiles.set(id, downloads);
    downloads.count++;
    const leave = (): void => {
      if (--downloads.count === 0) this.#ofFiles.delete(id);
    };
    try {
      const place = await downloads.lane.enter(signal);
      return {
        [Symbol.dispose]: () => {
          place[Symbol.dispose]();
          leave();
        },
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  #progress<Result>(
    direction: FileTransfer["direction"],
    { name, size }: { readonly name: string; readonly size: number | undefined },
  ): TransferProgress<Result> {
    const told = (): void => this.#options.onProgress?.(progress);
    const progress = new TransferProgress<Result>({ direction, name, size, told });
    return progress;
  }

  async #run<Result>(
    progress: TransferProgress<Result>,
    run: () => Promise<Result>,
    close: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    this.#running.add(progress);
    try {
      using _place = await this.#lanes[progress.direction].enter(progress.signal);
      progress.finish(await run());
      this.#keep(progress, undefined);
    } catch (error) {
      // In the next conversation it goes on.
      const isLeft = error instanceof RequestError && error.code === "ended";
      if (!isLeft) this.#keep(progress, undefined);
      progress.fail(error);
    }
    await close();
    this.#running.delete(progress);
    this.#idle.resolve();
    this.#idle = Promise.withResolvers();
  }

  #keep(progress: FileTransfer, kept: KeptTransfer | undefined): void {
    const had = kept === undefined ? this.#kept.delete(progress) : this.#kept.set(progress, kept);
    if (had !== false) this.#options.onKept?.([...this.#kept.values()]);
  }

  /** Takes what is for transfers out of the events, and passes on the others. */
  async #sift(events: AsyncIterable<LinkEvent>, others: Queue<LinkEvent>): Promise<void> {
    try {
      for await (const event of events) {
        if (this.#link.take(event)) continue;
        others.push(event);
        await others.below(MAX_WAITING);
      }
    } finally {
      this.#link.end();
      others.end();
    }
  }
}

/** Tells a file from others, and from itself as it was before it was changed. */
function sourceKey(
  { path, size, changedAt }: Pick<KeptUpload, "path" | "size" | "changedAt">,
): string {
  return `${size} ${changedAt} ${path}`;
}

/** The events of a queue, and then what has gone wrong with what fills it. */
async function* withFailure(
  queue: Queue<LinkEvent>,
  filling: Promise<void>,
): AsyncGenerator<LinkEvent> {
  yield* queue;
  await filling;
}
