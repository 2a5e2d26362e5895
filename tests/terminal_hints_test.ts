/** What somebody is told who types what does something in other programs. */

import { assertEquals } from "@std/assert";
import { sees, viewed } from "./fixtures/full_view.ts";
import { room } from "./fixtures/terminal_account.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

function hints({ io }: Setup): number {
  return io.screen.seen.split("calls nobody").length - 1;
}

Deno.test("who calls everybody by a word of another program is told which one does", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  for (const [n, word] of ["@channel", "@here", "(@Everyone)"].entries()) {
    io.type(`${word} lunch\r`);
    await io.until(() => hints(setup) === n + 1, word);
  }
  await sees(setup, /@channel calls nobody\. @all calls everybody here, if a/);
  // Somebody may be called that; and the server knows who is a host.
  conversation.tell({ type: "joined", room: "lobby", name: "here" });
  io.type("@here hello\r@all hello\rb@channel.example\r@everyone-else\rdone\r");
  await sees(setup, /<me> done/);
  assertEquals(hints(setup), 3);
});

Deno.test("a guest is told that their @all calls nobody", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  conversation.tell({ type: "account", action: "unregister", name: "me", role: "member" });
  io.type("@all hello\r");
  await sees(setup, /-- @all calls everybody here, if a host/);
});

Deno.test("/who says who is away", async () => {
  using setup = await viewed({
    mendsMs: [],
    ready: { rooms: [room("lobby")] },
    answer: (request) =>
      request.type === "who"
        ? {
          ...{ type: "members", room: request.room, members: ["Ann", "me"], total: 2 },
          people: [{ name: "Ann", here: true, away: "lunch" }, { name: "me", here: true }],
        }
        : undefined,
  });
  setup.io.type("/who\r");
  await sees(setup, /2 people in lobby: Ann \(away\), me$/);
});
