// deno-lint-ignore-file no-control-regex
/** The bytes that a terminal sends, however they are split, as keys. Knows no editor and does no IO. */

/** The most of one paste that is kept, in UTF-16 code units; what is beyond is dropped. */
export const MAX_PASTE = 65_536;

/** What was pressed, typed or pasted. */
export type Key =
  /** Text that was typed; never a control character. */
  | { readonly type: "text"; readonly text: string }
  /** Text that came as one bracketed paste; lines end in `\n`. `cut` when {@linkcode MAX_PASTE} was hit. */
  | { readonly type: "paste"; readonly text: string; readonly cut: boolean }
  /**
   * Any other key: `enter`, `newline` (Ctrl-J, Alt-Enter), `tab`, `backspace`, `escape`, `left`,
   * `home`, `delete` …, with `ctrl-`, `alt-` and `shift-` before it in this order. `early-enter` is an
   * Enter that was pressed before the program had the terminal, and `early-over` follows what
   * was typed before.
   */
  | { readonly type: "key"; readonly name: string }
  /** No key: where the terminal's cursor is, which it was asked for. */
  | { readonly type: "report"; readonly row: number; readonly column: number };

/** What a person did. */
export type PressedKey = Exclude<Key, { type: "report" }>;

const PASTE_END = "\x1b[201~";
/** A control sequence that is longer is no key; its beginning is enough to wait for its end. */
const MAX_SEQUENCE = 32;

const TEXT = /[^\x00-\x1f\x7f-\x9f]+/y;
const C1 = /[\x80-\x9f]/y;
/**
 * `ESC [`, then `[` and a letter (Linux console), parameters and a final byte, or a broken end.
 * Whatever stands between is swallowed with it, in any order.
 */
const CSI =
  /(\x1b?)\x1b\[(?:\[[\x20-\x3f]*[\x40-\x7e]|(?!\[)([\x30-\x3f]*)((?:[\x20-\x2f][\x20-\x3f]*)?)([\x40-\x7e])|\[?[\x20-\x3f]*(?=[^\x20-\x7e]))/y;
const CSI_BEGUN = /\x1b?\x1b\[\[?[\x20-\x3f]*$/y;
const SS3 = /(\x1b?)\x1bO([\x40-\x7e])/y;
/** What may be Escape, an Alt key, or the beginning of a sequence. */
const UNDECIDED = /^\x1b{1,2}O?$/;
/** The terminal's answers to questions (OSC, DCS, SOS, PM, APC): never keys. */
const STRING =
  /\x1b[\]PX^_][^\x00-\x1f\x7f]*(?:\x07|\x1b\\|(?=[\x00-\x1a\x1c-\x1f\x7f]|\x1b[^\\]))/y;
const STRING_BEGUN = /\x1b[\]PX^_][^\x00-\x1f\x7f]*\x1b?$/y;
const ALT = /\x1b([^\x1b])/uy;

const CSI_FINALS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  Z: "shift-tab",
};
const CSI_NUMBERS: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
};
const SS3_FINALS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  M: "enter",
  a: "ctrl-up",
  b: "ctrl-down",
  c: "ctrl-right",
  d: "ctrl-left",
};

/**
 * Decodes one terminal's input. A sequence that is not known is swallowed, never taken for text;
 * bytes that are not UTF-8 become U+FFFD.
 */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  #buffer = "";
  #pasting = false;
  #pasted = "";
  #cut = false;

  /** True when an Escape has come that may be a key or the beginning of a sequence. */
  get undecided(): boolean {
    return !this.#pasting && this.#buffer.startsWith("\x1b");
  }

  /** True while a paste comes whose end has not come. */
  get pasting(): boolean {
    return this.#pasting;
  }

  /**
   * The keys that are complete with these bytes. `early`: they were typed before the terminal was raw,
   * when it made a newline of Enter.
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

  /** What an undecided Escape or a paste without an end was, now that nothing has followed for a while. */
  flush(): Key[] {
    if (this.#pasting) {
      // What may have been the beginning of its end was none of its text.
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

  /** Takes one key off the buffer; leaves the buffer alone when it holds only the start of one. */
  #next(early: boolean): Key | undefined {
    const text = this.#take(TEXT);
    if (text !== undefined) return { type: "text", text: text[0] };
    if (this.#buffer.startsWith("\x1b")) return this.#escape();
    if (this.#take(C1) !== undefined) return undefined;
    const code = this.#buffer.charCodeAt(0);
    this.#buffer = this.#buffer.slice(1);
    return { type: "key", name: early && code === 0x0a ? "early-enter" : controlName(code) };
  }

  #escape(): Key | undefined {
    const csi = this.#take(CSI);
    if (csi !== undefined) {
      const [sequence, escape, parameters = "", between, final = ""] = csi;
      // Only the beginning of a long one may have been kept: what it says is not to be trusted.
      if (between !== "" || sequence.length > MAX_SEQUENCE) return undefined;
      return this.#control(escape !== "", parameters, final);
    }
    const ss3 = this.#take(SS3);
    if (ss3 !== undefined) return named(SS3_FINALS[ss3[2] ?? ""], ss3[1] === "" ? 0 : 2);
    if (this.#take(STRING) !== undefined) return undefined;
    if (matches(CSI_BEGUN, this.#buffer) || matches(STRING_BEGUN, this.#buffer)) {
      if (this.#buffer.length > MAX_SEQUENCE) {
        // An Escape at its end may be the first half of what ends it.
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
    // F3 with Shift and the like comes in the same form; neither is a key here.
    if (final === "R" && /^\d{1,5};\d{1,5}$/.test(parameters)) {
      return { type: "report", row: Number(number), column: Number(modifier) };
    }
    const modifiers = (Number(modifier || 1) - 1) | (alt ? 2 : 0);
    const enter = final === "u" && number === "13" ||
      final === "~" && number === "27" && third === "13";
    if (enter) return { type: "key", name: modifiers === 0 ? "enter" : "newline" };
    return named(final === "~" ? CSI_NUMBERS[number] : CSI_FINALS[final], modifiers);
  }

  /** Gathers a paste; keeps back what may be the beginning of its end. */
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

/** Whether only a raw terminal gives this key, so that none after it was typed before it was raw. */
export function isRaw(key: Key): boolean {
  return key.type === "paste" || key.type === "key" && key.name === "enter";
}

function matches(sticky: RegExp, text: string): boolean {
  sticky.lastIndex = 0;
  return sticky.test(text);
}

/** How many of the last characters of `text` may be the beginning of the end of a paste. */
function beginOfEnd(text: string): number {
  for (let n = Math.min(PASTE_END.length - 1, text.length); n > 0; n--) {
    if (text.endsWith(PASTE_END.slice(0, n))) return n;
  }
  return 0;
}

function controlName(code: number): string {
  switch (code) {
    case 0x08:
    case 0x7f:
      return "backspace";
    case 0x09:
      return "tab";
    case 0x0a:
      return "newline";
    case 0x0d:
      return "enter";
    case 0x00:
      return "ctrl-space";
    default:
      return `ctrl-${String.fromCharCode(code + 0x40).toLowerCase()}`;
  }
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
