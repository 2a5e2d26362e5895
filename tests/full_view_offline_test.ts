/** The full-screen view, and the stream, while there is no connection. */

import { assert, assertEquals } from "@std/assert";
import { NextTry } from "../lib/client/view/next_try.ts";
import { sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

/** In how many seconds the next try is, as the view says. */
function seconds(setup: Setup): number {
  const row = shown(setup).find((each) => each.includes("next try in"));
  return Number(/offline, next try in (\d+) s/.exec(row ?? "")?.[1] ?? NaN);
}

Deno.test("while there is no connection the view counts down to the next try, and Enter tries at once", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  conversation.online = false;
  const text = "The connection was lost";
  conversation.tell({ type: "status", status: "offline", text, retryInMs: 900_000 });
  await sees(setup, /─ offline, next try in \d+ s .*─ Enter tries at once ─/);
  await sees(setup, /Trying again, Enter/);
  const before = seconds(setup);
  assert(before <= 900);
  await io.until(() => seconds(setup) < before, "a second less");
  assertEquals(conversation.tried, 0);
  io.type("\r");
  await io.until(() => conversation.tried === 1, "the try");
  conversation.tell({ type: "status", status: "connecting", text: "Connecting …" });
  await seesNo(setup, /next try/);
  conversation.ready();
  await sees(setup, /Connected again/);
  io.type("\rsaid\r");
  await sees(setup, /<me> said/);
  assertEquals(conversation.tried, 1);
});

Deno.test("what is not sent yet is told with the next try", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  conversation.online = false;
  const text = "The connection was lost";
  conversation.tell({ type: "status", status: "offline", text, retryInMs: 900_000 });
  await sees(setup, /next try in/);
  io.type("later\r");
  await sees(setup, /─ offline, 1 unsent, next try in \d+ s/);
  assertEquals(conversation.tried, 0);
});

Deno.test("in the stream Enter on an empty line tries at once while there is no connection", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  io.type("\rsaid\r");
  await io.expect("<me> said");
  conversation.lose();
  await io.expect("Trying again");
  assertEquals(conversation.tried, 0);
  io.type("  \r");
  await io.until(() => conversation.tried === 1, "the try");
});

Deno.test("a view that is not on screen counts nothing", () => {
  const passed = (): never => {
    throw new Error("nobody looks");
  };
  const waiting = new NextTry({ waitsMs: 8_000.5 }, passed);
  assertEquals(waiting.told("offline"), "offline, next try in 9 s");
  // The test would not end well with a timer left.
  waiting.end();
  assertEquals(new NextTry({ waitsMs: undefined }, passed).told("connecting"), "connecting");
});
