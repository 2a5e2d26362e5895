/** An unbounded queue for one reader. The writer can wait until the reader has caught up. */
export class Queue<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #ended = false;
  #unbounded = false;
  #wake: (() => void) | undefined;
  #relief: (() => void) | undefined;

  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** Ends the queue: the reader gets what is in it, and then the end. */
  end(): void {
    this.#ended = true;
    this.release();
    this.#wake?.();
  }

  /** From now on {@linkcode below} does not wait. */
  release(): void {
    this.#unbounded = true;
    this.#relief?.();
  }

  /** Resolves when fewer than `size` items wait. */
  async below(size: number): Promise<void> {
    while (this.#items.length >= size && !this.#unbounded) {
      await new Promise<void>((resolve) => this.#relief = resolve);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      this.#relief?.();
      // With `yield*` each of them would take several promises more.
      for (const item of items) yield item;
      if (this.#items.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
