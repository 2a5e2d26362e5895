/** Figures of a log of facts, for the metrics. */

/** What waits, and what has been stored. */
export interface LogFigures {
  /** Facts that were put and are no entries yet. */
  readonly waiting: number;
  /** For how long the oldest of them has waited, in ms. */
  readonly waitingMs: number;
  /** Parcels that were stored since the start, and the facts in them. */
  readonly parcels: number;
  readonly parcelFacts: number;
}
