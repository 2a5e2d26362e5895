/**
 * The colours and other attributes of text, for four kinds of terminals. A name always has the same
 * colour, which is legible on a light and on a dark background.
 */

import { nameKey, textHash } from "../../words/names.js";

/** How many colours a terminal has: none, 16, 256, or all of them. */
export type Depth = "none" | "16" | "256" | "true";

/** What a person has chosen for the terminal's looks. */
export interface LookOptions {
  /** False leaves out every colour, as `NO_COLOR` asks; bold and links stay. */
  readonly color?: boolean;
  /** The colours that the terminal has; by default 16. */
  readonly depth?: Depth;
  /** No escapes at all; what comes while something is typed waits for Enter. */
  readonly plain?: boolean;
}

/** The attributes that a terminal gets. */
export interface Palette {
  readonly depth: Depth;
  /** False for a terminal without any escapes: it has no bold and no links either. */
  readonly escapes: boolean;
}

/** The style of a part of a line; an object is for somebody's name. */
export type Style = keyof typeof CODES | { readonly name: string };

/** The attributes of all styles but names; the last two are colours. */
const CODES = {
  ...{
    "plain": "",
    "bold": "1",
    "dim": "2",
    "italic": "3",
    "bold-italic": "1;3",
    "struck": "2;9",
    "mention": "1;7",
  },
  ...{ "code": "36", "error": "31" },
};
/** Of the 16 colours, those that are legible on white and on black in the usual themes. */
const SIXTEEN = [31, 32, 34, 35, 36, 91, 94, 95];
/** Relative luminance (WCAG): 0.18 has a contrast of 4.6 with black and with white. */
const LUMINANCE = 0.18;
const MIN_LUMINANCE = 0.14;
const MAX_LUMINANCE = 0.23;
const HUES = 24;

/** The terminal's colours by the environment: `$TERM` and `$COLORTERM`. */
export function depthOf(term: string | undefined, colorTerm: string | undefined): Depth {
  if (term === undefined || term === "" || term === "dumb") return "none";
  if (/truecolor|24bit/i.test(colorTerm ?? "") || term.includes("-direct")) return "true";
  if (/256/.test(term)) return "256";
  return /^vt\d/.test(term) ? "none" : "16";
}

/** `text` in a style, which ends after it. */
export function paint(text: string, style: Style, { depth, escapes }: Palette): string {
  if (!escapes || text === "") return text;
  const code = codeOf(style, depth);
  return code === "" ? text : `\x1b[${code}m${text}\x1b[0m`;
}

function codeOf(style: Style, depth: Depth): string {
  if (typeof style === "object") return nameCode(style.name, depth);
  const isColour = style === "code" || style === "error";
  return isColour && depth === "none" ? "" : CODES[style];
}

function nameCode(name: string, depth: Depth): string {
  const hash = textHash(nameKey(name));
  switch (depth) {
    case "none":
      return "";
    case "16":
      return `${SIXTEEN[hash % SIXTEEN.length]}`;
    case "256":
      cube ??= mediumColours();
      return `38;5;${cube[hash % cube.length]}`;
    case "true":
      wheel ??= Array.from({ length: HUES }, (_, n) => hueOf(n * 360 / HUES));
      return `38;2;${wheel[hash % HUES]?.join(";")}`;
  }
}

type Rgb = readonly [number, number, number];

/** The relative luminance of a colour, as WCAG 2 has it: 0 is black, 1 is white. */
export function luminanceOf([red, green, blue]: Rgb): number {
  const linear = (value: number): number => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

// Made when they are first needed, to start faster.
let cube: readonly number[] | undefined;
/** Colours of one luminance, around the wheel. */
let wheel: readonly Rgb[] | undefined;

/** The colour with a number from 16 to 231, as in xterm. */
export function cubeColour(number: number): Rgb {
  const level = (n: number): number => n === 0 ? 0 : 55 + 40 * n;
  const index = number - 16;
  return [level(Math.floor(index / 36)), level(Math.floor(index / 6) % 6), level(index % 6)];
}

/** The numbers of the colours of medium luminance among the 256, without greys. */
function mediumColours(): number[] {
  const numbers: number[] = [];
  for (let number = 16; number < 232; number++) {
    const colour = cubeColour(number);
    const luminance = luminanceOf(colour);
    const vivid = Math.max(...colour) - Math.min(...colour) >= 95;
    if (vivid && luminance >= MIN_LUMINANCE && luminance <= MAX_LUMINANCE) numbers.push(number);
  }
  return numbers;
}

/** The colour of a hue, in degrees, with that luminance. */
function hueOf(hue: number): Rgb {
  let [low, high] = [0, 1];
  for (let n = 0; n < 16; n++) {
    const middle = (low + high) / 2;
    if (luminanceOf(hsl(hue, 0.7, middle)) < LUMINANCE) low = middle;
    else high = middle;
  }
  return hsl(hue, 0.7, low);
}

function hsl(hue: number, saturation: number, lightness: number): Rgb {
  const spread = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - spread * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
