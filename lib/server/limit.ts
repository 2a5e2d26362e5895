/** One limit of a server: a row of a table from which flags and documents are made. */

/** What a limit is, and what it is by default. */
export interface Limit {
  readonly default: number;
  readonly unit: "bytes" | "ms" | "count";
  /** The flag of `serve` that sets it. */
  readonly flag: string;
  /** The least value; 1 by default. */
  readonly least?: number;
  /** The greatest value. */
  readonly most?: number;
  /** What the default depends on, if it is not always the same. */
  readonly derived?: string;
  /** The `code` of the `error`, or the `reason` of the `bye`, for a peer that exceeds it. */
  readonly tells?: string;
  /** A load test would meet it, since that is many clients of one address in a hurry. */
  readonly protective?: true;
  readonly summary: string;
}

/** A row of a table of limits. */
export function limit(summary: string, row: Omit<Limit, "summary">): Limit {
  return { summary, ...row };
}
