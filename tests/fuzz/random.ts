/** Random choices that can be made again: all follow from a seed. */

/** A source of random choices (after Marsaglia's xorshift, with a counter against short cycles). */
export class Random {
  #state: number;
  #counter = 0;

  constructor(seed: string) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < seed.length; i++) {
      hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
    }
    this.#state = hash | 1;
  }

  /** A whole number from 0 up to, but not including, `end`. */
  below(end: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    this.#counter = (this.#counter + 0x9e3779b9) | 0;
    return Math.floor(((x + this.#counter) >>> 0) / 0x1_0000_0000 * end);
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Up to `most` results of `make`. */
  list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  bytes(most: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.list(most, () => this.below(256)));
  }

  /** Text of characters that mean something to somebody, and of any others. */
  text(most: number): string {
    return this.list(most, () => this.#character()).join("");
  }

  /** The bytes in pieces. */
  cut(bytes: Uint8Array<ArrayBuffer>): Array<Uint8Array<ArrayBuffer>> {
    const longest = this.pick([1, 3, 20, 1_000, 100_000]);
    const pieces: Array<Uint8Array<ArrayBuffer>> = [];
    for (let at = 0; at < bytes.length;) {
      const length = 1 + this.below(longest);
      pieces.push(bytes.subarray(at, at + length));
      at += length;
    }
    return pieces;
  }

  #character(): string {
    switch (this.below(6)) {
      case 0:
        return this.pick([..."\"'\\/:;#@*^()[]{} \t\r\n-+"]);
      case 1:
        return this.pick(["👍🏽", "👨‍👩‍👧", "🇫🇷", "e\u0301", "각", "\u200d", "\u202e", "\ufeff", "ß"]);
      case 2:
        return String.fromCodePoint(this.below(0x20));
      case 3: {
        const point = this.below(0x110000);
        return String.fromCodePoint(point >= 0xd800 && point < 0xe000 ? 0x41 : point);
      }
      default:
        return String.fromCharCode(0x61 + this.below(26));
    }
  }
}

/** Bytes with something done to them: flipped, taken out, doubled, put in, cut off. */
export function mutate(random: Random, source: Uint8Array): Uint8Array<ArrayBuffer> {
  let bytes = [...source];
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(bytes.length + 1);
    const length = random.below(random.pick([2, 12, 200]));
    switch (random.below(7)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ 1 << random.below(8);
        break;
      case 1:
        bytes[at] = random.pick([0, 0x20, 0x22, 0x2d, 0x30, 0x39, 0x7f, 0x80, 0xc0, 0xff]);
        break;
      case 2:
        bytes.splice(at, length);
        break;
      case 3:
        bytes.splice(at, 0, ...bytes.slice(at, at + length));
        break;
      case 4:
        bytes.splice(at, 0, ...random.bytes(12));
        break;
      case 5: {
        const from = random.below(bytes.length + 1);
        bytes.splice(at, length, ...bytes.slice(from, from + length));
        break;
      }
      default:
        if (random.oneIn(3)) bytes = bytes.slice(0, at);
    }
  }
  return Uint8Array.from(bytes);
}
