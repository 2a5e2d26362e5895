/**
 * The incarnations of nodes, as the stream tells of them: which batches count. A node has a new one whenever
 * it begins, and each counts its batches, so that one that is sent again counts once, one that came too early
 * does not count, and one of a dead incarnation never does. That is what makes several batches in flight
 * safe, whatever order they arrive in (the scheme of idempotent producers, as Kafka has it: a producer's id,
 * its epoch as a fence, and its sequence).
 */

/** What a batch is to those who read it. */
export type BatchVerdict =
  /** It counts. */
  | "counts"
  /** It was read before. */
  | "again"
  /** One before it is missing; its sender sends both again. */
  | "early"
  /** Its incarnation is dead. */
  | "dead";

/** What is known of one incarnation. */
export interface Incarnation {
  readonly inc: string;
  /** What its node is called; empty until it has said so. */
  readonly node: string;
  /** The number of its last batch that counted. */
  readonly b: number;
  readonly isDead: boolean;
}

/** Dead incarnations that are remembered, in case a batch of theirs comes late. */
const MOST_DEAD = 1_000;

/** All of them, in the order in which they came. Its state is that of a place in the stream. */
export class Incarnations {
  readonly #known = new Map<string, Incarnation>();
  #version = 0;
  /** The names of those that live; `undefined`: to be listed anew. */
  #living: readonly string[] | undefined;

  /** As {@linkcode all} gave it. */
  constructor(known: Iterable<Incarnation> = []) {
    for (const each of known) this.#known.set(each.inc, each);
  }

  get all(): readonly Incarnation[] {
    return [...this.#known.values()];
  }

  /** The nodes that live: what a cluster begins with is from nobody, who never says that it is here. */
  get alive(): readonly Incarnation[] {
    return this.all.filter(({ node, isDead }) => node !== "" && !isDead);
  }

  /** Another number whenever something has changed that is no count of batches. */
  get version(): number {
    return this.#version;
  }

  /** How many batches have counted, for each that lives, by its name. It is asked for at each message. */
  get counts(): Readonly<Record<string, number>> {
    this.#living ??= this.alive.map(({ inc }) => inc);
    return Object.fromEntries(this.#living.map((inc) => [inc, this.#known.get(inc)?.b ?? 0]));
  }

  get(inc: string): Incarnation | undefined {
    return this.#known.get(inc);
  }

  /** Says what a batch is, and counts it if it counts. */
  take(inc: string, b: number): BatchVerdict {
    const known = this.#known.get(inc) ?? { inc, node: "", b: 0, isDead: false };
    if (known.isDead) return "dead";
    if (b <= known.b) return "again";
    if (b > known.b + 1) return "early";
    if (!this.#known.has(inc)) this.#changed();
    this.#known.set(inc, { ...known, b });
    return "counts";
  }

  /** An incarnation says which node it is. Returns the others of that node, which are dead from now on. */
  here(inc: string, node: string): readonly string[] {
    const earlier = this.alive.filter((each) => each.node === node && each.inc !== inc);
    for (const each of earlier) this.#kill(each);
    const known = this.#known.get(inc);
    if (known !== undefined) this.#known.set(inc, { ...known, node });
    this.#changed();
    this.#forget();
    return earlier.map((each) => each.inc);
  }

  /** An incarnation is dead. False if that was known, or nobody knows it. */
  die(inc: string): boolean {
    const known = this.#known.get(inc);
    if (known === undefined || known.isDead) return false;
    this.#kill(known);
    this.#forget();
    return true;
  }

  #kill(each: Incarnation): void {
    this.#known.set(each.inc, { ...each, isDead: true });
    this.#changed();
  }

  #changed(): void {
    this.#version++;
    this.#living = undefined;
  }

  #forget(): void {
    const dead = this.all.filter(({ isDead }) => isDead);
    for (const { inc } of dead.slice(0, Math.max(0, dead.length - MOST_DEAD))) {
      this.#known.delete(inc);
    }
  }
}
