/** What the server's thread knows of each stored log. */

import { assertEquals } from "@std/assert";
import { directLog } from "../lib/chat/messages/log_key.ts";
import { KeptLogs } from "../lib/store/kept_logs.ts";

Deno.test("of a session without numbers of its own nothing is kept when it is recalled", () => {
  const kept = new KeptLogs({ logs: [], floor: 7, salt: "" });
  const [device, guest] = [directLog("device"), directLog("guest")];
  kept.reaches(device, 0);
  assertEquals([kept.get(device), kept.last(device)], [undefined, 0]);
  kept.reaches(guest, 5);
  kept.reaches(guest, 3);
  assertEquals([kept.get(guest)?.first, kept.last(guest)], [1, 5]);
  kept.reaches(guest, 0);
  assertEquals(kept.last(guest), 5);
});
