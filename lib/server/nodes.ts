/** The nodes of a cluster that a server is one of, as their clients reach them. */

/** Where the nodes are that are there now; asked at each use. */
export interface ClusterNodes {
  /** Where they take frames, as `HOST:PORT`. */
  readonly addresses: readonly string[];
  /** Where their pages are: URLs with a slash at the end. */
  readonly pages: readonly string[];
  /** The same, with those that were there lately. */
  readonly latePages: readonly string[];
}

/** How many a client is told of. */
export const MAX_TOLD = 16;

/** As many of them as a client is told of: of too many some that chance picks. */
export function toldOf(places: readonly string[]): readonly string[] {
  if (places.length <= MAX_TOLD) return places;
  const ranked = places.map((place) => [Math.random(), place] as const).sort(([a], [b]) => a - b);
  return ranked.slice(0, MAX_TOLD).map(([, place]) => place);
}

/** The WebSocket of a page. */
export function socketOf(page: string): string {
  return `${page.replace(/^http/, "ws")}ws`;
}
