/** Times as IRC writes them. */

/** A time in seconds since 1970. */
export function seconds(ms: number): string {
  return String(Math.floor(ms / 1_000));
}

/** The time of day of an RFC 3339 time, to the minute, in UTC. */
export function utcTime(at: string): string {
  return at.slice(11, 16);
}

/** The day of an RFC 3339 time, in UTC. */
export function day(at: string): string {
  return at.slice(0, 10);
}

/** The parameter that names a time; `undefined`: it is none. */
export function timeIn(param: string): number | undefined {
  const text = /^timestamp=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)$/.exec(param)?.[1];
  const ms = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
