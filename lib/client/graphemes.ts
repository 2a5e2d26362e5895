/** What a person takes for characters. */

// Made when it is first needed: that takes a program at its start 20 ms.
let segmenter: Intl.Segmenter | undefined;

/** The graphemes of `text`. */
export function segmentGraphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}
