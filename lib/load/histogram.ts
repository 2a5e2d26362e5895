/**
 * A histogram of whole numbers whose memory does not grow. It has 64 buckets for each power of two
 * (after HdrHistogram), so that a quantile is within 1% of the true one.
 */

const SUB_BITS = 6;
const SUB_COUNT = 1 << SUB_BITS;
/** Each number below this has a bucket of its own. */
const EXACT = SUB_COUNT * 2;
const LARGEST = 0x7fff_ffff;
const BUCKETS = bucketOf(LARGEST) + 1;

/** Counts whole numbers from 0 to 2³¹ − 1; others count as the nearest of these. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #max = 0;

  /** How many numbers there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds a whole number. */
  record(value: number): void {
    const kept = value < 0 ? 0 : value > LARGEST ? LARGEST : value;
    const bucket = bucketOf(kept);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#count++;
    if (kept > this.#max) this.#max = kept;
  }

  /**
   * The value that `part` (0 to 1) of the numbers do not exceed, within 1%. For 1 it is exactly the
   * largest number. 0 if there are none.
   */
  quantile(part: number): number {
    if (part >= 1) return this.#max;
    const rank = Math.max(1, Math.ceil(part * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] as number;
      if (seen >= rank) return Math.min(middleOf(bucket), this.#max);
    }
    return this.#max;
  }
}

function bucketOf(value: number): number {
  if (value < EXACT) return value;
  const shift = 31 - Math.clz32(value) - SUB_BITS;
  return shift * SUB_COUNT + (value >>> shift);
}

function middleOf(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const shift = Math.floor(bucket / SUB_COUNT) - 1;
  const low = (bucket - shift * SUB_COUNT) * 2 ** shift;
  return low + (2 ** shift - 1) / 2;
}
