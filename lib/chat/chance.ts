/** Chance, which is handed in, so that a test can say what comes of it. */

/** Where it comes from. */
export interface Chance {
  /** A text that nobody can guess, for the secret of a session. */
  secret(): string;
}
