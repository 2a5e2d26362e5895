/**
 * Files of which few are open at once, however many transfers are under way: each is opened when it is
 * read or written, and those that were used last stay open. The rest of what a process may have open is
 * for connections.
 */

/** How many files are open at most, and how many things are done with them at once. */
export const MOST_OPEN_FILES = 32;

/** A file on the disk that may be open or not. */
export class SeldomOpen {
  readonly path: string;
  readonly options: Deno.OpenOptions;
  file: Deno.FsFile | undefined;
  /** Where the file stands at which it reads and writes next. */
  at = 0;
  /** What is done with it last, or waits for that: one thing at a time. */
  last: Promise<unknown> | undefined;
  users = 0;

  constructor(path: string, options: Deno.OpenOptions) {
    this.path = path;
    this.options = options;
  }
}

/** Opens files, and closes those that were not used for longest. */
export class OpenFew {
  /** The open files, that which was used last at the end. */
  readonly #open = new Set<SeldomOpen>();
  readonly #waiting: (() => void)[] = [];
  readonly #most: number;
  #busy = 0;

  constructor(most: number = MOST_OPEN_FILES) {
    this.#most = most;
  }

  /** How many files are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Does `work` with the open file, after all that was to be done with it before. */
  use<T>(seldom: SeldomOpen, work: (file: Deno.FsFile) => Promise<T>): Promise<T> {
    const before = seldom.last;
    const done = (async () => {
      await before?.catch(() => {});
      return await this.#use(seldom, work);
    })();
    seldom.last = done;
    return done;
  }

  /** Reads up to `length` bytes at an offset, fewer at the end; into `space`, if it is given. */
  read(
    seldom: SeldomOpen,
    offset: number,
    length: number,
    space: Uint8Array = new Uint8Array(length),
  ): Promise<Uint8Array> {
    return this.use(seldom, async (file) => {
      const bytes = space.subarray(0, length);
      await goTo(seldom, file, offset);
      let filled = 0;
      while (filled < length) {
        const count = await file.read(bytes.subarray(filled));
        if (count === null) break;
        filled += count;
        seldom.at += count;
      }
      return bytes.subarray(0, filled);
    });
  }

  /** Writes all of `data` at an offset. */
  write(seldom: SeldomOpen, data: Uint8Array, offset: number): Promise<void> {
    return this.use(seldom, async (file) => {
      await goTo(seldom, file, offset);
      for (let written = 0; written < data.length;) {
        const count = await file.write(data.subarray(written));
        written += count;
        seldom.at += count;
      }
    });
  }

  /** Closes a file once what is being done with it has ended. */
  async close(seldom: SeldomOpen): Promise<void> {
    await seldom.last?.catch(() => {});
    if (seldom.users === 0) this.#close(seldom);
  }

  /** Closes all files that nothing is being done with. */
  closeAll(): void {
    for (const seldom of [...this.#open]) this.#close(seldom);
  }

  async #use<T>(seldom: SeldomOpen, work: (file: Deno.FsFile) => Promise<T>): Promise<T> {
    if (this.#busy >= this.#most) await new Promise<void>((begin) => this.#waiting.push(begin));
    else this.#busy++;
    seldom.users++;
    try {
      return await work(await this.#opened(seldom));
    } catch (error) {
      // Nobody knows where the file stands now.
      this.#close(seldom);
      throw error;
    } finally {
      seldom.users--;
      // Whoever waits is as busy as this was.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy--;
      else next();
    }
  }

  async #opened(seldom: SeldomOpen): Promise<Deno.FsFile> {
    this.#open.delete(seldom);
    this.#open.add(seldom);
    if (seldom.file !== undefined) return seldom.file;
    for (const other of this.#open) {
      if (this.#open.size <= this.#most) break;
      if (other.users === 0) this.#close(other);
    }
    seldom.at = 0;
    return seldom.file = await Deno.open(seldom.path, seldom.options);
  }

  #close(seldom: SeldomOpen): void {
    this.#open.delete(seldom);
    seldom.file?.close();
    seldom.file = undefined;
  }
}

async function goTo(seldom: SeldomOpen, file: Deno.FsFile, offset: number): Promise<void> {
  if (seldom.at === offset) return;
  seldom.at = await file.seek(offset, Deno.SeekMode.Start);
}
