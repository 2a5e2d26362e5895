// deno-lint-ignore-file no-control-regex
/** Decodes the bytes from a terminal into keys, however they are split. Knows no editor; does no IO. */

/** The longest paste that is kept, in UTF-16 code units; the rest is dropped. */
export const MAX_PASTE = 65_536;

type Names = Readonly<Record<string, string>>;

/** What was pressed, typed or pasted. */
export type Key =
  /** Text that was typed; never a control character. */
  | { readonly type: "text"; readonly text: string }
  /** A bracketed paste; lines end in `\n`. `cut`: it was longer than {@linkcode MAX_PASTE}. */
  | { readonly type: "paste"; readonly text: string; readonly cut: boolean }
  /**
   * Any other key: `enter`, `newline` (Ctrl-J, Alt-Enter), `tab`, `backspace`, `escape`, `left`,
   * `home`, `delete` …, after `ctrl-`, `alt-` and `shift-` in this order. `early-enter` is an Enter that
   * was pressed before the program had the terminal; `early-over` comes after all that was typed then.
   */
  | { readonly type: "key"; readonly name: string }
  /** Not a key: where the cursor is, in answer to our question. */
  | { readonly type: "report"; readonly row: number; readonly column: number }
  /** Not a key either: the terminal's window has the focus now, or another one. */
  | { readonly type: "focus"; readonly here: boolean };

/** What a person did. */
export type PressedKey = Exclude<Key, { type: "report" | "focus" }>;

const PASTE_END = "\x1b[201~";
/** A longer control sequence is no key; its beginning is enough to wait for its end. */
const MAX_SEQUENCE = 32;

const TEXT = /[^\x00-\x1f\x7f-\x9f]+/y;
const CHARACTER = /[^\x00-\x1f\x7f-\x9f]/uy;
/** What begins a key of two. */
const CTRL_X = 0x18;
const C1 = /[\x80-\x9f]/y;
/**
 * `ESC [`, then `[` and a letter (Linux console), parameters and a final byte, or a broken end.
 * Swallows whatever is between them, in any order.
 */
