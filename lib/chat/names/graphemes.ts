/** The characters of a text as people see them. */

/** Letters and signs of many scripts that join with nothing beside them: a test holds it to that. */
const APART =
  /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f\u05d0-\u05ea\u0620-\u064a\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u2bff\u3000-\u3029\u3030-\u3096\u309b-\u312f\u3131-\u3163\u3190-\ua4cf\uac00-\ud7a3\uff01-\uff60\uffe0-\uffe6]*$/;

// Made when a text first needs it: to make one takes a program at its start 20 ms.
let segmenter: Intl.Segmenter | undefined;

/**
 * The graphemes of `text`, and where they are. Each result takes 5 KB outside of the heap until the next
 * collection, which does not know of them: {@linkcode graphemesOf} does without one where it can.
 */
export function segmentGraphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** The graphemes of `text`. */
export function graphemesOf(text: string): string[] {
  if (APART.test(text)) return text.split("");
  return Array.from(segmentGraphemes(text), ({ segment }) => segment);
}

/** The same one after the other: makes only as many as are read. */
export function* eachGrapheme(text: string): Generator<string> {
  if (APART.test(text)) yield* text;
  else for (const { segment } of segmentGraphemes(text)) yield segment;
}
