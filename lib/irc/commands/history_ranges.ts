/** Which parts of a log CHATHISTORY asks for, by the points that it names. */

/** The part of a log that is wanted: what was said after one number and before another. */
export interface HistoryRange {
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
  /** If that is more than the limit, its end is wanted. */
  readonly isEnd?: true;
}

/** Where something was said: the last number at that time or before, and the first after it. */
export interface HistoryPoint {
  /** All up to this one came before. */
  readonly before: number;
  /** All from this one on comes after. */
  readonly after: number;
}

/** The parts of a log that a request asks for, in order. */
export function rangesOf(
  command: string,
  [first, second]: ReadonlyArray<HistoryPoint | undefined>,
  limit: number,
): readonly HistoryRange[] {
  switch (command) {
    case "LATEST":
      return [{ limit, isEnd: true, after: first === undefined ? 0 : first.after - 1 }];
    case "BEFORE":
      return [{ limit, isEnd: true, before: (first?.before ?? 0) + 1 }];
    case "AFTER":
      return [{ limit, after: (first?.after ?? 1) - 1 }];
    case "AROUND": {
      const before = Math.floor(limit / 2);
      const middle = first?.before ?? 0;
      const later = { limit: limit - before, after: middle };
      return before === 0 ? [later] : [{ limit: before, isEnd: true, before: middle + 1 }, later];
    }
    default: {
      const [from, to] = [first ?? LOWEST, second ?? LOWEST];
      // The other way round they come from the end.
      return from.before <= to.before
        ? [{ limit, after: from.after - 1, before: to.before + 1 }]
        : [{ limit, isEnd: true, before: from.before + 1, after: to.after - 1 }];
    }
  }
}

const LOWEST: HistoryPoint = { before: 0, after: 1 };
