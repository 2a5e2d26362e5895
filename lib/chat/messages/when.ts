/**
 * Times that people type: `2026-11-01`, `yesterday 14:30`, `2h ago`. The time and the zone's offset from
 * UTC are handed in.
 */

/** Where and when a text is read. */
export interface Here {
  /** In ms since 1970. */
  readonly now: number;
  /** What is to be added to UTC in this zone at a time (ms since 1970), in ms. */
  readonly offsetMs: (ms: number) => number;
}

/** What {@linkcode parseWhen} takes, for an error's text. */
export const WHEN_TEXT = "a date such as 2026-11-01, 2026-11-01T09:30 or 2026-11-01T09:30+01:00, " +
  "a day such as yesterday, or a time ago such as 2h";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: ReadonlyMap<string, number> = new Map([
  ...["s", "sec", "second"].map((unit) => [unit, SECOND] as const),
  ...["m", "min", "minute"].map((unit) => [unit, MINUTE] as const),
  ...["h", "hour"].map((unit) => [unit, HOUR] as const),
  ...["d", "day"].map((unit) => [unit, DAY] as const),
  ...["w", "week"].map((unit) => [unit, 7 * DAY] as const),
]);

/** A longer text is no time. In UTF-16 code units. */
const LONGEST = 64;
/** `2h`, `90 min`, `3 days ago`. */
const AGO = /^(\d{1,9}(?:\.\d{1,3})?) ?(ms|[a-z]+?)s?(?: ago)?$/;
/** A day, a time of the day or both, and how far they are from UTC. */
const DATE =
  /^(\d{4}-\d\d-\d\d|today|yesterday)?(?:(?:(?<=\S)[t ]|^)(\d\d?):(\d\d)(?::(\d\d)(\.\d{1,9})?)?)?(z|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * The time that a text names, in ms since 1970: a day's beginning, or so long ago; `undefined` for
 * what is no time. Where no offset is written it is in the zone of `here`.
 */
export function parseWhen(text: string, here: Here): number | undefined {
  if (text.length > LONGEST) return undefined;
  const plain = text.trim().toLowerCase().replaceAll(/\s+/g, " ");
  if (plain === "now") return here.now;
  const [, count, unit = ""] = AGO.exec(plain) ?? [];
  const scale = unit === "ms" ? 1 : UNITS.get(unit);
  if (count !== undefined && scale !== undefined) return here.now - Number(count) * scale;
  return parseDate(plain, here);
}

/** The same for a text that names a time on the calendar alone, and needs no clock; in UTC. */
export function parseUtc(text: string): number | undefined {
  const isNumeric = text.length <= LONGEST && /^\d{4}-/.test(text);
  return isNumeric ? parseDate(text.toLowerCase(), { now: 0, offsetMs: () => 0 }) : undefined;
}

function parseDate(text: string, { now, offsetMs }: Here): number | undefined {
  const parts = DATE.exec(text);
  if (parts === null || text === "") return undefined;
  const [, day, hours, minutes = "0", seconds = "0", fraction = "0", offset] = parts;
  if (day === undefined && hours === undefined) return undefined;
  const dayMs = day === undefined || !/^\d/.test(day)
    ? startOfDay(now, offsetMs) - (day === "yesterday" ? DAY : 0)
    : calendarMs(day);
  const [h, m, s] = [hours ?? "0", minutes, seconds].map(Number) as [number, number, number];
  if (dayMs === undefined || h > 23 || m > 59 || s > 59) return undefined;
  const wall = dayMs + h * HOUR + m * MINUTE + s * SECOND + Math.floor(Number(fraction) * SECOND);
  if (offset === undefined) return fromWall(wall, offsetMs);
  const fixed = fixedMs(offset);
  return fixed === undefined ? undefined : wall - fixed;
}

/** What a calendar and a clock on the wall would show at the beginning of today, as if it were UTC. */
function startOfDay(now: number, offsetMs: Here["offsetMs"]): number {
  return Math.floor((now + offsetMs(now)) / DAY) * DAY;
}

function calendarMs(day: string): number | undefined {
  const ms = Date.parse(`${day}T00:00:00Z`);
  // The 31st of February is read as a day of March; there was no year 0.
  if (Number.isNaN(ms) || day < "0001" || new Date(ms).toISOString().slice(0, 10) !== day) {
    return undefined;
  }
  return ms;
}

/**
 * When a clock on the wall shows a time. Of two such times it is the first; where the clock leaps
 * over it, it is as long after the leap as it would have been after its beginning.
 */
function fromWall(wall: number, offsetMs: Here["offsetMs"]): number {
  const [before, after] = [wall - offsetMs(wall - DAY), wall - offsetMs(wall + DAY)];
  const found = [before, after].filter((ms) => ms + offsetMs(ms) === wall);
  return found.length === 0 ? before : Math.min(...found);
}

function fixedMs(offset: string): number | undefined {
  if (offset === "z") return 0;
  const [, sign, hours, minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const ms = Number(hours) * HOUR + Number(minutes) * MINUTE;
  return sign === "-" ? -ms : ms;
}
