/**
 * Published attacks on people who look at a terminal, before and after: as they come they do
 * something to the screen, and made inert they are a row of text like any other.
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { inertLine } from "../lib/words/inert.js";
import { VirtualScreen } from "./fixtures/virtual_screen.ts";

const COLUMNS = 200;

/** What each attack is, how it comes, and what is to be seen of it. */
const ATTACKS: ReadonlyArray<readonly [what: string, raw: string, shown: string]> = [
  ["window title (OSC 0)", "a\x1b]0;owned\x07b", "a␛]0;owned␇b"],
  ["window title (OSC 2)", "a\x1b]2;owned\x1b\\b", "a␛]2;owned␛\\b"],
  [
    "a string that never ends",
    "a\x1b]0;the rest of the chat is gone",
    "a␛]0;the rest of the chat is gone",
  ],
  ["clipboard (OSC 52)", "a\x1b]52;c;cm0gLXJmIH4=\x07b", "a␛]52;c;cm0gLXJmIH4=␇b"],
  [
    "hyperlink (OSC 8)",
    "\x1b]8;;https://evil.example\x1b\\https://bank.example\x1b]8;;\x1b\\",
    "␛]8;;https://evil.example␛\\https://bank.example␛]8;;␛\\",
  ],
  ["mouse reporting (CSI ?1000h)", "a\x1b[?1000hb", "a␛[?1000hb"],
  ["the other screen (CSI ?1049h)", "a\x1b[?1049hb", "a␛[?1049hb"],
  ["no wrapping (CSI ?7l)", "a\x1b[?7lb", "a␛[?7lb"],
  ["clearing (CSI 2J)", "a\x1b[2J\x1b[Hb", "a␛[2J␛[Hb"],
  ["writing elsewhere (CSI H)", "a\x1b[5;5Hb", "a␛[5;5Hb"],
  ["the cursor saved and restored (DECSC, DECRC)", "\x1b7safe\x1b8evil", "␛7safe␛8evil"],
  ["a question about the terminal (DA)", "a\x1b[cb", "a␛[cb"],
  ["a question about the cursor (CSI 6n)", "a\x1b[6nb", "a␛[6nb"],
  ["the answerback (ENQ)", "a\x05b", "a␅b"],
  ["a question about settings (DCS)", "a\x1bP$qm\x1b\\b", "a␛P$qm␛\\b"],
  ["a command to the program (APC)", "a\x1b_Gi=1;AAAA\x1b\\b", "a␛_Gi=1;AAAA␛\\b"],
  ["a private message (PM)", "a\x1b^x\x1b\\b", "a␛^x␛\\b"],
  ["a reset (RIS)", "a\x1bcb", "a␛cb"],
  ["another character set (SO)", "\x1b)0\x0eqqq\x0f", "␛)0␎qqq␏"],
  ["C1 in UTF-8: CSI", "a\x9b2Jb", "a<U+009B>2Jb"],
  ["C1 in UTF-8: OSC", "a\x9d0;owned\x9cb", "a<U+009D>0;owned<U+009C>b"],
  ["overwriting (CR)", "harmless\rpassword", "harmless␍password"],
  ["overwriting (backspaces)", "safe\b\b\b\bevil", "safe␈␈␈␈evil"],
  ["a line of its own (LF)", "a\r\n12:00 <bob> I agree", "a↵12:00 <bob> I agree"],
  ["a line of its own (NEL)", "a\x8512:00 <bob>", "a<U+0085>12:00 <bob>"],
  ["a line of its own (VT, FF)", "a\x0bb\x0cc", "a␋b␌c"],
  ["a flood of tabs", "a" + "\t".repeat(9) + "b", "a" + "␉".repeat(9) + "b"],
  ["a flood of bells", "a" + "\x07".repeat(5), "a" + "␇".repeat(5)],
  ["invisible characters (NUL, DEL)", "a\0b\x7fc", "a␀b␡c"],
  [
    "Trojan Source (RLO, LRI, PDI)",
    "if (admin\u202e \u2066// check\u2069 \u2066) {\u2069",
    "if (admin<U+202E> <U+2066>// check<U+2069> <U+2066>) {<U+2069>",
  ],
  [
    "the other bidi controls",
    "\u202aa\u202bb\u202cc\u202dd\u2067e\u2068f\u061cg\u200eh\u200f",
    "<U+202A>a<U+202B>b<U+202C>c<U+202D>d<U+2067>e<U+2068>f<U+061C>g<U+200E>h<U+200F>",
  ],
  [
    "zero-width characters",
    "a\u200bd\u200cm\u200di\u2060n\ufeff\u180e\u00ad",
    "a<U+200B>d<U+200C>m<U+200D>i<U+2060>n<U+FEFF><U+180E><U+00AD>",
  ],
  ["text in tags", "hi\u{e0068}\u{e0069}", "hi<U+E0068><U+E0069>"],
  ["letters that are blank", "\u3164\u115f\uffa0\u17b4", "<U+3164><U+115F><U+FFA0><U+17B4>"],
  ["separators", "a\u2028b\u2029c", "a<U+2028>b<U+2029>c"],
  ["annotations", "\ufff9a\ufffab\ufffb", "<U+FFF9>a<U+FFFA>b<U+FFFB>"],
  ["Zalgo", "e" + "\u0301\u0489".repeat(50), "e" + "\u0301\u0489".repeat(8) + "<+84 marks>"],
];

interface Seen {
  readonly rows: string[];
  readonly state: unknown;
}

async function seen(text: string): Promise<Seen> {
  using screen = new VirtualScreen(COLUMNS, 24);
  await screen.write(text);
  return { rows: screen.rows, state: screen.state };
}

/** But for the cursor's column, the terminal is as one to which nothing was written. */
function isQuiet({ state }: Seen, quiet: Seen): void {
  const still = (state: unknown): unknown => ({ ...state as object, cursorX: 0 });
  assertEquals(still(state), still(quiet.state));
}

for (const [what, raw, shown] of ATTACKS) {
  Deno.test(`inert on a terminal: ${what}`, async () => {
    const [before, after, quiet] = await Promise.all([seen(raw), seen(inertLine(raw)), seen("")]);
    assertEquals(inertLine(raw), shown);
    assertNotEquals(
      [before.rows, before.state],
      [[shown], after.state],
      "this attack does nothing",
    );
    assertEquals(after.rows, [shown]);
    isQuiet(after, quiet);
    assert(!/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u.test(after.rows.join("")));
  });
}
