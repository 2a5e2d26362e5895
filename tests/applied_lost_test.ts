/** A node of a cluster whose files go away while it runs. */

import { assertMatch } from "@std/assert";
import { openNode } from "./fixtures/cluster_world.ts";
import { until } from "./helpers.ts";

const LOSSES: Readonly<Record<string, [(dir: string) => Promise<void>, RegExp]>> = {
  "removed": [(dir) => Deno.remove(`${dir}/chatroom.db`), /chatroom\.db was removed/],
  "replaced": [async (dir) => {
    await Deno.writeTextFile(`${dir}/other`, "");
    await Deno.rename(`${dir}/other`, `${dir}/chatroom.db`);
  }, /chatroom\.db was replaced by another file/],
  "left without its log": [
    (dir) => Deno.remove(`${dir}/chatroom.db-wal`),
    /chatroom\.db-wal was removed/,
  ],
};

for (const [what, [lose, says]] of Object.entries(LOSSES)) {
  Deno.test(`a node's store that is ${what} applies nothing more, soon`, async () => {
    const dir = await Deno.makeTempDir();
    const store = await openNode(dir);
    let seq = 0;
    const apply = (): void => void store.apply(() => ({ seq: ++seq, at: seq, hash: "" }));
    try {
      apply();
      await lose(dir);
      let why = "";
      await until("it is noticed", () => {
        try {
          apply();
        } catch (error) {
          why = (error as Error).message;
        }
        return why !== "";
      });
      assertMatch(why, says);
    } finally {
      await store[Symbol.asyncDispose]();
      await Deno.remove(dir, { recursive: true });
    }
  });
}
