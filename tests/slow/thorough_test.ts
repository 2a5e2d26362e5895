/** The tests that try much of one kind, with all of their tries; in the gate they make a share. */

import { assert } from "@std/assert";
import { beThorough } from "../fixtures/thorough.ts";

/** What those call that make fewer tries in the gate. */
const SPARING = /\b(tries|slowTest|slowText|testKeptLog)\(/;

beThorough();
const folder = new URL("../", import.meta.url);
let found = 0;
for (const { name } of Deno.readDirSync(folder)) {
  if (!name.endsWith("_test.ts")) continue;
  const file = new URL(name, folder);
  if (!SPARING.test(Deno.readTextFileSync(file))) continue;
  found++;
  await import(file.href);
}
assert(found > 5, "the tests that are sparing in the gate were not found");
