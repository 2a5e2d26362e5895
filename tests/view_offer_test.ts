/** The stream offers the view once to whoever is in many rooms. */

import { assert, assertEquals } from "@std/assert";
import { DEFAULT_SETTINGS, type Settings } from "../lib/client/settings.ts";
import { FakeTerminal } from "./fixtures/fake_terminal.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

const OFFER = "/view shows each on a screen";

/** A chat that is in three rooms, of which it has been told. */
async function inThree(
  options: Partial<ConstructorParameters<typeof Setup>[0]> = {},
  io = new FakeTerminal(),
): Promise<Setup> {
  const setup = await Setup.online(options, io);
  const { conversation } = setup;
  for (const room of ["dev", "ops"]) {
    conversation.tell({ type: "joined", room, name: "me", own: true });
  }
  conversation.message("ann", "you are in three rooms");
  await io.expect("you are in three rooms");
  return setup;
}

/** How often it was offered. */
function offers({ io }: Setup): number {
  return io.written.split(OFFER).length - 1;
}

Deno.test("with the third room the view is offered, once for ever", async () => {
  const saved: Settings[] = [];
  const save = (settings: Settings): void => void saved.push(settings);
  using setup = await Setup.online({ save });
  const { io, conversation } = setup;
  conversation.tell({ type: "joined", room: "dev", name: "me", own: true });
  conversation.message("ann", "two rooms");
  await io.expect("two rooms");
  assertEquals(offers(setup), 0);
  io.type("/join ops\r");
  await io.expect(OFFER);
  io.type("/join more\r");
  conversation.message("ann", "four rooms");
  await io.expect("four rooms");
  assertEquals(offers(setup), 1);
  assertEquals(saved.map(({ view, viewOffered }) => [view, viewOffered]), [[false, true]]);
  using later = await inThree({ settings: saved[0] as Settings });
  assertEquals(offers(later), 0);
});

Deno.test("whoever has turned to the view is not offered it", async () => {
  const saved: Settings[] = [];
  using setup = await Setup.online({ save: (settings) => void saved.push(settings) });
  setup.io.type("/view\r");
  await setup.io.until(() => setup.io.screen.isAlternate, "the view");
  setup.io.type("/view\r");
  await setup.io.until(() => !setup.io.screen.isAlternate, "the stream");
  assert(saved.at(-1)?.viewOffered);
  using other = await inThree({ settings: { ...DEFAULT_SETTINGS, view: true } });
  assert(other.io.screen.isAlternate);
  assertEquals(offers(other), 0);
});

Deno.test("the view is not offered where there is no room for it, nor without escapes", async () => {
  for (const [columns, rows] of [[59, 24], [80, 11]] as const) {
    using setup = await inThree({}, new FakeTerminal(columns, rows));
    assertEquals(offers(setup), 0);
  }
  using setup = await inThree({ plain: true });
  assertEquals(offers(setup), 0);
});
