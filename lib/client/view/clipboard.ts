/** What puts a text into the terminal's clipboard (OSC 52); not every terminal has one. Pure. */

/** The most bytes that are copied: some terminals take no more. */
const MOST_COPIED = 65_536;

/** What the terminal is sent, or why nothing is, and what the person is told. */
export interface Copying {
  readonly sequence?: string;
  readonly told: string;
}

export function copying(text: string): Copying {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > MOST_COPIED) {
    return { told: `That is longer than the ${MOST_COPIED} bytes that are copied.` };
  }
  return {
    sequence: `\x1b]52;c;${bytes.toBase64()}\x07`,
    told: "Copied, if your terminal lets programs copy.",
  };
}
