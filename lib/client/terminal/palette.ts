/**
 * The colours and other attributes of text, for four kinds of terminals. A name always has the same
 * colour, that of the page as far as the terminal has it, which is legible on a light and on a dark
 * background.
 */

import { NAME_HUES, nameHue } from "../../words/names.js";

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
/**
 * Of the 16 colours, those that are legible on white and on black in the usual themes, by their hues:
 * red, green, cyan, blue, magenta.
 */
const SIXTEEN: ReadonlyArray<readonly [hue: number, ...codes: number[]]> = [
  [29, 31, 91],
  [142, 32],
  [195, 36],
  [264, 34, 94],
  [328, 35, 95],
];
/** Relative luminance (WCAG): 0.18 has a contrast of 4.6 with black and with white. */
const LUMINANCE = 0.18;
const MIN_LUMINANCE = 0.14;
const MAX_LUMINANCE = 0.23;
/** How strong a colour is at most, as OKLCH has it: the page's are about as strong. */
const CHROMA = 0.13;
const DEGREE = Math.PI / 180;
/** So many degrees another hue may be off, so that two names differ. */
const NEAR = 25;

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
  if (depth === "none") return "";
  const hue = nameHue(name);
  const index = Math.round(hue * NAME_HUES / 360);
  if (depth === "16") {
    const [first, ...others] = SIXTEEN;
    const nearest = others.reduce(
      (best, each) => turn(each[0], hue) < turn(best[0], hue) ? each : best,
      first as typeof others[number],
    );
    const codes = nearest.slice(1);
    return String(codes[index % codes.length]);
  }
  if (depth === "256") {
    cube ??= inCube();
    return `38;5;${cube[index]}`;
  }
  wheel ??= Array.from({ length: NAME_HUES }, (_, n) => colourOf(n * 360 / NAME_HUES));
  return `38;2;${wheel[index]?.join(";")}`;
}

/** How far apart two hues are, in degrees. */
function turn(a: number, b: number): number {
  const way = Math.abs(a - b) % 360;
  return Math.min(way, 360 - way);
}

type Rgb = readonly [number, number, number];

/** The relative luminance of a colour, as WCAG 2 has it: 0 is black, 1 is white. */
export function luminanceOf([red, green, blue]: Rgb): number {
  return linearLuminance([linear(red), linear(green), linear(blue)]);
}

/** A part of a colour as light. */
function linear(value: number): number {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function linearLuminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// Made when they are first needed, to start faster. Each is by the numbers of the hues.
let cube: readonly number[] | undefined;
/** Colours of one luminance, around the wheel. */
let wheel: readonly Rgb[] | undefined;

/** The colour with a number from 16 to 231, as in xterm. */
export function cubeColour(number: number): Rgb {
  const level = (n: number): number => n === 0 ? 0 : 55 + 40 * n;
  const index = number - 16;
  return [level(Math.floor(index / 36)), level(Math.floor(index / 6) % 6), level(index % 6)];
}

/**
 * Of the 256, colours of medium luminance, without greys, of about the hues of names. Where several are
 * near, each is taken once before one is taken twice.
 */
function inCube(): number[] {
  const mediums: { number: number; hue: number; taken: number }[] = [];
  for (let number = 16; number < 232; number++) {
    const colour = cubeColour(number);
    const luminance = luminanceOf(colour);
    const vivid = Math.max(...colour) - Math.min(...colour) >= 95;
    if (vivid && luminance >= MIN_LUMINANCE && luminance <= MAX_LUMINANCE) {
      mediums.push({ number, hue: hueOf(colour), taken: 0 });
    }
  }
  return Array.from({ length: NAME_HUES }, (_, n) => {
    const hue = n * 360 / NAME_HUES;
    const cost = (each: typeof mediums[number]): number => turn(each.hue, hue) + NEAR * each.taken;
    const best = mediums.reduce((best, each) => cost(each) < cost(best) ? each : best);
    best.taken++;
    return best.number;
  });
}

/** The colour of a hue, in degrees, with that luminance, as strong as a screen has it. */
function colourOf(hue: number): Rgb {
  for (let chroma = CHROMA;; chroma -= 0.01) {
    let [low, high] = [0, 1];
    for (let n = 0; n < 16; n++) {
      const middle = (low + high) / 2;
      if (linearLuminance(linearRgb(middle, chroma, hue)) < LUMINANCE) low = middle;
      else high = middle;
    }
    const parts = linearRgb(low, chroma, hue);
    if (parts.every((part) => part >= 0 && part <= 1)) {
      const [red, green, blue] = parts;
      return [encoded(red), encoded(green), encoded(blue)];
    }
  }
}

/** A part of a colour as a screen takes it, up to 255. */
function encoded(part: number): number {
  return Math.round(255 * (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055));
}

/** A colour of OKLCH as linear light in sRGB, which has those between 0 and 1 (CSS Color 4, 17.3). */
function linearRgb(lightness: number, chroma: number, hue: number): Rgb {
  const [a, b] = [chroma * Math.cos(hue * DEGREE), chroma * Math.sin(hue * DEGREE)];
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}

/** The hue of a colour in degrees, as OKLCH has it: the way back of {@linkcode linearRgb}. */
function hueOf(colour: Rgb): number {
  const [red, green, blue] = colour.map(linear) as [number, number, number];
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  const a = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short;
  const b = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short;
  return (Math.atan2(b, a) / DEGREE + 360) % 360;
}
