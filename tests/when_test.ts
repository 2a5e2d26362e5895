/** Times as people type them, in the zones that they live in. */

import { assertEquals, assertThrows } from "@std/assert";
import { withExactTimes } from "../lib/chat/messages/query.ts";
import { type Here, parseUtc, parseWhen } from "../lib/chat/messages/when.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { here } from "../lib/client/local_times.ts";

/** Noon UTC, which is the 27th in Honolulu as well. */
const NOW = Date.parse("2026-11-27T12:00:00Z");

function inZone(zone: string, now = NOW): Here {
  const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  return {
    now,
    offsetMs(ms: number): number {
      const name = format.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value;
      const [, sign, h = "0", m = "0"] = /^GMT([+-])?(\d\d)?:?(\d\d)?/.exec(name ?? "") ?? [];
      return (sign === "-" ? -1 : 1) * (Number(h) * 60 + Number(m)) * 60_000;
    },
  };
}

for (
  const [zone, text, expected] of [
    ["UTC", "2026-11-28", "2026-11-28T00:00:00.000Z"],
    ["Pacific/Honolulu", "2026-11-28", "2026-11-28T10:00:00.000Z"],
    ["Pacific/Kiritimati", "2026-11-28", "2026-11-27T10:00:00.000Z"],
    ["Asia/Kathmandu", "2026-11-28 09:30", "2026-11-28T03:45:00.000Z"],
    ["Pacific/Honolulu", "2026-11-28T09:30Z", "2026-11-28T09:30:00.000Z"],
    ["Pacific/Honolulu", "2026-11-28T09:30:15.25+02:00", "2026-11-28T07:30:15.250Z"],
    ["Pacific/Honolulu", "2026-11-28t09:30-0530", "2026-11-28T15:00:00.000Z"],
    ["Europe/Berlin", "2026-11-28+05", "2026-11-27T19:00:00.000Z"],
    ["Europe/Berlin", "now", "2026-11-27T12:00:00.000Z"],
    ["Europe/Berlin", "today", "2026-11-26T23:00:00.000Z"],
    ["Pacific/Kiritimati", "today", "2026-11-27T10:00:00.000Z"],
    ["Europe/Berlin", "yesterday", "2026-11-25T23:00:00.000Z"],
    ["Europe/Berlin", "Yesterday 14:30", "2026-11-26T13:30:00.000Z"],
    ["Europe/Berlin", "9:05", "2026-11-27T08:05:00.000Z"],
    ["Europe/Berlin", "2h", "2026-11-27T10:00:00.000Z"],
    ["Europe/Berlin", "2h ago", "2026-11-27T10:00:00.000Z"],
    ["Europe/Berlin", " 90  minutes ago ", "2026-11-27T10:30:00.000Z"],
    ["Europe/Berlin", "1.5d", "2026-11-26T00:00:00.000Z"],
    ["Europe/Berlin", "2w", "2026-11-13T12:00:00.000Z"],
    ["Europe/Berlin", "500ms", "2026-11-27T11:59:59.500Z"],
    // The night in which the clock goes back has two half past two, and one midnight.
    ["Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00.000Z"],
    ["Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000Z"],
    ["Europe/Berlin", "2026-10-26", "2026-10-25T23:00:00.000Z"],
    // That in which it leaps has none.
    ["Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30:00.000Z"],
    // Here the leap is at midnight: the day begins at one.
    ["Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00.000Z"],
  ] as const
) {
  Deno.test(`${text} in ${zone} is ${expected}`, () => {
    const ms = parseWhen(text, inZone(zone));
    assertEquals(ms === undefined ? ms : new Date(ms).toISOString(), expected);
  });
}

for (
  const text of [
    ...["", " ", "soon", "2026-02-30", "2026-13-01", "0000-01-01", "26-11-01", "2026-11-1"],
    ...["2026-11-0109:30", "2026-11-01T24:00", "2026-11-01T09:60", "t09:30", "2026-11-01T09:30+25"],
    ...[
      "2",
      "2y",
      "-2h",
      "2h3m",
      "h",
      "+02:00",
      "z",
      "ago",
      "yesterday yesterday",
      `${"9".repeat(70)}h`,
    ],
  ]
) {
  Deno.test(`${JSON.stringify(text.slice(0, 20))} is no time`, () => {
    assertEquals(parseWhen(text, inZone("Europe/Berlin")), undefined);
  });
}

Deno.test("a day begins when it does in its zone, whatever the season and the hour", () => {
  for (const zone of ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]) {
    const local = new Intl.DateTimeFormat("sv", {
      timeZone: zone,
      dateStyle: "short",
      timeStyle: "medium",
    });
    for (let day = Date.UTC(2026, 0, 1); day < Date.UTC(2027, 0, 1); day += 86_400_000) {
      const text = new Date(day).toISOString().slice(0, 10);
      assertEquals(local.format(parseWhen(text, inZone(zone))), `${text} 00:00:00`, zone);
    }
  }
});

Deno.test("what needs a clock or a zone is no time where there is neither", () => {
  for (const text of ["now", "2h", "yesterday", "9:30"]) assertEquals(parseUtc(text), undefined);
  assertEquals(parseUtc("2026-11-28"), Date.UTC(2026, 10, 28));
  assertEquals(parseUtc("2026-11-28T01:00+02:00"), Date.UTC(2026, 10, 27, 23));
});

for (
  const [query, exact] of [
    ["lunch before:2026-11-28", "lunch before:2026-11-28T10:00:00.000Z"],
    [
      'AFTER:2h "at noon" from:"Ann Lee"',
      'after:2026-11-27T10:00:00.000Z "at noon" from:"Ann Lee"',
    ],
    ["after:2h ago lunch", "after:2026-11-27T10:00:00.000Z lunch"],
    ['after:"2 hours ago" ago', "after:2026-11-27T10:00:00.000Z ago"],
    ["after:yesterday ago", "after:2026-11-26T10:00:00.000Z ago"],
    ["no time at all", "no time at all"],
  ] as const
) {
  Deno.test(`the search ${query} goes out as ${exact}`, () => {
    assertEquals(withExactTimes(query, inZone("Pacific/Honolulu")), exact);
  });
}

Deno.test("a search with a time that is none says what a time is", () => {
  const search = (): string => withExactTimes("after:soon", inZone("UTC"));
  assertThrows(search, Refusal, "after: takes a date such as 2026-11-01, 2026-11-01T09:30 or");
  assertThrows(search, Refusal, 'or a time ago such as 2h, not "soon"');
});

Deno.test("the zone of this machine is that of its clock", () => {
  const { now, offsetMs } = here();
  const date = new Date(now);
  const wall = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours());
  assertEquals(Math.floor((now + offsetMs(now)) / 3_600_000) * 3_600_000, wall);
});
