/** What a person is told of how the connection stands: each trouble once. */

import { assertEquals } from "@std/assert";
import type { LinkStatus } from "../lib/client/conversation.ts";
import { Standing } from "../lib/client/terminal/standing.ts";

const none = { permissions: "none" } as const;

const GOODBYE = "The server is shutting down.";
const KEPT = "Trying again, Enter tries at once; what you write is kept until then.";

function status(
  status: LinkStatus["status"],
  text = "",
  more: Partial<LinkStatus> = {},
): LinkStatus {
  return { type: "status", status, text, ...more };
}

function goodbye(standing: Standing): void {
  standing.hear({ type: "bye", reason: "shutdown", text: GOODBYE }, () => false, 0);
}

Deno.test("a connection that is lost is told once, however often it is tried again", none, () => {
  const standing = new Standing();
  assertEquals([standing.take(status("connecting")), standing.take(status("online"))], [[], []]);
  assertEquals(standing.ready(), false);
  const lost = status("offline", "The connection was lost.");
  assertEquals(standing.take(lost), [{
    kind: "error",
    text: `The connection was lost. ${KEPT}`,
  }]);
  for (let n = 0; n < 3; n++) {
    assertEquals([standing.take(status("connecting")), standing.take(lost)], [[], []]);
  }
  assertEquals(standing.online, false);
  assertEquals(standing.ready(), true);
  assertEquals([standing.online, standing.take(lost).length], [true, 1]);
});

Deno.test("what the server said when it closed is not told again", none, () => {
  const standing = new Standing();
  standing.ready();
  goodbye(standing);
  assertEquals(standing.take(status("offline", GOODBYE)), [{ kind: "error", text: KEPT }]);
  assertEquals(standing.take(status("ended", GOODBYE)), []);
  standing.ready();
  assertEquals(standing.take(status("ended", GOODBYE)), [{ kind: "error", text: GOODBYE }]);
});

Deno.test("that a server is taken for a classic one is told", none, () => {
  const standing = new Standing();
  const text = "Messages only.";
  const told = standing.take(status("online", text, { fellBack: true }));
  assertEquals([standing.status, told], ["online", [{ kind: "notice", text }]]);
});
