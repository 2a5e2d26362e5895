/** What can be seen of a log of facts from outside. */

/** What waits, and what has been stored. */
export interface LogFigures {
  /** Facts that are put and no entries yet. */
  readonly waiting: number;
  /** For how long the oldest of them has waited, in ms. */
  readonly waitingMs: number;
  /** Parcels that were stored since the start, and the facts in them. */
  readonly parcels: number;
  readonly parcelFacts: number;
}
