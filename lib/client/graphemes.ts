/** Splits text into graphemes, which are what people call characters. */

// Made when it is first needed, because that takes 20 ms.
let segmenter: Intl.Segmenter | undefined;

/** The graphemes of `text`. */
export function segmentGraphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}
