/**
 * Whether the person at the terminal sees what comes: they are there, by when they have typed last; the window has
 * the focus; and the screen shows the chat, and not what another program does.
 */

/** After so long without a key, in ms, the person may be away: what comes then is new. */
const AWAY_MS = 300_000;

export class Attention {
  readonly #now: () => Date;
  #typedAt: Date;
  /** Whether they have been told since when they may have missed something. */
  #isTold = false;
  #hasFocus = true;
  #isElsewhere = false;
  #isCut = false;
  /** Since when nothing could be seen; `undefined`: they have seen since then what has come. */
  #since: Date | undefined;

  constructor(now: () => Date) {
    this.#now = now;
    this.#typedAt = now();
  }

  /** Whether the person has typed lately, and so sees what is on screen. */
  get isWatched(): boolean {
    const isHere = this.#now().getTime() - this.#typedAt.getTime() < AWAY_MS;
    return isHere && this.#hasFocus && !this.#isElsewhere;
  }

  /** Whether they see what comes as it comes, and not all at once after they could see nothing. */
  get isFollowing(): boolean {
    return this.isWatched && this.#since === undefined;
  }

  /** The person is here. */
  typed(): void {
    this.#typedAt = this.#now();
    this.#isTold = false;
    this.#hasFocus = true;
  }

  /** The terminal's window has the focus now, or lost it. A terminal that tells neither has it. */
  focused(here: boolean): void {
    if (here) this.typed();
    this.#hasFocus = here;
  }

  /** Another program has the screen, or does not any more. */
  elsewhere(is: boolean): void {
    this.#isElsewhere = is;
    if (is) this.#since ??= this.#now();
  }

  /** The connection is lost, or was made again: what was said meanwhile comes then. */
  cut(is: boolean): void {
    this.#isCut = is;
    if (is) this.#since ??= this.#now();
  }

  /** They have had on screen what has come since then, as far as there is room. */
  settled(): void {
    if (!this.isWatched || this.#isCut) return;
    this.#since = undefined;
    this.#isTold = false;
  }

  /** Something has come that they may miss; since when they are away, if it is the first. */
  missed(): Date | undefined {
    if (this.#isTold || this.isFollowing) return undefined;
    this.#isTold = true;
    return this.#since ?? this.#typedAt;
  }
}
