/** Who is here, at the right of the full-screen view. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Settings } from "../lib/client/settings.ts";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { WITH_ANN } from "./fixtures/terminal_account.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

/** The rows of the pane. */
function pane(setup: Setup): string[] {
  const rows = shown(setup).map((row) => row.split("│")[2]?.trim() ?? "");
  return rows.slice(0, rows.findLastIndex((row) => row !== "") + 1);
}

function answer(request: Request): Event | undefined {
  if (request.type !== "who") return undefined;
  const members = request.room === "dev" ? ["me", "zoe"] : ["Ann", "bob", "eve", "me"];
  return {
    type: "members",
    room: request.room,
    members,
    total: members.length,
    people: members.map((name) => (
      { name, here: true, ...name === "Ann" ? { away: "lunch" } : {} }
    )),
  };
}

async function paneIs(setup: Setup, ...names: string[]): Promise<void> {
  await setup.io.until(() => pane(setup).join() === names.join(), `${names} for ${pane(setup)}`);
}

Deno.test("who is here is shown from 120 columns on if asked for, kept current, and remembered", async () => {
  const saved: Settings[] = [];
  const save = (settings: Settings): void => void saved.push(settings);
  using setup = await viewed({ columns: 120, rows: 24, answer, save, mendsMs: [] });
  const { io, conversation } = setup;
  assertEquals(pane(setup), []);
  io.type("\x1bn");
  // Whoever is away stands last, and is dim.
  await paneIs(setup, "bob", "eve", "me", "Ann");
  const letter = (row: number): { dim: boolean } => io.screen.cells[row]?.[103] as { dim: boolean };
  assert(letter(3).dim);
  assertFalse(letter(0).dim);
  conversation.tell({ type: "away", name: "eve", text: "tea" });
  await paneIs(setup, "bob", "me", "Ann", "eve");
  conversation.tell({ type: "away", name: "Ann" });
  conversation.tell({ type: "joined", room: "lobby", name: "carl" });
  conversation.tell({ type: "joined", room: "dev", name: "dora" });
  await paneIs(setup, "Ann", "bob", "carl", "me", "eve");
  conversation.tell({ type: "renamed", from: "bob", to: "Zed" });
  conversation.tell({ type: "left", room: "lobby", name: "carl" });
  conversation.tell({ type: "left", room: "dev", name: "Ann" });
  await paneIs(setup, "Ann", "me", "Zed", "eve");
  io.type("\x1b2");
  await paneIs(setup, "me", "zoe");
  io.type("/here\r");
  await paneIs(setup);
  io.type("\x18n");
  await paneIs(setup, "me", "zoe");
  assertEquals(saved.map(({ people }) => people), [true, false, true]);
});

Deno.test("whoever has left a room and joins it again asks anew who is there", async () => {
  let members = ["bob", "me"];
  const who = (request: Request): Event | undefined => (
    request.type === "who"
      ? { type: "members", room: request.room, members, total: members.length, people: [] }
      : undefined
  );
  using setup = await viewed({ columns: 120, rows: 24, answer: who, mendsMs: [] });
  const { io, conversation } = setup;
  io.type("\x1bn");
  await paneIs(setup, "bob", "me");
  for (const own of [true, undefined] as const) {
    members = own ? ["carol", "me"] : ["dora", "me"];
    const move = { room: "lobby", name: "me", ...own && { own } } as const;
    conversation.tell({ type: "left", ...move });
    conversation.tell({ type: "joined", ...move, id: "j", seq: 0 });
    // Meanwhile another room was looked at.
    io.type("\x1b3");
    await paneIs(setup, ...members);
  }
});

Deno.test("below 120 columns nobody is shown, and a sentence says so", async () => {
  using setup = await viewed({ columns: 119, rows: 24, answer, mendsMs: [] });
  const { io } = setup;
  io.type("\x1bn");
  await sees(setup, /Who is here will be shown from 120 columns on; this terminal has 119\./);
  assertEquals(pane(setup), []);
  io.resize(120, 24);
  await paneIs(setup, "bob", "eve", "me", "Ann");
  io.resize(119, 24);
  await paneIs(setup);
  io.type("\x1bn");
  await sees(setup, /Who is here will not be shown/);
});

Deno.test("after a break who is here is asked anew, and beside a person nobody is shown", async () => {
  let isBack = false;
  using setup = await viewed({
    ...{ columns: 130, rows: 24, mendsMs: [], chosen: { people: true } },
    ready: { chats: [WITH_ANN] },
    answer: (request) => {
      const told = answer(request);
      return told?.type === "members" && isBack ? { ...told, members: ["me", "new"] } : told;
    },
  });
  const { io, conversation } = setup;
  await paneIs(setup, "bob", "eve", "me", "Ann");
  conversation.lose();
  await sees(setup, /offline/);
  await paneIs(setup, "bob", "eve", "me", "Ann");
  isBack = true;
  conversation.ready({ seq: 9, last: 9 });
  await paneIs(setup, "me", "new");
  // F2 shows the conversation alone.
  io.type("\x1bOQ");
  await seesNo(setup, /│/);
  io.type("\x1bOQ");
  await paneIs(setup, "me", "new");
  io.type("/go Ann\r");
  await sees(setup, /@Ann>/);
  assertEquals(pane(setup), []);
});

Deno.test("more people than the screen has rows are counted", async () => {
  const members = Array.from({ length: 50 }, (_, n) => `p${n}`);
  using setup = await viewed({
    ...{ columns: 120, rows: 12, mendsMs: [], chosen: { people: true } },
    answer: (request) =>
      request.type === "who"
        ? { type: "members", room: request.room, members, total: 50 }
        : undefined,
  });
  await sees(setup, /39 more$/);
  assertEquals(pane(setup).slice(0, 3), ["p0", "p1", "p2"]);
});

Deno.test("who has come is told before what they say, though it is collected who else does", async () => {
  for (const said of [9, 0, 200]) {
    using setup = await viewed({ said, mendsMs: [], presenceMs: 60_000 });
    const { io, conversation } = setup;
    await sees(setup, said === 0 ? /│lobby>/ : new RegExp(`lobby number ${said}$`));
    conversation.tell({ type: "joined", room: "lobby", name: "bob" });
    conversation.message("bob", "smells good");
    await sees(setup, /<bob> smells good/);
    await sees(setup, /-- bob joined lobby\./);
    const rows = shown(setup);
    const at = (text: string): number => rows.findIndex((row) => row.includes(text));
    assert(at("bob joined lobby.") < at("<bob> smells good"));
    // So are those who went before the person says something.
    conversation.tell({ type: "left", room: "lobby", name: "bob" });
    io.type("gone\r");
    await sees(setup, /<me> gone/);
    await sees(setup, /-- bob left lobby\./);
    const then = shown(setup).map((row) => row.replace(/^.{13}\d\d:\d\d /, ""));
    assertEquals(then.slice(-5, -2), ["<bob> smells good", "-- bob left lobby.", "<me> gone"]);
  }
});
