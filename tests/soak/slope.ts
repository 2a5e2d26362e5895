/** How fast something grows. */

/** The slope of the line through points that has the least squares; 0 for fewer than two. */
export function slopeOf(points: ReadonlyArray<readonly [x: number, y: number]>): number {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const across = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const both = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return count < 2 || across === 0 ? 0 : both / across;
}
