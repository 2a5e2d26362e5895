/** Whose search is next: that of each address in turn, and nobody's who has gone. */

import { assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import type { Page, Search } from "../lib/chat/messages/history.ts";
import { comeNow, type HousePeer } from "./fixtures/house_peer.ts";
import { still, STILL_LOG } from "./fixtures/still.ts";

/** A log whose searches end when the test says so. */
class HeldLog extends MemoryLog {
  readonly begun: string[] = [];
  readonly #held: Array<() => void> = [];

  override async search(search: Search): Promise<Page> {
    this.begun.push(search.query);
    await new Promise<void>((resolve) => this.#held.push(resolve));
    return { entries: [], more: false };
  }

  /** Lets the one that is under way end, and what follows from it begin. */
  async end(): Promise<void> {
    this.#held.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

Deno.test("an address waits for one search of each other", async () => {
  const log = new HeldLog(STILL_LOG);
  const house = new House({ ...still(), factLog: log });
  const enter = (name: string, address: string): HousePeer => comeNow(house, { name }, { address });
  const search = (peer: HousePeer, query: string): unknown =>
    house.request(peer, { type: "search", query });
  const crowd = ["a", "b", "c", "d"].map((name) => enter(name, "192.0.2.1"));
  const all = crowd.map((guest, n) => search(guest, `crowd ${n}`));
  const other = enter("other", "192.0.2.2");
  all.push(search(other, "other"));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(log.begun, ["crowd 0"]);
  await log.end();
  assertEquals(log.begun, ["crowd 0", "other"]);
  await log.end();
  const gone = crowd[2];
  if (gone !== undefined) house.gone(gone, true);
  for (let n = 0; n < 3; n++) await log.end();
  await Promise.all(all);
  assertEquals(log.begun, ["crowd 0", "other", "crowd 1", "crowd 3"]);
});
