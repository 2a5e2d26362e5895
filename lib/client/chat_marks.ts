/** How far each conversation has been seen. Pure. */

/** The most conversations that are remembered, however many a server tells of. */
const MAX_CHATS = 1_000;

/** The last seq that was seen in each conversation; of too many those that moved last are kept. */
export class ChatMarks {
  readonly #seqs = new Map<string, number>();

  get size(): number {
    return this.#seqs.size;
  }

  /** All of them, as `resume` has them. */
  get all(): Record<string, number> {
    return Object.fromEntries(this.#seqs);
  }

  /** Forgets all, and has these. */
  replace(seqs: Readonly<Record<string, number>>): void {
    this.#seqs.clear();
    for (const [chat, seq] of Object.entries(seqs)) this.move(chat, seq);
  }

  /** The numbers begin anew. */
  restart(): void {
    for (const chat of this.#seqs.keys()) this.#seqs.set(chat, 0);
  }

  /** Sets a mark, be it further back. */
  move(chat: string, seq: number): void {
    this.#seqs.delete(chat);
    this.#seqs.set(chat, seq);
    const [oldest = ""] = this.#seqs.keys();
    if (this.#seqs.size > MAX_CHATS) this.#seqs.delete(oldest);
  }

  /** Moves a mark on; false if that number was seen before. */
  advance(chat: string, seq: number): boolean {
    if (seq <= (this.#seqs.get(chat) ?? 0)) return false;
    this.move(chat, seq);
    return true;
  }
}
