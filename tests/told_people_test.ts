/** What is told in sentences of people, devices, rooms and invitations. */

import { assertEquals } from "@std/assert";
import type { Event } from "../lib/wire/events.ts";
import { describe } from "../lib/words/describe.js";

const AT = "2026-01-02T03:04:05.000Z";
const EARLIER = "2025-12-24T18:30:00.000Z";

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
      }, { name: "anton", account: "c", here: true, away: "tea" }],
      more: true,
    },
    ["ann (here), anna, anton (away: tea) and more"],
  ],
  [{ type: "account", action: "register", name: "ann", role: "member" }, [
    "The name ann is yours now; other devices need the password, and this one when it is signed out.",
  ]],
  [{ type: "people", people: [], more: false }, ["Nobody has such a reserved name."]],
  [
    {
      type: "settings",
      notify: { dev: "none" },
      hideSeen: true,
      blocked: [{ name: "eve" }, { name: "mallory", account: "m" }],
    },
    [
      "You block eve, mallory.",
      "What you are told of: dev none.",
      "Nobody sees when you were here last.",
    ],
  ],
  [{ type: "settings", notify: {}, hideSeen: false, blocked: [] }, [
    "You block nobody.",
    "Those who share a room with you see when you were here last.",
  ]],
  [
    {
      type: "devices",
      devices: [
        { device: "d1", label: "phone", door: "web", since: EARLIER, seen: AT, here: false },
        {
          device: "d2",
          label: "",
          door: "event",
          since: EARLIER,
          seen: AT,
          here: true,
          this: true,
        },
      ],
    },
    [
      "phone, last used 2026-01-02 03:04 UTC, signed in since 2025-12-24 18:30 UTC; its id is d1",
      "chatroom at a terminal, this one, signed in since 2025-12-24 18:30 UTC; its id is d2",
    ],
  ],
  [
    { type: "room", room: "dev", access: "invite", title: "Kitchen", slow: 10, hosts: ["ann"] },
    [
      "dev (Kitchen) is for those only who were invited; a message every 10 s from each; its hosts: ann.",
    ],
  ],
  [
    { type: "room", room: "dev", access: "open", hosts: [], removed: true },
    ["dev was removed, with all that was said in it."],
  ],
  [{ type: "invite", id: "1", room: "dev", name: "bob", by: "ann" }, ["bob may enter dev now."]],
  [
    { type: "invite", id: "1", room: "dev", name: "bob", by: "ann", messages: 12 },
    ["bob may enter dev now, and read the 12 messages that were said there."],
  ],
  [
    { type: "invite", id: "1", room: "dev", name: "bob", by: "ann", messages: 1 },
    ["bob may enter dev now, and read the message that was said there."],
  ],
  [{ type: "uninvite", room: "dev" }, ["You are not invited to dev any more."]],
  [
    { type: "invite", room: "dev", by: "ann" },
    ["ann has invited you to dev; /join dev enters it."],
  ],
  [
    { type: "invite", id: "1", room: "dev", by: "ann", link: "x1", token: "t", until: AT, uses: 1 },
    [
      "Who opens the page with this behind its address may enter dev " +
      "(until 2026-01-02 03:04 UTC, once): #invite=t",
      "It is shown once; chatroom connect --invite takes it, too; /uninvite --link x1 takes it back.",
    ],
  ],
  [
    {
      type: "invite",
      id: "1",
      room: "dev",
      by: "ann",
      link: "x1",
      token: "t",
      url: "https://h/#invite=t",
    },
    [
      "Who opens this in a browser may enter dev: https://h/#invite=t",
      "It is shown once; chatroom connect --invite takes it, too; /uninvite --link x1 takes it back.",
    ],
  ],
  [{ type: "uninvite", id: "1", room: "dev", name: "bob" }, ["bob may not enter dev any more."]],
  [
    {
      type: "invites",
      room: "dev",
      members: [{ name: "ann", by: "ann", at: AT }],
      links: [{ link: "x1", by: "ann", uses: 5, used: 2 }],
    },
    ["dev is for ann.", "Link x1 by ann, used 2 of 5 times"],
  ],
  [
    {
      type: "members",
      room: "dev",
      members: ["ann"],
      total: 1,
      people: [{ name: "ann", here: true }, { name: "bob", account: "b", here: false }],
    },
    ["1 person in dev: ann", "Not here: bob"],
  ],
  [{ type: "topic", id: "1", room: "dev", text: "" }, ["dev has no topic; /topic TEXT sets one."]],
  [{ type: "topic", room: "dev", text: "", from: "ann" }, ["ann has taken the topic away."]],
  [{ type: "topic", room: "dev", text: "tea", from: "ann", at: AT }, ["ann set the topic: tea"]],
  [
    {
      type: "rooms",
      rooms: [
        { room: "dev", members: 2, title: "Kitchen", access: "invite", topic: "tea" },
        { room: "lobby", members: 1 },
      ],
    },
    ["dev (Kitchen) (2, by invitation): tea", "lobby (1)"],
  ],
];

for (const [n, [event, lines]] of TOLD.entries()) {
  Deno.test(`${event.type} is told in sentences, case ${n + 1}`, { permissions: "none" }, () => {
    assertEquals(describe(event), lines);
  });
}
