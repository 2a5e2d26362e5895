/** Hosts that may be taken for another one: the terminal and the page judge them alike. */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { withOtherHosts } from "../lib/client/terminal/spans.ts";
import { partsOf } from "../lib/web/page/parts.js";
import { tries } from "./fixtures/thorough.ts";

/** What the page says of an address that it takes for a link, all of it; else `no link`. */
function inPage(url: string): string | undefined {
  const [part, ...others] = partsOf(url).flatMap(({ parts }) => parts);
  return part?.kind === "link" && others.length === 0 ? part.host : "no link";
}

/** What the terminal puts behind it. */
function onTerminal(url: string): string | undefined {
  const shown = withOtherHosts(url);
  return shown === url ? undefined : shown.slice(url.length + " (".length, -")".length);
}

const LETTERS = [
  ..."aeogplinz019.-_",
  // Cyrillic and Greek.
  ..."аеорсѕіοαν",
  ..."üéßıłøɡ",
  ..."日本語ひらカナ한",
  ..."אبकก",
  ..."ａ．。\u0301\u0307",
];

Deno.test("the terminal and the page say the same of every host", () => {
  const host = fc.array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(host, fc.constantFrom("", "/a", ":80/", "?q"), (letters, rest) => {
      const url = `https://${letters.join("")}.com${rest}`;
      const page = inPage(url);
      if (page !== "no link") assertEquals(onTerminal(url), page, url);
    }),
    { numRuns: tries(200, 5_000) },
  );
});
