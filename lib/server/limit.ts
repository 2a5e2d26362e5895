/** One limit of a server: a row of a table from which flags and documents are made. */

/**
 * When a running server goes by another value: from then on, for what connects from then on, or only when it is
 * started again.
 */
export type Reload = "now" | "connections" | "restart";

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
  readonly reload: Reload;
}

/** All that a row says besides. */
type Row = Omit<Limit, "summary" | "reload">;

/** A row of a table of limits: one that is looked at each time, and so can change while the server runs. */
export function limit(summary: string, row: Row): Limit {
  return { summary, reload: "now", ...row };
}

/** A row for what each connection is made with: another value is for those that come after it. */
export function limitOfNew(summary: string, row: Row): Limit {
  return { summary, reload: "connections", ...row };
}

/** A row for what the server is made with. */
export function limitAtStart(summary: string, row: Row): Limit {
  return { summary, reload: "restart", ...row };
}
