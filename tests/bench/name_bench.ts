/** How long a name takes that somebody comes with: `deno bench tests/bench/name_bench.ts`. */

import { checkName } from "../../lib/chat/names/check_name.ts";
import { NameTable } from "../../lib/chat/names/name_tables.ts";

const names = new NameTable<string>();
for (let n = 0; n < 10_000; n++) take(`user-${n}`);

let count = 0;

for (const first of ["alice", "Alice Smith", "Дмитрий", "李雷"]) {
  Deno.bench(`check, find, take and release ${first}-1, -2 … among 10,000`, () => {
    // Not one name again and again: a Map is slow with a key that comes and goes.
    const name = `${first}-${count = (count + 1) % 5_000}`;
    const key = checkName(name);
    if (names.find(name, key, () => true) !== undefined) throw new Error(`${name} is taken`);
    names.set(name, key, name);
    names.delete(name, key, name);
  });
}

function take(name: string): void {
  names.set(name, checkName(name), name);
}