const CSI =
  /(\x1b?)\x1b\[(?:\[[\x20-\x3f]*([\x40-\x7e])|(?!\[)([\x30-\x3f]*)((?:[\x20-\x2f][\x20-\x3f]*)?)([\x40-\x7e])|\[?[\x20-\x3f]*(?=[^\x20-\x7e]))/y;
const CSI_BEGUN = /\x1b?\x1b\[\[?[\x20-\x3f]*$/y;
const SS3 = /(\x1b?)\x1bO([\x40-\x7e])/y;
/** May be Escape, an Alt key, or the beginning of a sequence. */
const UNDECIDED = /^\x1b{1,2}O?$/;
/** Answers of the terminal (OSC, DCS, SOS, PM, APC), which are never keys. */
const STRING =
  /\x1b[\]PX^_][^\x00-\x1f\x7f]*(?:\x07|\x1b\\|(?=[\x00-\x1a\x1c-\x1f\x7f]|\x1b[^\\]))/y;
const STRING_BEGUN = /\x1b[\]PX^_][^\x00-\x1f\x7f]*\x1b?$/y;
const ALT = /\x1b([^\x1b])/uy;

/** The names of keys by the final byte of a sequence, by its number, and by the code of a character. */
const ARROWS = { A: "up", B: "down", C: "right", D: "left", F: "end", H: "home" };
/** R would be F3, and is where the cursor is. */
const CSI_FINALS: Names = { ...ARROWS, Z: "shift-tab", P: "f1", Q: "f2", S: "f4" };
const LINUX_FINALS: Names = { A: "f1", B: "f2", C: "f3", D: "f4", E: "f5" };
const SS3_FINALS: Names = {
  ...ARROWS,
  ...{
    M: "enter",
    P: "f1",
    Q: "f2",
    R: "f3",
    S: "f4",
    a: "ctrl-up",
    b: "ctrl-down",
    c: "ctrl-right",
    d: "ctrl-left",
  },
};
const CSI_NUMBERS: Names = {
  ...{ 1: "home", 2: "insert", 3: "delete", 4: "end" },
  ...{ 5: "page-up", 6: "page-down", 7: "home", 8: "end" },
  ...{ 11: "f1", 12: "f2", 13: "f3", 14: "f4", 15: "f5", 17: "f6", 18: "f7", 19: "f8", 20: "f9" },
  ...{ 21: "f10", 23: "f11", 24: "f12" },
};
const CONTROLS: Names = {
  ...{ 0x00: "ctrl-space", 0x08: "backspace", 0x09: "tab", 0x0a: "newline", 0x0d: "enter" },
  0x7f: "backspace",
};

/**
 * Decodes the input of one terminal. Swallows unknown sequences, so that they never become text; bytes
 * that are not UTF-8 become U+FFFD.
 */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  #buffer = "";
  #pasting = false;
  #pasted = "";
  #cut = false;
  /** Whether the next character is the second key of two: what is typed behind it is not. */
  #isSecond = false;

  /** Whether an Escape has come that may be a key or the beginning of a sequence. */
  get undecided(): boolean {
    return !this.#pasting && this.#buffer.startsWith("\x1b");
  }

  /** Whether a paste has begun and not ended. */
  get pasting(): boolean {
    return this.#pasting;
  }

  /**
   * Takes bytes; returns the keys that are complete now. `early`: the bytes were typed before the terminal
   * was raw, when it turned Enter into a newline.
   */
  push(bytes: Uint8Array, early = false): Key[] {
    this.#buffer += this.#utf8.decode(bytes, { stream: true });
    const keys: Key[] = [];
    for (let before = -1; before !== this.#buffer.length && this.#buffer !== "";) {
      before = this.#buffer.length;
      const key = this.#pasting ? this.#paste() : this.#next(early);
      if (key === undefined) continue;
      keys.push(key);
      early &&= !isRaw(key);
    }
    return keys;
  }

  /** Decides what an Escape or an unended paste was, since nothing has followed it for a while. */
  flush(): Key[] {
    if (this.#pasting) {
      // What may be the beginning of its end is not text.
      this.#buffer = "";
      return [this.#pasteOver()];
    }
    if (!this.undecided || this.#buffer.length > 2) return [];
    const [, second] = this.#buffer;
    this.#buffer = "";
    const escape = { type: "key", name: "escape" } as const;
    if (second === undefined) return [escape];
    return second === "\x1b" ? [escape, escape] : [{ type: "key", name: `alt-${second}` }];
  }

  /** Takes one key from the buffer, unless the buffer has only the beginning of one. */
  #next(early: boolean): Key | undefined {
    const text = this.#take(this.#isSecond ? CHARACTER : TEXT);
    this.#isSecond = false;
    if (text !== undefined) return { type: "text", text: text[0] };
    if (this.#buffer.startsWith("\x1b")) return this.#escape();
    if (this.#take(C1) !== undefined) return undefined;
    const code = this.#buffer.charCodeAt(0);
    this.#isSecond = code === CTRL_X;
    this.#buffer = this.#buffer.slice(1);
    return { type: "key", name: early && code === 0x0a ? "early-enter" : controlName(code) };
  }

  #escape(): Key | undefined {
    const csi = this.#take(CSI);
    if (csi !== undefined) {
      const [sequence, escape, linux, parameters = "", between, final = ""] = csi;
      if (linux !== undefined) return named(LINUX_FINALS[linux], escape === "" ? 0 : 2);
      // Of a long one we may have kept only the beginning, so we can't trust what it says.
      if (between !== "" || sequence.length > MAX_SEQUENCE) return undefined;
      return this.#control(escape !== "", parameters, final);
    }
    const ss3 = this.#take(SS3);
    if (ss3 !== undefined) return named(SS3_FINALS[ss3[2] ?? ""], ss3[1] === "" ? 0 : 2);
    if (this.#take(STRING) !== undefined) return undefined;
    if (matches(CSI_BEGUN, this.#buffer) || matches(STRING_BEGUN, this.#buffer)) {
      if (this.#buffer.length > MAX_SEQUENCE) {
        // An Escape at the end may be the first half of its terminator.
        const last = this.#buffer.endsWith("\x1b") ? "\x1b" : "";
        this.#buffer = this.#buffer.slice(0, MAX_SEQUENCE) + last;
      }
      return undefined;
    }
    if (UNDECIDED.test(this.#buffer)) return undefined;
    if (this.#buffer.startsWith("\x1b\x1b")) {
      this.#buffer = this.#buffer.slice(1);
      return { type: "key", name: "escape" };
    }
    const alt = this.#take(ALT)?.[1];
    return alt === undefined ? undefined : { type: "key", name: altName(alt) };
  }

  #control(alt: boolean, parameters: string, final: string): Key | undefined {
    const [number = "", modifier = "", third = ""] = parameters.split(";");
    if (final === "~" && number === "200") {
      this.#pasting = true;
      return undefined;
    }
    // F3 with a modifier has the same form; we use neither as a key.
    if (final === "R" && /^\d{1,5};\d{1,5}$/.test(parameters)) {
      return { type: "report", row: Number(number), column: Number(modifier) };
    }
    if (parameters === "" && (final === "I" || final === "O")) {
      return { type: "focus", here: final === "I" };
    }
    const modifiers = (Number(modifier || 1) - 1) | (alt ? 2 : 0);
    const enter = final === "u" && number === "13" ||
      final === "~" && number === "27" && third === "13";
    if (enter) return { type: "key", name: modifiers === 0 ? "enter" : "newline" };
    return named(final === "~" ? CSI_NUMBERS[number] : CSI_FINALS[final], modifiers);
  }

  /** Collects a paste; leaves in the buffer what may be the beginning of its end. */
  #paste(): Key | undefined {
    const end = this.#buffer.indexOf(PASTE_END);
    const keep = end < 0 ? beginOfEnd(this.#buffer) : 0;
    const part = this.#buffer.slice(0, end < 0 ? this.#buffer.length - keep : end);
    const space = MAX_PASTE - this.#pasted.length;
    this.#pasted += part.slice(0, space);
    this.#cut ||= part.length > space;
    this.#buffer = this.#buffer.slice(end < 0 ? part.length : end + PASTE_END.length);
    return end < 0 ? undefined : this.#pasteOver();
  }

  #pasteOver(): Key {
    const text = this.#pasted.replace(/\r\n?/g, "\n").toWellFormed();
    const key = { type: "paste", text, cut: this.#cut } as const;
    this.#pasting = this.#cut = false;
    this.#pasted = "";
    return key;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = 0;
    const match = pattern.exec(this.#buffer);
    if (match === null) return undefined;
    this.#buffer = this.#buffer.slice(match[0].length);
    return match;
  }
}

/** Whether only a raw terminal sends this key, so that all after it was typed while it was raw. */
export function isRaw(key: Key): boolean {
  return key.type === "paste" || key.type === "key" && key.name === "enter";
}

function matches(sticky: RegExp, text: string): boolean {
  sticky.lastIndex = 0;
  return sticky.test(text);
}

/** How many characters at the end of `text` may be the beginning of the end of a paste. */
function beginOfEnd(text: string): number {
  for (let n = Math.min(PASTE_END.length - 1, text.length); n > 0; n--) {
    if (text.endsWith(PASTE_END.slice(0, n))) return n;
  }
  return 0;
}

function controlName(code: number): string {
  return CONTROLS[code] ?? `ctrl-${String.fromCharCode(code + 0x40).toLowerCase()}`;
}

function altName(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0x20 && code !== 0x7f) return `alt-${character}`;
  const name = controlName(code);
  return name === "enter" || name === "newline" ? "newline" : `alt-${name}`;
}

/** The key's name with its modifiers, a bit set of shift (1), alt (2) and ctrl (4). */
function named(base: string | undefined, modifiers: number): Key | undefined {
  if (base === undefined) return undefined;
  const prefix = (modifiers & 4 ? "ctrl-" : "") + (modifiers & 2 ? "alt-" : "") +
    (modifiers & 1 ? "shift-" : "");
  return { type: "key", name: prefix + base };
}
