/** The recorded session is one that asciinema plays, and leaves the terminal as it was. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { VirtualScreen } from "./fixtures/virtual_screen.ts";
import { castIn, castScreens, castText } from "./tools/asciicast.ts";

const FILE = new URL("pictures/session.cast", import.meta.url);
const MOST_BYTES = 60_000;

Deno.test("the recorded session is asciicast v2, small, and has no port of a machine in it", () => {
  const text = Deno.readTextFileSync(FILE);
  assert(text.length < MOST_BYTES);
  const cast = castIn(text);
  assertEquals(castText(cast), text);
  assertEquals(cast.header.version, 2);
  assert(cast.header.width >= 60 && cast.header.height >= 12, "there is room for the view");
  let before = 0;
  for (const [seconds, code, data] of cast.events) {
    assert(seconds >= before, `${seconds} comes after ${before}`);
    assert(["o", "m"].includes(code) && typeof data === "string");
    before = seconds;
  }
  const written = cast.events.filter(([, code]) => code === "o").map(([, , data]) => data).join("");
  const addresses = [...written.matchAll(/127\.0\.0\.1:\d+/g)].map(([address]) => address);
  assertEquals([...new Set(addresses)], ["127.0.0.1:12345"]);
});

Deno.test("the recorded session shows what its marks say, and ends at the shell", async () => {
  const cast = castIn(await Deno.readTextFile(FILE));
  const screens = await castScreens(cast);
  const shows = (mark: string, text: string | RegExp): void => {
    const rows = screens.get(mark)?.map((row) => row.map((cell) => cell.text).join("")) ?? [];
    assert(rows.some((row) => row.search(text) >= 0), `${mark}:\n${rows.join("\n")}`);
  };
  shows("talk", "<ann> so 1.61 it is");
  shows("rooms", "it is three lines");
  shows("view", /^1 lobby +1!/);
  shows("reply", "↳ 5 bob: ann: lunch at noon?");
  shows("history", "version 1.25 is live");
  shows("stream again", "ops");
  shows("shell", /^\$ /);
  using screen = new VirtualScreen(cast.header.width, cast.header.height);
  const untouched = screen.modes;
  for (const [, code, data] of cast.events) if (code === "o") await screen.write(data);
  assertFalse(screen.isAlternate);
  assertEquals(screen.modes, untouched);
  assertEquals(screen.cursorRow.trim(), "$");
});
