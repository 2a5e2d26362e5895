/** A node that can't begin says why, as a sentence for whoever starts it. */

import { assertRejects } from "@std/assert";
import { StartError } from "../lib/cli/flags.ts";
import { type NodePlace, openNode } from "../lib/cli/open_cluster.ts";
import { withDefaults } from "../lib/server/limits.ts";
import type { Server } from "../lib/server/serve.ts";
import { MemoryNodes } from "./fixtures/memory_nodes.ts";

const SERVER = { host: { shared: { house: {} } } } as unknown as Pick<Server, "host">;

/** How a node is opened with a directory. */
function wanted(dir: string): Omit<NodePlace, "place"> {
  return {
    dir,
    wish: { node: "n1", replicas: 1 },
    limits: withDefaults(),
    said: [],
    log: () => {},
  };
}

Deno.test("a node whose log does not say how far it goes does not begin, and says so", async () => {
  await using nodes = await MemoryNodes.make();
  const stream = nodes.order.node();
  stream.cut();
  const place = wanted(await nodes.directory());
  const says = "the log does not say how far it goes: There is no connection";
  await assertRejects(() => openNode(stream, place), Error, says);
  stream.mend();
  const opened = await openNode(stream, place);
  try {
    stream.cut();
    await assertRejects(() => opened.begin(() => {}, SERVER), StartError, says);
  } finally {
    await opened.close(0);
  }
});
