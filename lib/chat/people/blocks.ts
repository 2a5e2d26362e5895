/** Whom each account does not want to hear. */

import type { PersonId } from "./chats.ts";
import type { Block, Change } from "./records.ts";

/** All blocks, by the id of the account that blocks. */
export class Blocks {
  readonly #all = new Map<string, Map<string, Block>>();

  /** `kept` are those that there were. */
  constructor(kept: readonly Block[] = []) {
    this.load(kept);
  }

  /** Knows these, where none is known. */
  load(blocks: readonly Block[]): void {
    for (const block of blocks) this.#add(block);
  }

  /** Every block, in the order in which accounts began to block. */
  get all(): readonly Block[] {
    return [...this.#all.values()].flatMap((blocks) => [...blocks.values()]);
  }

  /** Whom an account blocks, the first first. */
  of(account: string): readonly Block[] {
    return [...this.#all.get(account)?.values() ?? []];
  }

  /** Whether an account blocks a person. */
  has(account: string, who: PersonId): boolean {
    return this.#all.get(account)?.has(who) ?? false;
  }

  /** Makes changes hold. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.type) {
        case "block":
          this.#add(change.block);
          break;
        case "unblock":
          this.#delete(change.account, change.who);
          break;
        case "remove":
          this.#all.delete(change.id);
      }
    }
  }

  #add(block: Block): void {
    const blocks = this.#all.get(block.account);
    if (blocks === undefined) this.#all.set(block.account, new Map([[block.who, block]]));
    else blocks.set(block.who, block);
  }

  #delete(account: string, who: string): void {
    const blocks = this.#all.get(account);
    blocks?.delete(who);
    if (blocks?.size === 0) this.#all.delete(account);
  }
}
