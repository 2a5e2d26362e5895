/** Who is away, and where something is written and not sent, as the full-screen view shows it. */

import { assert, assertEquals } from "@std/assert";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { WITH_ANN } from "./fixtures/terminal_account.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

/** Whether the name in the row of the list that matches is dim. */
function isDim({ io }: Setup, name: string): boolean {
  const row = shown({ io } as Setup).findIndex((each) => each.includes(`${name} `));
  return io.screen.cells[row]?.[3]?.dim === true;
}

Deno.test("whose conversation is looked at is away by the title, and dim in the list", async () => {
  let away: string | undefined = "on a call till 4";
  const asked: string[] = [];
  const answer = (request: Request): Event | undefined => {
    if (request.type !== "whois") return undefined;
    asked.push(request.name);
    return {
      ...{ type: "person", name: "Ann", account: "a1", here: true, rooms: [] },
      ...away === undefined ? {} : { away },
    };
  };
  using setup = await viewed({ answer, mendsMs: [], ready: { chats: [WITH_ANN] } });
  const { io, conversation } = setup;
  await sees(setup, /^4 @Ann/);
  assert(!isDim(setup, "@Ann"));
  io.type("\x1b4");
  await sees(setup, /│ @Ann {2}away: on a call till 4/);
  io.type("\x1b1");
  await sees(setup, /lobby>/);
  await io.until(() => isDim(setup, "@Ann"), "a dim name");
  // It is told where a room is shared, and asked again where it is not.
  conversation.tell({ type: "away", name: "ann" });
  await io.until(() => !isDim(setup, "@Ann"), "a name that is not");
  conversation.tell({ type: "away", name: "Ann", text: "tea" });
  await io.until(() => isDim(setup, "@Ann"), "a dim one");
  conversation.tell({ type: "left", room: "lobby", name: "Ann", gone: true });
  await io.until(() => !isDim(setup, "@Ann"), "a name of somebody who has left");
  away = undefined;
  io.type("\x1b4");
  await sees(setup, /@Ann>/);
  await io.until(() => asked.length === 2, "the second question");
  await seesNo(setup, /away:/);
  assertEquals(asked, ["Ann", "Ann"]);
});

Deno.test("who is listed as away when a chat begins is dim", async () => {
  const answer = (request: Request): Event | undefined =>
    request.type === "who"
      ? {
        ...{ type: "members", room: request.room, members: ["Ann", "me"], total: 2 },
        people: [{ name: "Ann", here: true, away: "lunch" }, { name: "me", here: true }],
      }
      : undefined;
  using setup = await viewed({ answer, mendsMs: [], ready: { chats: [WITH_ANN] } });
  await setup.io.until(() => isDim(setup, "@Ann"), "a dim name");
});

Deno.test("where something is written and not sent the list has a pencil", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io } = setup;
  io.type("half a word");
  await sees(setup, /lobby> half a word/);
  await seesNo(setup, /✎/);
  io.type("\x1b2");
  await sees(setup, /^1 lobby +✎│/);
  io.type("\x1b1");
  await sees(setup, /lobby> half a word/);
  await seesNo(setup, /✎/);
  io.type("\x15\x1b2");
  await sees(setup, /dev>/);
  await seesNo(setup, /✎/);
});
