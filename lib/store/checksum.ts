/**
 * The checksum of a stored message, by which a text, a time, a sender or a place that was changed on
 * the disk is noticed. FNV-1a, 32 bits, over UTF-16 code units: each step is a bijection, so a change
 * of a single character is always noticed, and any other but for one in four billion. It finds damage;
 * whoever can write the file can also forge it.
 */

/** What is checked of a message. */
export interface Checked {
  /** The kind and the key of the log's row. */
  readonly kind: number;
  readonly key: string;
  readonly seq: number;
  readonly at: number;
  readonly action: number;
  /** The name of who said it. */
  readonly sender: string;
  readonly text: string;
}

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
const WORD = 0x1_0000_0000;

/** The part of the checksum that all messages of a log have in common. */
export function logSum(kind: number, key: string): number {
  return addText(Math.imul(BASIS ^ kind, PRIME), key);
}

/** Goes on from a {@linkcode logSum}; a signed number of 32 bits. */
export function messageSum(
  log: number,
  { seq, at, action, sender, text }: Omit<Checked, "kind" | "key">,
): number {
  return addText(
    addText(addNumber(addNumber(Math.imul(log ^ action, PRIME), seq), at), sender),
    text,
  );
}

/** The checksum of a message. */
export function checksum(message: Checked): number {
  return messageSum(logSum(message.kind, message.key), message);
}

/** Ends with the length, so that what moves from one text to the next is noticed. */
function addText(hash: number, text: string): number {
  const { length } = text;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return Math.imul(hash ^ length, PRIME);
}

function addNumber(hash: number, value: number): number {
  return Math.imul(Math.imul(hash ^ value, PRIME) ^ Math.floor(value / WORD), PRIME);
}
