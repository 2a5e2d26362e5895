/** Much history, and little of it on the page. */

import { assert } from "@std/assert";
import { MemoryLog } from "../../lib/chat/log/memory_log.ts";
import { say } from "../fixtures/facts.ts";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest, type Person } from "./browser.ts";

const COUNT = 10_000;
/** Rows of messages at most; days and notices come to these. */
const MAX_ROWS = 420;

function longHistory(): MemoryLog {
  const log = new MemoryLog({
    now: () => Date.now(),
    epoch: "an epoch",
    messagesPerRoom: COUNT,
    maxBytes: 64 << 20,
  });
  for (let n = 1; n <= COUNT; n++) {
    const text = n % 7 === 0 ? `message ${n}\nin\nmore lines` : `message ${n}`;
    log.put(say("lobby", text, { from: `p${n % 5}` }));
  }
  return log;
}

/** Where the first row in sight stands, and what it says. */
function firstInSight(person: Person): Promise<{ key: string; top: number }> {
  return person.page.evaluate(`(() => {
    const edge = scroller.getBoundingClientRect().top;
    const row = [...document.querySelectorAll("#list .said")].find((e) => e.getBoundingClientRect().bottom > edge);
    return { key: row.dataset.key, top: row.getBoundingClientRect().top };
  })()`);
}

function top(person: Person, key: string): Promise<number> {
  return person.page.evaluate(
    `document.querySelector('[data-key="${key}"]').getBoundingClientRect().top`,
  );
}

browserTest(
  "ten thousand messages are read up to the first and back, with some hundred rows",
  async (people) => {
    const factLog = longHistory();
    await using web = await startWeb({}, { factLog, limits: { scrollback: 50 } });
    const ann = await people.join(web.door, "ann");
    await ann.sees(`message ${COUNT}`);
    const first = "document.querySelector('#list .said')";
    const last = "[...document.querySelectorAll('#list .said')].at(-1)";
    let seen = 0;
    for (let n = 0; n < 400; n++) {
      const before: string = await ann.page.evaluate(`${first}.dataset.key`);
      if (before === "0.1.0") break;
      await ann.page.evaluate("scroller.scrollTop = 0");
      await ann.until(`${first}.dataset.key !== ${JSON.stringify(before)}`);
      const rows: number = await ann.page.evaluate("list.childElementCount");
      seen = Math.max(seen, rows);
    }
    await becomes(() => ann.page.evaluate(`${first}.textContent.includes("message 1")`), true);
    assert(seen > 100 && seen <= MAX_ROWS, `${seen} rows`);
    await ann.page.locator("#start", { hasText: "This is where lobby begins." }).waitFor();
    // Down again, page by page.
    for (let n = 0; n < 3; n++) {
      const before: string = await ann.page.evaluate(`${last}.dataset.key`);
      await ann.page.evaluate("scroller.scrollTop = scroller.scrollHeight");
      await ann.until(`${last}.dataset.key !== ${JSON.stringify(before)}`);
    }
    assert(await ann.page.evaluate<number>("list.childElementCount") <= MAX_ROWS);
    await ann.page.locator("#jump").click();
    await ann.sees(`message ${COUNT}`);
    await ann.until("scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 2");
  },
);

browserTest("what is read stays where it is while pages and messages come", async (people) => {
  const factLog = longHistory();
  await using web = await startWeb({}, { factLog, limits: { scrollback: 50 } });
  using bob = await joinEvent(web.server, "bob");
  const ann = await people.join(web.door, "ann");
  await ann.sees(`message ${COUNT}`);
  const first = "document.querySelector('#list .said')";
  for (let n = 0; n < 6; n++) {
    // One step that brings a page: the row that was first in sight must not move.
    await ann.page.evaluate("scroller.scrollTop = scroller.clientHeight * 1.6");
    await ann.settled();
    const before: string = await ann.page.evaluate(`${first}.dataset.key`);
    const { key, top: stood } = await ann.page.evaluate(`(() => {
      scroller.scrollTop = scroller.clientHeight;
      const edge = scroller.getBoundingClientRect().top;
      const row = [...document.querySelectorAll("#list .said")].find((e) => e.getBoundingClientRect().bottom > edge);
      return { key: row.dataset.key, top: row.getBoundingClientRect().top };
    })()`) as { key: string; top: number };
    await ann.until(`${first}.dataset.key !== ${JSON.stringify(before)}`);
    assert(Math.abs(await top(ann, key) - stood) <= 1, `${key} went from ${stood}`);
  }
  const { key, top: stood } = await firstInSight(ann);
  for (let n = 0; n < 20; n++) await bob.ask({ type: "say", room: "lobby", text: `new ${n}` });
  await ann.page.locator("#jump", { hasText: "20 new" }).waitFor();
  assert(Math.abs(await top(ann, key) - stood) <= 1, "it went when something new was said");
  await ann.page.locator("#jump").click();
  await ann.sees("new 19");
});

browserTest("what was found is shown among what was said around it", async (people) => {
  const factLog = longHistory();
  await using web = await startWeb({}, { factLog, limits: { scrollback: 50 } });
  const ann = await people.join(web.door, "ann");
  await ann.say("/search 4321 & ?");
  await ann.page.locator("dialog p", { hasText: "Nothing can be found by & ?" }).waitFor();
  await ann.page.locator("dialog .pick", { hasText: "message 4321" }).click();
  await ann.page.locator("#list .pointed .text", { hasText: "message 4321" }).waitFor();
  await ann.sees("message 4330");
  await ann.say("and on we go");
  await ann.hasSent("and on we go");
  await ann.until("scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 2");
});
