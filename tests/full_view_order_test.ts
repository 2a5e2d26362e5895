/** The list of the full-screen view keeps its order: each keeps its number, and what is new comes last. */

import { assertEquals } from "@std/assert";
import type { ListedChat } from "../lib/wire/events.ts";
import { sees, shown, viewed } from "./fixtures/full_view.ts";
import { WITH_ANN } from "./fixtures/terminal_account.ts";

const DAY = (day: number): string => `2026-01-0${day}T00:00:00.000Z`;

/** Conversations, those with the latest news first, which were begun in another order. */
function chat(name: string, begun: number, at: number, unread = 0): ListedChat {
  const key = name.charAt(0).toLowerCase().repeat(24);
  return { ...WITH_ANN, chat: key, with: name, begun: DAY(begun), at: DAY(at), unread };
}

/** What the list has from its top. */
async function listed(setup: Awaited<ReturnType<typeof viewed>>): Promise<string[]> {
  return (await shown(setup)).flatMap((row) => /^\d (\S+)/.exec(row)?.[1] ?? []);
}

Deno.test("people stand in the order in which one began to write to each, whatever is new where", async () => {
  const chats = [chat("Cat", 2, 9), chat("Ann", 3, 8, 2), chat("Bob", 1, 7)];
  using setup = await viewed({ ready: { chats } });
  const { conversation } = setup;
  await sees(setup, /@Ann +2! │/);
  const before = await listed(setup);
  assertEquals(before.slice(-3), ["@Bob", "@Cat", "@Ann"]);
  // What comes for one that nothing was open with, and from somebody new.
  const told = { type: "direct", to: "me", text: "psst", at: conversation.at } as const;
  conversation.tell({ ...told, from: "Eve", with: "Eve", chat: "e".repeat(24), seq: 1 });
  conversation.tell({ ...told, from: "Bob", with: "Bob", chat: "b".repeat(24), seq: 10 });
  conversation.tell({ ...told, from: "Dan", with: "Dan", chat: "d".repeat(24), seq: 1 });
  await sees(setup, /@Dan +1! │/);
  assertEquals(await listed(setup), [...before, "@Eve", "@Dan"]);
});

Deno.test("who takes a reserved name has its rooms in the order of the account", async () => {
  using setup = await viewed({});
  const { conversation } = setup;
  await sees(setup, /1 lobby/);
  const rooms = (await listed(setup)).filter((each) => !each.startsWith("@"));
  const [first = "", ...others] = rooms;
  conversation.tell({
    ...{ type: "account", action: "login", name: "me", role: "member" },
    rooms: [...others, first],
  });
  await sees(setup, new RegExp(`1 ${others[0]}`));
  assertEquals(await listed(setup), [...others, first]);
});
