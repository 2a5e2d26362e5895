/** One piece of work after the other. */

/** Does what it is given in turn. */
export class OneByOne {
  #last: Promise<void> = Promise.resolve();

  /** Does `work` when all that was to be done before has ended. */
  run(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
