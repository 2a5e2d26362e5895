/** What is told in sentences of people and their devices. */

import { assertEquals } from "@std/assert";
import type { Event } from "../lib/wire/events.ts";
import { describe } from "../lib/words/describe.js";

const AT = "2026-01-02T03:04:05.000Z";

const TOLD: ReadonlyArray<readonly [event: Event, lines: readonly string[]]> = [
  [{ type: "away", id: "1", name: "ann", text: "lunch" }, ["You are away: lunch"]],
  [{ type: "away", id: "1", name: "ann" }, ["You are back."]],
  [{ type: "away", name: "ann", text: "lunch" }, ["ann is away: lunch"]],
  [{ type: "away", name: "ann" }, ["ann is back."]],
  [
    { type: "person", name: "ann", account: "a", role: "owner", here: true, rooms: ["dev"] },
    ["ann (a reserved name, owner) is here; in dev"],
  ],
  [
    { type: "person", name: "ann", account: "a", role: "member", here: false, rooms: [], seen: AT },
    ["ann (a reserved name) is not here, and was last on 2026-01-02 03:04 UTC"],
  ],
  [
    { type: "person", name: "bob", here: true, rooms: [], idleMs: 600_000, away: "tea" },
    ["bob (a guest) is here, idle for 10 min; away: tea"],
  ],
  [
    {
      type: "people",
      people: [{ name: "ann", account: "a", here: true }, {
        name: "anna",
        account: "b",
        here: false,
      }],
      more: true,
    },
    ["ann (here), anna and more"],
  ],
  [{ type: "people", people: [], more: false }, ["Nobody has such a reserved name."]],
  [
    {
      type: "devices",
      devices: [
        { device: "d1", label: "phone", door: "web", since: AT, seen: AT, here: false },
        { device: "d2", label: "", door: "event", since: AT, seen: AT, here: true, this: true },
      ],
    },
    [
      "phone (web), last used 2026-01-02 03:04 UTC; its id is d1",
      "no name (event), this one; its id is d2",
    ],
  ],
  [
    { type: "settings", notify: { dev: "none" }, hideSeen: true },
    ["What you are told of: dev none.", "Nobody sees when you were here last."],
  ],
  [
    { type: "settings", notify: {}, hideSeen: false },
    ["Those who share a room with you see when you were here last."],
  ],
];

for (const [n, [event, lines]] of TOLD.entries()) {
  Deno.test(`${event.type} is told in sentences, case ${n + 1}`, { permissions: "none" }, () => {
    assertEquals(describe(event), lines);
  });
}
