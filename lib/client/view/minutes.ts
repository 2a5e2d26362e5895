/** Shows the time when it is another one. */

const MINUTE_MS = 60_000;

export class Minutes {
  readonly #now: () => Date;
  readonly #passed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `passed` is called when a minute of the clock has passed. */
  constructor(now: () => Date, passed: () => void) {
    this.#now = now;
    this.#passed = passed;
  }

  begin(): void {
    this.end();
    const rest = MINUTE_MS - this.#now().getTime() % MINUTE_MS;
    this.#timer = setTimeout(() => {
      this.#passed();
      this.begin();
    }, rest);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
