/**
 * Which characters a name may hold, after PRECIS (RFC 8264): the FreeformClass for people, as the
 * Nickname profile (RFC 8266) has it, and the IdentifierClass for rooms, as the profile
 * UsernameCaseMapped (RFC 8265) has it, with its rule for right-to-left text. Texts are taken in
 * NFC: two spellings of one character are both in or both out.
 *
 * The classes are told by the engine's own Unicode tables; a character that is newer than those
 * is in no class.
 */

/** Section 9.6, exceptions that are in no class: they stretch, tone or repeat what stands before. */
const EXCEPTIONS = String.raw`\u0640\u07FA\u302E\u302F\u3031-\u3035\u303B`;
/** Section 9.9, letters of old Hangul, which make up syllables without end. */
const OLD_HANGUL = String.raw`\u1100-\u11FF\uA960-\uA97C\uD7B0-\uD7FB`;
/** What PRECIS lets in and nobody sees: the blank pattern of braille. */
const BLANK = String.raw`\u2800`;
const NEVER = String.raw`[\p{Default_Ignorable_Code_Point}${EXCEPTIONS}${OLD_HANGUL}${BLANK}]`;

/** Whether the character at `at` may stand there. */
type Context = (chars: readonly string[], at: number) => boolean;

interface Classes {
  /** Section 4.3, but for what depends on its place. */
  readonly freeform: RegExp;
  /** Section 4.2, likewise, and with what is only another spelling (9.17). */
  readonly identifier: RegExp;
}

// Made when a name first needs them: most names are ASCII, and clients have no use for them.
let classes: Classes | undefined;

function theClasses(): Classes {
  return classes ??= {
    freeform: new RegExp(String.raw`^[[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]--${NEVER}]$`, "v"),
    identifier: new RegExp(
      String.raw`^[[\p{Lu}\p{Ll}\p{Lo}\p{Lm}\p{Nd}\p{Mn}\p{Mc}\u0021-\u007E` +
        String.raw`\u06FD\u06FE\u0F0B\u3007]--${NEVER}]$`,
      "v",
    ),
  };
}

/** A character that can't be where it is, and why: the rest of a sentence that it begins. */
export interface Problem {
  readonly char: string;
  readonly why: string;
}

/** The first character that can't be in a person's name; `undefined` if all can. */
export function freeformProblem(text: string): Problem | undefined {
  const { freeform } = theClasses();
  return firstProblem(text, (char) => {
    return freeform.test(char) ? undefined : "which RFC 8264 keeps out of names";
  });
}

/** The first character that can't be in a room's name; `undefined` if all can. */
export function identifierProblem(text: string): Problem | undefined {
  const { identifier } = theClasses();
  // RFC 8265, section 3.3: wide and narrow forms are those of their usual letters.
  const usual = text.replace(/[\uFF00-\uFFEF]/g, (char) => char.normalize("NFKC"));
  return firstProblem(usual, (char) => {
    const plain = char.normalize("NFKC");
    if (plain !== char) return `which is only another way to write ${plain}`;
    return identifier.test(char) ? undefined : "which is no letter, digit or sign of ASCII";
  });
}

function firstProblem(
  text: string,
  whyNot: (char: string) => string | undefined,
): Problem | undefined {
  const chars = [...text.normalize("NFC")];
  for (const [at, char] of chars.entries()) {
    const context = CONTEXTS.get(char);
    if (context?.(chars, at)) continue;
    const why = context === undefined ? whyNot(char) : "which can't stand there";
    if (why !== undefined) return { char, why: whyNever(char) ?? why };
  }
  return undefined;
}

/** Why `char` is in no text that people read; `undefined` when it may be in some. */
function whyNever(char: string): string | undefined {
  if (/[\u200C\u200D]/.test(char)) return "which joins nothing there and can't be seen";
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u.test(char)) {
    return "which can't be seen";
  }
  if (/\p{Cs}/u.test(char)) return "which is half a character";
  if (/\p{Co}/u.test(char)) return "which looks different everywhere";
  return /\p{Cn}/u.test(char) ? "which is not a character yet" : undefined;
}

/**
 * What may stand in some places only: section 9.6, with the rules of RFC 5892, appendix A. That
 * of the joiner for Arabic (A.1) is kept for the letters of its main block.
 */
