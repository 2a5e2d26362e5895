/** What nobody can foresee: handed in, as the time is, so that a test can say what it will be. */

/** Where it comes from. */
export interface Chance {
  /** A text that nobody can guess, for the secret of a session. */
  secret(): string;
}
