/// <reference lib="dom" />
/**
 * A page that comes without TLS by another name than this machine's own, as on a network at home: browsers
 * keep much of what they have from it.
 */

import { assertEquals } from "@std/assert";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { ANOTHER_HOST, browserTest } from "./browser.ts";

browserTest("the page works where the browser does not trust its origin", async (people) => {
  await using web = await startWeb({ hosts: [ANOTHER_HOST] });
  using bob = await joinEvent(web.server, "bob");
  const ann = await people.join({ ...web.door, host: ANOTHER_HOST }, "ann");
  assertEquals(await ann.page.evaluate("isSecureContext"), false);
  await ann.say("by another name");
  await ann.hasSent("by another name");
  const { room, from, seq: re } = await bob.takeType("message");
  assertEquals([room, from], ["lobby", "ann"]);
  await bob.ask({ type: "say", room, text: "and heard", re });
  await ann.sees("and heard");
  await ann.say("/msg bob between us");
  assertEquals((await bob.takeType("direct")).text, "between us");
  await ann.page.locator("#directs button", { hasText: "bob" }).click();
  await ann.hasSent("between us");
  await ann.page.reload();
  await ann.online();
  await ann.sees("between us");
});