const CONTEXTS: ReadonlyMap<string, Context> = new Map<string, Context>([
  ["\u200c", (chars, at) => isVirama(chars[at - 1]) || joinsArabic(chars, at)],
  ["\u200d", (chars, at) => isVirama(chars[at - 1])],
  ["\u00b7", (chars, at) => chars[at - 1] === "l" && chars[at + 1] === "l"],
  ["\u0375", (chars, at) => /^\p{Script=Greek}/u.test(chars[at + 1] ?? "")],
  ["\u05f3", (chars, at) => /^\p{Script=Hebrew}/u.test(chars[at - 1] ?? "")],
  ["\u05f4", (chars, at) => /^\p{Script=Hebrew}/u.test(chars[at - 1] ?? "")],
  ["\u30fb", (chars) => chars.some((char) => /[\p{sc=Hira}\p{sc=Kana}\p{sc=Han}]/u.test(char))],
  ...range(0x660, 0x669, (chars) => !chars.some((char) => /[\u06F0-\u06F9]/.test(char))),
  ...range(0x6f0, 0x6f9, (chars) => !chars.some((char) => /[\u0660-\u0669]/.test(char))),
]);

function range(first: number, last: number, context: Context): Array<[string, Context]> {
  return Array.from(
    { length: last - first + 1 },
    (_, at) => [String.fromCodePoint(first + at), context],
  );
}

/**
 * Whether `char` is a virama, which has the combining class 9. The engine tells no classes, but
 * puts marks in the order of theirs: U+3099 has 8, and U+05B0 has 10.
 */
function isVirama(char: string | undefined): boolean {
  return char !== undefined && char !== "\u05b0" && char !== "\u3099" &&
    `\u05b0${char}`.normalize("NFD") === `${char}\u05b0` &&
    `${char}\u3099`.normalize("NFD") === `\u3099${char}`;
}

const ARABIC =
  /^[\u0620-\u063F\u0641-\u064A\u066E-\u066F\u0671-\u06D3\u06D5\u06EE\u06EF\u06FA-\u06FC\u06FF]$/;
/** Letters that join to the right only, or not at all; after them nothing is to be kept apart. */
const ARABIC_ENDS =
  /^[\u0621-\u0625\u0627\u0629\u062F-\u0632\u0648\u0671-\u0677\u0688-\u0699\u06C0\u06C3-\u06CB\u06CD\u06CF\u06D2\u06D3\u06D5\u06EE\u06EF]$/;

/** Whether the joiner at `at` keeps letters apart that would else be joined. */
function joinsArabic(chars: readonly string[], at: number): boolean {
  const isLetter = (char: string): boolean => !/^\p{Mn}/u.test(char);
  const before = chars.slice(0, at).findLast(isLetter) ?? "";
  const after = chars.slice(at + 1).find(isLetter) ?? "";
  return ARABIC.test(before) && !ARABIC_ENDS.test(before) && ARABIC.test(after) &&
    !/[\u0621\u0674]/.test(after);
}

/**
 * Whether a text in which some letters run from right to left is shown in one order only: RFC 5893,
 * section 2. It begins with such a letter, ends with one or with a digit, and has no other letters.
 */
export function keepsDirection(text: string): boolean {
  const chars = [...text.normalize("NFC")];
  if (!chars.some((char) => runsBack(char) || isArabicDigit(char))) return true;
  const isDigit = (char: string): boolean => /[0-9\u06F0-\u06F9]/.test(char);
  const [first = ""] = chars;
  const last = chars.findLast((char) => !/\p{Mn}/u.test(char)) ?? "";
  return runsBack(first) && (runsBack(last) || isDigit(last) || isArabicDigit(last)) &&
    !(chars.some(isDigit) && chars.some(isArabicDigit)) &&
    chars.every((char) =>
      runsBack(char) || isDigit(char) || isArabicDigit(char) || !/[\p{L}\p{Mc}\p{Nd}]/u.test(char)
    );
}

/** Whether it is a letter of the blocks that are set aside for such scripts. */
function runsBack(char: string): boolean {
  return /^(?=\p{L})[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u
    .test(char);
}

function isArabicDigit(char: string): boolean {
  return /[\u0660-\u0669]/.test(char);
}
