/** How a request is refused. */

/** Why a request is refused: the status of the answer, and a sentence. */
export interface HttpRefusal {
  readonly status: number;
  readonly text: string;
  /** How long the client should wait before it tries again, in ms. */
  readonly retryAfterMs?: number | undefined;
}
